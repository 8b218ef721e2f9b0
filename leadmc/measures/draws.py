"""How scenarios were drawn, and what follows for the error of a mean: the one place that decides it.

Scenarios that a sampler draws together depend on one another; groups of them do not. A group is what survey sampling
calls an ultimate cluster: the spread of the groups' totals gives the error of a mean, whatever goes on inside.

| sampler | a group is | weights |
|---|---|---|
| ``plain`` | one scenario | equal |
| ``antithetic`` | scenarios 2j and 2j + 1 | equal |
| ``lhs`` | one Latin hypercube of consecutive scenarios | equal |
| ``sobol`` | one randomised replicate: scenarios that leave the same remainder | equal |
| ``importance`` | consecutive scenarios in fixed shares | ``scenario_weight`` of the cube |

A control variate takes more of the noise out of plain, antithetic, Latin and Sobol scenarios. How bad a world is for
the ACO (``adversity``) is known to be a standard normal. Scenarios are cut into strata of equal probability by it, and
weigh what their stratum is short of or has too much: post-stratification (Holt and Smith 1979), the control variates
being the strata's indicators. Whatever in a statistic is a function of adversity leaves its error, the settlement of a
normal savings rate included; what remains is the spread within strata. No estimate of a mean is biased by it.

Scenarios are on the last axis, in the order of the cube. Groups go by scenario numbers, so a selection of scenarios
keeps its groups. Weighted means are divided by the sum of the weights, so that they move with their data and
probabilities sum to one; the bias of that is of the order of the squared error.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, stdtrit

from leadmc.inputs.settings import LHS_POINTS

if TYPE_CHECKING:
    import xarray as xr

Array = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

WEIGHT: Final = "scenario_weight"
CONFIDENCE: Final = 0.95
MOST_STRATA: Final = 32
IN_A_STRATUM: Final = 32
"""Scenarios to expect in a stratum; the error of its mean costs one in as many of the variance within."""


class Groups(NamedTuple):
    """Scenarios that depend on one another: positions, group by group, [s], and where each group begins among them."""

    order: Int64
    starts: Int64


class Draws(NamedTuple):
    """How some scenarios were drawn.

    Parameters
    ----------
    size
        Scenarios.
    together
        Groups of scenarios; None where all are independent.
    weights
        Weight of each scenario, mean 1, [s] [1]; None where equal.
    stratum
        Number of each scenario's stratum, whose share of all worlds is known, [s]; None where there is no control.
    """

    size: int
    together: Groups | None = None
    weights: Array | None = None
    stratum: Int64 | None = None

    @property
    def groups(self) -> int:
        """Independent groups."""
        return self.size if self.together is None else len(self.together.starts)

    @property
    def df(self) -> int:
        """Degrees of freedom of every standard error: groups less one."""
        return self.groups - 1

    @property
    def effective_size(self) -> float:
        """Number of equal weights that would do as well: (sum w)^2 / sum w^2 (Kish 1965)."""
        return float(self.size if self.weights is None else self.weights.sum() ** 2 / np.square(self.weights).sum())

    def factor(self, confidence: float = CONFIDENCE) -> float:
        """Tell how many standard errors an interval has to each side, from Student's t; NaN where there is no error."""
        return float(stdtrit(self.df, (1 + confidence) / 2)) if self.df else float("nan")

    def blocks(self, most: int) -> Int64:
        """Put whole groups into at most so many blocks of about equal size; the block of each scenario, [s]."""
        group = np.arange(self.size)
        if self.together is not None:
            sizes = np.diff(self.together.starts, append=self.size)
            group[self.together.order] = np.repeat(np.arange(self.groups), sizes)
        count = min(most, self.groups)
        return np.asarray(group * count // self.groups)

    def ungrouped(self) -> "Draws":
        """Forget the groups: the same scenarios, as if they were independent."""
        return Draws(self.size, weights=self.weights, stratum=self.stratum)

    def mean(self, terms: npt.NDArray[np.float64 | np.bool_]) -> Array:
        """Average over scenarios, the last axis."""
        return np.asarray((terms if self.weights is None else terms * self.weights).mean(axis=-1))

    def error(self, terms: npt.NDArray[np.float64 | np.bool_]) -> Array:
        """Find the standard error of the mean from the spread of the groups; NaN for a single one.

        ``sqrt(G / (G - 1) sum_g E_g^2) / n`` with E_g the sum of w (x - mean) over group g; for equal weights and
        groups this is the SD of the group means over sqrt(G). Under a control the mean is that of the stratum.
        """
        if self.df < 1:
            return np.full(terms.shape[:-1], np.nan)
        centre = self.mean(terms)[..., None] if self.stratum is None else within_strata(terms, self.stratum)
        spread = terms - centre
        if self.weights is not None:
            spread = spread * self.weights
        if self.together is not None:
            spread = np.add.reduceat(spread[..., self.together.order], self.together.starts, axis=-1)
        return np.asarray(np.sqrt(np.square(spread).sum(axis=-1) * self.groups / self.df) / self.size)

    def error_ratio(self, terms: npt.NDArray[np.float64 | np.bool_]) -> Array:
        """Compare the error of the mean with that of independent scenarios; 1 where either of them is zero.

        An error of exactly zero says that all groups agree, as on an event never seen, and not that nothing is unknown.
        """
        if self.together is None:
            return np.ones(terms.shape[:-1])
        grouped, alone = self.error(terms), self.ungrouped().error(terms)
        usable = (grouped > 0) & (alone > 0)
        return np.divide(grouped, alone, out=np.ones_like(grouped), where=usable)


def within_strata(terms: npt.NDArray[np.float64 | np.bool_], stratum: Int64) -> Array:
    """Average over each scenario's stratum, in the shape of the terms; weights are equal within a stratum."""
    order = np.argsort(stratum, kind="stable")
    starts = np.flatnonzero(np.diff(stratum[order], prepend=-1))
    counts = np.diff(starts, append=stratum.size)
    means = np.add.reduceat(terms[..., order], starts, axis=-1, dtype=np.float64) / counts
    return np.asarray(means[..., np.searchsorted(stratum[order][starts], stratum)])


def jackknife(without: Array) -> Array:
    """Find the standard error of an estimate from its values without each block in turn, blocks first.

    ``sqrt((J - 1) / J sum_j (e_j - mean)^2)``; it suits any smooth estimator. NaN for a single block.
    """
    count = len(without)
    if count < 2:
        return np.full(without.shape[1:], np.nan)
    return np.asarray(np.sqrt(np.square(without - without.mean(axis=0)).sum(axis=0) * (count - 1) / count))


def in_groups(labels: Int64, weights: Array | None = None) -> Draws:
    """Describe scenarios that depend on one another where their labels are equal.

    Of a single group nothing is known but its scenarios: they count as independent, which makes the error too large.
    """
    relative = None if weights is None else weights / weights.mean()
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order], prepend=labels.min() - 1))
    if len(starts) > 1:
        return Draws(labels.size, Groups(order, starts), relative)
    return Draws(labels.size, weights=relative)


def drawn_by(sampler: str, number: Int64, *, replicates: int = 1, weights: Array | None = None) -> Draws:
    """Describe scenarios by their numbers and the kind of sampler that drew them.

    Parameters
    ----------
    sampler
        Kind, as a configuration names it.
    number
        Scenario numbers, [s].
    replicates
        Of ``sobol``.
    weights
        Of ``importance``, [s] [1].
    """
    if sampler == "plain":
        return Draws(number.size)
    label = {
        "antithetic": number // 2,
        "lhs": number // LHS_POINTS,
        "sobol": number % replicates,
        "importance": number // LHS_POINTS,
    }[sampler]
    return in_groups(label, weights if sampler == "importance" else None)


def controlled(drawn: Draws, adversity: Array) -> Draws:
    """Weigh scenarios so that every stratum of adversity has its known share.

    Parameters
    ----------
    drawn
        How the scenarios were drawn; not by importance, where adversity is no standard normal.
    adversity
        How bad each scenario's world is, [s] [SD].

    Returns
    -------
    Draws
        With weights and strata; the same as before where there are too few scenarios for two strata.

    Raises
    ------
    ValueError
        If the scenarios have weights already.
    """
    if drawn.weights is not None:
        raise ValueError("weighted scenarios cannot be controlled")
    count = min(MOST_STRATA, drawn.size // IN_A_STRATUM)
    while count > 1:
        stratum = np.minimum((ndtr(adversity) * count).astype(np.int64), count - 1)
        held = np.bincount(stratum, minlength=count)
        if held.min() > 1:
            return drawn._replace(weights=drawn.size / count / held[stratum], stratum=stratum)
        count //= 2
    return drawn


def draws(ds: "xr.Dataset") -> Draws:
    """Read from a cube how its scenarios were drawn, and control them by their adversity where the run says so."""
    weights = ds[WEIGHT].to_numpy() if ds.attrs["sampler"] == "importance" else None
    drawn = drawn_by(
        ds.attrs["sampler"], ds["scenario"].to_numpy(), replicates=int(ds.attrs["replicates"]), weights=weights
    )
    return controlled(drawn, ds["adversity"].to_numpy()) if ds.attrs["control"] else drawn
