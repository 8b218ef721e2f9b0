"""Lives of single people as arrays, year by year: for looks at individuals, whom the kernel only ever adds up.

The same people as the kernel's, by the same formulas and random numbers; nothing is kept but the year at hand.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.philox import U, philox4x32
from leadmc.paths.arrays import Nature, Panel, relative_cost
from leadmc.paths.kernel import ENTRANT_STREAM, START_STREAM, YEAR_STREAM, start_offset
from leadmc.paths.maths import ONE, normal_pair, select
from leadmc.paths.person_year import IS_AGED_DISABLED, IS_ESRD, STAYS, end_year, entry_age, fall_ill, own_coding

Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]


class PersonYear(NamedTuple):
    """One year of every slot, [n] each.

    Parameters
    ----------
    age
        On 1 January [years].
    category
        Of the year, index into ``axes.CATEGORIES``.
    latent_cost
        Standard normal in a population without deaths [1].
    score
        Raw risk score, renormalised [1].
    months
        Lived [1..12].
    ending
        ``person_year.STAYS``, ``LEAVES`` or ``DIES``.
    arrived
        Whether the person is new in the slot this year.
    state
        Persistent health, last year's morbidity and own coding, [n, 3] [standard normal].
    """

    age: Float32
    category: Int32
    latent_cost: Float32
    score: Float32
    months: Int32
    ending: Int32
    arrived: npt.NDArray[np.bool_]
    state: Float32

    def some(self, slots: slice) -> "PersonYear":
        """Take some of the slots."""
        fields = {name: column[slots] for name, column in self._asdict().items()}
        return self._replace(**fields)


def lives(
    panel: Panel, nature: Nature, *, seed: tuple[np.uint32, np.uint32], scenario: int, years: int
) -> Iterator[PersonYear]:
    """Live through the years of one scenario.

    Parameters
    ----------
    panel, nature
        The slots, and how people are.
    seed
        The two key words.
    scenario
        Absolute number of the scenario.
    years
        Number of years from the first simulated one.
    """
    law = nature.law
    address = (panel.key_low, panel.key_high, U(scenario))
    words = philox4x32(*address, START_STREAM, *seed)
    states = nature.states[panel.first_state + start_offset(words[0], panel.state_count)]
    own = states[:, 2] + nature.own_spread * own_coding(*words[2:])
    person = (states[:, 0], states[:, 1], own, panel.age, panel.category)
    ending = np.full(panel.age.shape, STAYS)
    for t in range(years):
        year = U(nature.first_year + t)
        entrants = philox4x32(*address, U(ENTRANT_STREAM | year), *seed)
        newcomer = (
            *normal_pair(*entrants[:2]),
            own_coding(*entrants[2:]),
            entry_age(law, *entrants[:2]),
            np.full(panel.age.shape, IS_AGED_DISABLED),
        )
        arrived = ending != STAYS
        person = tuple(select(arrived, new, old) for old, new in zip(person, newcomer, strict=True))
        state, age, category = person[:3], person[3], person[4]
        words = philox4x32(*address, U(YEAR_STREAM | year), *seed)
        category, morbidity, latent_cost, score = fall_ill(law, state, category, normal_pair(*words[:2]))
        months, ending, next_category = end_year(law, (category, age, panel.sex_shift), latent_cost, *words[2:])
        yield PersonYear(age, category, latent_cost, score, months, ending, arrived, np.stack(state, axis=1))
        person = (state[0], morbidity, state[2], age + ONE, next_category)


def annual_cost(panel: Panel, nature: Nature, year: PersonYear) -> Float32:
    """Whole year's cost of each slot at level 1, [n] [USD]."""
    esrd = year.category == IS_ESRD
    price = np.where(esrd, panel.esrd_cost, panel.cost)
    return np.asarray(price * relative_cost(nature.table, year.latent_cost, esrd))
