"""Growth of cost and risk of one fixed list of an ACO's participants over the three base years of an agreement.

CMS computes the base years of an agreement for one list of participants: growth from one to the next is free of the
changes of the list that move an ACO's performance years.

Axis letters: ``n`` agreement, ``b`` base year, ``k`` enrolment type, ``d`` step from one base year to the next.
"""

from typing import NamedTuple

import numpy as np

from leadmc.inputs.calibration.spread import (
    Array,
    Estimate,
    Groups,
    SizeVariance,
    correlation,
    slope,
    variance_by_size,
    within_year,
)


class ListedGrowth(NamedTuple):
    """Steps of all agreements one below the other, [n d].

    Parameters
    ----------
    cost, risk
        Growth [ln].
    people
        Person-years of the last base year.
    year
        Calendar year into which it grew.
    aco
        Number of the ACO.
    """

    cost: Array
    risk: Array
    people: Array
    year: Groups
    aco: Groups


class CostAndRisk(NamedTuple):
    """Variances by size of cost and of risk growth, and how they go together."""

    cost: SizeVariance
    risk: SizeVariance
    correlation: Estimate
    slope: Estimate


def mixed(values: Array, weight: Array) -> Array:
    """Mean over enrolment types with the same weights in all base years, [n, b]; a type with a gap has no weight.

    Parameters
    ----------
    values
        Per-capita cost or score, [n, b, k]; NaN or 0 where the file shows none.
    weight
        Of each type, [n, k].
    """
    known = (np.nan_to_num(values) > 0.0).all(axis=1)
    used = np.where(known, np.nan_to_num(weight), 0.0)
    total = used.sum(axis=1)
    sums = (np.nan_to_num(values) * used[:, None, :]).sum(axis=2)
    level: Array = np.divide(sums, total[:, None], out=np.full(sums.shape, np.nan), where=total[:, None] > 0.0)
    return level


def listed_growth(cost: Array, risk: Array, people: Array, *, start: Groups, aco: Groups) -> ListedGrowth:
    """Lay out the two steps of each agreement; agreements without a start year or a level fall out.

    Parameters
    ----------
    cost, risk
        Level in each base year, [n, b].
    people
        Person-years, [n].
    start
        First year of the agreement, 0 where unknown, [n]; the base years are the three before it.
    aco
        Number of the ACO, [n].
    """
    steps = cost.shape[1] - 1
    year = (start[:, None] - steps + np.arange(steps)).ravel()
    cost_growth, risk_growth = (np.diff(np.log(level), axis=1).ravel() for level in (cost, risk))
    many, who = np.repeat(people, steps), np.repeat(aco, steps)
    kept = np.isfinite(cost_growth) & np.isfinite(risk_growth) & (many > 0.0) & (np.repeat(start, steps) > 0)
    return ListedGrowth(cost_growth[kept], risk_growth[kept], many[kept], year[kept], who[kept])


def cost_and_risk(growth: ListedGrowth, *, outlier_sds: float) -> CostAndRisk:
    """Fit variances by size of growth against the mean of the year, and how risk growth goes with cost growth."""
    cost, risk = within_year(growth.cost, growth.year), within_year(growth.risk, growth.year)
    of_cost = variance_by_size(cost, growth.people, growth.aco, outlier_sds=outlier_sds)
    of_risk = variance_by_size(risk, growth.people, growth.aco, outlier_sds=outlier_sds)
    kept = of_cost.holds(cost, growth.people, outlier_sds) & of_risk.holds(risk, growth.people, outlier_sds)
    together = cost[kept], growth.aco[kept]
    return CostAndRisk(of_cost, of_risk, correlation(risk[kept], *together), slope(risk[kept], *together))
