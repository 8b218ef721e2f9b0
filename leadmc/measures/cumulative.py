"""The course of ten years: how deep the cumulative result falls, when it is back for good, what to hold for that."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from leadmc.measures.draws import draws
from leadmc.measures.precision import MEAN, PERCENTILE, SD, Array, Estimate, estimate, probability, reserve
from leadmc.measures.risk import money

STATISTICS: Final = (MEAN, SD, *PERCENTILE)
RUIN: Final = (0.01, 0.05, 0.1)
"""Probabilities of ruin for which a reserve is reported [1]."""
NEVER: Final = "never"


def low_point(cumulative: Array) -> Array:
    """Lowest cumulative result, never above the zero of the start, from [track, year, scenario] [USD]."""
    return np.asarray(np.minimum(cumulative.min(axis=1), 0.0))


def drawdown(cumulative: Array) -> tuple[Array, npt.NDArray[np.int64]]:
    """Deepest fall of the cumulative result from its highest point so far, and the year in which it is deepest.

    Parameters
    ----------
    cumulative
        [track, year, scenario] [USD]; it starts from zero, which counts as a high point.

    Returns
    -------
    tuple
        ``min_t (C_t - max(0, C_1 .. C_t))``, zero or negative [USD]; and the position of the first year that reaches
        it, the number of years where it never falls. Both [track, scenario].
    """
    peak = np.maximum(np.maximum.accumulate(cumulative, axis=1), 0.0)
    fall = cumulative - peak
    deepest = fall.min(axis=1)
    return deepest, np.where(deepest < 0, fall.argmin(axis=1), cumulative.shape[1])


def break_even(cumulative: Array) -> npt.NDArray[np.int64]:
    """Find the first year from which the cumulative result is never negative again, [track, scenario].

    Returns
    -------
    numpy.ndarray
        Its position among the years; the number of years where the last one is negative.
    """
    last_first = cumulative[:, ::-1] < 0
    return np.where(last_first.any(axis=1), cumulative.shape[1] - last_first.argmax(axis=1), 0)


def course(ds: xr.Dataset, quantity: str = "net_result", ruin: Sequence[float] = RUIN) -> xr.Dataset:
    """Estimate drawdown, break-even and reserve of the cumulative, undiscounted result.

    Parameters
    ----------
    ds
        A cube.
    quantity
        Which money; the attribute ``quantity`` of the answer names it.
    ruin
        Probabilities for which a reserve is wanted [1].

    Returns
    -------
    xarray.Dataset
        By track, each with its ``_se``: ``low_point`` and ``drawdown`` [USD] by statistic, zero or negative;
        ``drawdown_year`` and ``break_even_year`` [1], the probability of each year or of ``never`` (that there is no
        drawdown; that the last year is still negative); ``reserve`` [USD] by probability of ruin: what must be there at
        the start so that the cumulative result takes more than it with that probability at most.
    """
    cumulative = np.cumsum(money(ds, quantity), axis=1)
    drawn, years = draws(ds), cumulative.shape[1]
    low, (deepest, trough), back = low_point(cumulative), drawdown(cumulative), break_even(cumulative)
    kinds = np.arange(years + 1)[:, None]  # year, scenario
    found: dict[str, tuple[str, Estimate]] = {
        "low_point": ("statistic", estimate(low, STATISTICS, drawn)),
        "drawdown": ("statistic", estimate(deepest, STATISTICS, drawn)),
        "drawdown_year": ("year", probability(trough[:, None] == kinds, drawn)),
        "break_even_year": ("year", probability(back[:, None] == kinds, drawn)),
        "reserve": ("ruin", estimate(low, [reserve(each) for each in ruin], drawn)),
    }
    return xr.Dataset(
        {name: (("track", dim), one.value) for name, (dim, one) in found.items()}
        | {f"{name}_se": (("track", dim), one.se) for name, (dim, one) in found.items()},
        coords={
            "track": ds["track"].to_numpy(),
            "statistic": [statistic.name for statistic in STATISTICS],
            "year": [*(str(year) for year in ds["performance_year"].to_numpy()), NEVER],
            "ruin": list(ruin),
        },
        attrs=ds.attrs | {"quantity": quantity},
    )
