"""The same scenarios settled twice: what another rule changes in the mean and in the bad tail, with paired errors."""

from typing import Final, NamedTuple

import numpy as np

from leadmc.measures.draws import Draws
from leadmc.measures.precision import MEAN, Array, Estimate, estimate, weighted_quantile

SHARE: Final = 0.05
"""Of scenarios below the percentile of the bad tail."""


class Change(NamedTuple):
    """Change of the mean and of the 5th percentile, each with its standard error, in the unit of the data."""

    mean: Estimate
    p5: Estimate


def change(before: Array, after: Array, drawn: Draws) -> Change:
    """Compare two settlements of the same scenarios.

    The error of the mean is that of the differences, scenario by scenario. To first order a quantile q moves with
    ``slope (share - 1{x <= q})``, where slope is that of the quantile function, here from half to one and a half times
    the share; so the error of P5 comes from the scenarios that are in one tail and not in the other.

    Parameters
    ----------
    before, after
        Results by scenario, the last axis; other axes lead.
    drawn
        How the scenarios were drawn.
    """
    mean = estimate(after - before, (MEAN,), drawn)
    (was, was_terms), (now, now_terms) = (_tail(each, drawn) for each in (before, after))
    return Change(
        Estimate(mean.value[..., 0], mean.se[..., 0]), Estimate(now - was, drawn.error(now_terms - was_terms))
    )


def _tail(values: Array, drawn: Draws) -> tuple[Array, Array]:
    """Find P5 and the terms with whose mean it moves; of a single scenario, that scenario."""
    if drawn.size == 1:
        return values[..., 0], 0.0 * values
    order = np.argsort(values, axis=-1)
    ordered = np.take_along_axis(values, order, axis=-1)
    weights = np.ones(values.shape[-1]) if drawn.weights is None else drawn.weights
    shares = np.array([SHARE / 2, SHARE, SHARE * 3 / 2])
    low, q, high = np.moveaxis(weighted_quantile(ordered, weights[order], shares), -1, 0)
    slope = (high - low) / SHARE
    return q, -slope[..., np.newaxis] * (values <= q[..., np.newaxis])
