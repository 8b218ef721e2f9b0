"""Standard errors: how far an estimate from a finite number of scenarios may be from the truth.

Every statistic carries its own error for independent scenarios. Scenarios of a quasi-random sampler are not
independent, but its randomised replicates are: scenario k belongs to replicate k modulo R, and the spread of the R
replicate estimates gives the error of the whole.

Arrays hold scenarios on their last axis, in the order of scenario numbers.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy.special import betainc

Array = npt.NDArray[np.float64]

PERCENTILES: Final = (1, 5, 10, 25, 50, 75, 90, 95, 99)
TAIL: Final = 0.05
"""Share of the worst scenarios in TVaR95."""


class Estimate(NamedTuple):
    """Values and their standard errors, in the unit of the data; same shape."""

    value: Array
    se: Array


class Statistic(NamedTuple):
    """A statistic of a sample and its standard error for independent scenarios.

    Parameters
    ----------
    name
        Short name in tables and JSON.
    meaning
        What it says, for a reader.
    value, error
        Functions of a sample in ascending order on its last axis.
    """

    name: str
    meaning: str
    value: Callable[[Array], Array]
    error: Callable[[Array], Array]


def quantile(sample: Array, share: float) -> Array:
    """Interpolate between order statistics at rank 1 + (n - 1) share, as NumPy does by default."""
    rank = (sample.shape[-1] - 1) * share
    below = int(rank)
    above = min(below + 1, sample.shape[-1] - 1)
    weight = rank - below
    return np.asarray(sample[..., below] + weight * (sample[..., above] - sample[..., below]))


def quantile_error(sample: Array, share: float) -> Array:
    """Spread of the order statistic, by the weights of Maritz and Jarrett (1978).

    The rank-r order statistic of n uniforms is Beta(r, n + 1 - r); its probabilities between i/n and (i+1)/n weigh the
    order statistics seen. It needs no density, is right on atoms (zero inside one), and in a trial on 4,000 samples of
    500 normals its 95% intervals around P1 and P5 covered 91.5 and 92.2%, those of half the 68% interval between order
    statistics at fractional ranks 87.8 and 90.0%; at the whole ranks of the binomial 92.0 and 93.3%, but with errors
    27 and 13% too large, against 7 and 2% here.
    """
    n = sample.shape[-1]
    rank = 1 + (n - 1) * share
    weight = np.diff(betainc(rank, n + 1 - rank, np.arange(n + 1) / n))
    near = np.flatnonzero(weight > 0)
    window = slice(near[0], near[-1] + 1)
    seen, weight = sample[..., window], weight[window]
    centre = (seen * weight).sum(axis=-1, keepdims=True)
    return np.asarray(np.sqrt((np.square(seen - centre) * weight).sum(axis=-1)))


def mean_error(sample: Array) -> Array:
    """SD / sqrt(n)."""
    return np.asarray(sample.std(axis=-1, ddof=1) / np.sqrt(sample.shape[-1]))


def deviation(sample: Array) -> Array:
    """Sample standard deviation."""
    return np.asarray(sample.std(axis=-1, ddof=1))


def deviation_error(sample: Array) -> Array:
    """By its influence function: SD of (x - mean)^2 / (2 SD sqrt(n)); 0 where nothing varies."""
    square = np.square(sample - sample.mean(axis=-1, keepdims=True))
    sd = np.sqrt(square.mean(axis=-1))
    spread = square.std(axis=-1, ddof=1)
    scale = 2 * sd * np.sqrt(sample.shape[-1])
    return np.asarray(np.divide(spread, scale, out=np.zeros_like(scale), where=scale != 0))


def share_below_zero(sample: Array) -> Array:
    """Share of scenarios with a negative result [1]."""
    return np.asarray((sample < 0).mean(axis=-1))


def share_error(sample: Array) -> Array:
    """Binomial error with half a case added, so that an event never seen does not pass for impossible."""
    n = sample.shape[-1]
    share = ((sample < 0).sum(axis=-1) + 0.5) / (n + 1)
    return np.asarray(np.sqrt(share * (1 - share) / n))


def tail_terms(sample: Array, share: float) -> Array:
    """Terms whose mean is the tail mean of Acerbi and Tasche (2002): q + min(x - q, 0) / share, q the quantile.

    Up to a constant they are its influence function, so that their SD gives its error. Right on atoms: of an atom at q
    only the part inside the tail counts.
    """
    n = sample.shape[-1]
    last = max(int(np.ceil(round(n * share, 9))), 1) - 1
    q = sample[..., last : last + 1]
    return np.asarray(q + np.minimum(sample - q, 0) / share)


def _percentile(percent: int) -> Statistic:
    share = percent / 100
    return Statistic(
        f"p{percent}",
        f"{percent} in 100 scenarios are below",
        lambda sample: quantile(sample, share),
        lambda sample: quantile_error(sample, share),
    )


MEAN: Final = Statistic("mean", "average over scenarios", lambda sample: np.asarray(sample.mean(axis=-1)), mean_error)
SD: Final = Statistic("sd", "standard deviation over scenarios", deviation, deviation_error)
PERCENTILE: Final = tuple(_percentile(percent) for percent in PERCENTILES)
LOSS: Final = Statistic("p_loss", "probability that the quantity is negative", share_below_zero, share_error)
TVAR: Final = Statistic(
    "tvar95",
    "mean of the worst 5% of scenarios",
    lambda sample: np.asarray(tail_terms(sample, TAIL).mean(axis=-1)),
    lambda sample: mean_error(tail_terms(sample, TAIL)),
)


def estimate(values: Array, statistics: Sequence[Statistic], replicates: int = 1) -> Estimate:
    """Estimate statistics over scenarios, with standard errors.

    Parameters
    ----------
    values
        Any leading axes, scenarios last, in the order of their numbers.
    statistics
        What to estimate; they become the last axis of the answer.
    replicates
        Randomised replicates of the sampler; 1 where scenarios are independent.

    Returns
    -------
    Estimate
        Of the leading axes and the statistics. The error is NaN for a single scenario. With fewer than two scenarios a
        replicate, or where all replicates agree exactly (an event never seen), it is the error for independent
        scenarios, which is the larger one.
    """
    ordered = np.sort(values, axis=-1)
    n = ordered.shape[-1]
    if n < 2:
        value = np.stack([ordered[..., 0] * 0 if s is SD else s.value(ordered) for s in statistics], axis=-1)
        return Estimate(value, np.full_like(value, np.nan))
    value = np.stack([s.value(ordered) for s in statistics], axis=-1)
    independent = np.stack([s.error(ordered) for s in statistics], axis=-1)
    if not 1 < replicates <= n // 2:
        return Estimate(value, independent)
    parts = [np.sort(values[..., r::replicates], axis=-1) for r in range(replicates)]
    each = np.stack([np.stack([s.value(part) for s in statistics], axis=-1) for part in parts])
    spread = each.std(axis=0, ddof=1) / np.sqrt(replicates)
    return Estimate(value, np.where(spread == 0, independent, spread))


def replicates(ds: xr.Dataset) -> int:
    """Randomised replicates of a cube's sampler; 1 where its scenarios are independent."""
    return 1 if ds.attrs["sampler"] == "plain" else int(ds.attrs["replicates"])
