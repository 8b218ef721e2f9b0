"""Staying out: an ACO that signs nothing is paid fee for service, and there is nothing to settle."""

from typing import Any

import numpy as np

from leadmc.base.axes import CATEGORIES, PERFORMANCE_YEARS
from leadmc.contract.experience import Settlement

RATIOS = ("risk_ratio_capped", "blended_trend")


def no_settlement(scenarios: int) -> Settlement:
    """Return a settlement without a benchmark: every amount is zero, every ratio one; fields as of `Settlement`."""
    years, categories = len(PERFORMANCE_YEARS), len(CATEGORIES)
    nothing: dict[str, Any] = dict.fromkeys(Settlement._fields, np.zeros((scenarios, years)))
    nothing |= {"benchmark_pbpm": np.zeros((scenarios, years, categories))}
    nothing |= dict.fromkeys(RATIOS, np.ones((scenarios, years, categories)))
    nothing |= {"guarantee": np.zeros(scenarios), "lower_spending": np.zeros(scenarios, dtype=np.bool_)}
    nothing |= {"below_minimum": np.zeros((scenarios, years), dtype=np.bool_)}
    return Settlement(**nothing | {"rate_book_weight": np.zeros(years)})
