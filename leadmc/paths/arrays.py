"""The arrays that the kernel reads: the slots of a panel, the shape of cost, a chunk's prices, how people are."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.compiled import formula
from leadmc.paths.maths import F, I, select
from leadmc.paths.person_year import Law

Float32 = npt.NDArray[np.float32]
Int32 = npt.NDArray[np.int32]
Word = npt.NDArray[np.uint32]

# tells the compiler that a position in a table is not negative, which saves it the care for positions from the end
POSITION = I(0xFFFFFF)


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

    key_low: Word
    key_high: Word
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
    value
        Value at the nodes, [2 * (cells + 1)] [1].
    origin, inverse_width
        Left end of the grid and cells per unit of latent cost, for (not ESRD, ESRD), [2].
    cells
        Number of cells of each half.
    """

    value: Float32
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
    node = I(I(cell + select(esrd, I(table.cells + I(1)), I(0))) & POSITION)
    left, right = table.value[node], table.value[I(node + I(1))]
    value = left + (inside - F(cell)) * (right - left)
    return select(x < F(0.0), F(0.0), value)


class Prices(NamedTuple):
    """What a year costs, and where its costs are cut, in each scenario, [s, t, c].

    Parameters
    ----------
    level
        Cost level [1].
    attachment
        Stop-loss attachment at a risk score of 1 [USD].
    truncation
        Threshold of truncation [USD per month lived]; None where no programme truncates, and then it costs nothing.
    """

    level: Float32
    attachment: Float32
    truncation: Float32 | None = None


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
