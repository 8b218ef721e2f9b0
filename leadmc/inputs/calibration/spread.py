"""How far values spread and go together, with standard errors that know which observations belong to one ACO or state.

Axis letters: ``n`` observation. Deviations are from the mean of their year. ``group`` numbers the unit (ACO, state,
county) that an observation belongs to: errors are added up within a unit before they are squared, so that several
observations of one unit do not count as independent (Liang and Zeger, Biometrika 73 (1986), 13-22).
"""

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Groups = npt.NDArray[np.int64]

NORMAL_MAD: Final = 1.482602218505602  # SD of a normal over its median absolute deviation
MAD_EFFICIENCY: Final = 0.3675  # of that estimate, against the SD of a normal sample
ROUNDS: Final = 200
CONVERGED: Final = 1e-10
LEAST_VARIANCE: Final = 0.02  # of the mean square: keeps one large panel from carrying a fit that nears 0


class Estimate(NamedTuple):
    """A value, its standard error in the same unit, and the observations that it rests on."""

    value: float
    se: float
    n: int


class SizeVariance(NamedTuple):
    """Variance of a panel's growth by its size: ``at_infinity + per_person / people``.

    Parameters
    ----------
    at_infinity
        What is left for a very large panel [ln^2].
    per_person
        Claim noise: what one person adds [ln^2 x people].
    outliers
        Observations left out.
    """

    at_infinity: Estimate
    per_person: Estimate
    outliers: int

    def holds(self, deviation: Array, people: Array, sds: float) -> npt.NDArray[np.bool_]:
        """Tell which deviations lie within so many fitted standard deviations, [n]."""
        return _within(deviation, self.at_infinity.value + self.per_person.value / people, sds)


def within_year(values: Array, year: npt.NDArray[np.int64]) -> Array:
    """Return deviations from the year's mean, [n]."""
    _, index = np.unique(year, return_inverse=True)
    return np.asarray(values - (np.bincount(index, values) / np.bincount(index))[index])


def standard_deviation(deviation: Array, group: Groups) -> Estimate:
    """Root mean square of deviations."""
    squares = deviation**2
    variance = float(squares.mean())
    error = _clustered_error((squares - variance)[:, None], group)[0, 0] / len(squares) ** 2
    return root(Estimate(variance, math.sqrt(error), len(squares)))


def root(variance: Estimate) -> Estimate:
    """Return the standard deviation of a variance: ``se = se of the variance / (2 sd)``.

    A variance estimated at or below 0 gives 0, with the root of its standard error as the error.
    """
    if variance.value <= 0.0:
        return Estimate(0.0, math.sqrt(variance.se), variance.n)
    sd = math.sqrt(variance.value)
    return Estimate(sd, variance.se / (2.0 * sd), variance.n)


def robust_sd(deviation: Array) -> Estimate:
    """Spread of the bulk: the median absolute deviation, scaled to the SD of a normal; its error is a normal's."""
    sd = NORMAL_MAD * float(np.median(np.abs(deviation - np.median(deviation))))
    return Estimate(sd, sd / math.sqrt(2.0 * MAD_EFFICIENCY * len(deviation)), len(deviation))


def mean(values: Array, group: Groups) -> Estimate:
    """Mean over observations."""
    centre = float(values.mean())
    error = _clustered_error((values - centre)[:, None], group)[0, 0]
    return Estimate(centre, math.sqrt(error) / len(values), len(values))


def correlation(x: Array, y: Array, group: Groups) -> Estimate:
    """Correlation of two deviations; error from the influence ``zx zy - r (zx^2 + zy^2) / 2`` of an observation."""
    zx, zy = x / math.sqrt(float((x**2).mean())), y / math.sqrt(float((y**2).mean()))
    r = float((zx * zy).mean())
    influence = zx * zy - r * (zx**2 + zy**2) / 2.0
    return Estimate(r, math.sqrt(_clustered_error(influence[:, None], group)[0, 0]) / len(x), len(x))


def slope(x: Array, y: Array, group: Groups) -> Estimate:
    """Least-squares slope of y on x, both deviations."""
    squares = float((x**2).sum())
    b = float((x * y).sum()) / squares
    error = _clustered_error((x * (y - b * x))[:, None], group)[0, 0]
    return Estimate(b, math.sqrt(error) / squares, len(x))


def variance_by_size(deviation: Array, people: Array, group: Groups, *, outlier_sds: float) -> SizeVariance:
    """Fit ``E d^2 = a + b / N``.

    Parameters
    ----------
    deviation
        Growth against the mean of its year, [n] [ln].
    people
        Size of the panel, [n].
    group
        Unit of each observation, [n].
    outlier_sds
        Limit [fitted standard deviations].
    """
    parts = np.stack([np.ones_like(people), 1.0 / people], axis=1)
    (a, b), outliers = variance_components(deviation, parts, group, outlier_sds=outlier_sds)
    return SizeVariance(a, b, outliers)


def variance_components(
    deviation: Array, parts: Array, group: Groups, *, outlier_sds: float
) -> tuple[tuple[Estimate, ...], int]:
    """Fit ``E d^2 = sum_k v_k part_k`` by iterated weighted least squares, weights one over the squared fit.

    The weights are those of normal deviations, the errors hold without that assumption. Deviations of more than
    ``outlier_sds`` fitted standard deviations are left out, and the fit repeated until no more go or come.

    Parameters
    ----------
    deviation
        Against the mean of its kind, [n].
    parts
        What each component counts in each observation, [n, k].
    group
        Unit of each observation, [n].
    outlier_sds
        Limit [fitted standard deviations].

    Returns
    -------
    tuple
        The components v, [k], and the observations left out.
    """
    kept = np.ones(len(deviation), dtype=np.bool_)
    for _ in range(ROUNDS):
        value, error = _fit_components(deviation[kept] ** 2, parts[kept], group[kept])
        inside = _within(deviation, parts @ value, outlier_sds)
        if np.array_equal(inside, kept):
            break
        kept = inside
    n = int(kept.sum())
    return tuple(Estimate(float(v), float(se), n) for v, se in zip(value, error, strict=True)), len(deviation) - n


def _within(deviation: Array, variance: Array, sds: float) -> npt.NDArray[np.bool_]:
    return np.asarray(np.abs(deviation) <= sds * np.sqrt(np.maximum(variance, 0.0)))


def _fit_components(squares: Array, parts: Array, group: Groups) -> tuple[Array, Array]:
    """Estimates and standard errors of the components, [k] each."""
    floor = LEAST_VARIANCE * float(squares.mean())
    variance = np.full(len(squares), squares.mean())
    for _ in range(ROUNDS):
        weight = 1.0 / variance**2
        normal = parts.T @ (weight[:, None] * parts)
        value = np.linalg.solve(normal, parts.T @ (weight * squares))
        previous, variance = variance, np.maximum(parts @ value, floor)
        if np.abs(variance / previous - 1.0).max() < CONVERGED:
            break
    scores = parts * (weight * (squares - parts @ value))[:, None]
    inverse = np.linalg.inv(normal)
    covariance = inverse @ _clustered_error(scores, group) @ inverse
    return np.asarray(value), np.sqrt(np.diag(covariance))


def _clustered_error(scores: Array, group: Groups) -> Array:
    """Sum of the outer products of the units' summed scores, [k, k]."""
    _, index = np.unique(group, return_inverse=True)
    sums = np.stack([np.bincount(index, column) for column in scores.T], axis=1)
    return np.asarray(sums.T @ sums)
