"""The distribution of a track's money: by performance year, over ten years, and in the worst single year.

Everything is in USD, in percent of the final benchmark of the same scenario and years, and per person-month, so that a
large and a small ACO can be compared.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from leadmc.measures.draws import draws
from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, SD, TVAR, Array, estimate

if TYPE_CHECKING:
    import xarray as xr

QUANTITIES: Final = ("net_result", "gross_savings", "shared_result", "net_cash")
STATISTICS: Final = (MEAN, SD, *PERCENTILE, LOSS, TVAR)
SCALES: Final = ("usd", "percent_of_benchmark", "usd_pbpm")
TEN_YEAR: Final = "ten_year"
DISCOUNTED: Final = "ten_year_discounted"
WORST_YEAR: Final = "worst_year"
DISCOUNT_RATE: Final = "discount_rate"
"""Attribute of the cube."""


def horizons(ds: "xr.Dataset") -> list[str]:
    """Each performance year, the total of all, the discounted total, and the worst single year."""
    return [*(str(year) for year in ds["performance_year"].to_numpy()), TEN_YEAR, DISCOUNTED, WORST_YEAR]


def money(ds: "xr.Dataset", name: str) -> Array:
    """One quantity or the benchmark, by track, performance year and scenario [USD]."""
    return _read(ds, name, "track", "performance_year", "scenario")


def person_months(ds: "xr.Dataset") -> Array:
    """Person-months of all categories, by performance year and scenario."""
    return np.asarray(_read(ds, "person_months", "category", "performance_year", "scenario").sum(axis=0))


def _read(ds: "xr.Dataset", name: str, *dims: str) -> Array:
    """Read a variable as it is stored, and turn its axes then: turned first, it is read number by number."""
    return np.ascontiguousarray(ds[name].compute().transpose(*dims).to_numpy())


def discount_factors(ds: "xr.Dataset") -> Array:
    """Worth of each performance year's money in the first one: (1 + rate)^-(years since), [y] [1].

    The rate is the cube's own, ``output.discount_rate`` of its configuration.
    """
    years = ds["performance_year"].to_numpy()
    return np.asarray((1.0 + float(ds.attrs[DISCOUNT_RATE])) ** -(years - years[0]).astype(np.float64))


def over_horizons(part: Array, whole: Array | None, factors: Array) -> Array:
    """Extend [track, year, scenario] by total, discounted total and worst year, relative to a whole where there is one.

    Totals are divided by totals: the share of ten years is not the mean of the shares of the years.
    """

    def with_totals(by_year: Array) -> Array:
        totals = (by_year.sum(axis=-2), (by_year * factors[:, None]).sum(axis=-2))
        return np.concatenate([by_year, *(total[..., None, :] for total in totals)], axis=-2)

    found = with_totals(part) if whole is None else ratio(with_totals(part), with_totals(whole))
    return np.concatenate([found, found[:, : len(factors)].min(axis=1, keepdims=True)], axis=1)


def ratio(part: Array, whole: Array) -> Array:
    """Divide; NaN where the whole is zero (nobody was aligned)."""
    whole = np.broadcast_to(whole, part.shape)
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole != 0)


def percent(part: Array, benchmark: Array) -> Array:
    """100 part / benchmark [%]; NaN where the benchmark is zero."""
    return 100 * ratio(part, benchmark)


def ten_year_total(ds: "xr.Dataset", name: str) -> Array:
    """One quantity summed over the performance years, by track and scenario [USD]."""
    return np.asarray(money(ds, name).sum(axis=1))


def scaled_horizons(ds: "xr.Dataset", name: str, scale: str) -> Array:
    """One quantity on one scale by track, horizon and scenario; a ratio to the benchmark or to person-months."""
    by_year, factors = money(ds, name), discount_factors(ds)
    if scale == "usd":
        return over_horizons(by_year, None, factors)
    whole = person_months(ds) if scale == "usd_pbpm" else money(ds, "benchmark") / 100
    return over_horizons(by_year, whole, factors)


def risk(ds: "xr.Dataset") -> "xr.Dataset":
    """Estimate the distribution of every reported quantity.

    Parameters
    ----------
    ds
        A cube.

    Returns
    -------
    xarray.Dataset
        ``value`` and ``se`` by quantity, scale (USD, percent of benchmark, USD per person-month), track, horizon and
        statistic. ``p_loss`` is the probability [1] that the quantity of that row is negative over that horizon: for
        the worst year, that any year is negative.
    """
    import xarray as xr

    drawn = draws(ds)
    shape = (len(QUANTITIES), len(SCALES), ds.sizes["track"], len(horizons(ds)), len(STATISTICS))
    value, se = np.empty(shape), np.empty(shape)
    for q, name in enumerate(QUANTITIES):
        for k, scale in enumerate(SCALES):  # one at a time: memory is that of one quantity
            value[q, k], se[q, k] = estimate(scaled_horizons(ds, name, scale), STATISTICS, drawn)
    dims = ("quantity", "scale", "track", "horizon", "statistic")
    return xr.Dataset(
        {"value": (dims, value), "se": (dims, se)},
        coords={
            "quantity": list(QUANTITIES),
            "scale": list(SCALES),
            "track": ds["track"].to_numpy(),
            "horizon": horizons(ds),
            "statistic": [statistic.name for statistic in STATISTICS],
        },
        attrs=ds.attrs,
    )
