"""National per-capita cost: mean growth and its uncertainty, an AR(1) deviation, pandemics, policy jumps.

Axis letters: ``s`` scenario, ``t`` simulated year (2024..2036), ``c`` category. Nothing is random before 2027: the base
years are over or nearly so, and their growth is stated.
"""

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import BY3, CATEGORIES, YEARS
from leadmc.inputs.assumptions import NationalTrend, Pandemic, PolicyJump
from leadmc.scenarios.timeline import AHEAD, IS_AHEAD, N_YEARS
from leadmc.scenarios.walks import ar1_loadings, cumulated, mean_one_path

Array = npt.NDArray[np.float64]


def expected_national_level(national: NationalTrend) -> Array:
    """Level relative to 2026 if nothing unexpected happens, [t, c] [1].

    Growth is ``mu_c`` plus the deviation stated for 2026, which decays by ``persistence`` a year; growth of a base
    year is as known, where it is.
    """
    growth = np.zeros((N_YEARS, len(CATEGORIES)))
    for t, year in enumerate(YEARS[1:], start=1):
        deviation = national.starting_deviation * national.persistence ** (t - BY3) if t >= BY3 else 0.0
        for c, category in enumerate(CATEGORIES):
            growth[t, c] = national.known_growth.get(year, getattr(national.mu, category) + deviation)
    level = np.cumsum(growth, axis=0)
    return np.asarray(np.exp(level - level[BY3]))


def parameter_uncertainty(national: NationalTrend, normals: Array) -> Array:
    """Effect on the level of not knowing ``mu``, expected value 1, [s, t, c] [1].

    Parameters
    ----------
    national
        ``parameter_sd`` and its correlation between categories.
    normals
        One common to the categories, then one each, [s, 1 + c].
    """
    common, own = np.sqrt(national.parameter_correlation), np.sqrt(1.0 - national.parameter_correlation)
    delta = national.parameter_sd * (common * normals[:, :1] + own * normals[:, 1 : 1 + len(CATEGORIES)])
    ahead = AHEAD[None, :, None].astype(np.float64)
    return np.asarray(np.exp(delta[:, None, :] * ahead - 0.5 * (national.parameter_sd * ahead) ** 2))


def growth_deviation(national: NationalTrend, innovations: Array) -> Array:
    """Effect on the level of the unexpected part of the AR(1) growth deviation, expected value 1, [s, t] [1]."""
    loadings = cumulated(ar1_loadings(national.persistence, N_YEARS))
    return mean_one_path(loadings, innovations, (national.innovation_sd * IS_AHEAD)[None, :])


def pandemic_events(pandemic: Pandemic, uniforms: Array) -> npt.NDArray[np.bool_]:
    """Years in which a pandemic starts, [s, t]; none in the base years."""
    return np.asarray((uniforms < pandemic.probability) & (IS_AHEAD > 0))


def pandemic_level(pandemic: Pandemic, events: npt.NDArray[np.bool_]) -> Array:
    """National level under pandemics, [s, t] [1]: the signature, in logs, from each event on.

    Its expected value is below 1 (-0.2% at the defaults): benchmark and cost both see it, so it is left as it falls.
    """
    log_level = np.zeros(events.shape)
    for lag, effect in enumerate(pandemic.signature[: events.shape[1]]):
        log_level[:, lag:] += effect * events[:, : events.shape[1] - lag]
    return np.asarray(np.exp(log_level))


def regional_noise(pandemic: Pandemic, events: npt.NDArray[np.bool_]) -> Array:
    """Factor on the regional innovation SD, [s, t] [1]: raised in the year of an event and in the next."""
    noisy = events.copy()
    noisy[:, 1:] |= events[:, :-1]
    return np.where(noisy, pandemic.regional_noise_factor, 1.0)


def policy_level(policy: PolicyJump, uniforms: Array, sizes: Array) -> Array:
    """National level under policy jumps, [s, t] [1].

    A jump (normal in logs, uniform below ``probability``) stays, but for ``reversed_share``, which goes in equal steps
    over ``reversal_years``. The mean is left as it falls: benchmark and cost both see it.
    """
    jumps = np.where((uniforms < policy.probability) & (IS_AHEAD > 0), policy.sd * sizes, 0.0)
    log_level = np.zeros(jumps.shape)
    for lag in range(jumps.shape[1]):
        stays = 1.0 - policy.reversed_share * min(lag / policy.reversal_years, 1.0)
        log_level[:, lag:] += stays * jumps[:, : jumps.shape[1] - lag]
    return np.asarray(np.exp(log_level))
