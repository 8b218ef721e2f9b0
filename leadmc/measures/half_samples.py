"""Balanced half samples: how percentiles move when half of the scenarios are left out, one half after another.

Scenarios are cut into blocks, and each half sample has half of the blocks, so chosen that every two blocks are in the
same half as often as not (McCarthy 1969). The spread of a percentile over half samples is its standard error (Shao and
Wu 1992), and the spread of the difference of two percentiles is that of the difference, however alike they are. No
random number is needed.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.measures.draws import Draws

Array = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

BLOCKS: Final = 64
"""Blocks at most, a power of two: so many tell an error to 9%."""
REACH: Final = 6.0
"""Standard errors of a rank to each side of a percentile, between which that of a half sample is looked for."""


class HalfSamples(NamedTuple):
    """Half samples of some scenarios.

    Parameters
    ----------
    inside
        1 where a block is in a half sample, 0 where not, [block, half].
    block
        Block of each scenario, [s].
    first
        A scenario of each block, [block].
    weights
        Weight of each scenario, mean 1, [s] [1].
    """

    inside: Array
    block: Int64
    first: Int64
    weights: Array

    def percentiles(self, values: Array, shares: Sequence[float]) -> Array:
        """Find percentiles of each half sample, [share, half]; values are of one result, [s]."""
        order = np.argsort(values, kind="stable")
        ordered, weights, block = values[order], self.weights[order], self.block[order]
        reached = np.cumsum(weights)
        spread = REACH * np.sqrt(np.square(weights).sum())
        size = self.inside.T @ np.bincount(self.block, self.weights)
        found = np.empty((len(shares), self.inside.shape[1]))
        for k, share in enumerate(shares):
            reach = spread * np.sqrt(share * (1 - share))
            start, stop = np.searchsorted(reached, (share * values.size - reach, share * values.size + reach)).tolist()
            near = slice(start, stop + 2)
            before = self.inside.T @ np.bincount(block[:start], weights[:start], len(self.inside))
            sums = before + np.cumsum(self.inside[block[near]] * weights[near, None], axis=0)
            between = _between(weights, reached, share)
            found[k] = _interpolated(ordered[near], sums, share * (size - 1) + 0.5 - between, between)
        return found

    def terms(self, values: Array, shares: Sequence[float]) -> Array:
        """Find terms whose mean moves from half sample to half sample as percentiles do, [share, ..., s].

        With ``d_h`` the percentile of half sample h less the mean of all, and ``c_hj`` 1 for the blocks in it and -1
        for the others, block j has the term ``sum_h c_hj d_h``; one of its scenarios stands for it.

        Parameters
        ----------
        values
            Any leading axes, scenarios last.
        shares
            Share of scenarios below each percentile [1].
        """
        terms = np.zeros((len(shares), *values.shape))
        for row in np.ndindex(values.shape[:-1]):
            found = self.percentiles(values[row], shares)
            moved = (found - found.mean(axis=1, keepdims=True)) @ (2 * self.inside.T - 1)
            terms[(slice(None), *row, self.first)] = (
                moved * (values.shape[-1] / len(self.inside)) / self.weights[self.first]
            )
        return terms


def half_samples(drawn: Draws) -> HalfSamples:
    """Lay out half samples; a block is a part of a group of scenarios, or several groups."""
    count = 1 << min(BLOCKS, drawn.size).bit_length() - 1
    in_groups = np.arange(drawn.size) if drawn.together is None else drawn.together.order
    block = np.empty_like(in_groups)
    block[in_groups] = np.arange(drawn.size) * count // drawn.size
    first = in_groups[np.flatnonzero(np.diff(block[in_groups], prepend=-1))]
    odd = np.bitwise_count(np.arange(count)[:, None] & np.arange(1, count)) % 2  # a Hadamard matrix less one column
    weights = np.ones(drawn.size) if drawn.weights is None else drawn.weights
    return HalfSamples(1.0 - odd, block, first, weights)


def _between(weights: Array, reached: Array, share: float) -> float:
    """How far the percentile of the whole sample lies from one scenario to the next [1]; see ``weighted_quantile``."""
    n = weights.size
    place = np.arange(n) * weights + (n - 1) * (reached - weights)
    goal = share * place[-1]
    k = min(int(np.searchsorted(place, goal, side="right")), n - 1) - 1
    return float((goal - place[k]) / (place[k + 1] - place[k]))


def _interpolated(ordered: Array, sums: Array, rank: Array, between: float) -> Array:
    """Find values between the first scenario of each half sample that reaches a rank and the next, [half].

    Parameters
    ----------
    ordered
        Ascending values, [s].
    sums
        Weight of each half sample up to each of them, [s, half].
    rank
        Weight to reach, [half].
    between
        How far from one to the other [1]: as far as in the whole sample, where the luck of two scenarios is averaged.
    """
    last = len(ordered) - 1
    low = np.minimum(np.count_nonzero(sums < rank, axis=0), last)
    high = np.minimum(np.count_nonzero(sums <= sums[low, np.arange(low.size)], axis=0), last)
    return np.asarray(ordered[low] + between * (ordered[high] - ordered[low]))
