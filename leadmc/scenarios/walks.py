"""Multiplicative paths with mean one: sums of independent normal shocks in logs, less half their variance.

A path is ``log level_t = sum over j of loadings[t, j] sd_j eps_j``. Its variance is known in closed form, so that the
expected level is exactly 1 in every year, whatever the volatility (lognormal mean: exp(m + v/2)).

Axis letters: ``s`` scenario, ``t`` year, ``j`` year of a shock.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def ar1_loadings(persistence: float, n: int) -> Array:
    """Return the loadings ``persistence^(t - j)``, j <= t, of an AR(1), [t, j]; persistence 1 is a random walk."""
    lag = np.subtract.outer(np.arange(n), np.arange(n))
    return np.where(lag >= 0, float(persistence) ** np.maximum(lag, 0), 0.0)


def cumulated(loadings: Array) -> Array:
    """Return the loadings of a path's running sum: of a level, where the path is a growth."""
    return np.cumsum(loadings, axis=0)


def relative_to(loadings: Array, anchor: int) -> Array:
    """Return the loadings of a path relative to its own value in year ``anchor``, where it becomes exactly 0."""
    return np.asarray(loadings - loadings[anchor])


def mean_one_path(loadings: Array, innovations: Array, sd: Array) -> Array:
    """Return a level with expected value 1 in every year, [s, t] [1].

    Parameters
    ----------
    loadings
        [t, j] [1].
    innovations
        Standard normals, [s, j].
    sd
        Of the shocks, 0 in years without randomness, [1 or s, j] [ln]; must not depend on the innovations.
    """
    return np.asarray(np.exp(_sums(loadings, sd * innovations) - 0.5 * _sums(loadings**2, sd**2)))


def _sums(weights: Array, terms: Array) -> Array:
    """Add ``weights[t, j] terms[s, j]`` over j, [s, t].

    One j after another and not by a matrix product: blocking in BLAS depends on the shape, so that a scenario's last
    bits would depend on the chunk it is in. Scenarios lie side by side while they are added up: they are the long axis.
    """
    total = np.zeros((len(weights), len(terms)))
    for weight, term in zip(weights.T, np.ascontiguousarray(terms.T), strict=True):
        total += weight[:, None] * term
    return np.ascontiguousarray(total.T)
