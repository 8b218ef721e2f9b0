"""What an ACO's past savings say about next year's: the law of the persistent effect, conditioned on its own years."""

from typing import NamedTuple

import numpy as np

from leadmc.inputs.calibration.persistent_effect import Fit, History, noise_variance, solve
from leadmc.inputs.calibration.spread import Array


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
    solved = solve(history, law)
    size = history.beneficiaries
    coming = np.array([year])
    own = law.effect_variance(size[:, -1])
    across = law.correlation(history.years, coming, history.onset)[:, 0]
    covariance = np.sqrt(law.effect_variance(size) * own[:, None]) * across
    covariance = np.where(np.isfinite(history.savings), covariance, 0.0)
    gain = (solved.inverse * covariance[:, None, :]).sum(axis=-1)
    noise = noise_variance(history, law)[:, -1]
    mean = fitted.mean[-1] + (gain * solved.residual).sum(axis=-1)
    variance = own - (gain * covariance).sum(axis=-1) + noise
    seen = np.isfinite(last)
    return Forecast(
        np.where(seen, mean, np.nan), np.where(seen, variance, np.nan), _programme_variance(history, fitted.mean, year)
    )


def from_size_alone(history: History, fitted: Fit, year: int) -> Forecast:
    """Forecast as if the ACO's own past were unknown: the law of all ACOs of its size."""
    variance = fitted.law.effect_variance(history.beneficiaries[:, -1]) + noise_variance(history, fitted.law)[:, -1]
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
