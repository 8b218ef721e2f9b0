"""How the mean result comes about: every amount of the settlement from the benchmark to the net result, on average.

Means of sums are sums of means, so the lines add up as they do in every single scenario.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import xarray as xr

from leadmc.measures.draws import draws
from leadmc.measures.precision import MEAN, estimate
from leadmc.measures.risk import ten_year_total

SUBTOTALS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "benchmark_before_discount": (),
        "benchmark": ("benchmark_before_discount", "discount_and_quality"),
        "gross_savings": ("benchmark", "expenditure", "episodes_net", "stop_loss_net"),
        "shared_result": ("gross_savings", "kept_by_medicare"),
        "net_result": ("shared_result", "sequestration", "add_on", "high_performer_bonus"),
    }
)
"""What each amount is the sum of, in the order of the settlement (steps 5 to 13)."""
TAKEN: Final = ("expenditure", "episodes_net", "sequestration")
"""Variables of the cube that a sum takes away."""


def mean_path(ds: xr.Dataset) -> xr.Dataset:
    """Average the amounts of the settlement over ten years.

    Parameters
    ----------
    ds
        A cube.

    Returns
    -------
    xarray.Dataset
        ``amount`` and ``amount_se`` [USD] by track and line, signed as they enter the sums of ``SUBTOTALS``.
        ``discount_and_quality`` is the final benchmark less that before; ``kept_by_medicare`` is the shared result less
        gross savings: negative of savings, positive of losses that Medicare bears.
    """
    totals = {name: ten_year_total(ds, name) for name in SUBTOTALS}
    spent = ds["expenditure"].sum(["category", "performance_year"]).to_numpy()
    lines = {
        "benchmark_before_discount": totals["benchmark_before_discount"],
        "discount_and_quality": totals["benchmark"] - totals["benchmark_before_discount"],
        "benchmark": totals["benchmark"],
        "expenditure": np.broadcast_to(spent, totals["benchmark"].shape),
        "episodes_net": ten_year_total(ds, "episodes_net"),
        "stop_loss_net": ten_year_total(ds, "stop_loss_net"),
        "gross_savings": totals["gross_savings"],
        "kept_by_medicare": totals["shared_result"] - totals["gross_savings"],
        "shared_result": totals["shared_result"],
        "sequestration": ten_year_total(ds, "sequestration"),
        "add_on": ten_year_total(ds, "add_on"),
        "high_performer_bonus": ten_year_total(ds, "high_performer_bonus"),
        "net_result": totals["net_result"],
    }
    signed = np.stack([-each if name in TAKEN else each for name, each in lines.items()], axis=1)
    found = estimate(signed, (MEAN,), draws(ds))
    dims = ("track", "line")
    return xr.Dataset(
        {"amount": (dims, found.value[..., 0]), "amount_se": (dims, found.se[..., 0])},
        coords={"track": ds["track"].to_numpy(), "line": list(lines)},
        attrs=ds.attrs,
    )
