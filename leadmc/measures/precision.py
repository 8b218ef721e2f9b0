"""Standard errors: how far an estimate from a finite number of scenarios may be from the truth.

Every statistic carries its error for independent scenarios, and the terms whose mean it moves with (its influence
function, up to a factor). Where scenarios were drawn in groups, the error is multiplied by what the groups do to the
mean of these terms: for a quantile, to the share of scenarios below it. So quantiles are always those of all scenarios
together, and never means of quantiles of small groups, which are biased in the tails. An interval is the value and
``Draws.factor`` errors to each side.

Arrays hold scenarios on their last axis, in the order of the cube.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv

from leadmc.measures.draws import Draws

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

PERCENTILES: Final = (1, 5, 10, 25, 50, 75, 90, 95, 99)
TAIL: Final = 0.05
"""Share of the worst scenarios in TVaR95."""
ROUNDING: Final = 1e-9
"""Weight that sums of weights may lack."""
NODES: Final = 64
"""Equally likely ranks at which a weighted quantile is looked up for its error."""


class Estimate(NamedTuple):
    """Values and their standard errors, in the unit of the data; same shape."""

    value: Array
    se: Array


class Sample(NamedTuple):
    """Numbers by scenario, and how the scenarios were drawn.

    Parameters
    ----------
    values, ordered
        In the order of the cube, and ascending.
    weights
        Weights of the ascending values, mean 1; None where equal.
    draws
        How the scenarios were drawn.
    """

    values: Array
    ordered: Array
    weights: Array | None
    draws: Draws


class Statistic(NamedTuple):
    """A statistic of a sample, its standard error for independent scenarios, and the terms whose mean it moves with.

    Parameters
    ----------
    name
        Short name in tables and JSON.
    meaning
        What it says, for a reader.
    value, error, terms
        Functions of a sample.
    thin
        Share of scenarios on its thinner side [1]; with less than one scenario there, its error is unknown.
    below
        Share of scenarios below it, of a percentile [1]; None of other statistics.
    """

    name: str
    meaning: str
    value: Callable[[Sample], Array]
    error: Callable[[Sample], Array]
    terms: Callable[[Sample], Array | Flags]
    thin: float = 0.5
    below: float | None = None

    def has_error(self, size: int) -> bool:
        """Tell whether so many scenarios are enough for a standard error."""
        return size >= 2 and size * self.thin >= 1 - ROUNDING


def json_number(value: float) -> float | None:
    """Write a number for JSON, which knows no NaN."""
    return float(value) if math.isfinite(value) else None


def json_pair(value: float, se: float) -> dict[str, float | None]:
    """Write one estimate and its standard error for JSON."""
    return {"value": json_number(value), "se": json_number(se)}


def sample(values: Array, draws: Draws | None = None) -> Sample:
    """Put scenarios in order; they are independent unless told otherwise."""
    drawn = draws or Draws(values.shape[-1])
    if drawn.weights is None:
        return Sample(values, np.sort(values, axis=-1), None, drawn)
    order = np.argsort(values, axis=-1)
    return Sample(values, np.take_along_axis(values, order, axis=-1), drawn.weights[order], drawn)


def quantile(ordered: Array, share: float) -> Array:
    """Interpolate between order statistics at rank 1 + (n - 1) share, as NumPy does by default."""
    rank = (ordered.shape[-1] - 1) * share
    below = int(rank)
    above = min(below + 1, ordered.shape[-1] - 1)
    weight = rank - below
    return np.asarray(ordered[..., below] + weight * (ordered[..., above] - ordered[..., below]))


def weighted_quantile(ordered: Array, weights: Array, shares: Array) -> Array:
    """Interpolate between weighted order statistics at several shares, [..., k]; with equal weights as ``quantile``.

    The k-th value stands at S_k / S_n with ``S_k = (k - 1) w_k + (n - 1) (w_1 + ... + w_(k-1))``.
    """
    n = ordered.shape[-1]
    place = np.arange(n) * weights + (n - 1) * (np.cumsum(weights, axis=-1) - weights)
    return np.asarray(_interpolated(shares * place[..., -1:], place, ordered))


_interpolated = np.vectorize(np.interp, signature="(k),(n),(n)->(k)")


def quantile_error(ordered: Array, share: float) -> Array:
    """Spread of the order statistic, by the weights of Maritz and Jarrett (1978).

    The rank-r order statistic of n uniforms is Beta(r, n + 1 - r); its probabilities between i/n and (i+1)/n weigh the
    order statistics seen. It needs no density, is right on atoms (zero inside one), and in a trial on 4,000 samples of
    500 normals its 95% intervals around P1 and P5 covered 91.5 and 92.2%, those of half the 68% interval between order
    statistics at fractional ranks 87.8 and 90.0%; at the whole ranks of the binomial 92.0 and 93.3%, but with errors
    27 and 13% too large, against 7 and 2% here.
    """
    n = ordered.shape[-1]
    rank = 1 + (n - 1) * share
    weight = np.diff(betainc(rank, n + 1 - rank, np.arange(n + 1) / n))
    near = np.flatnonzero(weight > 0)
    window = slice(near[0], near[-1] + 1)
    seen, weight = ordered[..., window], weight[window]
    centre = (seen * weight).sum(axis=-1, keepdims=True)
    return np.asarray(np.sqrt((np.square(seen - centre) * weight).sum(axis=-1)))


def _quantile(drawn: Sample, share: float) -> Array:
    if drawn.weights is None:
        return quantile(drawn.ordered, share)
    shares = np.full((*drawn.values.shape[:-1], 1), share)
    return weighted_quantile(drawn.ordered, drawn.weights, shares)[..., 0]


def _quantile_error(drawn: Sample, share: float) -> Array:
    """With weights, as many equal ones as give the share of scenarios below the quantile the same error."""
    if drawn.weights is None:
        return quantile_error(drawn.ordered, share)
    error = _independent_error(drawn, _at_most(drawn, share))
    alike = np.divide(
        share * (1 - share), np.square(error), out=np.full_like(error, drawn.draws.effective_size), where=error > 0
    )
    rank = 1 + (alike - 1) * share
    shares = betaincinv(rank[..., None], (alike + 1 - rank)[..., None], (np.arange(NODES) + 0.5) / NODES)
    return np.asarray(weighted_quantile(drawn.ordered, drawn.weights, np.asarray(shares, np.float64)).std(axis=-1))


def _at_most(drawn: Sample, share: float) -> Flags:
    return np.asarray(drawn.values <= _quantile(drawn, share)[..., None])


def _independent_error(drawn: Sample, terms: Array | Flags) -> Array:
    return drawn.draws.ungrouped().error(terms)


def deviation(drawn: Sample) -> Array:
    """Sample standard deviation; 0 of a single scenario."""
    n = drawn.draws.effective_size
    return np.asarray(np.sqrt(drawn.draws.mean(_squares(drawn)) * (n / max(n - 1, 1))))


def _squares(drawn: Sample) -> Array:
    return np.square(drawn.values - drawn.draws.mean(drawn.values)[..., None])


def deviation_error(drawn: Sample) -> Array:
    """By its influence function: the error of the mean of (x - mean)^2, over 2 SD; 0 where nothing varies."""
    squares = _squares(drawn)
    scale = 2 * np.sqrt(drawn.draws.mean(squares))
    return np.asarray(np.divide(_independent_error(drawn, squares), scale, out=np.zeros_like(scale), where=scale != 0))


def _below_zero(drawn: Sample) -> Flags:
    return np.asarray(drawn.values < 0)


def share_error(found: Flags, draws: Draws) -> Array:
    """Binomial error of a share with half a case added, so that an event never seen does not pass for impossible.

    With weights it is the weighted error, and that of half a case only where it is zero.
    """
    n = draws.effective_size
    share = (n * draws.mean(found) + 0.5) / (n + 1)
    binomial = np.sqrt(np.maximum(share * (1 - share), 0) / n)  # weights may put a share beyond one by a last bit
    error = draws.ungrouped().error(found)
    weighted = draws.weights is not None
    return np.asarray(np.where(weighted & (error > 0), error, binomial))


def order_value(ordered: Array, weights: Array | None, share: float) -> Array:
    """Find the largest value that no more than a share of the sample is below; keeps the last axis, of length 1."""
    n = ordered.shape[-1]
    reached = np.arange(1, n + 1) if weights is None else np.cumsum(weights, axis=-1)
    at = np.minimum((reached <= n * share + ROUNDING).sum(axis=-1, keepdims=True), n - 1)
    return np.take_along_axis(ordered, np.broadcast_to(at, (*ordered.shape[:-1], 1)), axis=-1)


def left_quantile(ordered: Array, share: float) -> Array:
    """Find the smallest value that at least a share of the sample does not exceed; keeps the last axis, of length 1."""
    last = max(int(np.ceil(round(ordered.shape[-1] * share, 9))), 1) - 1
    return ordered[..., last : last + 1]


def weighted_left_quantile(ordered: Array, weights: Array, share: float) -> Array:
    """Find the smallest value that at least a share of the weight does not exceed; keeps the last axis, of length 1."""
    n = ordered.shape[-1]
    at = (np.cumsum(weights, axis=-1) < n * share - ROUNDING).sum(axis=-1, keepdims=True)
    return np.take_along_axis(ordered, np.minimum(at, n - 1), axis=-1)


def tail_terms(values: Array, q: Array, share: float) -> Array:
    """Terms whose mean is the tail mean of Acerbi and Tasche (2002): q + min(x - q, 0) / share, q the left quantile.

    Up to a constant they are its influence function, so that their SD gives its error. Right on atoms: of an atom at q
    only the part inside the tail counts.
    """
    return np.asarray(q + np.minimum(values - q, 0) / share)


def _tail(drawn: Sample) -> Array:
    if drawn.weights is None:
        return tail_terms(drawn.values, left_quantile(drawn.ordered, TAIL), TAIL)
    return tail_terms(drawn.values, weighted_left_quantile(drawn.ordered, drawn.weights, TAIL), TAIL)


def _percentile(percent: int) -> Statistic:
    share = percent / 100
    return Statistic(
        f"p{percent}",
        f"{percent} in 100 scenarios are below",
        lambda drawn: _quantile(drawn, share),
        lambda drawn: _quantile_error(drawn, share),
        lambda drawn: _at_most(drawn, share),
        min(share, 1 - share),
        share,
    )


MEAN: Final = Statistic(
    "mean",
    "average over scenarios",
    lambda drawn: drawn.draws.mean(drawn.values),
    lambda drawn: _independent_error(drawn, drawn.values),
    lambda drawn: drawn.values,
)
SD: Final = Statistic("sd", "standard deviation over scenarios", deviation, deviation_error, _squares)
PERCENTILE: Final = tuple(_percentile(percent) for percent in PERCENTILES)
LOSS: Final = Statistic(
    "p_loss",
    "probability that the quantity is negative",
    lambda drawn: drawn.draws.mean(_below_zero(drawn)),
    lambda drawn: share_error(_below_zero(drawn), drawn.draws),
    _below_zero,
)
TVAR: Final = Statistic(
    "tvar95",
    "mean of the worst 5% of scenarios",
    lambda drawn: drawn.draws.mean(_tail(drawn)),
    lambda drawn: _independent_error(drawn, _tail(drawn)),
    _tail,
    TAIL,
)


def reserve(ruin: float) -> Statistic:
    """Money to hold so that results fall below minus that money with a probability of ``ruin`` at most, never negative.

    On atoms the promise is kept: the order statistic is not interpolated.
    """
    return Statistic(
        f"reserve_{100 * ruin:g}",
        f"smallest reserve that no more than {100 * ruin:g} in 100 scenarios exceed",
        lambda drawn: np.maximum(-order_value(drawn.ordered, drawn.weights, ruin)[..., 0], 0.0),
        lambda drawn: _quantile_error(drawn, ruin),
        lambda drawn: _at_most(drawn, ruin),
        ruin,
    )


def probability(found: Flags, draws: Draws) -> Estimate:
    """Estimate the probability of an event seen or not in each scenario, the last axis, with its standard error [1]."""
    value = draws.mean(found)
    if draws.size < 2:
        return Estimate(value, np.full_like(value, np.nan))
    return Estimate(value, share_error(found, draws) * draws.error_ratio(found))


def estimate(values: Array, statistics: Sequence[Statistic], draws: Draws | None = None) -> Estimate:
    """Estimate statistics over scenarios, with standard errors.

    Parameters
    ----------
    values
        Any leading axes, scenarios last, in the order of the cube.
    statistics
        What to estimate; they become the last axis of the answer.
    draws
        How the scenarios were drawn; None where they are independent.

    Returns
    -------
    Estimate
        Of the leading axes and the statistics. The error is NaN for a single scenario, and for a percentile or a tail
        beyond the last one. Where all groups agree exactly
        (an event never seen), it is the error for independent scenarios, which is the larger one.
    """
    drawn = sample(values, draws)
    value = np.stack([s.value(drawn) for s in statistics], axis=-1)
    return Estimate(value, np.stack([_error(s, drawn) for s in statistics], axis=-1))


def _error(statistic: Statistic, drawn: Sample) -> Array:
    """Find the error of a statistic: that of independent scenarios, times what the groups do to it."""
    if not statistic.has_error(drawn.draws.size):
        return np.full(drawn.values.shape[:-1], np.nan)
    alone = statistic.error(drawn)
    return alone if drawn.draws.together is None else alone * drawn.draws.error_ratio(statistic.terms(drawn))
