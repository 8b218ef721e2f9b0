"""From assumptions and a roster to the arrays that the kernel reads."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import (
    AGED_DISABLED,
    ALIGNMENTS,
    BASE_YEARS,
    ENTRY_AGE,
    ENTRY_BREAK_AGE,
    ESRD,
    HIGH_NEEDS,
)
from leadmc.inputs.mortality import HAZARD_AGES
from leadmc.inputs.population import Population
from leadmc.inputs.reference import OLDEST, YOUNGEST, Expected, Reference, score_log_sds
from leadmc.paths.arrays import CostTable, Nature, Panel
from leadmc.paths.bank import build_bank
from leadmc.paths.person_year import Law

Array = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]


class People(NamedTuple):
    """Everything about people that stays the same in all scenarios.

    Parameters
    ----------
    panels
        One per alignment type, in the order of ``axes.ALIGNMENTS``; may be empty.
    nature
        What all people have in common.
    """

    panels: tuple[Panel, ...]
    nature: Nature


def gather_people(population: Population, county_cost: Array, reference: Reference) -> People:
    """Prepare the kernel's inputs for a run that simulates the base years too.

    Parameters
    ----------
    population
        The slots.
    county_cost
        Annual cost of a person with relative cost 1 by county, for (not ESRD, ESRD), [k, 2] [USD].
    reference
        The reference population of the same assumptions.
    """
    bank = build_bank(reference)
    strata = _strata(population)
    slots = _panel(population, county_cost, reference, (bank.first[strata], bank.size[strata]))
    states = np.column_stack([bank.states, np.zeros(len(bank.states), np.float32)])  # own coding is drawn anew
    nature = Nature(states, np.float32(1.0), np.int32(0), behaviour(reference), cost_table(reference))
    return People(_by_alignment(population, slots), nature)


def repriced(people: People, population: Population, county_cost: Array) -> People:
    """Let the same people, as ``gather_people`` has prepared them, cost something else; arguments as there."""
    dollars = _dollars(population, county_cost)
    panels = (
        panel._replace(
            **{name: np.ascontiguousarray(cost[population.alignment == alignment]) for name, cost in dollars.items()}
        )
        for alignment, panel in enumerate(people.panels)
    )
    return people._replace(panels=tuple(panels))


def gather_people_with_history(
    population: Population, states: npt.NDArray[np.float32], county_cost: Array, reference: Reference
) -> People:
    """Prepare the kernel's inputs for a run that begins in the first performance year, where each person is known.

    Parameters
    ----------
    population, county_cost, reference
        As of ``gather_people``; categories on 1 January of that year, ages still three years before.
    states
        As of ``history.own_stretches``, the same number for each person.
    """
    n, years = population.age.size, len(BASE_YEARS)
    size = len(states) // n
    stretches = np.arange(n, dtype=np.int32) * size, np.full(n, size, np.int32)
    slots = _panel(population._replace(age=population.age + years), county_cost, reference, stretches)
    nature = Nature(states, np.float32(0.0), np.int32(years), behaviour(reference), cost_table(reference))
    return People(_by_alignment(population, slots), nature)


def _by_alignment(population: Population, slots: Panel) -> tuple[Panel, ...]:
    return tuple(
        Panel(*(np.ascontiguousarray(column[population.alignment == alignment]) for column in slots))
        for alignment in range(len(ALIGNMENTS))
    )


def _strata(population: Population) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Age, sex and category of the stretch that a slot starts from; the law of 65 serves those who are younger."""
    age = (np.clip(population.age, YOUNGEST, OLDEST) - YOUNGEST).astype(np.int32)
    return age, population.sex, population.category


def _panel(population: Population, county_cost: Array, reference: Reference, stretches: tuple[Int32, Int32]) -> Panel:
    shift = np.asarray(reference.hazard.sex_shift, dtype=np.float32)
    return Panel(
        key_low=(population.person_key & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        key_high=(population.person_key >> np.uint64(32)).astype(np.uint32),
        age=(_strata(population)[0] + YOUNGEST).astype(np.float32),  # whoever is younger ages like somebody of 65
        category=population.category,
        sex_shift=shift[population.sex],
        first_state=stretches[0],
        state_count=stretches[1],
        **_dollars(population, county_cost),
    )


def _dollars(population: Population, county_cost: Array) -> dict[str, npt.NDArray[np.float32]]:
    """Annual cost of each slot at relative cost 1, without ESRD and with it [USD]."""
    dollars = county_cost[population.county].astype(np.float32)
    return {"cost": dollars[:, 0], "esrd_cost": dollars[:, 1]}


def behaviour(reference: Reference) -> Law:
    """Round the law of the reference population to the kernel's float32."""
    people, hazard = reference.people, reference.hazard
    alive = 1.0 if people.volatility else 0.0
    young = people.entry_by_75_share - people.entry_at_65_share
    sds = score_log_sds(people)
    threshold = reference.grid.threshold if people.volatility else np.inf
    values = {
        "persistence": people.persistence,
        "innovation": np.sqrt(1 - people.persistence**2),
        "cost_persistent": people.cost_persistent,
        "cost_morbidity": people.cost_morbidity,
        "cost_accident": reference.grid.accident,
        "score_persistent": people.score_persistent,
        "score_morbidity": people.score_morbidity,
        "score_own": reference.prospective_own,
        "concurrent_persistent": people.concurrent_persistent,
        "concurrent_morbidity": people.concurrent_morbidity,
        "concurrent_own": reference.concurrent_own,
        "score_sd": sds[AGED_DISABLED],
        "esrd_score_sd": sds[ESRD],
        "concurrent_score_sd": sds[HIGH_NEEDS],
        "score_mean": reference.score_scale[AGED_DISABLED],
        "esrd_score_mean": reference.score_scale[ESRD],
        "concurrent_score_mean": reference.score_scale[HIGH_NEEDS],
        "high_needs_threshold": threshold,
        "hazard_level": hazard.level,
        "hazard_slope": hazard.slope,
        "hazard_curvature": hazard.curvature,
        "hazard_latent": hazard.latent,
        "hazard_esrd": hazard.esrd_shift,
        "hazard_youngest": HAZARD_AGES[0],
        "hazard_oldest": HAZARD_AGES[1],
        "leave_hazard": alive * people.exit_hazard,
        "esrd_hazard": alive * people.esrd_hazard,
        "entry_at_65": people.entry_at_65_share,
        "entry_slope_young": (ENTRY_BREAK_AGE - ENTRY_AGE) / max(young, 1e-9),
        "entry_break": people.entry_by_75_share,
        "entry_slope_old": (people.entry_oldest - ENTRY_BREAK_AGE) / max(1 - people.entry_by_75_share, 1e-9),
    }
    return Law(**{name: np.float32(value) for name, value in values.items()})


def cost_table(reference: Reference) -> CostTable:
    """Lay the two cost shapes out as one table, ESRD second."""
    value = np.stack([shape.value for shape in reference.shapes]).astype(np.float32)
    return CostTable(
        value=value.ravel(),
        origin=np.array([shape.origin for shape in reference.shapes], np.float32),
        inverse_width=np.array([1.0 / shape.width for shape in reference.shapes], np.float32),
        cells=np.int32(value.shape[1] - 1),
    )


def expected_path(population: Population, county_cost: Array, reference: Reference, years: int) -> tuple[Array, Array]:
    """Return the panel's true expected person-months and cost at level 1, each [t, c] [person-month, USD]."""
    strata = _strata(population)
    dollars = county_cost[population.county]
    weights = np.stack([np.ones(population.age.size), dollars[:, 0], dollars[:, 1]])
    runs: list[Expected] = []
    for weight in weights:
        share = np.zeros(reference.start.shape[:3])
        np.add.at(share, strata, weight)
        runs.append(reference.expected(reference.start_law * share[..., None, None], years))
    cost = runs[1].cost.copy()
    cost[:, ESRD] = runs[2].cost[:, ESRD]
    return runs[0].person_months, cost
