"""Savings of ACOs over the years: what persists of them, what is noise of the year, and how both go with size.

Axis letters: ``i`` ACO, ``t`` calendar year without gaps; NaN where an ACO has no result.
"""

from typing import Final, NamedTuple

import numpy as np

from leadmc.inputs.calibration.persistent_effect import UNIT_SIZE, History, fit, standard_errors
from leadmc.inputs.calibration.spread import (
    Array,
    Estimate,
    Groups,
    SizeVariance,
    correlation,
    variance_by_size,
    variance_components,
    within_year,
)

PERCENT: Final = 100.0


class StateSpace(NamedTuple):
    """Savings rate of an ACO: programme mean of the year + persistent effect + noise of the year.

    The effect is a stationary AR(1) of variance ``effect_at_infinity + effect_per_person / people``, the noise
    independent of variance ``noise_per_person / people`` [share^2, share^2 x people].
    """

    effect_at_infinity: Estimate
    effect_per_person: Estimate
    noise_per_person: Estimate
    persistence: Estimate


class Drift(NamedTuple):
    """Savings rate under one agreement: a walk, and noise of the year.

    Parameters
    ----------
    noise_per_person
        Variance of a year's noise times people [share^2 x people].
    innovation
        What a year adds to the variance of the walk, by size [share^2].
    """

    noise_per_person: Estimate
    innovation: SizeVariance


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


def drift(savings: Array, people: Array, start: Groups, *, outlier_sds: float) -> Drift:
    """Tell lasting change from noise of the year: only the first grows with the years between two results.

    ``E (s_t+h - s_t)^2 = 2 C / N + h (a + b / N)`` within an agreement, deviations from the mean of the agreements of
    the same start; N is the harmonic mean of the two years' people.

    Parameters
    ----------
    savings, people
        Savings rate and people, [i, t].
    start
        First year of the agreement, 0 where unknown, [i, t].
    outlier_sds
        As in ``variance_components``.
    """
    deviation, parts, aco = [], [], []
    for years in range(1, savings.shape[1]):
        change = savings[:, years:] - savings[:, :-years]
        kept = np.isfinite(change) & (start[:, years:] == start[:, :-years]) & (start[:, years:] > 0)
        inverse = (0.5 / people[:, years:] + 0.5 / people[:, :-years])[kept]
        i, t = np.nonzero(kept)
        deviation.append(within_year(change[kept], start[i, t] * savings.shape[1] + t))
        parts.append(np.stack([2.0 * inverse, np.full(inverse.shape, float(years)), years * inverse], axis=1))
        aco.append(i)
    found, outliers = variance_components(
        np.concatenate(deviation), np.concatenate(parts), np.concatenate(aco), outlier_sds=outlier_sds
    )
    noise, at_infinity, per_person = found
    return Drift(noise, SizeVariance(at_infinity, per_person, outliers))


def cross_section_variance(savings: Array, people: Array, *, outlier_sds: float) -> SizeVariance:
    """Variance of savings between ACOs in a year, by size."""
    known = np.isfinite(savings)
    return variance_by_size(centred(savings)[known], people[known], np.nonzero(known)[0], outlier_sds=outlier_sds)


def state_space(savings: Array, people: Array) -> StateSpace:
    """Fit persistent effect and noise by maximum likelihood, the pandemic being over or not yet begun."""
    years = np.arange(savings.shape[1])
    size = np.where(np.isfinite(people), people, UNIT_SIZE)
    history = History(years, savings * PERCENT, size, None, onset=0)
    law = fit(history).law
    errors = standard_errors(history, law)
    n = int(np.isfinite(savings).sum())
    scale = {"variance": 1.0, "variance_by_size": UNIT_SIZE, "noise_by_size": UNIT_SIZE, "persistence": PERCENT**2}
    return StateSpace(
        *(
            Estimate(getattr(law, k) * by / PERCENT**2, getattr(errors, k) * by / PERCENT**2, n)
            for k, by in scale.items()
        )
    )
