"""Numbers of a summary as a figure wants them: in the unit of its axis; what is not known is NaN."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

SPREAD: Final = ("p5", "p25", "p50", "p75", "p95")
WIDE: Final = ("p1", *SPREAD, "p99")


def number(value: float | None, unit: float) -> float:
    """Give one number in a unit."""
    return float("nan") if value is None else value / unit


def factor(record: Mapping[str, Any]) -> float:
    """Tell how many standard errors an interval of the run has to each side."""
    return number(record["interval"]["factor"], 1.0)


def spread(statistics: Mapping[str, Any], unit: float) -> dict[str, float]:
    """Give the percentiles of a range, by name."""
    return {name: number(statistics[name]["value"], unit) for name in SPREAD}


def by_year(years: Mapping[str, Any], unit: float) -> dict[str, Array]:
    """Give the percentiles of a fan along the years, by name."""
    return {name: np.array([number(one[name]["value"], unit) for one in years.values()]) for name in WIDE}


def chances(pairs: Mapping[str, Any]) -> Array:
    """Give probabilities in their order [1]."""
    return np.array([number(pair["value"], 1.0) for pair in pairs.values()])


def with_error(pair: Mapping[str, float | None], unit: float) -> tuple[float, float]:
    """Give a number and its standard error."""
    return number(pair["value"], unit), number(pair["se"], unit)
