"""How good a normal forecast was: coverage of its intervals, probability integral transform, CRPS, each with its error.

Every figure is a mean over forecasts. Those of one ACO in several years are not independent, so that standard errors
are those of a mean over clusters: with r_j the sum of the deviations from the mean in cluster j,
``se = sqrt(J / (J - 1) sum_j r_j^2) / n``.
"""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr
from scipy.stats import kstest

Array = npt.NDArray[np.float64]

LEVELS: Final = (50, 80, 90, 95)
"""Central intervals [%]."""
BARS: Final = 10


class Scores(NamedTuple):
    """Scores of ``n`` forecasts.

    Parameters
    ----------
    pit
        Probability that the forecast gave to a result below the one that came, [n] [1].
    crps
        Continuous ranked probability score, [n] [% of benchmark]; smaller is better.
    """

    pit: Array
    crps: Array


class Estimate(NamedTuple):
    """A mean over forecasts and its standard error."""

    value: float
    se: float


def score(result: Array, mean: Array, variance: Array) -> Scores:
    """Score normal forecasts.

    ``CRPS = sd (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi))`` with ``z = (result - mean) / sd`` (Gneiting and Raftery,
    JASA 2007).
    """
    sd = np.sqrt(variance)
    z = (result - mean) / sd
    pit = ndtr(z)
    density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return Scores(pit, sd * (z * (2 * pit - 1) + 2 * density - 1 / np.sqrt(np.pi)))


def summarised(scores: Scores, cluster: npt.NDArray[np.str_]) -> dict[str, Any]:
    """Summarise scores as plain numbers: coverage [%], CRPS [% of benchmark], p value of PIT against a uniform law.

    Parameters
    ----------
    scores
        Of at least one forecast.
    cluster
        What forecasts that are not independent have in common, [n].
    """
    inside = {str(level): np.where(np.abs(2 * scores.pit - 1) < level / 100, 100.0, 0.0) for level in LEVELS}
    covered = {level: mean(each, cluster) for level, each in inside.items()}
    crps = mean(scores.crps, cluster)
    return {
        "n": int(scores.pit.size),
        "coverage": {level: each.value for level, each in covered.items()},
        "coverage_se": {level: each.se for level, each in covered.items()},
        "crps": crps.value,
        "crps_se": crps.se,
        "pit_ks_p": float(kstest(scores.pit, "uniform").pvalue),
        "pit_histogram": np.histogram(scores.pit, BARS, (0.0, 1.0))[0].tolist(),
    }


def mean(value: Array, cluster: npt.NDArray[np.str_]) -> Estimate:
    """Take the mean, with the standard error of clustered data; infinite for a single cluster."""
    _, row = np.unique(cluster, return_inverse=True)
    centre = float(value.mean())
    deviation = np.bincount(row, value - centre)
    if deviation.size < 2:
        return Estimate(centre, float("inf"))
    square = float(np.square(deviation).sum()) * deviation.size / (deviation.size - 1)
    return Estimate(centre, float(np.sqrt(square)) / value.size)


def pooled(parts: list[Scores]) -> Scores:
    """Put the scores of several forecasts behind one another."""
    return Scores(np.concatenate([each.pit for each in parts]), np.concatenate([each.crps for each in parts]))


def some(scores: Scores, rows: npt.NDArray[np.bool_]) -> Scores:
    """Keep some of the forecasts."""
    return Scores(scores.pit[rows], scores.crps[rows])
