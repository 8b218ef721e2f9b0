"""What stop-loss is worth: money above the attachments, payout less charge, and what both do to a bad outcome.

The cube holds what insurance paid and charged before the corridors. What it does to the net result also goes through
shares, bands and sequestration, which a cube cannot undo: for that, run the configuration with and without it and
compare the two, as they share all draws.
"""

from typing import Final

import numpy as np
import xarray as xr

from leadmc.measures.draws import draws
from leadmc.measures.paired import paired
from leadmc.measures.precision import MEAN, PERCENTILE, SD, TVAR, estimate
from leadmc.measures.risk import TEN_YEAR, money, percent

STATISTICS: Final = (MEAN, SD, *PERCENTILE)
CHANGED: Final = (MEAN, SD, *PERCENTILE, TVAR)


def stop_loss_value(ds: xr.Dataset) -> xr.Dataset:
    """Estimate what stop-loss does to gross savings, in percent of the final benchmark.

    Returns
    -------
    xarray.Dataset
        By track, horizon and statistic, each with its ``_se`` [% of benchmark]: ``excess``, spending above the
        attachments, elected or not, which is what a full cover would be worth; ``net``, payout less charge, 0 where not
        elected; ``change``, the statistic of gross savings with stop-loss less that without, on the same scenarios.
    """
    benchmark, gross, net = (money(ds, name) for name in ("benchmark", "gross_savings", "stop_loss_net"))
    spent = ds["stop_loss_excess"].transpose("category", "performance_year", "scenario").to_numpy().sum(axis=0)
    whole, with_it, paid, above = (
        np.concatenate([each, each.sum(axis=1, keepdims=True)], axis=1)
        for each in (benchmark, gross, net, np.broadcast_to(spent, gross.shape))
    )
    drawn = draws(ds)
    found = {
        "excess": estimate(percent(above, whole), STATISTICS, drawn),
        "net": estimate(percent(paid, whole), STATISTICS, drawn),
    }
    changed = paired(percent(with_it - paid, whole), percent(with_it, whole), CHANGED, drawn)
    dims = ("track", "horizon", "statistic")
    data = {name: (dims, one.value) for name, one in found.items()}
    data |= {f"{name}_se": (dims, one.se) for name, one in found.items()}
    data |= {"change": ((*dims[:2], "change_in"), changed.value), "change_se": ((*dims[:2], "change_in"), changed.se)}
    return xr.Dataset(
        data,
        coords={
            "track": ds["track"].to_numpy(),
            "horizon": [*(str(year) for year in ds["performance_year"].to_numpy()), TEN_YEAR],
            "statistic": [statistic.name for statistic in STATISTICS],
            "change_in": [statistic.name for statistic in CHANGED],
        },
        attrs=ds.attrs,
    )
