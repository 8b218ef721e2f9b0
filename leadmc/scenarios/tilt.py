"""Importance sampling: most scenarios from a worse world, each with the weight that takes it back.

One direction in the space of the drivers' independent standard normals says what makes a world worse. The coordinate
along it, L, is N(0, 1) in a plain scenario. Here, of 64 consecutive scenarios a quarter has L from N(0, 1) and three
quarters have it from N(shift, 1), one draw in each equal slice of either; all other coordinates stay as they were.
Weighted with

    w = 1 / (1/4 + 3/4 exp(shift L - shift^2 / 2)),

the ratio of the densities of L, means over scenarios are unbiased for any direction and shift, and no weight exceeds 4.
The tail that a worse world feeds is seen about three times as often.

Source: Glasserman, Heidelberger and Shahabuddin (1999), importance sampling along one direction, stratified along it;
Owen and Zhou (2000), mixtures in fixed proportion with the whole mixture in the denominator.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from leadmc.base.axes import BASE_YEARS, PERFORMANCE_YEARS
from leadmc.inputs.settings import LHS_POINTS, WORSE_WORLD, Sampler
from leadmc.scenarios.sampler import plain_uniforms
from leadmc.scenarios.streams import Driver
from leadmc.scenarios.timeline import N_YEARS

Array = npt.NDArray[np.float64]

ORDINARY: Final = 1 / 4
"""Share of scenarios from the world as it is: it bounds the weights, and keeps the middle of the distribution seen."""

DRIVERS: Final = {
    "aco": Driver.ACO,
    "aco_start": Driver.ACO_START,
    "regional": Driver.REGIONAL,
    "county": Driver.COUNTY,
    "coding": Driver.CODING,
    "ai_score": Driver.AI_SCORE,
}


def likelihood_ratio(sampler: Sampler, *, seed: int, scenarios: npt.NDArray[np.int64]) -> Array:
    """Weight of each scenario, [s] [1]: 1 unless the sampler tilts; the mean over many is 1."""
    if sampler.kind != "importance":
        return np.ones(len(scenarios))
    along = _coordinate(sampler.shift, seed=seed, scenarios=scenarios)
    worse = np.exp(sampler.shift * along - sampler.shift**2 / 2)
    return np.asarray(1.0 / (ORDINARY + (1.0 - ORDINARY) * worse))


def tilted(
    sampler: Sampler, normals: Mapping[Driver, Array], *, seed: int, scenarios: npt.NDArray[np.int64]
) -> dict[Driver, Array]:
    """Move the drivers' independent standard normals, each [s, n], along the direction; unchanged unless it tilts."""
    if sampler.kind != "importance":
        return dict(normals)
    loadings = _loadings(sampler.direction)
    moved = _coordinate(sampler.shift, seed=seed, scenarios=scenarios) - adversity(sampler, normals)
    return {driver: z + moved[:, None] * loadings[driver] if driver in loadings else z for driver, z in normals.items()}


def adversity(sampler: Sampler, normals: Mapping[Driver, Array]) -> Array:
    """How bad a scenario's world is for the ACO, [s] [SD]: L, along the sampler's direction or the packaged one.

    Standard normal in every untilted run, and known to be so: measures use it as a control variate.
    """
    loadings = _loadings(sampler.direction or WORSE_WORLD)
    parts = [(normals[driver] * loading).sum(axis=-1) for driver, loading in loadings.items()]
    return np.asarray(sum(parts[1:], start=parts[0]))


def spread_over_years() -> Array:
    """Weigh the years of a yearly driver, [t] of length 1 [1]: an innovation stays in all later performance years."""
    years = np.zeros(N_YEARS)
    years[len(BASE_YEARS) :] = np.arange(len(PERFORMANCE_YEARS), 0, -1)
    return np.asarray(years / np.sqrt((years**2).sum()))


def _coordinate(shift: float, *, seed: int, scenarios: npt.NDArray[np.int64]) -> Array:
    """Draw L, [s] [SD]: stratified within the ordinary and within the worse scenarios of each group of 64."""
    position = scenarios % LHS_POINTS
    ordinary = int(ORDINARY * LHS_POINTS)
    worse = position >= ordinary
    slices = np.where(worse, LHS_POINTS - ordinary, ordinary)
    inside = plain_uniforms(Driver.TILT, seed=seed, scenarios=scenarios)[Driver.TILT][:, 0]
    return np.asarray(ndtri((position - ordinary * worse + inside) / slices) + shift * worse)


def _loadings(direction: Mapping[Any, float]) -> dict[Driver, Array]:
    """Spread a direction over the drivers' draws, one vector of length 1 in all, [n] each [1]."""
    years = spread_over_years()
    length = np.sqrt(sum(share**2 for share in direction.values()))
    return {
        DRIVERS[name]: share / length * (np.ones(1) if name in {"aco_start", "ai_score"} else years)
        for name, share in direction.items()
        if share
    }
