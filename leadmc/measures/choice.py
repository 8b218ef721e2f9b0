"""Which track to choose: tracks compared on the same people and the same world, scenario by scenario."""

from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from leadmc.measures.draws import Draws, draws, jackknife
from leadmc.measures.precision import MEAN, PERCENTILE, SD, Array, Estimate, estimate, probability
from leadmc.measures.risk import TEN_YEAR, money, ratio, ten_year_total
from leadmc.measures.transition import with_errors

FIRST: Final = "global"
SECOND: Final = "professional"
STATISTICS: Final = (MEAN, SD, *PERCENTILE)
BLOCKS: Final = 50
"""Jackknife blocks of a break-even point: enough degrees of freedom, and no more work than that."""
FEWEST: Final = 40
"""Scenarios without which no break-even point is looked for."""
STEPS: Final = 8
"""Lines fitted, each to the half of the scenarios that is nearest to the zero of the one before."""
TURNING_POINT: Final = ("break_even", "slope", "savings")
"""What is said of two tracks: the savings at which they pay the same, how the first gains on the second there for each
percent of savings more, and the mean savings."""


def choice(ds: xr.Dataset, first: str = FIRST, second: str = SECOND) -> xr.Dataset | None:
    """Compare the net result of two tracks on paired scenarios.

    Parameters
    ----------
    ds
        A cube.
    first, second
        Names of the two tracks.

    Returns
    -------
    xarray.Dataset or None
        None where the cube lacks one of the tracks. Otherwise ``difference`` and ``difference_se``, first less second
        [USD], by horizon and statistic; ``better`` and ``better_se`` [1], the share of scenarios in which the first
        track pays more (a tie is not more), by horizon. The attributes ``first`` and ``second`` name the tracks.
    """
    if first not in ds["track"].to_numpy() or second not in ds["track"].to_numpy():
        return None
    net = money(ds[["net_result"]].sel(track=[first, second]), "net_result")
    difference, better = _compared(net[0], net[1], draws(ds))
    found = {"difference": (("horizon", "statistic"), difference), "better": (("horizon",), better)}
    return xr.Dataset(with_errors(found), coords=_labels(ds), attrs=ds.attrs | {"first": first, "second": second})


def _compared(first: Array, second: Array, drawn: Draws) -> tuple[Estimate, Estimate]:
    """Compare two tracks, [y, s] [USD] each: their difference, and how often the first pays more, by horizon."""
    each = first - second
    paired = np.concatenate([each, each.sum(axis=0, keepdims=True)])
    return estimate(paired, STATISTICS, drawn), probability(paired > 0, drawn)


def _labels(ds: xr.Dataset) -> dict[str, list[str]]:
    return {
        "horizon": [*(str(year) for year in ds["performance_year"].to_numpy()), TEN_YEAR],
        "statistic": [statistic.name for statistic in STATISTICS],
    }


def pairs(ds: xr.Dataset) -> xr.Dataset | None:
    """Compare every track with every one that stands behind it in the cube.

    Returns
    -------
    xarray.Dataset or None
        None for a single track. Otherwise what `choice` gives, by ``pair``, whose tracks are the coordinates ``first``
        and ``second``; and with their errors ``break_even`` [% of the benchmark before discount] and ``slope`` [1], see
        `break_even_savings`, and ``savings``, their mean over ten years [% of the same].
    """
    tracks = [str(track) for track in ds["track"].to_numpy()]
    if len(tracks) < 2:
        return None
    net, undiscounted = money(ds, "net_result"), ten_year_total(ds, "benchmark_before_discount")
    total, spent, drawn = net.sum(axis=1), _ten_year_expenditure(ds), draws(ds)
    rows = [
        (*_compared(net[i], net[j], drawn), _turning_point(total[i] - total[j], undiscounted[j], spent, drawn))
        for i, j in combinations(range(len(tracks)), 2)
    ]
    difference, better, turn = (Estimate(*map(np.stack, zip(*each, strict=True))) for each in zip(*rows, strict=True))
    found = {
        "difference": (("pair", "horizon", "statistic"), difference),
        "better": (("pair", "horizon"), better),
        **{name: (("pair",), Estimate(turn.value[:, k], turn.se[:, k])) for k, name in enumerate(TURNING_POINT)},
    }
    firsts, seconds = zip(*combinations(tracks, 2), strict=True)
    coords = {"first": ("pair", list(firsts)), "second": ("pair", list(seconds))}
    return xr.Dataset(with_errors(found), coords=_labels(ds) | coords, attrs=ds.attrs)


def regret(ds: xr.Dataset) -> xr.Dataset:
    """Estimate what is lost over ten years by having chosen a track that turned out not to be the best.

    Returns
    -------
    xarray.Dataset
        ``regret`` and ``regret_se`` [USD], the best track's ten-year net result less this one's, zero or more, by track
        and statistic; ``best`` and ``best_se`` [1], the share of scenarios in which no track pays more, by track (ties
        count for each).
    """
    net, drawn = ten_year_total(ds, "net_result"), draws(ds)
    missed = net.max(axis=0) - net
    size, best = estimate(missed, STATISTICS, drawn), probability(missed == 0, drawn)
    return xr.Dataset(
        {
            "regret": (("track", "statistic"), size.value),
            "regret_se": (("track", "statistic"), size.se),
            "best": ("track", best.value),
            "best_se": ("track", best.se),
        },
        coords={"track": ds["track"].to_numpy(), "statistic": [statistic.name for statistic in STATISTICS]},
        attrs=ds.attrs,
    )


def break_even_savings(ds: xr.Dataset, first: str = FIRST, second: str = SECOND) -> Estimate:
    """Find the savings before any discount at which two tracks pay the same over ten years, on average.

    Savings are (benchmark before discount - expenditure) / benchmark before discount of the second track over ten
    years; the difference of the net results is divided by the same benchmark. A line is fitted to the half of the
    scenarios that is nearest to where the line before it crossed zero, so that corridors that bend the relation further
    away do not count. The error is that of a jackknife over groups.

    Returns
    -------
    Estimate
        In percent of the benchmark before discount. NaN where scenarios are few, or where no scenario in fifty lies
        beyond the crossing on either side: it would be a guess.
    """
    pair = ds.sel(track=[first, second])
    net, undiscounted = (ten_year_total(pair, name) for name in ("net_result", "benchmark_before_discount"))
    value, se = _turning_point(net[0] - net[1], undiscounted[1], _ten_year_expenditure(ds), draws(ds))
    return Estimate(value[0], se[0])


def _ten_year_expenditure(ds: xr.Dataset) -> Array:
    return np.asarray(ds["expenditure"].sum(["category", "performance_year"]).to_numpy())


def _turning_point(difference: Array, undiscounted: Array, spent: Array, drawn: Draws) -> Estimate:
    """Find what `TURNING_POINT` names, from ten-year amounts of each scenario, [s] [USD]."""
    savings, gain = (100 * ratio(part, undiscounted) for part in (undiscounted - spent, difference))
    if drawn.size < FEWEST or not np.isfinite(savings).all() or np.ptp(savings) == 0:
        return Estimate(*np.full((2, len(TURNING_POINT)), np.nan))
    weights = np.ones_like(savings) if drawn.weights is None else drawn.weights
    block = drawn.blocks(BLOCKS)
    others = (block != each for each in range(block.max() + 1))
    without = [_crossing(savings[kept], gain[kept], weights[kept]) for kept in others]
    return Estimate(_crossing(savings, gain, weights), jackknife(np.array(without)))


def _crossing(x: Array, y: Array, weights: Array) -> Array:
    """Where a line through the half of the points nearest to its own zero is zero, its slope, and the mean of x."""
    mean = np.average(x, weights=weights)
    near: npt.NDArray[np.int64] = np.arange(x.size)
    zero = before = slope = np.nan
    for _ in range(STEPS):
        w = weights[near] / weights[near].sum()
        centre, height = w @ x[near], w @ y[near]
        slope = (w * (x[near] - centre)) @ y[near] / (w @ np.square(x[near] - centre))
        if slope == 0:
            return np.array([np.nan, np.nan, mean])
        zero, before = centre - height / slope, zero
        if zero == before:
            break
        near = np.argpartition(np.abs(x - zero), x.size // 2)[: x.size // 2]
    low, high = x.size // 50, x.size - 1 - x.size // 50
    ordered = np.partition(x, (low, high))
    inside = ordered[low] <= zero <= ordered[high]
    return np.array([zero if inside else np.nan, slope if inside else np.nan, mean])
