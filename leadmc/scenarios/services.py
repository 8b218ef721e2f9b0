"""The ACO's utilisation by service category: drift, trend, and the savings of management programmes.

The observed volatilities of the services include claim noise, which the people bring themselves. So they give the
shape only: they are scaled until the total has the innovation variance of ``aco_level``, and each service drifts with
its persistence. The total's own innovations are given (they may lean on other drivers); the services' are drawn around
them.

Axis letters: ``s`` scenario, ``t`` simulated year (2024..2036), ``k`` service, ``y`` performance year, ``m`` programme.
"""

import math
from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import BY3, PERFORMANCE_YEARS, YEARS
from leadmc.inputs.assumptions import SERVICES, AcoLevel, Intervention, Management, Utilisation
from leadmc.scenarios.timeline import IS_AFTER_FIRST, N_YEARS
from leadmc.scenarios.walks import ar1_loadings, mean_one_path

Array = npt.NDArray[np.float64]


class ServiceShape(NamedTuple):
    """What the utilisation assumptions say, as arrays over services.

    Parameters
    ----------
    share
        Share of cost, sum 1, [k] [1].
    volatility
        Shape of the innovations' SD, [k] [ln per year].
    total_volatility
        SD of the weighted total of such innovations [ln per year].
    lean
        Covariance of a service's standard innovation with the total's, [k] [1].
    """

    share: Array
    volatility: Array
    total_volatility: float
    lean: Array


def service_shape(utilisation: Utilisation) -> ServiceShape:
    """Shares, volatilities, and how each service's innovation goes with the total's."""
    services = [getattr(utilisation.services, name) for name in SERVICES]
    stated = np.array([service.share for service in services])
    share = stated / stated.sum()
    volatility = np.array([service.volatility for service in services])
    weight = share * volatility
    covariance = (1.0 - utilisation.correlation) * weight + utilisation.correlation * weight.sum()
    total = float(np.sqrt((weight * covariance).sum()))
    return ServiceShape(share, volatility, total, covariance / total)


def service_innovations(utilisation: Utilisation, total: Array, normals: Array) -> list[Array]:
    """Return standard innovations of the services given those of the total, k arrays [s, t].

    Any two services have the stated correlation, and the weighted total of all is exactly the one given:
    ``e_k = u_k + lean_k (total - T(u))``, with u correlated but otherwise free, and T its standardised total.

    Parameters
    ----------
    utilisation
        Shares, volatilities, correlation.
    total
        Standard normals of the weighted total, [s, t].
    normals
        Independent standard normals, [s, k, t].
    """
    shape = service_shape(utilisation)
    n = len(SERVICES)
    # symmetric square root of an equicorrelation matrix: a on the diagonal, and b everywhere
    a = np.sqrt(1.0 - utilisation.correlation)
    b = (np.sqrt(1.0 + (n - 1) * utilisation.correlation) - a) / n
    every = _sum(normals[:, k] for k in range(n))
    free = [a * normals[:, k] + b * every for k in range(n)]
    weight = shape.share * shape.volatility / shape.total_volatility
    free_total = _sum(weight[k] * free[k] for k in range(n))
    return [free[k] + shape.lean[k] * (total - free_total) for k in range(n)]


def service_drift(utilisation: Utilisation, aco: AcoLevel, innovations: list[Array], *, beneficiaries: int) -> Array:
    """Drift of each service against the region, AR(1) from 0 in 2024, expected value 1, [s, t, k] [1]."""
    shape = service_shape(utilisation)
    loadings = ar1_loadings(aco.persistence, N_YEARS)
    sd = math.sqrt(aco.innovation_variance(beneficiaries)) * shape.volatility / shape.total_volatility
    return np.stack(
        [mean_one_path(loadings, e, (sd[k] * IS_AFTER_FIRST)[None, :]) for k, e in enumerate(innovations)], axis=-1
    )


def service_trend(utilisation: Utilisation) -> Array:
    """Level of each service against the total from trend alone, [t, k] [1]; the weighted total is 1 in every year."""
    share = service_shape(utilisation).share
    trend = np.array([getattr(utilisation.services, name).trend for name in SERVICES])
    level = np.exp(np.outer(np.arange(N_YEARS) - BY3, trend))
    return np.asarray(level / weighted_total(share, level)[:, None])


def weighted_total(share: Array, level: Array) -> Array:
    """Weighted total over the last axis, [...] [1]; exactly 1 where every service is 1."""
    return 1.0 + _sum(weight * (level[..., k] - 1.0) for k, weight in enumerate(share))


def execution(intervention: Intervention, uniforms: Array) -> Array:
    """Share of the planned saving that is achieved, [s] [1]: the triangular quantile of a uniform."""
    low, mode, high = intervention.execution
    if low == high:
        return np.full(uniforms.shape, low)
    below = (mode - low) / (high - low)
    rising = low + np.sqrt(uniforms * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - uniforms) * (high - low) * (high - mode))
    return np.where(uniforms < below, rising, falling)


def ramp(intervention: Intervention) -> Array:
    """Share of the plan in force, [t] [1]: equal steps, the first in ``start_year``, the last in ``full_year``."""
    steps = intervention.full_year - intervention.start_year + 1
    return np.clip((np.array(YEARS) - intervention.start_year + 1) / steps, 0.0, 1.0)


def management_effect(management: Management, uniforms: Array) -> Array:
    """Cost left after management, per service, [s, t, k] [1].

    Parameters
    ----------
    management
        Programmes; those on the same service multiply.
    uniforms
        One per programme, [s, m or more].
    """
    left = np.ones((len(uniforms), N_YEARS, len(SERVICES)))
    for m, intervention in enumerate(management.interventions):
        achieved = execution(intervention, np.ascontiguousarray(uniforms[:, m]))
        saving = intervention.size * achieved[:, None] * ramp(intervention)
        left[:, :, SERVICES.index(intervention.service)] *= 1.0 - saving
    return left


def programme_cost(management: Management) -> Array:
    """Cost of the programmes in force, [y] [USD per person-month]; in full from each one's first year."""
    cost = np.zeros(len(PERFORMANCE_YEARS))
    for intervention in management.interventions:
        cost += np.where(np.array(PERFORMANCE_YEARS) >= intervention.start_year, intervention.programme_cost_pbpm, 0.0)
    return cost


def _sum(terms: Iterable[Array]) -> Array:
    """Add arrays one after another: the order, and so the last bit, is the same for any number of scenarios."""
    return reduce(np.add, terms)
