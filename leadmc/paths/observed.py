"""A run whose base years are over: benchmark, people and the ACO's own level from what the roster tells of them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import BASE_YEARS, ESRD
from leadmc.inputs.assumptions import Assumptions
from leadmc.inputs.base_years import BaseYears, base_years, months_aligned
from leadmc.inputs.reference import Reference
from leadmc.inputs.roster import Roster
from leadmc.inputs.truncation import Truncation, thresholds
from leadmc.paths import omissions
from leadmc.paths.bank import Bank
from leadmc.paths.history import own_stretches, seen
from leadmc.paths.people import People, gather_people_with_history
from leadmc.paths.strata import expected_of_strata
from leadmc.scenarios.national import expected_national_level
from leadmc.scenarios.relative import aco_start, aco_start_given
from leadmc.scenarios.skin_substitutes import national_distortion, own_distortion

Array = npt.NDArray[np.float64]


class Observed(NamedTuple):
    """What a roster's base years tell beyond its people.

    Parameters
    ----------
    base_years
        Sums that make the benchmark.
    aco_start
        Mean and SD of the ACO's standard normal at the start, as of ``relative.aco_start_given``.
    """

    base_years: BaseYears
    aco_start: tuple[float, float]


def observe(
    roster: Roster,
    bank: Bank,
    county_cost: Array,
    reference: Reference,
    assumptions: Assumptions,
    truncation: Truncation | None = None,
) -> tuple[People, Observed]:
    """Prepare people and benchmark of a run with observed base years.

    The ACO's own level is estimated first, so that it is not mistaken for health.

    Parameters
    ----------
    roster
        With spending in the base years.
    bank
        States of the reference population.
    county_cost
        Annual cost of a person with relative cost 1 by county, for (not ESRD, ESRD), [k, 2] [USD].
    reference, assumptions
        The reference population, and the assumptions that it was solved for.
    truncation
        Where a programme truncates; None: no programme asks.
    """
    price = _price(roster, county_cost, assumptions)
    relative, score = expected_of_strata(roster, bank, reference)
    filling = omissions.filling(roster, bank, reference, None if truncation is None else truncation.relative)
    relative = relative * filling.stratum_cost[np.arange(len(BASE_YEARS)), roster.category_then]
    start = _aco_start(roster, price * relative, assumptions)
    staying = roster.still_aligned()
    level = aco_start(assumptions.aco_level, np.full(1, start[0]), beneficiaries=staying.population.age.size)
    history = seen(staying, price[roster.aligned] * level, reference)
    states = own_stretches(staying, history, bank, reference)
    people = gather_people_with_history(staying.population, states, county_cost, reference)
    told = base_years(roster, score, _thresholds(truncation, assumptions))
    return people, Observed(omissions.filled(told, filling), start)


def _price(roster: Roster, county_cost: Array, assumptions: Assumptions) -> Array:
    """Annual cost of a person with relative cost 1 in each base year, at the expected level, [n, b] [USD]."""
    then = roster.category_then
    county = county_cost[roster.population.county[:, None], (then == ESRD).astype(np.intp)]
    return np.asarray(county * base_level(assumptions)[np.arange(len(BASE_YEARS)), then])


def base_level(assumptions: Assumptions) -> Array:
    """Return the expected level of cost in the base years relative to 2026, [b, c] [1]; random only from 2027 on."""
    national, skin = assumptions.national_trend, assumptions.skin_substitutes
    distortion = national_distortion(skin, national) * own_distortion(skin)
    return np.asarray((expected_national_level(national) * distortion[:, None])[: len(BASE_YEARS)])


def _thresholds(truncation: Truncation | None, assumptions: Assumptions) -> Array | None:
    """Thresholds of truncation in the base years, [b, c] [USD]."""
    if truncation is None:
        return None
    national = assumptions.national_trend
    level = expected_national_level(national) * national_distortion(assumptions.skin_substitutes, national)[:, None]
    return thresholds(truncation.dollars, level[: len(BASE_YEARS)])


def spending_ratio(roster: Roster, expected: Array) -> tuple[float, float]:
    """Observed over expected base-year spending and the variance of its logarithm, were people independent [1].

    The variance is that of a ratio estimator over people, so it knows how a person's years go together.
    """
    there = months_aligned(roster) > 0
    spent, foreseen = (np.where(there, each, 0.0).sum(axis=1) for each in (roster.spend, expected))
    ratio = spent.sum() / foreseen.sum()
    return float(ratio), float(((spent / ratio - foreseen) ** 2).sum() / foreseen.sum() ** 2)


def _aco_start(roster: Roster, expected: Array, assumptions: Assumptions) -> tuple[float, float]:
    """Learn the ACO's level from its spending and what its people were expected to spend."""
    ratio, variance = spending_ratio(roster, expected)
    aco = assumptions.aco_level
    return aco_start_given(
        aco,
        assumptions.regional_level,
        assumptions.county_level,
        log_ratio=float(np.log(ratio)) - aco.start_mean,
        sampling_variance=assumptions.over_dispersion.factor * variance,
        beneficiaries=int(roster.aligned.sum()),
    )
