"""The loop: blocks of people through thirteen years of one scenario, down to integer sums.

Two passes a year. The first stores states and latent costs and looks nothing up; the second looks costs up and only
sums. Together they could not become vector code: a compiler cannot prove that a table look-up and a store do not
overlap. Integer sums make the result independent of block size, chunking, threads and workers.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import AGED_DISABLED, ESRD, HIGH_NEEDS
from leadmc.base.compiled import formula, kernel, widest_vectors
from leadmc.base.philox import PURPOSE_SHIFT, SHIFT, Purpose, U, W, philox4x32
from leadmc.paths.maths import HALF, ONE, F, I, select
from leadmc.paths.person_year import (
    DIES,
    IS_AGED_DISABLED,
    IS_ESRD,
    IS_HIGH_NEEDS,
    LEAVES,
    STAYS,
    Law,
    live_through,
    new_person,
    own_coding,
)

Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]

BLOCK = 512
ZERO = F(0.0)
CENTS = F(100.0)
MAX_CENTS = F(2.1e9)  # an int32 holds one person-year's cents: 21 million dollars; what is cut is counted
SCORE_UNIT = 4096
SCORE_SCALE = F(SCORE_UNIT)
# months, deaths and exits of a block share one 64-bit sum: 12 x 512 months need 14 bits
DEATH_SHIFT = np.int64(20)
EXIT_SHIFT = np.int64(40)
NONE = np.int64(0)
ONE_PERSON = np.int64(1)
ONE_DEATH = np.int64(1 << 20)
ONE_EXIT = np.int64(1 << 40)
YEAR_STREAM = U(Purpose.YEAR << PURPOSE_SHIFT)
ENTRANT_STREAM = U(Purpose.ENTRANT << PURPOSE_SHIFT)
START_STREAM = U(Purpose.START << PURPOSE_SHIFT)

PERSON_MONTHS, EXPENDITURE, STOP_LOSS, SCORE_MONTHS, DEATHS, EXITS, CAPPED = range(7)
SUMS = 7


class Panel(NamedTuple):
    """The slots of one alignment type, structure of arrays, [n] each.

    Parameters
    ----------
    key_low, key_high
        Halves of the person key.
    age, category
        On 1 January of the first simulated year; age in whole years held as float32.
    sex_shift
        Shift of the log hazard of death [1].
    cost, esrd_cost
        Annual cost of a person with relative cost 1 in the slot's county, by state of health, before the scenario's
        level [USD].
    first_state, state_count
        The slot's stretch of the bank of stationary states.
    """

    key_low: npt.NDArray[np.uint32]
    key_high: npt.NDArray[np.uint32]
    age: Float32
    category: Int32
    sex_shift: Float32
    cost: Float32
    esrd_cost: Float32
    first_state: Int32
    state_count: Int32


class CostTable(NamedTuple):
    """Relative annual cost as a function of the latent cost, piecewise linear on an even grid, ESRD after the others.

    Parameters
    ----------
    value, step
        Value at the left edge of each cell and rise over it, [2 * cells] [1].
    origin, inverse_width
        Left end of the grid and cells per unit of latent cost, for (not ESRD, ESRD), [2].
    cells
        Number of cells of each half.
    """

    value: Float32
    step: Float32
    origin: Float32
    inverse_width: Float32
    cells: np.int32


@formula
def relative_cost(table: CostTable, latent_cost: Any, esrd: Any) -> Any:
    """Look the relative annual cost up; 0 left of the grid: the people without spending [1]."""
    origin = select(esrd, table.origin[1], table.origin[0])
    inverse_width = select(esrd, table.inverse_width[1], table.inverse_width[0])
    x = (latent_cost - origin) * inverse_width
    last = F(table.cells) - F(1.0)
    inside = select(x < F(0.0), F(0.0), select(x > last, last, x))
    cell = I(inside)
    entry = I(cell + select(esrd, table.cells, I(0)))
    value = table.value[entry] + (inside - F(cell)) * table.step[entry]
    return select(x < F(0.0), F(0.0), value)


class Nature(NamedTuple):
    """What all people have in common.

    Parameters
    ----------
    states
        States to start from (persistent health, morbidity of the year before, own coding), in stretches of equal age,
        sex and category, or of one person whose base years are known, [m, 3] [standard normal].
    own_spread
        1 where own coding is drawn anew, 0 where a state has it [1].
    first_year
        Index of the first simulated year.
    law, table
        Behaviour, and the look-up of cost.
    """

    states: Float32
    own_spread: np.float32
    first_year: np.int32
    law: Law
    table: CostTable


class Block(NamedTuple):
    """Working memory for one block of people, small enough for the first-level cache, [BLOCK] each."""

    persistent: Float32
    morbidity: Float32
    own: Float32
    age: Float32
    category_before: Int32
    ending: Int32
    category: Int32
    latent_cost: Float32
    score: Float32
    months: Int32
    entrant_own: Float32
    entrant_age: Float32
    vacated: Int32
    vacated_key_low: npt.NDArray[np.uint32]
    vacated_key_high: npt.NDArray[np.uint32]


@formula
def start_offset(word: Any, state_count: Any) -> Any:
    """Position in a stretch of the bank, uniform."""
    return I((W(word) * W(state_count)) >> SHIFT)


@formula
def open_block(panel: Panel, nature: Nature, block: Block, who: Any, seed: Any, scenario: Any) -> None:
    """Seat the people of the first year: each with a state of the slot's stretch of the bank."""
    widest_vectors()
    for j in range(who[1]):
        i = U(who[0] + j)
        words = philox4x32(panel.key_low[i], panel.key_high[i], scenario, START_STREAM, seed[0], seed[1])
        block.vacated[j] = panel.first_state[i] + start_offset(words[0], panel.state_count[i])
        block.own[j] = own_coding(words)
        block.age[j] = panel.age[i]
        block.category_before[j] = panel.category[i]
        block.ending[j] = STAYS
    for j in range(who[1]):
        k = U(block.vacated[j])
        block.persistent[j] = nature.states[k, 0]
        block.morbidity[j] = nature.states[k, 1]
        block.own[j] = nature.states[k, 2] + nature.own_spread * block.own[j]


@formula
def renew_slots(panel: Panel, law: Law, block: Block, who: Any, seed: Any, address: Any) -> None:
    """Fill the slots that death or departure vacated; about one in five, so they are gathered first."""
    widest_vectors()
    vacancies = I(0)
    for j in range(who[1]):
        block.vacated[vacancies] = j
        block.vacated_key_low[vacancies] = panel.key_low[U(who[0] + j)]
        block.vacated_key_high[vacancies] = panel.key_high[U(who[0] + j)]
        vacancies = I(vacancies + I(block.ending[j] != STAYS))
    for q in range(vacancies):
        words = philox4x32(
            block.vacated_key_low[q],
            block.vacated_key_high[q],
            address[0],
            U(ENTRANT_STREAM | address[1]),
            seed[0],
            seed[1],
        )
        # the year's results of the block are not written yet: their memory holds the entrants meanwhile
        block.latent_cost[q], block.score[q], block.entrant_own[q], block.entrant_age[q] = new_person(law, words)
    for q in range(vacancies):
        j = block.vacated[q]
        block.persistent[j] = block.latent_cost[q]
        block.morbidity[j] = block.score[q]
        block.own[j] = block.entrant_own[q]
        block.age[j] = block.entrant_age[q]
        block.category_before[j] = IS_AGED_DISABLED


@formula
def live_year(panel: Panel, law: Law, block: Block, who: Any, seed: Any, address: Any) -> None:
    """First pass over a year: states and latent costs; stores, but looks nothing up."""
    widest_vectors()
    for j in range(who[1]):
        i = U(who[0] + j)
        words = philox4x32(
            panel.key_low[i], panel.key_high[i], address[0], U(YEAR_STREAM | address[1]), seed[0], seed[1]
        )
        state = (block.persistent[j], block.morbidity[j], block.own[j], block.age[j], block.category_before[j])
        (
            block.category[j],
            block.latent_cost[j],
            block.score[j],
            block.months[j],
            block.ending[j],
            block.morbidity[j],
            block.category_before[j],
        ) = live_through(law, words, state, panel.sex_shift[i])
        block.age[j] += ONE


@formula
def add_up(panel: Panel, table: CostTable, block: Block, who: Any, prices: Any, sums: Any) -> None:
    """Second pass over a year: costs from the table; sums, but stores nothing per person.

    Integer sums for all, ESRD and High Needs; the aged and disabled are the rest.
    """
    widest_vectors()
    level, attachment = prices
    cents_all = cents_esrd = cents_high = np.int64(0)
    above_all = above_esrd = above_high = np.int64(0)
    points_all = points_esrd = points_high = np.int64(0)
    fates_all = fates_esrd = fates_high = np.int64(0)
    capped = np.int64(0)
    for j in range(who[1]):
        i = U(who[0] + j)
        esrd = block.category[j] == IS_ESRD
        high = block.category[j] == IS_HIGH_NEEDS
        price = select(esrd, level[1] * panel.esrd_cost[i], select(high, level[2], level[0]) * panel.cost[i])
        amount = price * relative_cost(table, block.latent_cost[j], esrd) * CENTS + HALF
        over = amount > MAX_CENTS
        amount = select(over, MAX_CENTS, amount)
        attached = select(esrd, attachment[1], select(high, attachment[2], attachment[0])) * block.score[j] * CENTS
        cents = np.int64(I(amount))
        above = np.int64(I(select(amount > attached, amount - attached, ZERO)))
        points = np.int64(I(block.score[j] * F(block.months[j]) * SCORE_SCALE + HALF))
        fate = np.int64(block.months[j]) + select(
            block.ending[j] == DIES, ONE_DEATH, select(block.ending[j] == LEAVES, ONE_EXIT, NONE)
        )
        cents_all += cents
        cents_esrd += select(esrd, cents, NONE)
        cents_high += select(high, cents, NONE)
        above_all += above
        above_esrd += select(esrd, above, NONE)
        above_high += select(high, above, NONE)
        points_all += points
        points_esrd += select(esrd, points, NONE)
        points_high += select(high, points, NONE)
        fates_all += fate
        fates_esrd += select(esrd, fate, NONE)
        fates_high += select(high, fate, NONE)
        capped += select(over, ONE_PERSON, NONE)
    book(sums[ESRD], cents_esrd, above_esrd, points_esrd, fates_esrd)
    book(sums[HIGH_NEEDS], cents_high, above_high, points_high, fates_high)
    book(
        sums[AGED_DISABLED],
        cents_all - cents_esrd - cents_high,
        above_all - above_esrd - above_high,
        points_all - points_esrd - points_high,
        fates_all - fates_esrd - fates_high,
    )
    sums[AGED_DISABLED, CAPPED] += capped


@formula
def book(sums: Any, cents: Any, above: Any, points: Any, fates: Any) -> None:
    """Add one category's sums of a block, unpacking months, deaths and exits."""
    sums[PERSON_MONTHS] += fates & (ONE_DEATH - ONE_PERSON)
    sums[EXPENDITURE] += cents
    sums[STOP_LOSS] += above
    sums[SCORE_MONTHS] += points
    sums[DEATHS] += (fates & (ONE_EXIT - ONE_PERSON)) >> DEATH_SHIFT
    sums[EXITS] += fates >> EXIT_SHIFT


@kernel
def simulate(
    panel: Panel,
    nature: Nature,
    level: Float32,
    attachment: Float32,
    seed: tuple[np.uint32, np.uint32],
    first_scenario: int,
    sums: npt.NDArray[np.int64],
) -> None:
    """Simulate a chunk of scenarios and add up its people.

    Parameters
    ----------
    panel, nature
        The slots of one alignment type, and how people are.
    level
        The scenario's cost level, [s, t, c] [1].
    attachment
        Stop-loss attachment at a risk score of 1, [s, t, c] [USD].
    seed
        The two key words.
    first_scenario
        Absolute number of the chunk's first scenario.
    sums
        Added to: person-months, cents, cents above the attachment, score x months in 1/4096, deaths, exits and capped
        costs, [s, t, c, 7], all in the category of the year (capped costs: of all categories, in the first).
    """
    floats = np.empty((8, BLOCK), np.float32)
    integers = np.empty((5, BLOCK), np.int32)
    keys = np.empty((2, BLOCK), np.uint32)
    block = Block(
        floats[0],
        floats[1],
        floats[2],
        floats[3],
        integers[0],
        integers[1],
        integers[2],
        floats[4],
        floats[5],
        integers[3],
        floats[6],
        floats[7],
        integers[4],
        keys[0],
        keys[1],
    )
    n = panel.age.size
    for s in range(level.shape[0]):
        scenario = U(first_scenario + s)
        for start in range(0, n, BLOCK):
            who = (start, min(BLOCK, n - start))
            open_block(panel, nature, block, who, seed, scenario)
            for t in range(level.shape[1]):
                address = (scenario, U(nature.first_year + t))
                renew_slots(panel, nature.law, block, who, seed, address)
                live_year(panel, nature.law, block, who, seed, address)
                add_up(panel, nature.table, block, who, (level[s, t], attachment[s, t]), sums[s, t])
