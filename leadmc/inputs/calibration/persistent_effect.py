"""What persists of ACOs' savings: an effect that drifts, under the noise of the year, estimated from their results.

The gross savings rate of ACO i in year t is ``s_it = m_t + p_it + e_it``, with

* ``m_t`` the mean of the programme,
* ``p_it`` the ACO's persistent effect, Gaussian, of variance ``V_it = A + B 10^4 / N_it`` and of correlation
  ``phi^|t - u|`` with year u, times ``psi`` if the pandemic began between the two years,
* ``e_it`` claim noise, independent from year to year, of a variance that is handed in (bottom-up) or is
  ``C 10^4 / N_it`` with C estimated too (top-down).

A stationary AR(1) under noise: what a Kalman filter and a forecast step would give follows here at once from the joint
normal law of the few years of each ACO, and a year without a result is a row left out. A, B, phi, psi (and C) maximise
the likelihood with the yearly means profiled out by generalised least squares. Rates in %, variances in %^2.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from leadmc.inputs.calibration.spread import Array

UNIT_SIZE: Final = 1e4  # beneficiaries behind B and C
LOG_VARIANCE: Final = (2.0, (-6.0, 6.0))
"""Where the search for the logarithm of A, B or C starts, and its bounds."""
LOGIT: Final = (1.5, (-5.0, 5.0))
"""The same for the logit of phi or psi."""
NO_BREAK: Final = ("through_onset", 1.0)
CURVATURE_STEP: Final = 1e-3  # of a parameter's own size
FEWEST_FOR_BREAK: Final = 3  # years; with two, the drift and the break are one and the same


class History(NamedTuple):
    """What is known of ``i`` ACOs in ``t`` years when a forecast is made.

    Parameters
    ----------
    years
        Ascending, [t].
    savings
        Gross savings rate, NaN where there is none, [i, t] [%].
    beneficiaries
        Assigned beneficiaries; any positive number where there is no result, [i, t].
    noise
        Variance of the claim noise, any where there is no result, [i, t] [%^2]; None if it is to be estimated.
    onset
        Year in which the pandemic began.
    """

    years: npt.NDArray[np.int64]
    savings: Array
    beneficiaries: Array
    noise: Array | None
    onset: int


class Law(NamedTuple):
    """Parameters of the persistent effect, and of the noise if it was estimated.

    Parameters
    ----------
    variance, variance_by_size
        A and B [%^2].
    persistence, through_onset
        phi and psi [1].
    noise_by_size
        C [%^2]; None where the noise was handed in.
    """

    variance: float
    variance_by_size: float
    persistence: float
    through_onset: float
    noise_by_size: float | None

    def effect_variance(self, beneficiaries: Array) -> Array:
        """Return ``A + B 10^4 / N``, any shape [%^2]."""
        return self.variance + self.variance_by_size * UNIT_SIZE / beneficiaries

    def correlation(self, years: npt.NDArray[np.int64], others: npt.NDArray[np.int64], onset: int) -> Array:
        """Correlation of the persistent effect between years, [t, u] [1]."""
        apart = np.abs(years[:, None] - others[None, :])
        crosses = (years < onset)[:, None] != (others < onset)[None, :]
        return np.asarray(self.persistence**apart * np.where(crosses, self.through_onset, 1.0))


class Fit(NamedTuple):
    """A law estimated from a history.

    Parameters
    ----------
    law
        The parameters.
    mean
        Mean of the programme, [t] [%].
    """

    law: Law
    mean: Array


class Solved(NamedTuple):
    """Residuals [i, t], inverse covariances [i, t, t], programme means [t] and log likelihood at a law."""

    residual: Array
    inverse: Array
    mean: Array
    log_likelihood: float


def fit(history: History) -> Fit:
    """Estimate the law of the persistent effect by maximum likelihood.

    Parameters
    ----------
    history
        At least two years, at least two ACOs with more than one result.
    """
    has_break = history.years.size >= FEWEST_FOR_BREAK and bool(history.years[0] < history.onset <= history.years[-1])
    estimates_noise = history.noise is None
    shapes = [LOG_VARIANCE, LOG_VARIANCE, LOGIT, *([LOGIT] * has_break), *([LOG_VARIANCE] * estimates_noise)]

    def law(x: Array) -> Law:
        variances, shares = np.exp(x), expit(x)
        through = float(shares[3]) if has_break else 1.0
        noise = float(variances[-1]) if estimates_noise else None
        return Law(float(variances[0]), float(variances[1]), float(shares[2]), through, noise)

    def loss(x: Array) -> float:
        return -solve(history, law(x)).log_likelihood

    start = np.array([first for first, _ in shapes], dtype=np.float64)
    best = minimize(loss, start, method="L-BFGS-B", bounds=[ends for _, ends in shapes])
    return Fit(law(best.x), solve(history, law(best.x)).mean)


def standard_errors(history: History, law: Law) -> Law:
    """Return errors of the estimated parameters, from the curvature of the likelihood; 0 or None for the others."""
    free = [name for name, value in law._asdict().items() if value is not None and (name, value) != NO_BREAK]

    def likelihood(share: Array) -> float:
        moved = {name: getattr(law, name) * (1.0 + by) for name, by in zip(free, share.tolist(), strict=True)}
        return solve(history, law._replace(**moved)).log_likelihood

    steps = CURVATURE_STEP * np.eye(len(free))
    curvature = [
        [likelihood(p + q) - likelihood(p - q) - likelihood(q - p) + likelihood(-p - q) for q in steps] for p in steps
    ]
    relative = np.sqrt(np.diag(np.linalg.inv(-np.array(curvature) / (4.0 * CURVATURE_STEP**2))))
    errors = {name: getattr(law, name) * by for name, by in zip(free, relative.tolist(), strict=True)}
    return Law(**dict.fromkeys(Law._fields, 0.0) | {"noise_by_size": None} | errors)


def noise_variance(history: History, law: Law) -> Array:
    """Variance of the claim noise, handed in or estimated, [i, t] [%^2]."""
    if history.noise is not None:
        return history.noise
    return np.asarray((law.noise_by_size or 0.0) * UNIT_SIZE / history.beneficiaries)


def solve(history: History, law: Law) -> Solved:
    """Take each ACO's years as jointly normal, and find the programme's means by generalised least squares."""
    seen = np.isfinite(history.savings)
    both = seen[:, :, None] & seen[:, None, :]
    sd = np.sqrt(law.effect_variance(history.beneficiaries))
    correlation = law.correlation(history.years, history.years, history.onset)
    covariance = sd[:, :, None] * correlation * sd[:, None, :]
    diagonal = np.eye(history.years.size)
    covariance = covariance + noise_variance(history, law)[:, :, None] * diagonal
    covariance = np.where(both, covariance, diagonal)
    inverse = np.where(both, np.linalg.inv(covariance), 0.0)
    savings = np.where(seen, history.savings, 0.0)
    mean = np.linalg.solve(inverse.sum(axis=0), (inverse * savings[:, None, :]).sum(axis=(0, 2)))
    residual = np.where(seen, savings - mean, 0.0)
    distance = (residual[:, :, None] * inverse * residual[:, None, :]).sum()
    log_determinant = np.linalg.slogdet(covariance)[1].sum()
    return Solved(residual, inverse, mean, float(-0.5 * (log_determinant + distance)))
