"""How much of the spread of results is rules that nobody has published: what alternatives explain of the variance.

Scenarios are dealt to the alternatives of a mixed rule at random, so the means of the scenarios under each alternative
estimate E[Y | alternative]. The share of a rule is the variance of these expectations over the variance of Y, its
first-order index (Sobol 1993). The means of finite groups vary by chance as well; what chance adds is taken out, so
that a rule without effect has a share of zero on average. A share can therefore come out below zero, by its error.

Rules explain together what the combinations of their alternatives explain: the sum of the single shares, and what the
rules do to one another.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from leadmc.measures.draws import Draws, draws
from leadmc.measures.precision import Array, Estimate
from leadmc.measures.risk import ten_year_total
from leadmc.measures.subsets import mean_within

ALL: Final = "all"
"""Stands for all mixed rules together."""

Groups = npt.NDArray[np.intp]


def variance_share(values: Array, groups: npt.NDArray[np.int64], drawn: Draws) -> Estimate:
    """Estimate the share of a variance that lies between groups to which scenarios were dealt at random [1].

    ``(sum_g p_g (m_g - m)^2 - sum_g p_g (1 - p_g) v_g) / Var``, with ``p_g`` the weight of group g, ``m_g`` its mean
    and ``v_g`` the squared standard error of that mean, from the spread within the group. A group of one scenario has
    the spread of the others.

    Parameters
    ----------
    values
        By track or the like, and scenario, [k, s].
    groups
        Label of each scenario, [s].
    drawn
        How the scenarios were drawn.

    Returns
    -------
    Estimate
        [k]. The error is that of the linearised share, and at least that of a share of zero, whose noise is a multiple
        of chi-square. Without effect it is too large by a factor of up to 1.5, since the noise of the means counts in
        it. NaN where nothing varies, or where no group has two scenarios.
    """
    weight = np.ones(drawn.size) if drawn.weights is None else drawn.weights
    _, group = np.unique(groups, return_inverse=True)
    shares = [_share(each, group, weight, drawn) for each in values]
    return Estimate(np.array([value for value, _ in shares]), np.array([error for _, error in shares]))


def _share(values: Array, group: Groups, weight: Array, drawn: Draws) -> tuple[float, float]:
    within: Array = np.bincount(group, weight).astype(np.float64)
    part = within / within.sum()
    mean = np.bincount(group, weight * values) / within
    overall = float(part @ mean)
    rest, apart = values - mean[group], mean[group] - overall
    n = drawn.effective_size
    variance = float(np.average(np.square(values - overall), weights=weight)) * n / max(n - 1, 1)
    noise = _noise(rest, group, weight, within)
    if variance == 0.0 or not np.isfinite(noise).all():
        return np.nan, np.nan
    chance = float((part * (1 - part) * noise).sum()) / variance
    share = float((part * np.square(mean - overall)).sum()) / variance - chance
    terms = (np.square(apart) + 2 * apart * rest - share * np.square(values - overall)) / variance
    alone = chance * np.sqrt(2 / max(len(part) - 1, 1))
    return share, max(float(drawn.error(terms)), alone)


def _noise(rest: Array, group: Groups, weight: Array, within: Array) -> Array:
    """Squared standard error of each group's mean, [g]; from all groups where a group has a single scenario."""
    size = np.square(within) / np.bincount(group, np.square(weight))  # of equal weights that would do as well
    several = np.bincount(group) > 1
    squares = np.bincount(group, np.square(weight * rest)) / np.square(within)
    free = float((size - 1)[several].sum())
    pooled = float(np.square(rest).sum()) / free if free > 0 else np.nan
    unbiased = np.divide(size, size - 1, out=np.zeros_like(size), where=several)
    return np.where(several, squares * unbiased, pooled / size)


def rule_uncertainty(ds: xr.Dataset) -> xr.Dataset | None:
    """Estimate what the mixed rules of a run explain of its ten-year net result.

    Parameters
    ----------
    ds
        A cube.

    Returns
    -------
    xarray.Dataset or None
        None where no rule is mixed. Otherwise ``share`` and ``share_se`` [1 of the variance] by track and rule, the
        last of which is ``all``; and ``mean`` and ``mean_se`` [USD], the expected net result under each alternative,
        by track and alternative, whose coordinates ``of`` and ``name`` say which it is.
    """
    if "rule_choice" not in ds:
        return None
    net, choices, drawn = ten_year_total(ds, "net_result"), ds["rule_choice"].to_numpy(), draws(ds)
    _, combination = np.unique(choices, axis=0, return_inverse=True)
    shares = [variance_share(net, each, drawn) for each in (*choices.T, combination.ravel())]
    paths = [str(path) for path in ds["rule"].to_numpy()]
    names = [
        (path, k, name)
        for path, all_names in zip(paths, ds["rule_choice"].attrs["alternatives"], strict=True)
        for k, name in enumerate(all_names)
    ]
    means = [mean_within(net, choices[:, paths.index(path)] == k, drawn) for path, k, _ in names]
    return xr.Dataset(
        {
            "share": (("track", "rule"), np.stack([each.value for each in shares], axis=1)),
            "share_se": (("track", "rule"), np.stack([each.se for each in shares], axis=1)),
            "mean": (("track", "alternative"), np.stack([each.value for each in means], axis=1)),
            "mean_se": (("track", "alternative"), np.stack([each.se for each in means], axis=1)),
        },
        coords={
            "track": ds["track"].to_numpy(),
            "rule": [*paths, ALL],
            "of": ("alternative", [path for path, _, _ in names]),
            "name": ("alternative", [name for _, _, name in names]),
        },
        attrs=ds.attrs,
    )
