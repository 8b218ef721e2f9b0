"""How far a result swings with one driver, and which drivers swing it more than others beyond doubt.

A driver has a result as it is and one under each of its other values, all of the same scenarios. The swing of a
statistic is its largest value among them less its smallest. Two swings differ by a difference of differences, whose
error again knows what all of them share.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from leadmc.measures.draws import Draws
from leadmc.measures.paired import Moving
from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, Array, Estimate, Statistic

STATISTICS: Final[tuple[Statistic, ...]] = (MEAN, next(one for one in PERCENTILE if one.name == "p5"), LOSS)
"""Of which a tornado tells the changes."""


class Swing(NamedTuple):
    """How far each statistic swings, [k], and for each the terms with whose mean the swing moves, [k, s]."""

    value: Array
    terms: Array

    def estimate(self, drawn: Draws) -> Estimate:
        """Give each swing its standard error, [k]."""
        return Estimate(self.value, drawn.error(self.terms))


def swing(results: Sequence[Moving]) -> Swing:
    """Find how far the results of one driver lie apart: as it is, and under its other values."""
    values = np.stack([each.value for each in results])  # result, statistic
    terms = np.stack([np.stack(each.terms) for each in results])  # result, statistic, scenario
    high, low, every = values.argmax(axis=0), values.argmin(axis=0), np.arange(values.shape[1])
    return Swing(values[high, every] - values[low, every], terms[high, every] - terms[low, every])


def ranks(swings: Sequence[Swing], statistic: int, drawn: Draws) -> list[int | None]:
    """Rank drivers by their swing of one statistic, the largest first.

    Parameters
    ----------
    swings
        One a driver.
    statistic
        Its position.
    drawn
        How the scenarios of all were drawn.

    Returns
    -------
    list
        A rank for each driver: 1 and the number of those that are ahead beyond doubt. Neighbours whose swings differ by
        no more than half a 95% interval of their difference share a rank. None where nothing swings.
    """
    moved = sorted(
        (k for k, one in enumerate(swings) if one.value[statistic]), key=lambda k: -swings[k].value[statistic]
    )
    found: list[int | None] = [None] * len(swings)
    for place, k in enumerate(moved):
        found[k] = place + 1
        if place and not _apart(swings[moved[place - 1]], swings[k], statistic, drawn):
            found[k] = found[moved[place - 1]]
    return found


def _apart(ahead: Swing, behind: Swing, statistic: int, drawn: Draws) -> bool:
    error = drawn.error(ahead.terms[statistic] - behind.terms[statistic])
    return bool(ahead.value[statistic] - behind.value[statistic] > drawn.factor() * error)
