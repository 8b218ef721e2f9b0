"""The switch from the ACO's own history to the regional rate book: what it does to the benchmark."""

from typing import Final

import numpy as np
import xarray as xr

from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, Array, estimate, replicates
from leadmc.measures.risk import TEN_YEAR, money, percent

STEP_STATISTICS: Final = (MEAN, *PERCENTILE, LOSS)


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
        None where the rate book never weighs anything. Otherwise ``step`` and ``step_se`` [%] by track and statistic
        (``p_loss``: probability that the benchmark falls behind its trend); ``effect`` and ``effect_se`` [USD] by
        track, horizon and statistic; ``gain`` and ``gain_se`` [1], the share of scenarios in which the rate book raises
        the benchmark. The attribute ``switch_year`` names the year.
    """
    year = switch_year(ds)
    if year is None:
        return None
    effect = money(ds, "rate_book_effect")
    effect = np.concatenate([effect, effect.sum(axis=1, keepdims=True)], axis=1)
    r = replicates(ds)
    step, size, gain = (
        estimate(step_beyond_trend(ds, year), STEP_STATISTICS, r),
        estimate(effect, STEP_STATISTICS, r),
        estimate(-effect, (LOSS,), r),
    )
    by_horizon = ("track", "horizon", "statistic")
    return xr.Dataset(
        {
            "step": (("track", "statistic"), step.value),
            "step_se": (("track", "statistic"), step.se),
            "effect": (by_horizon, size.value),
            "effect_se": (by_horizon, size.se),
            "gain": (by_horizon[:2], gain.value[..., 0]),
            "gain_se": (by_horizon[:2], gain.se[..., 0]),
        },
        coords={
            "track": ds["track"].to_numpy(),
            "horizon": [*(str(y) for y in ds["performance_year"].to_numpy()), TEN_YEAR],
            "statistic": [statistic.name for statistic in STEP_STATISTICS],
        },
        attrs=ds.attrs | {"switch_year": year},
    )
