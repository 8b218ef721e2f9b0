"""What a roster's base years leave out, filled in: those who died or left since, and labels that have changed.

A file of the people aligned today holds survivors only: their base years cost a fifth less than those of all who were
aligned then, and who is High Needs today was dearer before than who was High Needs then. The benchmark of such a file
would show losses that are none. So the same is left out of a simulated panel of the reference population, and the sums
are scaled by what that costs there. A file that leaves nothing out stays as it is.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import BASE_YEARS, CATEGORIES, CLAIMS
from leadmc.inputs.base_years import BaseYears, base_years, has_todays_labels, months_aligned
from leadmc.inputs.reference import Reference
from leadmc.inputs.roster import Roster
from leadmc.inputs.synthetic import synthetic_ids, synthetic_population
from leadmc.paths.bank import Bank
from leadmc.paths.past import past
from leadmc.paths.people import gather_people
from leadmc.paths.strata import expected_of_strata

Array = npt.NDArray[np.float64]

SLOTS: Final = 150_000  # spending is then filled in to 0.5% (standard error)
SEED: Final = 0


class Filling(NamedTuple):
    """Factors on a roster's sums, [b, c] each [1].

    Parameters
    ----------
    person_months, expenditure, risk_score, truncation_excess
        All who were aligned over those whom such a roster tells of.
    stratum_cost
        What those whom it tells of cost over the mean of their age, sex and label.
    """

    person_months: Array
    expenditure: Array
    risk_score: Array
    truncation_excess: Array
    stratum_cost: Array


def filling(roster: Roster, bank: Bank, reference: Reference, threshold: Array | None = None) -> Filling:
    """Find the factors for what this roster leaves out; 1 for a roster that leaves nothing out.

    Parameters
    ----------
    roster, bank, reference
        The file, and the reference population that stands in for whom it leaves out.
    threshold
        Relative cost at which a programme truncates, [c] [1]; None: no programme asks.
    """
    ones = np.ones((len(BASE_YEARS), len(CATEGORIES)))
    survivors, todays = bool(roster.aligned.all()), has_todays_labels(roster)
    if not (survivors or todays) or not reference.people.volatility:
        return Filling(*(ones for _ in Filling._fields))
    everybody = _simulated(reference)
    told = everybody.still_aligned() if survivors else everybody
    if todays:
        told = told._replace(category_then=np.repeat(told.population.category[:, None], len(BASE_YEARS), axis=1))
    whole, part = (_cells(each, bank, reference, threshold) for each in (everybody, told))
    foreseen = _expected_spending(told, bank, reference)
    months, spending, score, excess = (_over(a, b) for a, b in zip(whole, part, strict=True))
    return Filling(months, spending, score, excess, _over(part.expenditure, foreseen))


def filled(told: BaseYears, factors: Filling) -> BaseYears:
    """Scale a roster's sums."""
    scaled = (total * factor[:, :, None] for total, factor in zip(told, factors[:-1], strict=True))
    return BaseYears(*scaled)


def _simulated(reference: Reference) -> Roster:
    """Simulate the base years of a large panel of the reference population, at a price of 1 everywhere."""
    slots = synthetic_population(
        reference, beneficiaries=SLOTS, county_fips=("",), county_weight=(1.0,), voluntary_share=0.0
    )
    people = gather_people(slots, np.ones((1, 2)), reference)
    level = np.ones((len(BASE_YEARS), len(CATEGORIES)))
    return past(slots, synthetic_ids(SLOTS), people.panels[CLAIMS], people.nature, level=level, seed=SEED).roster


def _cells(roster: Roster, bank: Bank, reference: Reference, threshold: Array | None) -> BaseYears:
    """Add the cells up, [b, c]."""
    every_year = None if threshold is None else np.tile(threshold, (len(BASE_YEARS), 1))
    sums = base_years(roster, expected_of_strata(roster, bank, reference)[1], every_year)
    return BaseYears(*(total[0, :, :, CLAIMS] for total in sums))


def _expected_spending(roster: Roster, bank: Bank, reference: Reference) -> Array:
    """Sum of the mean cost of everybody's age, sex and label, [b, c]."""
    cost, _ = expected_of_strata(roster, bank, reference)
    there = months_aligned(roster) > 0
    total = np.zeros((len(BASE_YEARS), len(CATEGORIES)))
    year = np.broadcast_to(np.arange(len(BASE_YEARS)), there.shape)
    np.add.at(total, (year[there], roster.category_then[there]), cost[there])
    return total


def _over(whole: Array, part: Array) -> Array:
    """Divide; 1 where there is nothing to scale."""
    return np.divide(whole, part, out=np.ones_like(whole), where=part > 0)
