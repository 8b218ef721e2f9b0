"""The generator alone: the least that a person-year can cost, and a measure of how fast the machine is just now."""

from typing import Any

from leadmc.base.compiled import kernel, widest_vectors
from leadmc.base.philox import U, philox4x32


@kernel
def only_draw(blocks: int, seed: Any, out: Any) -> None:
    """Draw blocks of four words and keep a digest of each, so that nothing can be left out.

    Parameters
    ----------
    blocks
        How many; rounded up to whole lengths of ``out``.
    seed
        The two key words.
    out
        Digests of the last blocks, [n] [uint32].
    """
    widest_vectors()
    for first in range(0, blocks, out.size):
        for j in range(out.size):
            a, b, c, d = philox4x32(U(j), U(first), U(3), U(4), seed[0], seed[1])
            out[j] = U(a ^ b ^ c ^ d)
