"""Savings of ACOs over the years: what persists of them, what is noise of the year, and how both go with size.

Axis letters: ``i`` ACO, ``t`` calendar year without gaps; NaN where an ACO has no result.
"""

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import minimize

from leadmc.inputs.calibration.spread import Array, Estimate, Groups, SizeVariance, correlation, variance_by_size

PEOPLE_UNIT: Final = 1e4
"""Scale of 1/N in the likelihood, so that its parameters are of one size."""
HESSIAN_STEP: Final = 1e-3
START: Final = (0.0, 0.0, -0.7, 0.5)
"""Where the search begins: logs of three variances in units of the cross-section's, and atanh of the persistence."""


class StateSpace(NamedTuple):
    """Savings rate of an ACO: programme mean of the year + persistent effect + noise of the year.

    The effect is a stationary AR(1) of variance ``effect_at_infinity + effect_per_person / people``, the noise
    independent of variance ``noise_per_person / people`` [share^2, share^2 x people].
    """

    effect_at_infinity: Estimate
    effect_per_person: Estimate
    noise_per_person: Estimate
    persistence: Estimate


def centred(savings: Array) -> Array:
    """Take the mean of each year off, [i, t]."""
    known = np.isfinite(savings)
    mean = np.nansum(savings, axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.asarray(savings - mean)


def autocorrelation(savings: Array, lag: int) -> Estimate:
    """Correlation of savings with those of ``lag`` years later, all pairs of years together, errors by ACO."""
    deviation = centred(savings)
    earlier, later = deviation[:, :-lag], deviation[:, lag:]
    both = np.isfinite(earlier) & np.isfinite(later)
    return correlation(earlier[both], later[both], np.nonzero(both)[0])


def change_variance(
    savings: Array, people: Array, start: Groups, *, stable_size: float, outlier_sds: float
) -> SizeVariance:
    """Variance of the change from year to year under one agreement with a stable panel, by the panel's size.

    Parameters
    ----------
    savings, people
        Savings rate and people, [i, t]; a panel's size is the harmonic mean of its two years.
    start
        First year of the agreement, 0 where unknown, [i, t].
    stable_size
        Largest change of people [ln].
    outlier_sds
        As in ``variance_by_size``.
    """
    change = savings[:, 1:] - savings[:, :-1]
    same = (start[:, 1:] == start[:, :-1]) & (start[:, 1:] > 0)
    with np.errstate(invalid="ignore"):
        stable = np.abs(np.log(people[:, 1:] / people[:, :-1])) < stable_size
    kept = np.isfinite(change) & same & stable
    size = 2.0 / (1.0 / people[:, 1:] + 1.0 / people[:, :-1])
    deviation = centred(np.where(kept, change, np.nan))
    return variance_by_size(deviation[kept], size[kept], np.nonzero(kept)[0], outlier_sds=outlier_sds)


def cross_section_variance(savings: Array, people: Array, *, outlier_sds: float) -> SizeVariance:
    """Variance of savings between ACOs in a year, by size."""
    known = np.isfinite(savings)
    return variance_by_size(centred(savings)[known], people[known], np.nonzero(known)[0], outlier_sds=outlier_sds)


def state_space(savings: Array, people: Array) -> StateSpace:
    """Fit persistent effect and noise by maximum likelihood; errors from the curvature of the likelihood."""
    deviation = centred(savings)
    known = np.isfinite(deviation)
    scale = float(np.sqrt(np.mean(deviation[known] ** 2)))
    y = np.where(known, deviation, 0.0) / scale
    x = np.where(known, PEOPLE_UNIT / np.where(known, people, 1.0), 0.0)

    def loss(theta: Array) -> float:
        return _negative_log_likelihood(np.asarray(theta), y, x, known)

    best = minimize(loss, np.array(START), method="BFGS")
    theta = np.asarray(best.x, dtype=np.float64)
    error = np.sqrt(np.diag(np.linalg.inv(_hessian(loss, theta))))
    n = int(known.sum())
    unit = scale**2 * np.array([1.0, PEOPLE_UNIT, PEOPLE_UNIT])
    variance = unit * np.exp(theta[:3])
    effect, per_person, noise = (Estimate(float(variance[i]), float(variance[i] * error[i]), n) for i in range(3))
    phi = math.tanh(theta[3])
    return StateSpace(effect, per_person, noise, Estimate(phi, float(error[3]) * (1.0 - phi**2), n))


def _negative_log_likelihood(theta: Array, y: Array, x: Array, known: Array) -> float:
    """Gaussian, all ACOs at once; a year without a result stands as independent with variance 1 and costs nothing."""
    a, b, noise = np.exp(theta[:3])
    years = np.arange(y.shape[1])
    fading = np.tanh(theta[3]) ** np.abs(np.subtract.outer(years, years))
    effect = np.where(known, np.sqrt(a + b * x), 0.0)
    covariance = effect[:, :, None] * effect[:, None, :] * fading
    covariance[:, years, years] += np.where(known, noise * x, 1.0)
    factor = np.linalg.cholesky(covariance)
    z = np.linalg.solve(factor, y[:, :, None])
    return float(0.5 * (z**2).sum() + np.log(factor[:, years, years]).sum())


def _hessian(loss: Callable[[Array], float], theta: Array) -> Array:
    """Second derivatives by central differences, [k, k]."""
    steps = HESSIAN_STEP * np.eye(len(theta))
    return np.array(
        [
            [
                (loss(theta + p + q) - loss(theta + p - q) - loss(theta - p + q) + loss(theta - p - q))
                / (4.0 * HESSIAN_STEP**2)
                for q in steps
            ]
            for p in steps
        ]
    )
