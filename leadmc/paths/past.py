"""A roster with a past: the model's own people through the base years, as a file would tell of them."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadmc.base.axes import BASE_YEARS, CLAIMS
from leadmc.base.philox import split_seed
from leadmc.inputs.panel import rates, synthetic_panel
from leadmc.inputs.population import Population
from leadmc.inputs.rate_book import RateBook
from leadmc.inputs.reference import Reference
from leadmc.inputs.roster import Roster, person_keys
from leadmc.inputs.settings import Synthetic
from leadmc.inputs.synthetic import roster_with_base_years, synthetic_ids
from leadmc.paths.arrays import Nature, Panel
from leadmc.paths.lives import annual_cost, lives
from leadmc.paths.people import gather_people

Array = npt.NDArray[np.float64]

N_BASE = len(BASE_YEARS)


class Past(NamedTuple):
    """Everybody who held a slot from 1 January 2024 to 1 January 2027.

    Parameters
    ----------
    ids
        Of the slot, with the year of arrival for whoever came later, [n].
    roster
        What a file would tell of them.
    state
        Health that no file tells: persistent health, last morbidity and own coding on 1 January 2027, [n, 3]; of those
        who have gone, of their last year.
    """

    ids: "pd.Series[str]"
    roster: Roster
    state: Array


def past(
    population: Population,
    ids: "pd.Series[str]",
    panel: Panel,
    nature: Nature,
    *,
    level: Array,
    seed: int,
    scenario: int = 0,
) -> Past:
    """Live a panel through the base years.

    Parameters
    ----------
    population, ids
        The slots on 1 January 2024, and what to call the people in them.
    panel, nature
        The same slots as the kernel sees them, in one panel whatever their alignment; and how people are.
    level
        Level of cost, [b, c] [1].
    seed, scenario
        Address of the random numbers.
    """
    years = list(lives(panel, nature, seed=split_seed(seed), scenario=scenario, years=N_BASE + 1))
    arrived = np.stack([year.arrived for year in years], axis=1)
    arrived[:, 0] = True
    slot, first = np.nonzero(arrived)
    holder = np.cumsum(arrived, axis=1)  # number of the slot's holder in each year
    here = holder[slot] == holder[slot, first][:, None]
    last = N_BASE - np.argmax(here[:, ::-1], axis=1)

    def told(values: npt.NDArray[Any]) -> Array:
        return np.where(here[:, :N_BASE], values[slot], np.nan)

    cost = [annual_cost(panel, nature, year) * level[b][year.category] for b, year in enumerate(years[:N_BASE])]
    category = np.stack([year.category for year in years], axis=1)[slot]
    held = np.clip(np.arange(N_BASE), first[:, None], last[:, None])
    names = ids.to_numpy()[slot].astype(object)
    later = first > 0
    names[later] = [
        f"{name}-{(*BASE_YEARS, BASE_YEARS[-1] + 1)[t]}" for name, t in zip(names[later], first[later], strict=True)
    ]
    named = pd.Series(names, dtype=str)
    age = np.stack([year.age for year in years], axis=1)[slot, first] - first
    everybody = population.take(slot)._replace(
        person_key=person_keys(named),
        age=age.astype(np.int32),
        category=np.take_along_axis(category, last[:, None], axis=1)[:, 0],
    )
    months = np.where(here[:, :N_BASE], np.stack([year.months for year in years[:N_BASE]], axis=1)[slot], 0)
    roster = Roster(
        population=everybody,
        aligned=last == N_BASE,
        spend=told(np.stack(cost, axis=1).astype(np.float64)),
        months=months.astype(np.float64),
        risk_score=told(np.stack([year.score for year in years[:N_BASE]], axis=1).astype(np.float64)),
        category_then=np.take_along_axis(category, held, axis=1),
        notes=(),
    )
    states = np.stack([year.state for year in years], axis=1)[slot]
    state = np.take_along_axis(states, last[:, None, None], axis=1)[:, 0]
    return Past(named, roster, state.astype(np.float64))


def roster_with_past(
    synthetic: Synthetic, rate_book: RateBook, reference: Reference, *, level: Array, seed: int
) -> pd.DataFrame:
    """Make a roster file with base years: a synthetic panel of 2024, and all who held its slots until 2027.

    Parameters
    ----------
    synthetic, rate_book, reference
        As of ``panel.synthetic_panel``.
    level
        Level of cost, [b, c] [1].
    seed
        Root seed of the three years.
    """
    slots = synthetic_panel(synthetic, rate_book, reference)
    together = slots._replace(alignment=np.full_like(slots.alignment, CLAIMS))
    people = gather_people(together, rates(slots, rate_book, reference).county_cost, reference)
    found = past(slots, synthetic_ids(slots.age.size), people.panels[CLAIMS], people.nature, level=level, seed=seed)
    return roster_with_base_years(found.roster, found.ids)
