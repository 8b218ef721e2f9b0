"""States against the nation and counties against their state: how far they wander, and whether they come back.

Axis letters: ``n`` state or county, ``t`` year. Levels are logs of per-capita spending against the nation's.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.inputs.calibration.spread import Array, Estimate, slope, standard_deviation


class StateGrowth(NamedTuple):
    """Growth of states against the nation.

    Parameters
    ----------
    innovation_sd
        In the years without a pandemic [ln per year].
    reversion
        Share of the distance to the mean level that is made up in a year [1].
    pandemic_factor
        SD in the pandemic years over the SD in the years before them [1]; None where the file has not both.
    level_sd
        Between states in the last year [ln].
    """

    innovation_sd: Estimate
    reversion: Estimate
    pandemic_factor: Estimate | None
    level_sd: Estimate


def state_growth(level: Array, is_pandemic: npt.NDArray[np.bool_]) -> StateGrowth:
    """Fit the walk of the states.

    Parameters
    ----------
    level
        Log spending against the nation, [n, t].
    is_pandemic
        Whether growth into each year but the first was a pandemic's, [t - 1].
    """
    centred = level - level.mean(axis=0)
    growth = np.diff(centred, axis=1)
    ordinary, before = ~is_pandemic, np.cumsum(is_pandemic) == 0
    both = is_pandemic.any() and before.any()
    return StateGrowth(
        innovation_sd=_sd(growth[:, ordinary]),
        reversion=_reversion(centred[:, :-1][:, ordinary], growth[:, ordinary]),
        pandemic_factor=_ratio(_sd(growth[:, is_pandemic]), _sd(growth[:, before])) if both else None,
        level_sd=_sd(centred[:, -1:]),
    )


def horizon_sd(level: Array, years: int) -> Estimate:
    """SD between states of relative growth over some years, all starting years together [ln]."""
    centred = level - level.mean(axis=0)
    return _sd(centred[:, years:] - centred[:, :-years])


def _sd(deviation: Array) -> Estimate:
    """Spread over states and years, errors clustered by state."""
    states = np.repeat(np.arange(len(deviation)), deviation.shape[1])
    return standard_deviation(deviation.ravel(), states)


def _reversion(level: Array, growth: Array) -> Estimate:
    states = np.repeat(np.arange(len(level)), level.shape[1])
    found = slope(level.ravel(), growth.ravel(), states)
    return found._replace(value=-found.value)


def _ratio(above: Estimate, below: Estimate) -> Estimate:
    """Ratio of two estimates taken as independent."""
    value = above.value / below.value
    return Estimate(value, value * math.hypot(above.se / above.value, below.se / below.value), above.n)
