"""Do people stay who they are? Concentration, deaths, High Needs and scores in the first and in the tenth year.

A large panel of single people is lived through without being stored; what is compared is the first simulated year,
the tenth, and the facts. Standard errors come from twenty parts of the panel.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import HIGH_NEEDS
from leadmc.base.philox import split_seed
from leadmc.inputs.achieved import Comparison, achieved_beside_target
from leadmc.inputs.moments import TOP_SHARES, concentration, moments
from leadmc.paths.lives import PersonYear, annual_cost, lives
from leadmc.paths.person_year import DIES
from leadmc.validation.check import Check, facts, spread_of, within
from leadmc.validation.sample import Country, batches

Array = npt.NDArray[np.float64]

CONCENTRATION, INDIVIDUALS = "2 concentration", "3 individuals"
PARTS = 20
COMPARED = (1, 10)


class Seen(NamedTuple):
    """A figure of a simulated year by name, and its standard error."""

    value: Mapping[str, float]
    se: Mapping[str, float]


def observed(cost: Array, year: PersonYear, bands: list[int]) -> dict[str, float]:
    """Figures of the people of one year, by name."""
    dies, months = year.ending == DIES, year.months.astype(np.float64)
    mean = float(np.average(year.score, weights=months))
    figures = {f"top_{percent}": share for percent, share in concentration(cost, np.ones(cost.size)).items()}
    figures |= {
        "cost_cv": float(cost.std() / cost.mean()),
        "mortality": float(dies.mean()),
        "high_needs_share": float((year.category == HIGH_NEEDS).mean()),
        "score_mean": mean,
        "score_sd": float(np.sqrt(np.average(np.square(year.score - mean), weights=months))),
    }
    for low, high in zip(bands, [*bands[1:], np.inf], strict=True):
        figures[f"mortality_{low}"] = float(dies[(year.age >= low) & (year.age < high)].mean())
    return figures


def simulated_years(country: Country, slots: int, *, seed: int, years: tuple[int, ...] = COMPARED) -> dict[int, Seen]:
    """Live through the years and look at some of them, counted from 1."""
    _, people = country.panel(slots)
    panel, nature = people.panels[0], people.nature
    bands = sorted(country.assumptions.people.mortality_by_age)
    found = {}
    run = lives(panel, nature, seed=split_seed(seed), scenario=0, years=max(years))
    for number, year in enumerate(islice(run, max(years)), start=1):
        if number not in years:
            continue
        cost = annual_cost(panel, nature, year).astype(np.float64)
        whole = observed(cost, year, bands)
        parts = [observed(cost[part], year.some(part), bands) for part in batches(slots, PARTS)]
        errors = {name: float(spread_of(np.array([part[name] for part in parts]))) for name in whole}
        found[number] = Seen(whole, errors)
    return found


def people_checks(country: Country, slots: int, *, seed: int) -> Iterator[Check]:
    """Compare the reference population and simulated people with the facts, and the tenth year with the first.

    Parameters
    ----------
    country
        People and prices.
    slots
        Size of the simulated panel.
    seed
        Root seed.
    """
    found = moments(country.reference, esrd_rate=country.rate_book.national_esrd_rate)
    known = {each.name: each for each in achieved_beside_target(country.assumptions.people, found)}
    years = simulated_years(country, slots, seed=seed)
    shares = [f"top_{percent}" for percent in TOP_SHARES]
    for name in [*shares, "cost_cv"]:
        yield from _by_year(CONCENTRATION, known[name], years)
    for name, each in known.items():
        if name in years[1].value and name not in (*shares, "cost_cv"):
            yield from _by_year(INDIVIDUALS, each, years)
        elif name not in years[1].value:
            title, passes = f"{name}, reference population", (each.low, each.high)
            yield Check(INDIVIDUALS, title, each.target, passes, each.achieved, 0.0, each.judged, each.why)
    for name, fact in facts()["drift"].items():
        if isinstance(fact, dict):
            yield _drift(name, fact, years)


def _by_year(section: str, fact: Comparison, years: Mapping[int, Seen]) -> Iterator[Check]:
    for number, seen in years.items():
        result, error = seen.value[fact.name], seen.se[fact.name]
        title, passes = f"{fact.name}, year {number}", (fact.low, fact.high)
        yield Check(section, title, fact.target, passes, result, error, fact.judged, fact.why)


def _drift(name: str, fact: Mapping[str, Any], years: Mapping[int, Seen]) -> Check:
    first, last = (years[number] for number in COMPARED)
    error = float(np.hypot(first.se[name], last.se[name]))
    change = last.value[name] - first.value[name]
    title = f"{name}, change from year {COMPARED[0]} to {COMPARED[1]}"
    return Check(INDIVIDUALS, title, fact["value"], within(fact), change, error)
