"""How scenarios are spread between some amounts: the shares that a histogram shows."""

import numpy as np
import xarray as xr

from leadmc.measures.draws import draws
from leadmc.measures.precision import Array
from leadmc.measures.risk import ten_year_total


def histogram(ds: xr.Dataset, edges: Array, quantity: str = "net_result") -> xr.Dataset:
    """Find the share of scenarios whose ten-year result lies between each two edges.

    Parameters
    ----------
    ds
        A cube.
    edges
        Ascending [USD]; a result on an edge counts above it, as no loss counts as no loss.
    quantity
        Which money.

    Returns
    -------
    xarray.Dataset
        ``share`` [1] by track and bar, whose coordinate ``low`` is its lower edge.
    """
    weights = draws(ds).weights
    total = ten_year_total(ds, quantity)
    count = total.shape[1] if weights is None else weights.sum()
    shares = np.stack([np.histogram(each, edges, weights=weights)[0] / count for each in total])
    return xr.Dataset(
        {"share": (("track", "low"), shares)},
        coords={"track": ds["track"].to_numpy(), "low": edges[:-1]},
        attrs=ds.attrs | {"quantity": quantity},
    )
