"""Addressed random numbers: Philox4x32-10, a pure function of a counter and a key.

Source: J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11, 2011; tested against the known-answer
vectors that the authors publish with Random123. The same lines run on NumPy arrays and inside compiled loops, where
32-bit words keep all lanes of a vector busy.
"""

from enum import IntEnum
from typing import Any

import numpy as np

from leadmc.base.compiled import formula

U = np.uint32
W = np.uint64

MASK = np.uint64(0xFFFFFFFF)
SHIFT = np.uint64(32)
MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)
PURPOSE_SHIFT = 16


class Purpose(IntEnum):
    """What a draw is for: the high half of the last counter word. A number, once given, is never reused."""

    YEAR = 1  # accident, morbidity, death, exit of one person-year
    ENTRANT = 2  # latent states and age of the person who takes over a slot
    START = 3  # who is in the slot in the first year
    DRIVER = 16  # scenario drivers; the driver's own number is the first counter word
    RULE = 17  # rules that are not published; the path of the term is in the first two counter words
    OWN_DRIVER = 18  # drivers of the user's own; the driver's name is in the first two counter words


@formula
def philox4x32(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> tuple[Any, Any, Any, Any]:
    """Ten rounds of Philox4x32.

    Parameters
    ----------
    c0, c1, c2, c3
        Counter words [uint32], scalars or arrays that broadcast.
    k0, k1
        Key words [uint32].

    Returns
    -------
    tuple
        Four words [uint32].
    """
    # Only the low halves of the 64-bit words matter: a vector multiplication of 32-bit halves ignores the rest, so the
    # upper halves are left dirty, and cleaned where a word is multiplied (no instruction) or returned.
    c0, c1, c2, c3, k0, k1 = W(c0), W(c1), W(c2), W(c3), W(k0), W(k1)
    for _ in range(10):
        p0 = MULTIPLIER_0 * (c0 & MASK)
        p1 = MULTIPLIER_1 * (c2 & MASK)
        c0 = (p1 >> SHIFT) ^ c1 ^ k0
        c1 = p1
        c2 = (p0 >> SHIFT) ^ c3 ^ k1
        c3 = p0
        k0 = k0 + WEYL_0
        k1 = k1 + WEYL_1
    return U(c0 & MASK), U(c1 & MASK), U(c2 & MASK), U(c3 & MASK)


def split_seed(seed: int) -> tuple[np.uint32, np.uint32]:
    """Cut a 64-bit seed into the two key words."""
    return U(seed & 0xFFFFFFFF), U(seed >> 32)
