"""Risk-score coding against the reference, the AI-inferred score, and the quality score.

Axis letters: ``s`` scenario, ``t`` simulated year (2024..2036), ``y`` performance year.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, ndtr

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.inputs.assumptions import AiScore, Coding, Quality
from leadmc.scenarios.timeline import AHEAD, IS_AHEAD, N_YEARS
from leadmc.scenarios.walks import ar1_loadings, mean_one_path

Array = npt.NDArray[np.float64]


def coding_level(coding: Coding, innovations: Array) -> Array:
    """Return the ACO's risk score relative to the reference, [s, t] [1]; expected value ``exp(drift x years)``.

    A random walk from 1 in 2026. Sampling noise of the score comes from the people themselves and is not added.

    Parameters
    ----------
    coding
        Drift and its SD.
    innovations
        Standard normals, [s, t]; those of the base years are not used.
    """
    walk = mean_one_path(ar1_loadings(1.0, N_YEARS), innovations, (coding.drift_sd * IS_AHEAD)[None, :])
    return np.asarray(walk * np.exp(coding.drift * AHEAD))


def ai_score_effect(ai_score: AiScore, normals: Array) -> Array:
    """Relative change of the risk ratio if the AI-inferred score counted fully, [s] [1]: normal."""
    return ai_score.mean + ai_score.sd * normals


def quality_score(quality: Quality, innovations: Array) -> Array:
    """Earned share of the quality points, [s, y] [1].

    Beta with the stated mean and SD in every year, joined over years by a stationary Gaussian AR(1); the yearly
    improvement is added, and the result kept between 0 and 1 (which only an improvement can make bind).

    Parameters
    ----------
    quality
        Mean, SD, persistence, improvement.
    innovations
        Standard normals, [s, y].
    """
    years = np.arange(len(PERFORMANCE_YEARS))
    if quality.sd == 0.0:
        earned = np.full(innovations.shape, quality.mean)
    else:
        latent = np.empty(innovations.shape)
        latent[:, 0] = innovations[:, 0]
        own = np.sqrt(1.0 - quality.persistence**2)
        for y in years[1:]:
            latent[:, y] = quality.persistence * latent[:, y - 1] + own * innovations[:, y]
        size = quality.mean * (1.0 - quality.mean) / quality.sd**2 - 1.0
        earned = betaincinv(quality.mean * size, (1.0 - quality.mean) * size, ndtr(latent))
    return np.asarray(np.clip(earned + quality.improvement * years, 0.0, 1.0))
