"""The same scenarios with two results: how statistics differ, with errors that know what both results share.

A statistic moves with the mean of some terms, and the terms of two results are subtracted scenario by scenario: what
both results share leaves the error. For a percentile the usual terms would only say on which side of it a scenario
lies. Results that are nearly alike agree on that in almost every scenario, and still their percentiles differ by
whatever the few scenarios beside them happen to differ by, which no share of scenarios can tell. So the terms of a
percentile are those of half samples, in which other scenarios stand beside it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from leadmc.measures.draws import Draws
from leadmc.measures.half_samples import half_samples
from leadmc.measures.precision import Array, Estimate, Sample, Statistic, sample


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
    inside = sample(values, drawn)
    value = np.stack([one.value(inside) for one in statistics], axis=-1)
    shares = [one.below for one in statistics if one.below is not None and one.has_error(drawn.size)]
    found = dict(zip(shares, half_samples(drawn).terms(values, shares), strict=True)) if shares else {}
    return Moving(value, tuple(_terms(one, inside, found) for one in statistics))


def _terms(statistic: Statistic, inside: Sample, of_percentiles: Mapping[float, Array]) -> Array:
    """Scale the terms of a statistic to its error for independent scenarios; those of a percentile have been found."""
    if not statistic.has_error(inside.draws.size):
        return np.full(inside.values.shape, np.nan)
    if statistic.below is not None:
        return of_percentiles[statistic.below]
    alone = inside._replace(draws=inside.draws.ungrouped())
    raw = statistic.terms(alone)
    spread = alone.draws.error(raw)
    scale = np.divide(statistic.error(alone), spread, out=np.zeros_like(spread), where=spread > 0)
    return np.asarray(scale[..., None] * raw, np.float64)


def paired(before: Array, after: Array, statistics: Sequence[Statistic], drawn: Draws) -> Estimate:
    """Estimate how statistics differ between two results of the same scenarios: second less first.

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
