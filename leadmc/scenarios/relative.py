"""Cost of the region against the nation, the county against the region, and the ACO's panel against its own people.

Axis letters: ``s`` scenario, ``t`` simulated year (2024..2036).
"""

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import BY3
from leadmc.inputs.assumptions import AcoLevel, OverDispersion, RelativeLevel
from leadmc.scenarios.timeline import IS_AFTER_FIRST, N_YEARS
from leadmc.scenarios.walks import ar1_loadings, mean_one_path, relative_to

Array = npt.NDArray[np.float64]


def relative_level(level: RelativeLevel, innovations: Array, noise: Array) -> Array:
    """Level of a region (or county) relative to 2026, expected value 1, [s, t] [1].

    A random walk from 2025 on, drawn back towards where it stood in 2024 by ``reversion`` a year.

    Parameters
    ----------
    level
        Innovation SD and reversion.
    innovations
        Standard normals, [s, t]; the first is not used.
    noise
        Factor on the innovation SD, [1 or s, t] [1].
    """
    loadings = relative_to(ar1_loadings(1.0 - level.reversion, N_YEARS), BY3)
    return mean_one_path(loadings, innovations, level.innovation_sd * noise * IS_AFTER_FIRST)


def aco_start(aco: AcoLevel, normals: Array, *, beneficiaries: int) -> Array:
    """Where the ACO stands against its region before it drifts, for good, [s] [1]; expected value ``exp(start_mean)``.

    It does not fade: real ACOs that cost less than their region do not come back to it (docs/calibration.md).

    Parameters
    ----------
    aco
        Mean and variance of the start.
    normals
        Standard normals, [s].
    beneficiaries
        Size of the panel [people].
    """
    variance = aco.start_variance(beneficiaries)
    return np.asarray(np.exp(aco.start_mean + np.sqrt(variance) * normals - 0.5 * variance))


def aco_start_given(
    aco: AcoLevel,
    region: RelativeLevel,
    county: RelativeLevel,
    *,
    log_ratio: float,
    sampling_variance: float,
    beneficiaries: int,
) -> tuple[float, float]:
    """Mean and SD of the ACO's standard normal of ``aco_start`` once its base years are seen [1].

    The logarithm of observed over expected spending is the start plus noise: of the people, of the walks of region and
    county around 2026, and of the ACO's own drift. It is shrunk by ``start variance / (start variance + noise)``; half
    the variances are given back, for every factor has mean 1.

    Parameters
    ----------
    aco, region, county
        Assumptions about the levels.
    log_ratio
        Observed over expected base-year spending, without the stated mean [ln].
    sampling_variance
        Of that ratio, over-dispersed [1].
    beneficiaries
        Size of the panel, for the scale of start and drift [people].
    """
    base = slice(0, BY3 + 1)
    after_first = IS_AFTER_FIRST
    noise = sampling_variance + aco.innovation_variance(beneficiaries) * float(
        ((ar1_loadings(aco.persistence, N_YEARS)[base].mean(axis=0) * after_first) ** 2).sum()
    )
    for walk in (region, county):
        loadings = relative_to(ar1_loadings(1.0 - walk.reversion, N_YEARS), BY3)[base].mean(axis=0)
        noise += walk.innovation_sd**2 * float(((loadings * after_first) ** 2).sum())
    start = aco.start_variance(beneficiaries)
    if start == 0.0:
        return 0.0, 1.0
    variance = start + noise
    return float(np.sqrt(start)) / variance * (log_ratio + 0.5 * variance), float(np.sqrt(noise / variance))


def practice_shock(over_dispersion: OverDispersion, normals: Array, *, beneficiaries: int) -> Array:
    """Shock shared by the panel in one year, expected value 1, [s, t] [1].

    Lognormal with variance ``(factor - 1) CV^2 / N``, so that with independent people (CV^2 / N) the panel's mean cost
    has ``factor`` times their variance.
    """
    variance = (over_dispersion.factor - 1.0) * over_dispersion.cost_cv**2 / beneficiaries
    log_variance = np.log1p(variance)
    return np.asarray(np.exp(np.sqrt(log_variance) * normals - 0.5 * log_variance))
