"""Which track to choose: two tracks compared on the same people and the same world, scenario by scenario."""

from typing import Final

import numpy as np
import xarray as xr

from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, SD, estimate, replicates
from leadmc.measures.risk import TEN_YEAR, money

FIRST: Final = "global"
SECOND: Final = "professional"
STATISTICS: Final = (MEAN, SD, *PERCENTILE)


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
    tracks = list(ds["track"].to_numpy())
    if first not in tracks or second not in tracks:
        return None
    net = money(ds, "net_result")
    paired = net[tracks.index(first)] - net[tracks.index(second)]
    paired = np.concatenate([paired, paired.sum(axis=0, keepdims=True)])
    r = replicates(ds)
    difference, better = estimate(paired, STATISTICS, r), estimate(-paired, (LOSS,), r)
    return xr.Dataset(
        {
            "difference": (("horizon", "statistic"), difference.value),
            "difference_se": (("horizon", "statistic"), difference.se),
            "better": ("horizon", better.value[:, 0]),
            "better_se": ("horizon", better.se[:, 0]),
        },
        coords={
            "horizon": [*(str(y) for y in ds["performance_year"].to_numpy()), TEN_YEAR],
            "statistic": [statistic.name for statistic in STATISTICS],
        },
        attrs=ds.attrs | {"first": first, "second": second},
    )
