"""Draw the world of a chunk of scenarios: every driver's random numbers, mixed, then handed to its own function.

Axis letters: ``s`` scenario, ``t`` simulated year (2024..2036), ``y`` performance year, ``c`` category, ``k`` service.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from leadmc.base.axes import BY3, CATEGORIES, PERFORMANCE_YEARS
from leadmc.inputs.assumptions import SERVICES, Assumptions
from leadmc.inputs.correlation import correlation_matrix
from leadmc.inputs.settings import Sampler
from leadmc.scenarios.dependence import correlated_innovations, triangular_factor
from leadmc.scenarios.forecast import prospective_trend
from leadmc.scenarios.national import (
    expected_national_level,
    growth_deviation,
    pandemic_events,
    pandemic_level,
    parameter_uncertainty,
    policy_level,
    regional_noise,
)
from leadmc.scenarios.relative import aco_start, practice_shock, relative_level
from leadmc.scenarios.roots import Roots, rooted_uniforms
from leadmc.scenarios.scores import ai_score_effect, coding_level, quality_score
from leadmc.scenarios.services import (
    management_effect,
    programme_cost,
    service_drift,
    service_innovations,
    service_shape,
    service_trend,
    weighted_total,
)
from leadmc.scenarios.skin_substitutes import national_distortion, own_distortion
from leadmc.scenarios.streams import PADDED_YEARS, Driver
from leadmc.scenarios.tilt import adversity, likelihood_ratio, tilted
from leadmc.scenarios.timeline import N_YEARS
from leadmc.scenarios.world import World

Array = npt.NDArray[np.float64]

YEARLY = {
    "national": Driver.NATIONAL,
    "regional": Driver.REGIONAL,
    "county": Driver.COUNTY,
    "aco": Driver.ACO,
    "coding": Driver.CODING,
    "quality": Driver.QUALITY,
}
"""Streams of the drivers whose yearly innovations may be correlated, by their name in the dependence matrix."""


class Innovations(NamedTuple):
    """Everything random about the drivers of a chunk; the world is a pure function of it and of the assumptions.

    Parameters
    ----------
    yearly
        Correlated standard normals by name, each [s, t].
    aco_start, ai_score
        Standard normals, [s].
    parameter
        Standard normals, common and by category, [s, 1 + c].
    forecast
        Standard normals, [s, y].
    practice, policy_size
        Standard normals, [s, t].
    service
        Standard normals, [s, k, t].
    pandemic, policy_event
        Uniforms, [s, t].
    management
        Uniforms, one per programme, [s, m].
    adversity
        How bad the world is for the ACO, a standard normal unless scenarios are tilted, [s].
    """

    yearly: Mapping[str, Array]
    aco_start: Array
    ai_score: Array
    parameter: Array
    forecast: Array
    practice: Array
    policy_size: Array
    service: Array
    pandemic: Array
    policy_event: Array
    management: Array
    adversity: Array


def draw_world(
    assumptions: Assumptions,
    *,
    seed: int,
    scenarios: npt.NDArray[np.int64],
    sampler: Sampler,
    beneficiaries: int,
    aco_start: tuple[float, float] = (0.0, 1.0),
    apart: Roots | None = None,
) -> World:
    """Draw the drivers of some scenarios; the same bits for a scenario whatever others are drawn with it.

    Parameters
    ----------
    assumptions
        Validated assumptions.
    seed
        Root seed [64 bits].
    scenarios
        Absolute scenario numbers, [s].
    sampler
        How scenarios are sampled.
    beneficiaries
        Size of the panel, for the scale of its start, its drift and of over-dispersion [people].
    aco_start
        Mean and SD of the ACO's standard normal at the start; others than 0 and 1 where its base years have been seen.
    apart
        Roots of an ACO of a portfolio; None where everything is drawn from the seed.
    """
    innovations = draw_innovations(assumptions, seed=seed, scenarios=scenarios, sampler=sampler, apart=apart)
    mean, sd = aco_start
    innovations = innovations._replace(aco_start=mean + sd * innovations.aco_start)
    world = world_of(assumptions, innovations, beneficiaries=beneficiaries)
    return world._replace(weight=likelihood_ratio(sampler, seed=seed, scenarios=scenarios))


def draw_innovations(
    assumptions: Assumptions,
    *,
    seed: int,
    scenarios: npt.NDArray[np.int64],
    sampler: Sampler,
    apart: Roots | None = None,
) -> Innovations:
    """Draw all random numbers of the drivers and correlate the yearly ones; parameters as of ``draw_world``."""
    uniforms = rooted_uniforms(sampler, roots=apart or Roots(seed, seed, seed, seed), scenarios=scenarios)

    counts = dict.fromkeys(YEARLY.values(), N_YEARS) | {
        Driver.ACO_START: 1,
        Driver.AI_SCORE: 1,
        Driver.PARAMETER: 1 + len(CATEGORIES),
        Driver.FORECAST: len(PERFORMANCE_YEARS),
        Driver.PRACTICE: N_YEARS,
        Driver.POLICY_SIZE: N_YEARS,
    }
    plain = {driver: np.asarray(ndtri(_first(uniforms[driver], n))) for driver, n in counts.items()}
    normals = tilted(sampler, plain, seed=seed, scenarios=scenarios)
    factor = triangular_factor(correlation_matrix(assumptions.dependence))
    service = uniforms[Driver.SERVICE].reshape(len(scenarios), len(SERVICES), PADDED_YEARS)
    return Innovations(
        yearly=correlated_innovations({name: normals[driver] for name, driver in YEARLY.items()}, factor),
        aco_start=normals[Driver.ACO_START][:, 0],
        ai_score=normals[Driver.AI_SCORE][:, 0],
        parameter=normals[Driver.PARAMETER],
        forecast=normals[Driver.FORECAST],
        practice=normals[Driver.PRACTICE],
        policy_size=normals[Driver.POLICY_SIZE],
        service=np.asarray(ndtri(_first(service, N_YEARS))),
        pandemic=_first(uniforms[Driver.PANDEMIC], N_YEARS),
        policy_event=_first(uniforms[Driver.POLICY_EVENT], N_YEARS),
        management=uniforms[Driver.MANAGEMENT],
        adversity=adversity(sampler, normals),
    )


def world_of(assumptions: Assumptions, innovations: Innovations, *, beneficiaries: int) -> World:
    """Let every driver make its part of the world from its own innovations."""
    a, z = assumptions, innovations
    events = pandemic_events(a.pandemic, z.pandemic)
    shocks = growth_deviation(a.national_trend, z.yearly["national"]) * pandemic_level(a.pandemic, events)
    shocks = shocks * policy_level(a.policy_jump, z.policy_event, z.policy_size)
    national = expected_national_level(a.national_trend) * parameter_uncertainty(a.national_trend, z.parameter)
    national = national * national_distortion(a.skin_substitutes, a.national_trend)[:, None]

    state = relative_level(a.regional_level, z.yearly["regional"], regional_noise(a.pandemic, events))
    county = relative_level(a.county_level, z.yearly["county"], np.ones((1, N_YEARS)))

    service_z = service_innovations(a.utilisation, z.yearly["aco"], z.service)
    service = service_drift(a.utilisation, a.aco_level, service_z, beneficiaries=beneficiaries)
    service = service * service_trend(a.utilisation)
    service = service * management_effect(a.management, z.management)
    start = aco_start(a.aco_level, z.aco_start, beneficiaries=beneficiaries)
    aco = start[:, None] * weighted_total(service_shape(a.utilisation).share, service)
    luck = practice_shock(a.over_dispersion, z.practice, beneficiaries=beneficiaries)
    aco = aco * luck * own_distortion(a.skin_substitutes)

    performance = slice(BY3 + 1, None)
    n_scenarios = len(z.aco_start)
    return World(
        national_level=national * shocks[:, :, None],
        regional_level=_by_category(state * county),
        aco_level=_by_category(aco),
        practice_shock=luck,
        service_level=service,
        prospective_trend=prospective_trend(a.national_trend, a.prospective_trend, z.forecast),
        coding=_by_category(coding_level(a.coding, z.yearly["coding"])),
        ai_score_effect=ai_score_effect(a.ai_score, z.ai_score),
        quality_score=quality_score(a.quality, np.ascontiguousarray(z.yearly["quality"][:, performance])),
        programme_cost_pbpm=np.tile(programme_cost(a.management), (n_scenarios, 1)),
        weight=np.ones(n_scenarios),
        adversity=z.adversity,
    )


def _first(draws: Array, n: int) -> Array:
    """Take the first n draws of the last axis, as one block of memory."""
    return np.ascontiguousarray(draws[..., :n])


def _by_category(level: Array) -> Array:
    """Give every category the same level, [s, t] -> [s, t, c]."""
    return np.ascontiguousarray(np.broadcast_to(level[:, :, None], (*level.shape, len(CATEGORIES))))
