"""What an ACO's past savings say about next year's: a persistent effect that drifts, under claim noise.

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

Array = npt.NDArray[np.float64]

UNIT_SIZE: Final = 1e4  # beneficiaries behind B and C
LOG_VARIANCE: Final = (2.0, (-6.0, 6.0))
"""Where the search for the logarithm of A, B or C starts, and its bounds."""
LOGIT: Final = (1.5, (-5.0, 5.0))
"""The same for the logit of phi or psi."""
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


class Forecast(NamedTuple):
    """Normal predictive law of each ACO's savings rate in a coming year, the programme's mean apart.

    Parameters
    ----------
    mean
        Mean, [i] [%].
    variance
        Of the persistent effect given the past plus claim noise, for a known mean of the programme, [i] [%^2].
    programme_variance
        Of the programme's mean in that year [%^2]; an error that all ACOs share.
    """

    mean: Array
    variance: Array
    programme_variance: float


class _Solved(NamedTuple):
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
        return -_solve(history, law(x)).log_likelihood

    start = np.array([first for first, _ in shapes], dtype=np.float64)
    best = minimize(loss, start, method="L-BFGS-B", bounds=[ends for _, ends in shapes])
    return Fit(law(best.x), _solve(history, law(best.x)).mean)


def forecast(history: History, fitted: Fit, year: int) -> Forecast:
    """Forecast the savings rate of every ACO with a result in the last year of the history.

    The programme's mean is a random walk without drift from its last estimate. Its yearly variance is the mean square
    of its past changes, the one into the pandemic apart. Size and mix are those of the last year.

    Parameters
    ----------
    history
        What is known.
    fitted
        The law and the programme's means.
    year
        The year to forecast, after the history.

    Returns
    -------
    Forecast
        [i]; NaN for ACOs without a result in the last year.
    """
    law, last = fitted.law, history.savings[:, -1]
    solved = _solve(history, law)
    size = history.beneficiaries
    coming = np.array([year])
    own = law.effect_variance(size[:, -1])
    across = law.correlation(history.years, coming, history.onset)[:, 0]
    covariance = np.sqrt(law.effect_variance(size) * own[:, None]) * across
    covariance = np.where(np.isfinite(history.savings), covariance, 0.0)
    gain = (solved.inverse * covariance[:, None, :]).sum(axis=-1)
    noise = _noise(history, law)[:, -1]
    mean = fitted.mean[-1] + (gain * solved.residual).sum(axis=-1)
    variance = own - (gain * covariance).sum(axis=-1) + noise
    seen = np.isfinite(last)
    return Forecast(
        np.where(seen, mean, np.nan), np.where(seen, variance, np.nan), _programme_variance(history, fitted.mean, year)
    )


def from_size_alone(history: History, fitted: Fit, year: int) -> Forecast:
    """Forecast as if the ACO's own past were unknown: the law of all ACOs of its size."""
    variance = fitted.law.effect_variance(history.beneficiaries[:, -1]) + _noise(history, fitted.law)[:, -1]
    seen = np.isfinite(history.savings[:, -1])
    mean = np.where(seen, fitted.mean[-1], np.nan)
    return Forecast(mean, np.where(seen, variance, np.nan), _programme_variance(history, fitted.mean, year))


def _programme_variance(history: History, mean: Array, year: int) -> float:
    """Return the variance of the random walk of the programme's mean up to the year [%^2]."""
    years = history.years
    ordinary = ~((years[:-1] < history.onset) & (years[1:] >= history.onset))
    yearly = np.square(np.diff(mean)) / np.diff(years)
    known = yearly[ordinary] if ordinary.any() else yearly
    return float(known.mean() * (year - years[-1]))


def _noise(history: History, law: Law) -> Array:
    """Variance of the claim noise, handed in or estimated, [i, t] [%^2]."""
    if history.noise is not None:
        return history.noise
    return np.asarray((law.noise_by_size or 0.0) * UNIT_SIZE / history.beneficiaries)


def _solve(history: History, law: Law) -> _Solved:
    """Take each ACO's years as jointly normal, and find the programme's means by generalised least squares."""
    seen = np.isfinite(history.savings)
    both = seen[:, :, None] & seen[:, None, :]
    sd = np.sqrt(law.effect_variance(history.beneficiaries))
    correlation = law.correlation(history.years, history.years, history.onset)
    covariance = sd[:, :, None] * correlation * sd[:, None, :]
    diagonal = np.eye(history.years.size)
    covariance = covariance + _noise(history, law)[:, :, None] * diagonal
    covariance = np.where(both, covariance, diagonal)
    inverse = np.where(both, np.linalg.inv(covariance), 0.0)
    savings = np.where(seen, history.savings, 0.0)
    mean = np.linalg.solve(inverse.sum(axis=0), (inverse * savings[:, None, :]).sum(axis=(0, 2)))
    residual = np.where(seen, savings - mean, 0.0)
    distance = (residual[:, :, None] * inverse * residual[:, None, :]).sum()
    log_determinant = np.linalg.slogdet(covariance)[1].sum()
    return _Solved(residual, inverse, mean, float(-0.5 * (log_determinant + distance)))
