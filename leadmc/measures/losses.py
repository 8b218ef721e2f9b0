"""How likely a loss is: this year, in any year, over ten years, and of more than a stated share of the benchmark."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import xarray as xr

from leadmc.measures.draws import draws
from leadmc.measures.precision import probability
from leadmc.measures.risk import DISCOUNTED, TEN_YEAR, discount_factors, money

ANY_YEAR: Final = "any_year"
SHARES: Final = (0.0, 0.01, 0.02, 0.05)
"""Losses beyond which probabilities are reported [share of the benchmark of the same years]."""


def loss_probabilities(ds: xr.Dataset, quantity: str = "net_result", shares: Sequence[float] = SHARES) -> xr.Dataset:
    """Estimate the probability that a quantity is a loss of more than a share of the benchmark.

    Parameters
    ----------
    ds
        A cube.
    quantity
        Which money; the attribute ``quantity`` of the answer names it.
    shares
        Of the benchmark of the same scenario and years [1].

    Returns
    -------
    xarray.Dataset
        ``probability`` and ``probability_se`` [1] by track, horizon and share: in each performance year, in any of
        them, in the total and in the discounted total.
    """
    by_year, benchmark = money(ds, quantity), money(ds, "benchmark")
    limits = np.asarray(shares)[:, None, None, None]
    lost = by_year < -limits * benchmark  # share, track, year, scenario
    totals = [
        ((by_year * weights).sum(axis=1) < -limits[..., 0] * (benchmark * weights).sum(axis=1))[:, :, None]
        for weights in (1.0, discount_factors(ds)[:, None])
    ]
    found = np.concatenate([lost, lost.any(axis=2, keepdims=True), *totals], axis=2)
    value, se = (np.moveaxis(each, 0, -1) for each in probability(found, draws(ds)))
    dims = ("track", "horizon", "share")
    years = [str(year) for year in ds["performance_year"].to_numpy()]
    return xr.Dataset(
        {"probability": (dims, value), "probability_se": (dims, se)},
        coords={
            "track": ds["track"].to_numpy(),
            "horizon": [*years, ANY_YEAR, TEN_YEAR, DISCOUNTED],
            "share": list(shares),
        },
        attrs=ds.attrs | {"quantity": quantity},
    )


def guarantee_calls(ds: xr.Dataset) -> xr.Dataset:
    """Estimate how likely the financial guarantee is called, and how likely it is too small.

    Returns
    -------
    xarray.Dataset
        By track and horizon, each performance year and any of them, each with its ``_se`` [1]: ``called``, the
        probability that the guarantee covers a part of the year's loss; ``exceeded``, that what the settlement
        collects for a year is more than the guarantee, so that the rest must come from elsewhere.
    """
    guarantee = ds["guarantee"].transpose("track", "scenario").to_numpy()[:, None]
    owed = money(ds, "sequestration") - money(ds, "shared_result")
    drawn, dims = draws(ds), ("track", "horizon")
    seen = {"called": money(ds, "guarantee_call") > 0, "exceeded": owed > guarantee}
    found = {
        name: probability(np.concatenate([each, each.any(axis=1, keepdims=True)], axis=1), drawn)
        for name, each in seen.items()
    }
    return xr.Dataset(
        {name: (dims, one.value) for name, one in found.items()}
        | {f"{name}_se": (dims, one.se) for name, one in found.items()},
        coords={
            "track": ds["track"].to_numpy(),
            "horizon": [*(str(year) for year in ds["performance_year"].to_numpy()), ANY_YEAR],
        },
        attrs=ds.attrs,
    )
