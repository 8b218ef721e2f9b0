"""Whether a run is long enough: what it would have said with fewer of its scenarios, each estimate with its error."""

from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from leadmc.inputs.settings import LHS_POINTS
from leadmc.measures.draws import draws
from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, Statistic, estimate
from leadmc.measures.risk import ten_year_total

WATCHED: Final[tuple[Statistic, ...]] = (MEAN, *(one for one in PERCENTILE if one.name == "p5"), LOSS)


def looks(scenarios: int) -> npt.NDArray[np.int64]:
    """Numbers of scenarios at which to look: 64 and its doublings, whole groups of every sampler; and all."""
    doublings = LHS_POINTS << np.arange(max(int(np.log2(max(scenarios / LHS_POINTS, 1))) + 1, 1))
    return np.unique(np.append(doublings[doublings < scenarios], scenarios))


def convergence(ds: xr.Dataset, quantity: str = "net_result") -> xr.Dataset:
    """Estimate the ten-year result from the first scenarios of a run, more and more of them.

    Parameters
    ----------
    ds
        A cube.
    quantity
        Which money; the attribute ``quantity`` of the answer names it.

    Returns
    -------
    xarray.Dataset
        ``value`` and ``value_se`` by track, statistic and ``scenarios``: mean and P5 [USD], probability of a loss [1].
    """
    numbers, total = looks(ds.sizes["scenario"]), ten_year_total(ds, quantity)
    known = ds[["scenario", "scenario_weight", "adversity"]]
    found = [
        estimate(np.ascontiguousarray(total[:, :n]), WATCHED, draws(known.isel(scenario=slice(int(n)))))
        for n in numbers
    ]
    dims = ("track", "statistic", "scenarios")
    return xr.Dataset(
        {
            "value": (dims, np.stack([one.value for one in found], axis=-1)),
            "value_se": (dims, np.stack([one.se for one in found], axis=-1)),
        },
        coords={
            "track": ds["track"].to_numpy(),
            "statistic": [statistic.name for statistic in WATCHED],
            "scenarios": numbers,
        },
        attrs=ds.attrs | {"quantity": quantity},
    )
