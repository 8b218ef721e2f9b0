"""The kernel's twin in plain NumPy: the same story for all people at once, the same bits in every sum.

It exists to disagree: with the compiled loop about vector code, blocks, look-ups and sums. It shares the formulas of a
person's year with the kernel; what those formulas should be is checked elsewhere, by an oracle that shares nothing.
"""

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import CATEGORIES
from leadmc.paths.kernel import (
    CAPPED,
    CENTS,
    DEATHS,
    EXITS,
    EXPENDITURE,
    MAX_CENTS,
    PERSON_MONTHS,
    SCORE_MONTHS,
    SCORE_SCALE,
    STOP_LOSS,
    ZERO,
    Float32,
    Nature,
    Panel,
    relative_cost,
)
from leadmc.paths.lives import lives
from leadmc.paths.maths import HALF, F, I, select
from leadmc.paths.person_year import DIES, IS_ESRD, LEAVES


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
    for s in range(level.shape[0]):
        people = lives(panel, nature, seed=seed, scenario=first_scenario + s, years=level.shape[1])
        for t, year in enumerate(people):
            esrd = year.category == IS_ESRD
            price = level[s, t][year.category] * select(esrd, panel.esrd_cost, panel.cost)
            amount = price * relative_cost(nature.table, year.latent_cost, esrd) * CENTS + HALF
            over = amount > MAX_CENTS
            amount = select(over, MAX_CENTS, amount)
            attached = attachment[s, t][year.category] * year.score * CENTS
            person = np.empty((CAPPED, panel.age.size), np.int64)
            person[PERSON_MONTHS] = year.months
            person[EXPENDITURE] = I(amount)
            person[STOP_LOSS] = I(select(amount > attached, amount - attached, ZERO))
            person[SCORE_MONTHS] = I(year.score * F(year.months) * SCORE_SCALE + HALF)
            person[DEATHS] = year.ending == DIES
            person[EXITS] = year.ending == LEAVES
            for c in range(len(CATEGORIES)):
                sums[s, t, c, :CAPPED] += person[:, year.category == c].sum(axis=1)
            sums[s, t, 0, CAPPED] += over.sum()
