"""Where ACOs stand against their regions, read off the regional adjustments of the Shared Savings Program.

An adjustment is a weight times how much less than its region, at the same risk, an ACO cost in its base years. The
weight depends on the side, and on how often the ACO's benchmark has been adjusted. The cap on the adjustment is left
aside: few come near it. Axis letters: ``n`` ACO and year.
"""

from typing import Final, NamedTuple

import numpy as np

from leadmc.contract.mssp_terms import SideWeights
from leadmc.inputs.calibration.public_files import AcoYears, choices
from leadmc.inputs.calibration.savings import Drift
from leadmc.inputs.calibration.spread import (
    Array,
    Estimate,
    Groups,
    SizeVariance,
    mean,
    slope,
    variance_by_size,
    within_year,
)

NOISE_OF_MEAN: Final = 1.0 / 3.0
"""Variance of the mean of three base years over that of one year, if years are independent."""
WALK_OF_MEAN: Final = 5.0 / 9.0
"""The same of a walk that begins in the first of them, over that of one step: ``((2/3)^2 + (1/3)^2)``."""
MIDDLE: Final = 2  # years from the middle base year to the first of the agreement


class Position(NamedTuple):
    """ACOs against their regions.

    Parameters
    ----------
    mean
        Over ACOs and years [ln].
    seen
        Variance of what base years show, by size [ln^2].
    start
        The same without the noise of the base years and the drift within them [ln^2].
    fading
        Part of the distance from the region that an ACO loses a year [share]: slope of savings beyond the regional
        adjustment on position times years since the base years.
    """

    mean: Estimate
    seen: SizeVariance
    start: SizeVariance
    fading: Estimate


def times_adjusted(agreement: Groups, start: Groups) -> Groups:
    """Count the earlier agreements in which the benchmark was adjusted to the region, [n]."""
    rules = choices()["regional_adjustment"]
    count = np.zeros(len(agreement), dtype=np.int64)
    for back in range(1, int(agreement.max(initial=1))):
        began = start - rules["agreement_years"] * back
        from_year = np.where(back < agreement - 1, rules["adjusted_from"]["renewal"], rules["adjusted_from"]["initial"])
        count += (back < agreement) & (began >= from_year)
    return count


def log_position(adjustment: Array, times: Groups, weights: SideWeights) -> Array:
    """Return ``-ln(1 + adjustment / weight)``, cost over that of the region, [n] [ln]."""
    below, above = (
        np.asarray(by_time)[np.minimum(times, len(by_time) - 1)] for by_time in (weights.positive, weights.negative)
    )
    return np.asarray(-np.log1p(adjustment / np.where(adjustment > 0.0, below, above)))


def position(panel: AcoYears, weights: SideWeights, drift: Drift, *, outlier_sds: float) -> Position:
    """Fit mean, variance by size and fading.

    Parameters
    ----------
    panel
        ACOs and years.
    weights
        Of the region, by side and by earlier adjustments [1].
    drift
        What is noise of a year and what lasts, of savings under one agreement.
    outlier_sds
        As in ``variance_by_size``.
    """
    known = usable(panel)
    year, start, aco, people = panel.year[known], panel.start[known], panel.aco[known], panel.people[known]
    adjustment = panel.regional_adjustment[known]
    where = log_position(adjustment, times_adjusted(panel.agreement[known], start), weights)
    seen = variance_by_size(within_year(where, year), people, aco, outlier_sds=outlier_sds)
    like = start * (int(year.max()) + 1) + year
    since = where * (year - start + MIDDLE)
    fading = slope(within_year(since, like), within_year(panel.savings[known] - adjustment, like), aco)
    walk = drift.innovation
    of_start = SizeVariance(
        _less(seen.at_infinity, (WALK_OF_MEAN, walk.at_infinity)),
        _less(seen.per_person, (WALK_OF_MEAN, walk.per_person), (NOISE_OF_MEAN, drift.noise_per_person)),
        seen.outliers,
    )
    return Position(mean(where, aco), seen, of_start, fading)


def usable(panel: AcoYears) -> Groups:
    """Find the rows with adjustment, agreement, start and savings, [n]."""
    seen = np.isfinite(panel.regional_adjustment) & np.isfinite(panel.savings)
    return np.flatnonzero(seen & (panel.agreement > 0) & (panel.start > 0))


def _less(whole: Estimate, *parts: tuple[float, Estimate]) -> Estimate:
    """Take parts of other estimates off, as if independent of it."""
    value = whole.value - sum(share * part.value for share, part in parts)
    variance = whole.se**2 + sum((share * part.se) ** 2 for share, part in parts)
    return Estimate(value, float(np.sqrt(variance)), whole.n)
