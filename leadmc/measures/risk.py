"""The distribution of a track's money: by performance year, over ten years, and in the worst single year.

Everything is in USD and in percent of the final benchmark of the same scenario and years, so that a large and a small
ACO can be compared.
"""

from typing import Final

import numpy as np
import xarray as xr

from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, SD, TVAR, Array, estimate, replicates

QUANTITIES: Final = ("net_result", "gross_savings", "shared_result", "net_cash")
STATISTICS: Final = (MEAN, SD, *PERCENTILE, LOSS, TVAR)
SCALES: Final = ("usd", "percent_of_benchmark")
TEN_YEAR: Final = "ten_year"
WORST_YEAR: Final = "worst_year"


def horizons(ds: xr.Dataset) -> list[str]:
    """Each performance year, the total of all, and the worst single year."""
    return [*(str(year) for year in ds["performance_year"].to_numpy()), TEN_YEAR, WORST_YEAR]


def money(ds: xr.Dataset, name: str) -> Array:
    """One quantity or the benchmark, by track, performance year and scenario [USD]."""
    return np.ascontiguousarray(ds[name].transpose("track", "performance_year", "scenario").to_numpy())


def over_horizons(by_year: Array, total: Array) -> Array:
    """Append to [track, year, scenario] the total and the worst single year of each scenario."""
    return np.concatenate([by_year, total[:, None], by_year.min(axis=1, keepdims=True)], axis=1)


def percent(part: Array, benchmark: Array) -> Array:
    """100 part / benchmark [%]; NaN where the benchmark is zero (nobody was aligned)."""
    return 100 * np.divide(part, benchmark, out=np.full_like(part, np.nan), where=benchmark != 0)


def ten_year_total(ds: xr.Dataset, name: str) -> Array:
    """One quantity summed over the performance years, by track and scenario [USD]."""
    return np.asarray(money(ds, name).sum(axis=1))


def risk(ds: xr.Dataset) -> xr.Dataset:
    """Estimate the distribution of every reported quantity.

    Parameters
    ----------
    ds
        A cube.

    Returns
    -------
    xarray.Dataset
        ``value`` and ``se`` by quantity, scale (USD, or percent of benchmark), track, horizon and statistic.
        ``p_loss`` is the probability [1] that the quantity of that row is negative over that horizon: for the worst
        year, that any year is negative.
    """
    benchmark = money(ds, "benchmark")
    estimates = []
    for name in QUANTITIES:
        by_year = money(ds, name)
        total = by_year.sum(axis=1)
        usd = over_horizons(by_year, total)
        relative = over_horizons(percent(by_year, benchmark), percent(total, benchmark.sum(axis=1)))
        estimates.append(estimate(np.stack([usd, relative]), STATISTICS, replicates(ds)))
    dims = ("quantity", "scale", "track", "horizon", "statistic")
    return xr.Dataset(
        {
            "value": (dims, np.stack([one.value for one in estimates])),
            "se": (dims, np.stack([one.se for one in estimates])),
        },
        coords={
            "quantity": list(QUANTITIES),
            "scale": list(SCALES),
            "track": ds["track"].to_numpy(),
            "horizon": horizons(ds),
            "statistic": [statistic.name for statistic in STATISTICS],
        },
        attrs=ds.attrs,
    )
