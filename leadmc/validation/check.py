"""One comparison of the model with an outside fact: target, result, standard error, verdict."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.packaged import packaged_yaml

Array = npt.NDArray[np.float64]
Progress = Callable[[int, int, float], None]

CERTAIN = 2.0  # standard errors by which a result must miss its range to fail


class Check(NamedTuple):
    """A fact and what the model makes of it.

    Parameters
    ----------
    section, name
        Part of the reproduction, and the quantity with its unit.
    target, passes
        The fact, and the lower and upper end of what passes.
    result, se
        The model's value and its Monte Carlo error; 0 where it is computed without random numbers.
    judged
        Whether a miss is a failure.
    note
        What a reader must know to judge it himself.
    """

    section: str
    name: str
    target: float
    passes: tuple[float, float]
    result: float
    se: float
    judged: bool = True
    note: str = ""

    @property
    def verdict(self) -> str:
        """Pass with the range within two standard errors, else FAIL; reported where it is not judged."""
        if not self.judged:
            return "reported"
        low, high = self.passes
        slack = CERTAIN * self.se
        return "pass" if low - slack <= self.result <= high + slack else "FAIL"

    def record(self) -> dict[str, Any]:
        """As a row of a table or of JSON."""
        return self._asdict() | {"verdict": self.verdict}


def within(stated: Mapping[str, Any]) -> tuple[float, float]:
    """Read the range of a fact."""
    low, high = stated["range"]
    return low, high


def facts() -> Mapping[str, Any]:
    """Read the outside facts of ``reproduction.yaml``."""
    return packaged_yaml("leadmc.validation", "reproduction.yaml")


def spread_of(estimates: Array) -> Array:
    """Estimate the standard error of a mean of estimates from equal independent batches, over the first axis."""
    return np.asarray(estimates.std(axis=0, ddof=1) / np.sqrt(len(estimates)))
