"""Which alternative of each mixed rule a scenario lives under.

A draw is addressed by the path of its term, so that adding a term to a mixture, or taking one out, moves no other draw.
Rules are drawn by counter under every sampler, independently of the drivers and of one another: a choice between a few
alternatives gains little from even spacing, there is no end to the terms that could be mixed, and what the rules
explain of the variance can be told from chance only where scenarios are dealt to alternatives at random.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from leadmc.base.philox import PURPOSE_SHIFT, Purpose, philox4x32, split_seed
from leadmc.contract.mixture import Choices, MixedTerm
from leadmc.scenarios.sampler import WORD_BITS


def rule_choices(mixture: Sequence[MixedTerm], *, seed: int, scenarios: npt.NDArray[np.int64]) -> Choices:
    """Draw an alternative of each mixed term by its position in the term, [s, r].

    Parameters
    ----------
    mixture
        The mixed terms.
    seed
        Root seed [64 bits].
    scenarios
        Absolute scenario numbers [below 2^32], [s].
    """
    choices = np.empty((len(scenarios), len(mixture)), np.int64)
    for r, term in enumerate(mixture):
        uniform = _uniform(term.path, seed=seed, scenarios=scenarios)
        choices[:, r] = np.searchsorted(np.cumsum(term.weights)[:-1], uniform, side="right")
    return choices


def _uniform(path: str, *, seed: int, scenarios: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Draw uniforms, [s]. Counter: two words of the SHA-256 of the path, scenario, purpose."""
    address = hashlib.sha256(path.encode()).digest()
    word, _, _, _ = philox4x32(
        np.uint64(int.from_bytes(address[:4], "little")),
        np.uint64(int.from_bytes(address[4:8], "little")),
        scenarios.astype(np.uint64),
        np.uint64(Purpose.RULE << PURPOSE_SHIFT),
        *split_seed(seed),
    )
    uniform: npt.NDArray[np.float64] = (word + 0.5) * 2.0**-WORD_BITS
    return uniform
