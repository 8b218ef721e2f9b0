"""The same scenarios with two results: how statistics differ, with errors that know what both results share."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from leadmc.measures.draws import Draws
from leadmc.measures.precision import Array, Estimate, Statistic, estimate, sample


class Moving(NamedTuple):
    """Statistics of a result.

    Parameters
    ----------
    value
        The last axis has the statistics.
    terms
        For each statistic the terms with whose mean it moves, in its own unit; scenarios last.
    """

    value: Array
    terms: tuple[Array, ...]

    def less(self, other: "Moving", drawn: Draws) -> Estimate:
        """Subtract statistics of another result of the same scenarios."""
        error = [drawn.error(mine - theirs) for mine, theirs in zip(self.terms, other.terms, strict=True)]
        return Estimate(self.value - other.value, np.stack(error, axis=-1))


def moving(values: Array, statistics: Sequence[Statistic], drawn: Draws) -> Moving:
    """Find values of statistics, and the terms with whose mean each moves.

    Parameters
    ----------
    values
        Any leading axes, scenarios last.
    statistics
        What to find.
    drawn
        How the scenarios were drawn.
    """
    alone = drawn.ungrouped()
    value, error = estimate(values, statistics, alone)
    inside = sample(values, drawn)
    terms = []
    for k, statistic in enumerate(statistics):
        raw = statistic.terms(inside)
        spread = alone.error(raw)
        scale = np.divide(error[..., k], spread, out=np.zeros_like(spread), where=spread > 0)
        terms.append(np.asarray(scale[..., None] * raw, np.float64))
    return Moving(value, tuple(terms))


def paired(before: Array, after: Array, statistics: Sequence[Statistic], drawn: Draws) -> Estimate:
    """Estimate how statistics differ between two results of the same scenarios: second less first.

    A statistic moves with the mean of its terms. These, scaled to its error, are subtracted scenario by scenario: what
    both results share leaves the error. That of a percentile comes out too large where the results are nearly alike: in
    300 runs of 1,024 scenarios with a correlation of .995, by 10% on average, by 27% for P1.

    Parameters
    ----------
    before, after
        Any leading axes, scenarios last.
    statistics
        What to compare; they become the last axis of the answer.
    drawn
        How the scenarios of both were drawn.
    """
    return moving(after, statistics, drawn).less(moving(before, statistics, drawn), drawn)
