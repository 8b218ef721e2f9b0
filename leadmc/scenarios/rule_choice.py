"""Which alternative of each mixed rule a scenario lives under.

A draw is addressed by the path of its term, so that adding a term to a mixture, or taking one out, moves no other draw.
Rules are drawn by counter under every sampler, independently of the drivers and of one another: a choice between a few
alternatives gains little from even spacing, there is no end to the terms that could be mixed, and what the rules
explain of the variance can be told from chance only where scenarios are dealt to alternatives at random.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from leadmc.base.philox import Purpose
from leadmc.contract.mixture import Choices, MixedTerm
from leadmc.scenarios.sampler import named_uniforms


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
        uniform = named_uniforms(term.path, Purpose.RULE, 1, seed=seed, scenarios=scenarios)[:, 0]
        choices[:, r] = np.searchsorted(np.cumsum(term.weights)[:-1], uniform, side="right")
    return choices
