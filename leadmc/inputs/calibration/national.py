"""National growth from a handful of years: an AR(1), how weakly ten points determine it, and what a prior adds."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.inputs.calibration.spread import Array, Estimate


class Autoregression(NamedTuple):
    """Least-squares AR(1) of yearly growth.

    Parameters
    ----------
    persistence
        Coefficient on last year's growth [1].
    innovation_sd
        Of what last year does not explain [ln per year].
    """

    persistence: Estimate
    innovation_sd: Estimate


def pandemic_averaged(growth: Array, is_pandemic: npt.NDArray[np.bool_]) -> Array:
    """Replace the growth of the pandemic years by their mean, [t] [ln]: a fall and its rebound are no persistence."""
    averaged = growth.copy()
    if is_pandemic.any():
        averaged[is_pandemic] = growth[is_pandemic].mean()
    return averaged


def autoregression(growth: Array) -> Autoregression:
    """Regress growth on the growth of the year before; errors with n - 2 degrees of freedom.

    Least squares is biased downwards by about (1 + 3 phi) / n in a series so short (Kendall, Biometrika 41 (1954)).
    It is left so: corrected, ten years of growth would not be stationary, and the prior weighs more.
    """
    before, after = growth[:-1], growth[1:]
    x, y = before - before.mean(), after - after.mean()
    squares = float((x**2).sum())
    phi = float((x * y).sum()) / squares
    freedom = len(y) - 2
    sd = math.sqrt(float(((y - phi * x) ** 2).sum()) / freedom)
    return Autoregression(
        Estimate(phi, sd / math.sqrt(squares), len(y)), Estimate(sd, sd / math.sqrt(2 * freedom), len(y))
    )


def long_run_mean(growth: Array, *, persistence: float) -> Estimate:
    """Mean growth, its error widened for persistence: ``sd / sqrt(n) sqrt((1 + phi) / (1 - phi))`` [ln per year]."""
    n = len(growth)
    widened = math.sqrt((1.0 + persistence) / (1.0 - persistence))
    return Estimate(float(growth.mean()), float(growth.std(ddof=1)) / math.sqrt(n) * widened, n)


def combined(estimate: Estimate, *, mean: float, sd: float) -> Estimate:
    """Combine an estimate with a prior, each weighted by its precision (normal approximation)."""
    own, prior = estimate.se**-2, sd**-2
    value = (own * estimate.value + prior * mean) / (own + prior)
    return Estimate(value, (own + prior) ** -0.5, estimate.n)
