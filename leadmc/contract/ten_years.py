"""Years side by side: from single performance years to the settlement of a programme that has fewer parts than LEAD."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from leadmc.contract.experience import Array, Settlement
from leadmc.contract.stay_out import no_settlement


class Year(NamedTuple):
    """What one performance year adds to the `Settlement`: its fields without the axis y."""

    benchmark_before_discount: Array
    benchmark: Array
    stop_loss_net: Array
    gross_savings: Array
    shared_result: Array
    sequestration: Array
    net_result: Array
    benchmark_pbpm: Array
    risk_ratio_capped: Array
    blended_trend: Array


def side_by_side(years: Sequence[Year], **of_all_years: Any) -> Settlement:
    """Stack the years and add what concerns all of them; every field that is not given is zero, as of `Settlement`."""
    by_year = {name: np.stack([getattr(year, name) for year in years], axis=1) for name in Year._fields}
    return no_settlement(len(years[0].benchmark))._replace(**by_year, **of_all_years)
