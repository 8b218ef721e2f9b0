"""The kernel's twin in plain NumPy: the same story for all people at once, the same bits in every sum.

It exists to disagree: with the compiled loop about vector code, blocks, look-ups and sums. It shares the formulas of a
person's year with the kernel; what those formulas should be is checked elsewhere, by an oracle that shares nothing.
"""

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import CATEGORIES
from leadmc.base.philox import U, philox4x32
from leadmc.paths.kernel import (
    CAPPED,
    CENTS,
    DEATHS,
    ENTRANT_STREAM,
    EXITS,
    EXPENDITURE,
    MAX_CENTS,
    PERSON_MONTHS,
    SCORE_MONTHS,
    SCORE_SCALE,
    START_STREAM,
    STOP_LOSS,
    YEAR_STREAM,
    ZERO,
    Float32,
    Nature,
    Panel,
    relative_cost,
    start_offset,
)
from leadmc.paths.maths import HALF, ONE, F, I, select
from leadmc.paths.person_year import (
    DIES,
    IS_AGED_DISABLED,
    IS_ESRD,
    LEAVES,
    STAYS,
    live_through,
    new_person,
    own_coding,
)


def simulate(
    panel: Panel,
    nature: Nature,
    level: Float32,
    attachment: Float32,
    seed: tuple[np.uint32, np.uint32],
    first_scenario: int,
    sums: npt.NDArray[np.int64],
) -> None:
    """Simulate a chunk of scenarios; parameters and result as of ``kernel.simulate``."""
    bank, law, table = nature
    for s in range(level.shape[0]):
        scenario = U(first_scenario + s)
        words = philox4x32(panel.key_low, panel.key_high, scenario, START_STREAM, seed[0], seed[1])
        states = bank[panel.first_state + start_offset(words[0], panel.state_count)]
        state = (states[:, 0], states[:, 1], own_coding(words), panel.age, panel.category)
        ending = np.full(panel.age.shape, STAYS)
        for t in range(level.shape[1]):
            entrants = philox4x32(panel.key_low, panel.key_high, scenario, U(ENTRANT_STREAM | U(t)), seed[0], seed[1])
            newcomer = (*new_person(law, entrants), np.full(panel.age.shape, IS_AGED_DISABLED))
            state = tuple(select(ending == STAYS, old, new) for old, new in zip(state, newcomer, strict=True))
            words = philox4x32(panel.key_low, panel.key_high, scenario, U(YEAR_STREAM | U(t)), seed[0], seed[1])
            category, latent_cost, score, months, ending, morbidity, next_category = live_through(
                law, words, state, panel.sex_shift
            )
            esrd = category == IS_ESRD
            price = level[s, t][category] * select(esrd, panel.esrd_cost, panel.cost)
            amount = price * relative_cost(table, latent_cost, esrd) * CENTS + HALF
            over = amount > MAX_CENTS
            amount = select(over, MAX_CENTS, amount)
            attached = attachment[s, t][category] * score * CENTS
            person = np.empty((CAPPED, panel.age.size), np.int64)
            person[PERSON_MONTHS] = months
            person[EXPENDITURE] = I(amount)
            person[STOP_LOSS] = I(select(amount > attached, amount - attached, ZERO))
            person[SCORE_MONTHS] = I(score * F(months) * SCORE_SCALE + HALF)
            person[DEATHS] = ending == DIES
            person[EXITS] = ending == LEAVES
            for c in range(len(CATEGORIES)):
                sums[s, t, c, :CAPPED] += person[:, category == c].sum(axis=1)
            sums[s, t, 0, CAPPED] += over.sum()
            state = (state[0], morbidity, state[2], state[3] + ONE, next_category)
