"""Utilisation by service: how much each service's cost moves from year to year, and how the services move together.

Axis letters: ``n`` ACO in one year and the next, ``k`` service.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from leadmc.inputs.calibration.spread import (
    Array,
    Estimate,
    Groups,
    correlation,
    mean,
    robust_sd,
)


class Together(NamedTuple):
    """Correlations of the growth of services.

    Parameters
    ----------
    pairs
        By indices of the two services.
    mean
        Over all pairs.
    """

    pairs: dict[tuple[int, int], Estimate]
    mean: Estimate


def volatility(growth: Array) -> tuple[Estimate, ...]:
    """Robust SD of each service's growth against the mean of its year, k estimates [ln per year]."""
    return tuple(robust_sd(np.ascontiguousarray(column)) for column in growth.T)


def together(growth: Array, group: Groups) -> Together:
    """Correlate services by normal scores of their ranks: outliers, frequent in hospice, count as far and no farther.

    The error of the mean over pairs takes the pairs as going together fully, which errs on the side of caution.
    """
    scores = np.stack([ndtri(rankdata(column) / (len(column) + 1.0)) for column in growth.T])
    pairs = {(j, k): correlation(scores[j], scores[k], group) for j, k in combinations(range(len(scores)), 2)}
    value, se = (float(np.mean([getattr(pair, name) for pair in pairs.values()])) for name in ("value", "se"))
    return Together(pairs, Estimate(value, se, growth.shape[0]))


def shares(cost: Array, group: Groups) -> tuple[Estimate, ...]:
    """Mean share of each service in the cost of all, k estimates [1].

    Parameters
    ----------
    cost
        Per-capita cost of each service, [n, k].
    group
        ACO, [n].
    """
    share = cost / cost.sum(axis=1, keepdims=True)
    return tuple(mean(np.ascontiguousarray(column), group) for column in share.T)
