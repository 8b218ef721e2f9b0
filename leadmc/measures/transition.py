"""The switch from the ACO's own history to the regional rate book: what it does to the benchmark."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from leadmc.measures.draws import Draws, draws
from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, Array, Estimate, estimate
from leadmc.measures.risk import TEN_YEAR, money, percent, ten_year_total
from leadmc.measures.subsets import mean_within

STEP_STATISTICS: Final = (MEAN, *PERCENTILE, LOSS)
GROUPS: Final = 5
"""By position against the region: enough to see a shape, few enough for small errors."""


def switch_year(ds: xr.Dataset) -> int | None:
    """Find the performance year in which the mean weight of the rate book rises most; None if it never does.

    The first of equals. Found in the cube, because the date is an unpublished rule and may differ between scenarios.
    """
    rise = np.diff(ds["rate_book_weight"].mean("scenario").to_numpy()).round(9)
    return int(ds["performance_year"].to_numpy()[1 + rise.argmax()]) if rise.size and rise.max() > 0 else None


def step_beyond_trend(ds: xr.Dataset, year: int) -> Array:
    """Change of the benchmark per person-month in one year beyond the benchmark's own trend, by track and scenario [%].

    100 (sum_c n_c b_c,t / sum_c n_c b_c,t-1 T_c,t / T_c,t-1 - 1), with n the person-months of year t, b the final
    benchmark per person-month and T the cumulative blended trend: the mix of categories is held fixed.
    """
    now, before = ds.sel(performance_year=year), ds.sel(performance_year=year - 1)
    weight = now["person_months"]
    trend = now["blended_trend"] / before["blended_trend"]
    reached = (weight * now["benchmark_pbpm"]).sum("category").transpose("track", "scenario").to_numpy()
    expected = (weight * before["benchmark_pbpm"] * trend).sum("category").transpose("track", "scenario").to_numpy()
    return percent(reached - expected, expected)


def transition(ds: xr.Dataset) -> xr.Dataset | None:
    """Estimate the step of the benchmark at the switch, and the effect of the rate book by year.

    Parameters
    ----------
    ds
        A cube.

    Returns
    -------
    xarray.Dataset or None
        None where the rate book never weighs anything. Otherwise, each with its error under the name and ``_se``:
        ``step`` [%] by track and statistic (``p_loss``: probability that the benchmark falls behind its trend);
        ``effect`` [USD] by track, horizon and statistic; ``with`` and ``without`` [USD], the mean benchmark with and
        without the rate book, and ``gain`` [1], the share of scenarios in which the rate book raises the benchmark, by
        track and horizon. The attribute ``switch_year`` names the year.
    """
    year = switch_year(ds)
    if year is None:
        return None
    effect, benchmark = (_with_total(money(ds, name)) for name in ("rate_book_effect", "benchmark"))
    drawn = draws(ds)
    by_statistic = {
        "step": (("track", "statistic"), estimate(step_beyond_trend(ds, year), STEP_STATISTICS, drawn)),
        "effect": (("track", "horizon", "statistic"), estimate(effect, STEP_STATISTICS, drawn)),
    }
    found = {
        "with": estimate(benchmark, (MEAN,), drawn),
        "without": estimate(benchmark - effect, (MEAN,), drawn),
        "gain": estimate(-effect, (LOSS,), drawn),
    }
    by_horizon = {
        name: (("track", "horizon"), Estimate(each.value[..., 0], each.se[..., 0])) for name, each in found.items()
    }
    return xr.Dataset(
        with_errors(by_statistic | by_horizon),
        coords={
            "track": ds["track"].to_numpy(),
            "horizon": [*(str(y) for y in ds["performance_year"].to_numpy()), TEN_YEAR],
            "statistic": [statistic.name for statistic in STEP_STATISTICS],
        },
        attrs=ds.attrs | {"switch_year": year},
    )


def by_position(ds: xr.Dataset, groups: int = GROUPS) -> xr.Dataset:
    """Estimate results conditional on where the ACO stood against its region in the base years.

    Parameters
    ----------
    ds
        A cube.
    groups
        Of about as many scenarios each, by their ``regional_position``.

    Returns
    -------
    xarray.Dataset
        By group, from the cheapest to the dearest ACO, each with its error: ``position`` [% of the region], its mean;
        by track and group ``effect`` [% of the benchmark without the rate book], the mean effect of the rate book over
        ten years, ``net`` [USD], the mean ten-year net result, and ``gain`` [1], the share of scenarios in which the
        rate book raises the benchmark. Groups that hold no scenario, as where nothing varies, are left out.
    """
    position, drawn = 100 * ds["regional_position"].to_numpy(), draws(ds)
    net, effect, benchmark = (ten_year_total(ds, name) for name in ("net_result", "rate_book_effect", "benchmark"))
    group = np.floor(groups * _share_below(position, drawn))
    inside = [group == each for each in np.unique(group)]
    by_track = {"effect": percent(effect, benchmark - effect), "net": net, "gain": (effect > 0).astype(np.float64)}
    found = {name: (("track", "group"), _stacked(values, inside, drawn)) for name, values in by_track.items()}
    return xr.Dataset(
        with_errors(found | {"position": (("group",), _stacked(position, inside, drawn))}),
        coords={"track": ds["track"].to_numpy(), "group": np.unique(group)},
        attrs=ds.attrs,
    )


def _share_below(values: Array, drawn: Draws) -> Array:
    """Share of scenarios with a smaller value, [s] [1]; the same for equal values."""
    order = np.argsort(values)
    weights = np.ones(drawn.size) if drawn.weights is None else drawn.weights
    cumulative = np.concatenate([[0.0], np.cumsum(weights[order])])
    return np.asarray(cumulative[np.searchsorted(values[order], values)] / cumulative[-1])


def _stacked(values: Array, inside: list[npt.NDArray[np.bool_]], drawn: Draws) -> Estimate:
    """Means of several parts of the scenarios, the last axis."""
    means = [mean_within(values, each, drawn) for each in inside]
    return Estimate(*(np.stack(each, axis=-1) for each in zip(*means, strict=True)))


def with_errors(found: Mapping[str, tuple[tuple[str, ...], Estimate]]) -> dict[str, tuple[tuple[str, ...], Array]]:
    """Name each value and, with ``_se``, its error, along the same axes."""
    values = {name: (dims, each.value) for name, (dims, each) in found.items()}
    return values | {f"{name}_se": (dims, each.se) for name, (dims, each) in found.items()}


def _with_total(by_year: Array) -> Array:
    """Append the ten-year total to [track, year, scenario]."""
    return np.concatenate([by_year, by_year.sum(axis=1, keepdims=True)], axis=1)
