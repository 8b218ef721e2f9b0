"""How likely a result is to exceed any amount: the whole distribution as one curve, with its error at every point."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import xarray as xr

from leadmc.measures.draws import draws
from leadmc.measures.precision import probability
from leadmc.measures.risk import TEN_YEAR, WORST_YEAR

POINTS: Final = 101


def exceedance(
    ds: xr.Dataset,
    quantity: str = "net_result",
    track: str | None = None,
    horizon: str = TEN_YEAR,
    at: Sequence[float] | None = None,
) -> xr.Dataset:
    """Estimate the probability that a quantity is above each of some amounts.

    Parameters
    ----------
    ds
        A cube.
    quantity
        Variable by scenario and performance year, with or without tracks and categories; categories are added up.
    track
        Which one; None for all of them, or for a variable without tracks.
    horizon
        A performance year, ``ten_year`` (the sum of all) or ``worst_year`` (the lowest).
    at
        Amounts, in the unit of the variable; by default 101 from the lowest to the highest result.

    Returns
    -------
    xarray.Dataset
        ``probability`` and ``probability_se`` [1] by amount, and by track where there are several.
    """
    variable = ds[quantity] if track is None else ds[quantity].sel(track=track)
    if "category" in variable.dims:
        variable = variable.sum("category")
    result = _over(variable, horizon).transpose(..., "scenario")
    values = result.to_numpy()
    amounts = np.linspace(values.min(), values.max(), POINTS) if at is None else np.asarray(at, np.float64)
    found = probability(values[..., None, :] > amounts[:, None], draws(ds))
    dims = (*result.dims[:-1], "amount")
    return xr.Dataset(
        {"probability": (dims, found.value), "probability_se": (dims, found.se)},
        coords={"amount": ("amount", amounts, {"units": ds[quantity].attrs.get("units", "")})}
        | {name: result[name].to_numpy() for name in result.dims[:-1]},
        attrs=ds.attrs | {"quantity": quantity, "horizon": horizon},
    )


def _over(by_year: xr.DataArray, horizon: str) -> xr.DataArray:
    """Take one horizon of a variable by performance year."""
    if horizon == TEN_YEAR:
        return by_year.sum("performance_year")
    if horizon == WORST_YEAR:
        return by_year.min("performance_year")
    return by_year.sel(performance_year=int(horizon), drop=True)
