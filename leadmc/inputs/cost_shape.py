"""The shape of a person's annual cost: the quantile function that turns a standard normal into a relative cost.

A mass at zero, two lognormals for the body, a Pareto tail; end-stage renal disease has a lognormal of its own. One
lognormal cannot fit Medicare: with the right top 5% it puts 18% instead of 15% of the money in the top 1%.
Source: fit to Wallis et al., EClinicalMedicine 2021 (314.6 million beneficiary-years); docs/method.md, "Cost".
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline
from scipy.special import log_ndtr, ndtr, ndtri

from leadmc.inputs.assumptions import People

Array = npt.NDArray[np.float64]

CELLS = 2048
TOP = 6.0  # the people's normals end at 5.8
SMOOTH = 401


class CostShape(NamedTuple):
    """Relative cost at the nodes of an even grid of the latent cost, linear between them, 0 left of the grid.

    Parameters
    ----------
    origin
        Left end of the grid, at the quantile of the mass at zero [standard normal].
    width
        Width of a cell [standard normal].
    value
        Relative cost at the nodes, [CELLS + 1] [1]; the mean over a standard normal latent is 1.
    """

    origin: float
    width: float
    value: Array

    def expected(self, mean: Array, spread: float) -> Array:
        """Mean relative cost of people whose latent cost is normal with this mean and spread, any shape [1]."""
        if spread == 0.0:
            inside = np.interp(mean, self._nodes, self.value)
            return np.asarray(np.where(mean < self.origin, 0.0, inside))
        if mean.size <= SMOOTH:
            return self._integral(mean.ravel(), spread).reshape(mean.shape)
        # smooth on the scale of the spread, so a cubic through a few hundred points is exact to 1e-7
        few = np.linspace(mean.min(), mean.max(), SMOOTH)
        return np.asarray(CubicSpline(few, self._integral(few, spread))(mean), dtype=np.float64)

    @property
    def _nodes(self) -> Array:
        return np.asarray(self.origin + self.width * np.arange(self.value.size))

    def _integral(self, mean: Array, spread: float) -> Array:
        """Integrate the piecewise linear function against normal densities, cell by cell, [m]."""
        z = (self._nodes - mean[:, None]) / spread
        mass = np.diff(ndtr(z), axis=1)
        moment = mean[:, None] * mass - spread * np.diff(np.exp(-0.5 * z * z), axis=1) / np.sqrt(2 * np.pi)
        slope = np.diff(self.value) / self.width
        cells = (self.value[:-1] - slope * self._nodes[:-1]) * mass + slope * moment
        return np.asarray(cells.sum(axis=1) + self.value[-1] * ndtr(-z[:, -1]))


def body_and_tail(people: People, upper_tail: Array) -> Array:
    """Unscaled annual cost at given upper-tail probabilities, 0 in the mass at zero, any shape [1].

    The body solves ``zero + (1 - zero) * (two-lognormal CDF) = 1 - upper_tail`` by interpolation of the CDF on a fine
    grid; above ``pareto_from`` the cost is ``x99 * (upper_tail / 0.01) ** (-1 / alpha)``.
    """
    log_x = np.linspace(people.low_ln_mean - 9 * people.low_ln_sd, people.high_ln_mean + 8 * people.high_ln_sd, 40_001)
    low = (log_x - people.low_ln_mean) / people.low_ln_sd
    high = (log_x - people.high_ln_mean) / people.high_ln_sd
    w = people.high_weight
    survival = (1 - people.zero_share) * ((1 - w) * ndtr(-low) + w * ndtr(-high))
    tail_share = 1 - people.pareto_from
    with np.errstate(divide="ignore"):
        log_tail = np.log(upper_tail)
    body = np.exp(np.interp(-log_tail, -np.log(survival), log_x))
    x_tail = np.exp(np.interp(-np.log(tail_share), -np.log(survival), log_x))
    pareto = x_tail * np.exp(-(log_tail - np.log(tail_share)) / people.pareto_alpha)
    cost = np.where(upper_tail < tail_share, pareto, body)
    return np.where(upper_tail >= 1 - people.zero_share, 0.0, cost)


def cost_shape(people: People) -> CostShape:
    """Shape for the aged and disabled, whether High Needs or not: a label changes nobody's cost."""
    if not people.volatility:
        return _flat()
    origin = float(ndtri(people.zero_share)) if people.zero_share > 0 else -TOP
    nodes = np.linspace(origin, TOP, CELLS + 1)
    return _with_mean_one(origin, body_and_tail(people, np.exp(log_ndtr(-nodes))))


def esrd_cost_shape(people: People) -> CostShape:
    """Shape for end-stage renal disease: lognormal with the assumed coefficient of variation."""
    if not people.volatility:
        return _flat()
    variance = np.log1p(people.esrd_cost_cv**2)
    nodes = np.linspace(-TOP, TOP, CELLS + 1)
    return _with_mean_one(-TOP, np.exp(np.sqrt(variance) * nodes))


def _with_mean_one(origin: float, value: Array) -> CostShape:
    shape = CostShape(origin, (TOP - origin) / CELLS, value)
    mean = shape.expected(np.zeros(1), 1.0)[0]
    return shape._replace(value=value / mean)


def _flat() -> CostShape:
    """Return a cost of 1 for everybody; the grid reaches so far that no mass lies left of it."""
    return CostShape(-2 * TOP, 4 * TOP / CELLS, np.ones(CELLS + 1))
