"""The loop: blocks of people through thirteen years of one scenario, down to integer sums.

Short loops over a block, each a stage of the year. The first stages store and look nothing up; the last looks costs up
and only sums: together they could not become vector code, for a compiler cannot prove that a table look-up and a store
do not overlap. Integer sums make the result independent of block size, chunking, threads and workers.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import AGED_DISABLED, ESRD, HIGH_NEEDS
from leadmc.base.compiled import formula, kernel, widest_vectors
from leadmc.base.philox import PURPOSE_SHIFT, SHIFT, Purpose, U, W, philox4x32
from leadmc.paths.arrays import CostTable, Float32, Int32, Nature, Panel, Prices, Word, relative_cost
from leadmc.paths.maths import HALF, ONE, F, I, normal_pair, select
from leadmc.paths.person_year import (
    DEATH_SHIFT,
    EXIT_SHIFT,
    FULL_YEAR,
    IS_AGED_DISABLED,
    IS_ESRD,
    IS_HIGH_NEEDS,
    Law,
    end_year,
    entry_age,
    fall_ill,
    own_coding,
)

LANES = I(16)  # 32-bit lanes of the widest vectors
BLOCK = 31 * 16  # whole vectors; deaths and departures of a block need nine bits each
ZERO = F(0.0)
CENTS = F(100.0)
MAX_CENTS = F(2.1e9)  # an int32 holds one person-year's cents: 21 million dollars; what is cut is counted
SCORE_UNIT = 4096
SCORE_SCALE = F(SCORE_UNIT)
MAX_POINTS = F(8.5e6)  # a block's sum fits 32 bits: a risk score of 170 over twelve months, which nobody reaches
NOTHING = U(0)
LOW_HALF = U(0xFFFF)
HALF_WORD = U(16)
MONTHS_OF_ONE = I(15)
YEAR_STREAM = U(Purpose.YEAR << PURPOSE_SHIFT)
ENTRANT_STREAM = U(Purpose.ENTRANT << PURPOSE_SHIFT)
START_STREAM = U(Purpose.START << PURPOSE_SHIFT)

PERSON_MONTHS, EXPENDITURE, STOP_LOSS, SCORE_MONTHS, DEATHS, EXITS, TRUNCATED, CAPPED = range(8)
SUMS = 8


class Block(NamedTuple):
    """Working memory for one block of people, small enough for the first-level cache, [BLOCK] each."""

    persistent: Float32
    morbidity: Float32
    own: Float32
    age: Float32
    latent_cost: Float32
    score: Float32
    normal_0: Float32
    normal_1: Float32
    new_own: Float32
    new_age: Float32
    category_before: Int32
    category: Int32
    fate: Int32
    slot: Int32
    word_0: Word
    word_1: Word
    word_2: Word
    word_3: Word
    key_low: Word
    key_high: Word


@formula
def working_memory() -> Block:
    """Lay a block out."""
    f = np.zeros((10, BLOCK), np.float32)
    i = np.zeros((4, BLOCK), np.int32)
    w = np.zeros((6, BLOCK), np.uint32)
    return Block(
        *(f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9]),
        *(i[0], i[1], i[2], i[3]),
        *(w[0], w[1], w[2], w[3], w[4], w[5]),
    )


@formula
def draw(block: Block, key_low: Any, key_high: Any, who: Any, seed: Any, address: Any) -> None:
    """Draw four words for each person."""
    widest_vectors()
    for j in range(who[1]):
        i = U(who[0] + j)
        block.word_0[j], block.word_1[j], block.word_2[j], block.word_3[j] = philox4x32(
            key_low[i], key_high[i], address[0], address[1], seed[0], seed[1]
        )


@formula
def draw_normals(block: Block, count: Any) -> None:
    """Turn the first two words of each person into two normals."""
    widest_vectors()
    for j in range(count):
        block.normal_0[j], block.normal_1[j] = normal_pair(block.word_0[j], block.word_1[j])


@formula
def start_offset(word: Any, state_count: Any) -> Any:
    """Position in a stretch of the bank, uniform."""
    return I((W(word) * W(state_count)) >> SHIFT)


@formula
def open_block(panel: Panel, nature: Nature, block: Block, who: Any, seed: Any, scenario: Any) -> None:
    """Seat the people of the first year: each with a state of the slot's stretch of the bank."""
    widest_vectors()
    draw(block, panel.key_low, panel.key_high, who, seed, (scenario, START_STREAM))
    for j in range(who[1]):
        i = U(who[0] + j)
        block.slot[j] = panel.first_state[i] + start_offset(block.word_0[j], panel.state_count[i])
        block.own[j] = own_coding(block.word_2[j], block.word_3[j])
        block.age[j] = panel.age[i]
        block.category_before[j] = panel.category[i]
        block.fate[j] = FULL_YEAR
    for j in range(who[1]):
        k = U(block.slot[j])
        block.persistent[j] = nature.states[k, 0]
        block.morbidity[j] = nature.states[k, 1]
        block.own[j] = nature.states[k, 2] + nature.own_spread * block.own[j]


@formula
def renew_slots(panel: Panel, law: Law, block: Block, who: Any, seed: Any, address: Any) -> None:
    """Fill the slots that death or departure vacated; about one in five, so they are gathered first.

    Whole vectors are drawn for: what is left over from earlier years at their end is drawn for in vain.
    """
    widest_vectors()
    vacancies = I(0)
    for j in range(who[1]):
        block.slot[vacancies] = j
        vacancies = I(vacancies + I(block.fate[j] > FULL_YEAR))
    for q in range(vacancies):
        i = U(who[0] + block.slot[q])
        block.key_low[q] = panel.key_low[i]
        block.key_high[q] = panel.key_high[i]
    drawn = I(I(vacancies + LANES - I(1)) & -LANES)
    draw(block, block.key_low, block.key_high, (0, drawn), seed, address)
    draw_normals(block, drawn)
    for q in range(drawn):
        block.new_own[q] = own_coding(block.word_2[q], block.word_3[q])
        block.new_age[q] = entry_age(law, block.word_0[q], block.word_1[q])
    for q in range(vacancies):
        j = block.slot[q]
        block.persistent[j] = block.normal_0[q]
        block.morbidity[j] = block.normal_1[q]
        block.own[j] = block.new_own[q]
        block.age[j] = block.new_age[q]
        block.category_before[j] = IS_AGED_DISABLED


@formula
def live_year(panel: Panel, law: Law, block: Block, who: Any, seed: Any, address: Any) -> None:
    """First half of a year: states, latent costs and fates; stores, but looks nothing up.

    In four short loops: in one, a person's arithmetic is so long a chain that the processor waits for its end.
    """
    widest_vectors()
    draw(block, panel.key_low, panel.key_high, who, seed, address)
    draw_normals(block, who[1])
    for j in range(who[1]):
        state = (block.persistent[j], block.morbidity[j], block.own[j])
        block.category[j], block.morbidity[j], block.latent_cost[j], block.score[j] = fall_ill(
            law, state, block.category_before[j], (block.normal_0[j], block.normal_1[j])
        )
    for j in range(who[1]):
        person = (block.category[j], block.age[j], panel.sex_shift[U(who[0] + j)])
        months, ending, block.category_before[j] = end_year(
            law, person, block.latent_cost[j], block.word_2[j], block.word_3[j]
        )
        block.fate[j] = I(months + ending)
        block.age[j] += ONE


@formula
def in_year(prices: Any, s: Any, t: Any) -> Any:
    """Take one year of one scenario of prices that may be None, [c]."""
    if prices is None:
        return None
    return prices[s, t]


@formula
def of_category(prices: Any, esrd: Any, high: Any) -> Any:
    """Choose a price by category."""
    return select(esrd, prices[ESRD], select(high, prices[HIGH_NEEDS], prices[AGED_DISABLED]))


@formula
def cents_above(threshold: Any, esrd: Any, high: Any, months: Any, cents: Any) -> Any:
    """Cents above the threshold of the months lived; compiled to nothing where there is no threshold."""
    if threshold is None:
        return NOTHING
    limit = of_category(threshold, esrd, high) * F(months) * CENTS
    return U(I(select(cents > limit, cents - limit, ZERO)))


@formula
def add(total: Any, number: Any, esrd: Any, high: Any) -> Any:
    """Add one person's number to the sums of all, ESRD and High Needs, which wrap at 32 bits."""
    everybody, of_esrd, of_high = total
    return (
        U(everybody + number),
        U(of_esrd + select(esrd, number, NOTHING)),
        U(of_high + select(high, number, NOTHING)),
    )


@formula
def add_money(total: Any, cents: Any, esrd: Any, high: Any) -> Any:
    """Add one person's cents in two halves."""
    low, up = total
    return add(low, U(cents & LOW_HALF), esrd, high), add(up, U(cents >> HALF_WORD), esrd, high)


@formula
def add_up(panel: Panel, table: CostTable, block: Block, who: Any, prices: Any, sums: Any) -> None:
    """Second half of a year: costs from the table; sums, but stores nothing per person.

    A block's sums fit 32-bit words, so that all lanes of a vector are busy.
    """
    widest_vectors()
    level, attachment, threshold = prices
    nothing = (NOTHING, NOTHING, NOTHING)
    spent = insured = truncated = (nothing, nothing)
    points = fates = nothing
    capped = NOTHING
    for j in range(who[1]):
        i = U(who[0] + j)
        esrd = block.category[j] == IS_ESRD
        high = block.category[j] == IS_HIGH_NEEDS
        price = select(esrd, level[ESRD] * panel.esrd_cost[i], of_category(level, False, high) * panel.cost[i])
        amount = price * relative_cost(table, block.latent_cost[j], esrd) * CENTS + HALF
        over = amount > MAX_CENTS
        amount = select(over, MAX_CENTS, amount)
        attached = of_category(attachment, esrd, high) * block.score[j] * CENTS
        months = I(block.fate[j] & MONTHS_OF_ONE)
        point = block.score[j] * F(months) * SCORE_SCALE + HALF
        point = select(point > MAX_POINTS, MAX_POINTS, point)
        spent = add_money(spent, U(I(amount)), esrd, high)
        insured = add_money(insured, U(I(select(amount > attached, amount - attached, ZERO))), esrd, high)
        truncated = add_money(truncated, cents_above(threshold, esrd, high, months, amount), esrd, high)
        points = add(points, U(I(point)), esrd, high)
        fates = add(fates, U(block.fate[j]), esrd, high)
        capped = U(capped + select(over, U(1), NOTHING))
    book_money(sums, EXPENDITURE, spent)
    book_money(sums, STOP_LOSS, insured)
    book_money(sums, TRUNCATED, truncated)
    book(sums, SCORE_MONTHS, points, U(0), U(32))
    book(sums, PERSON_MONTHS, fates, U(0), DEATH_SHIFT)
    book(sums, DEATHS, fates, DEATH_SHIFT, EXIT_SHIFT)
    book(sums, EXITS, fates, EXIT_SHIFT, U(32))
    sums[AGED_DISABLED, CAPPED] += capped


@formula
def book(sums: Any, column: Any, total: Any, first: Any, end: Any) -> None:
    """Add the bits [first, end) of a block's sums to a column; the aged and disabled are the rest of all."""
    everybody, of_esrd, of_high = total
    mask = (W(1) << W(end)) - W(1)
    sums[ESRD, column] += np.int64((W(of_esrd) & mask) >> W(first))
    sums[HIGH_NEEDS, column] += np.int64((W(of_high) & mask) >> W(first))
    sums[AGED_DISABLED, column] += np.int64((W(U(everybody - of_esrd - of_high)) & mask) >> W(first))


@formula
def book_money(sums: Any, column: Any, total: Any) -> None:
    """Add both halves of a block's money to a column."""
    low, up = total
    for c, of_low, of_up in (
        (ESRD, low[1], up[1]),
        (HIGH_NEEDS, low[2], up[2]),
        (AGED_DISABLED, U(low[0] - low[1] - low[2]), U(up[0] - up[1] - up[2])),
    ):
        sums[c, column] += np.int64((W(of_up) << W(HALF_WORD)) + W(of_low))


@kernel
def simulate(
    panel: Panel,
    nature: Nature,
    prices: Prices,
    seed: tuple[np.uint32, np.uint32],
    first_scenario: int,
    sums: npt.NDArray[np.int64],
) -> None:
    """Simulate a chunk of scenarios and add up its people.

    Parameters
    ----------
    panel, nature
        The slots of one alignment type, and how people are.
    prices
        Levels and thresholds of the chunk's scenarios.
    seed
        The two key words.
    first_scenario
        Absolute number of the chunk's first scenario.
    sums
        Added to: person-months, cents, cents above the attachment, score x months in 1/4096, deaths, exits, truncated
        cents and capped costs, [s, t, c, 8], all in the category of the year (capped costs: of all, in the first).
    """
    block = working_memory()
    n = panel.age.size
    for s in range(prices.level.shape[0]):
        scenario = U(first_scenario + s)
        for start in range(0, n, BLOCK):
            who = (start, min(BLOCK, n - start))
            open_block(panel, nature, block, who, seed, scenario)
            for t in range(prices.level.shape[1]):
                year = U(nature.first_year + t)
                renew_slots(panel, nature.law, block, who, seed, (scenario, U(ENTRANT_STREAM | year)))
                live_year(panel, nature.law, block, who, seed, (scenario, U(YEAR_STREAM | year)))
                now = (prices.level[s, t], prices.attachment[s, t], in_year(prices.truncation, s, t))
                add_up(panel, nature.table, block, who, now, sums[s, t])
