"""The bank of stationary states: who may sit in a slot when a scenario begins, by age, sex and category.

Each stretch of the bank is an even, quasi-random sample of the reference population's law of persistent health and
last year's morbidity. A scenario draws one state a slot. The bank is a table, not a simulation: the mean cost of its
people differs from the reference population's by less than 1e-4 (tested).
"""

from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline, RectBivariateSpline
from scipy.special import ndtr, ndtri

from leadmc.base.axes import AGED_DISABLED, ESRD, FEMALE, HIGH_NEEDS, MALE
from leadmc.inputs.mortality import OLDEST_WITH_LAW
from leadmc.inputs.reference import MORBIDITY_NODES, REACH, YOUNGEST, Grid, Reference

Array = npt.NDArray[np.float64]

STRETCH = 2048
GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0
SILVER = np.sqrt(2.0) - 1.0
FINE = np.linspace(0.0, 1.0, 401)
LEVELS = np.linspace(-4.0, 4.0, 65)
PROBABILITIES = ndtr(LEVELS)


class Bank(NamedTuple):
    """States and where to find them.

    Parameters
    ----------
    states
        Persistent health and last year's morbidity, [m, 2] [standard normal].
    first, size
        Stretch of each (age, sex, category), [a, x, c].
    """

    states: npt.NDArray[np.float32]
    first: npt.NDArray[np.int32]
    size: npt.NDArray[np.int32]


@lru_cache(maxsize=1)
def build_bank(reference: Reference) -> Bank:
    """Sample a stretch for every age, sex and category; the oldest ages share one.

    The last bank is kept: panels of many sizes share the reference population.
    """
    law = reference.start_law
    first = np.zeros(law.shape[:3], np.int32)
    states: list[Array] = []
    for category in (AGED_DISABLED, ESRD, HIGH_NEEDS):
        for sex in (FEMALE, MALE):
            for a in range(OLDEST_WITH_LAW - YOUNGEST + 1):
                first[a:, sex, category] = len(states) * STRETCH
                states.append(sample_law(reference.grid, law[a, sex, category], np.mod(len(states) * SILVER, 1.0)))
    return Bank(np.concatenate(states).astype(np.float32), first, np.full_like(first, STRETCH))


def sample_law(grid: Grid, mass: Array, shift: float) -> Array:
    """Even sample of states from mass on the grid, [STRETCH, 2]; each side of the High Needs threshold on its own.

    ``shift`` turns the lattice, so that the small errors of different stretches do not add up.
    """
    if not grid.people.volatility:
        return np.zeros((STRETCH, 2))
    sides = [mass[:, :MORBIDITY_NODES], mass[:, MORBIDITY_NODES:]]
    below = round(STRETCH * sides[0].sum() / mass.sum())
    parts = [
        _sample_side(grid, side, above, (np.arange(size) + 0.5) / size, np.mod(np.arange(size) * GOLDEN + shift, 1.0))
        for side, above, size in zip(sides, (False, True), (below, STRETCH - below), strict=True)
        if size > 0
    ]
    return np.concatenate(parts)


def _sample_side(grid: Grid, mass: Array, above: bool, u: Array, v: Array) -> Array:
    """Carry lattice points through the inverse distribution: persistent health first, morbidity given it."""
    mass = np.maximum(mass, np.finfo(np.float64).tiny)  # the far corners underflow
    ratio = np.log(mass.sum(axis=1) / grid.persistent_mass)
    persistent = _quantiles(-REACH, REACH, ratio[:, None], u)[:, 0]
    columns = slice(MORBIDITY_NODES, None) if above else slice(0, MORBIDITY_NODES)
    nodes, weights = grid.morbidity[:, columns], grid.morbidity_weight[:, columns]
    low, high = (grid.seam, REACH) if above else (-REACH, grid.seam)
    ratio = np.log(mass / weights) + 0.5 * nodes * nodes
    given = _quantiles(low, high, ratio.T, PROBABILITIES)
    surface = RectBivariateSpline(grid.persistent, LEVELS, given.T)
    return np.stack([persistent, surface.ev(persistent, np.clip(ndtri(v), LEVELS[0], LEVELS[-1]))], axis=1)


def _quantiles(low: Array | float, high: Array | float, log_ratio: Array, probabilities: Array) -> Array:
    """Quantiles of densities ``exp(log_ratio) * normal`` between ``low`` and ``high``; one density a column."""
    z = low + (high - low) * FINE[:, None]
    log_density = _at_fine(len(log_ratio)) @ log_ratio - 0.5 * z * z
    density = np.exp(log_density - log_density.max(axis=0))
    cdf = np.zeros_like(density)
    cdf[1:] = np.cumsum(density[1:] + density[:-1], axis=0)
    cdf /= cdf[-1]
    z = np.broadcast_to(z, cdf.shape)
    return np.stack([np.interp(probabilities, c, x) for c, x in zip(cdf.T, z.T, strict=True)], axis=1)


@cache
def _at_fine(n: int) -> Array:
    """Return the matrix that carries values at n Legendre nodes to the fine grid by a cubic spline."""
    nodes = (np.polynomial.legendre.leggauss(n)[0] + 1.0) / 2.0
    return np.asarray(CubicSpline(nodes, np.eye(n))(FINE))
