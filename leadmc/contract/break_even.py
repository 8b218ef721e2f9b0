"""Where the money turns: the savings from which a track pays, and those at which one track overtakes another.

Savings are counted against the benchmark before the discount. Only what a year costs is varied; the settlement of the
whole decade is asked each time, so that every rule between spending and the net result counts.
Axis letters: ``k`` question (a year and a range of savings), ``n`` savings within the range.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.contract.experience import Array, Experience, Settlement

Settle = Callable[[Experience], Settlement]
Positions = npt.NDArray[np.int64]
Curve = Callable[[Positions, Array], Array]
"""Net result [USD] of the years at some positions [k], at savings [k, n]; [k, n]."""

WIDEST: Final = 0.5
"""Savings and losses searched lie within it [share of the benchmark before the discount]."""
STEPS: Final = 200
"""Cells into which a range is cut: two turns within one of them are not told apart."""
REFINEMENTS: Final = 2
DOLLARS: Final = ("expenditure", "stop_loss_excess", "truncation_excess")


class Turn(NamedTuple):
    """Where a curve becomes positive, or ceases to be.

    Parameters
    ----------
    year
        Performance year.
    savings
        [share of the benchmark before the discount].
    upward
        Whether it becomes positive.
    """

    year: int
    savings: float
    upward: bool


def break_even(settle: Settle, experience: Experience, years: Sequence[int]) -> dict[int, float | None]:
    """Find the least savings above which the net result of each year is positive; None where there are none.

    Parameters
    ----------
    settle
        Settlement of the track.
    experience
        Of one scenario.
    years
        Performance years with expenditure.

    Returns
    -------
    dict
        By year [share of the benchmark before the discount].
    """
    turns = _turns(_net_by_savings(settle, experience, _benchmark(settle, experience)), years)
    return {year: next((turn.savings for turn in turns if turn.year == year and turn.upward), None) for year in years}


def crossings(one: Settle, other: Settle, experience: Experience, years: Sequence[int]) -> dict[int, tuple[float, ...]]:
    """Find the savings at which the net result of one track overtakes that of another, or falls behind it.

    Arguments and unit as of `break_even`; savings are counted against the benchmark of the first.
    """
    benchmark = _benchmark(one, experience)
    first, second = (_net_by_savings(settle, experience, benchmark) for settle in (one, other))
    turns = _turns(lambda at, savings: first(at, savings) - second(at, savings), years)
    return {year: tuple(turn.savings for turn in turns if turn.year == year) for year in years}


def _benchmark(settle: Settle, experience: Experience) -> Array:
    """Give the benchmark before the discount as settled, [y] [USD]; that of a year does not hang on what it costs."""
    before: Array = settle(experience).benchmark_before_discount[0]
    return before


def _net_by_savings(settle: Settle, experience: Experience, benchmark: Array) -> Curve:
    """Give the net result of a year as a function of its savings; every cell's cost moves in proportion."""
    spent = experience.expenditure[0].sum(axis=(1, 2))

    def net(at: Positions, savings: Array) -> Array:
        factor = np.ones((*savings.shape, len(PERFORMANCE_YEARS)))
        questions = np.arange(len(at))
        factor[questions, :, at] = (1.0 - savings) * (benchmark / spent)[at, np.newaxis]
        each = factor.reshape(-1, len(PERFORMANCE_YEARS), 1, 1)
        settled = settle(experience._replace(**{name: getattr(experience, name) * each for name in DOLLARS}))
        return settled.net_result.reshape(factor.shape)[questions, :, at]

    return net


def _turns(curve: Curve, years: Sequence[int]) -> list[Turn]:
    """Find every turn of every year, by rising savings: on a coarse grid, then on finer ones in the cells found."""
    at = np.array([PERFORMANCE_YEARS.index(year) for year in years])
    low, high = np.full(len(at), -WIDEST), np.full(len(at), WIDEST)
    for _ in range(1 + REFINEMENTS):
        if not at.size:
            return []
        grid = np.linspace(low, high, STEPS + 1, axis=1)
        positive = curve(at, grid) > 0.0
        question, cell = np.nonzero(positive[:, 1:] != positive[:, :-1])
        at, low, high = at[question], grid[question, cell], grid[question, cell + 1]
        upward = positive[question, cell + 1]
    return [
        Turn(PERFORMANCE_YEARS[y], float(savings), bool(up))
        for y, savings, up in zip(at, 0.5 * (low + high), upward, strict=True)
    ]
