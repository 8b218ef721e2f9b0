"""The kernel's twin in plain NumPy: the same story for all people at once, the same bits in every sum.

It exists to disagree: with the compiled loop about vector code, blocks, look-ups and sums. It shares the formulas of a
person's year with the kernel; what those formulas should be is checked elsewhere, by an oracle that shares nothing.
"""

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import CATEGORIES
from leadmc.paths.arrays import Nature, Panel, Prices, relative_cost
from leadmc.paths.kernel import (
    CAPPED,
    CENTS,
    DEATHS,
    EXITS,
    EXPENDITURE,
    MAX_CENTS,
    MAX_POINTS,
    PERSON_MONTHS,
    SCORE_MONTHS,
    SCORE_SCALE,
    STOP_LOSS,
    TRUNCATED,
    ZERO,
    cents_above,
    in_year,
)
from leadmc.paths.lives import lives
from leadmc.paths.maths import HALF, F, I, select
from leadmc.paths.person_year import DIES, IS_ESRD, IS_HIGH_NEEDS, LEAVES


def simulate(
    panel: Panel,
    nature: Nature,
    prices: Prices,
    seed: tuple[np.uint32, np.uint32],
    first_scenario: int,
    sums: npt.NDArray[np.int64],
) -> None:
    """Simulate a chunk of scenarios; parameters and result as of ``kernel.simulate``."""
    scenarios, years, _ = prices.level.shape
    for s in range(scenarios):
        people = lives(panel, nature, seed=seed, scenario=first_scenario + s, years=years)
        for t, year in enumerate(people):
            esrd = year.category == IS_ESRD
            price = prices.level[s, t][year.category] * select(esrd, panel.esrd_cost, panel.cost)
            amount = price * relative_cost(nature.table, year.latent_cost, esrd) * CENTS + HALF
            over = amount > MAX_CENTS
            amount = select(over, MAX_CENTS, amount)
            attached = prices.attachment[s, t][year.category] * year.score * CENTS
            person = np.empty((CAPPED, panel.age.size), np.int64)
            person[PERSON_MONTHS] = year.months
            person[EXPENDITURE] = I(amount)
            person[STOP_LOSS] = I(select(amount > attached, amount - attached, ZERO))
            threshold, high = in_year(prices.truncation, s, t), year.category == IS_HIGH_NEEDS
            person[TRUNCATED] = cents_above(threshold, esrd, high, year.months, amount)
            points = year.score * F(year.months) * SCORE_SCALE + HALF
            person[SCORE_MONTHS] = I(select(points > MAX_POINTS, MAX_POINTS, points))
            person[DEATHS] = year.ending == DIES
            person[EXITS] = year.ending == LEAVES
            for c in range(len(CATEGORIES)):
                sums[s, t, c, :CAPPED] += person[:, year.category == c].sum(axis=1)
            sums[s, t, 0, CAPPED] += over.sum()
