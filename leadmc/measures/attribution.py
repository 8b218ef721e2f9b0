"""Where the spread of a result comes from: claim luck, the ACO's own effect, trend and region, and unpublished rules.

Given-data estimation: no further run. The result is regressed on what the cube keeps of every scenario's drivers; what
the drivers explain together is theirs, and the rest is the luck of single people, which no driver knows. Within a group
of drivers the regression is linear in all of them, and cubic in the group's own index (its part of the linear fit);
between groups it has the products of the indices up to the third degree. The share that a subset of the groups explains
is adjusted for the number of terms, so that chance explains nothing.

The part of a subset is what it explains less the parts of all smaller ones: with independent groups the variance splits
into parts that add up (Hoeffding 1948, Sobol' 1993). Correlated groups may have negative parts between them. Errors are
those of a jackknife over blocks of whole groups of scenarios.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np
import xarray as xr

from leadmc.base.processor import one_blas_thread
from leadmc.measures.draws import Draws, draws, jackknife
from leadmc.measures.precision import Array, Estimate
from leadmc.measures.risk import TEN_YEAR, money, percent

CLAIMS: Final = "claim noise"
ACO: Final = "ACO effect"
WORLD: Final = "trend and region"
RULES: Final = "rules"
BETWEEN: Final = " x "
SPREAD: Final = 4
"""Scenarios a term of the regression, at the least."""
BLOCKS: Final = 32
BENDS: Final = 5
"""In runs of 4,000 and 16,000 people, claim noise of the Professional track has an SD of 1.04 and 0.56% of benchmark;
without bends 1.06 and 0.60, so that more of what does not fall with size would pass for claim noise."""
COLLINEAR: Final = 1e-9
"""What the sum of squares of each term gains, relative to itself."""

Terms = tuple[str, ...]


class Design(NamedTuple):
    """Terms of a regression.

    Parameters
    ----------
    columns
        One term each, [s, p]; the first is 1.
    of
        The groups that each term belongs to; none for the first.
    """

    columns: Array
    of: tuple[Terms, ...]


def drivers(ds: xr.Dataset) -> dict[str, Array]:
    """Collect what the cube keeps of every scenario's drivers, by group, each [s, p]; constant columns are left out.

    Every year of every driver, and bends in its mean over the years: the contract has caps, and a designation that
    turns on the base years. Trends of the categories are averaged with their shares of the mean expenditure: most of
    what they do they do together, and few terms leave more scenarios to each.
    """
    cost = ds["expenditure"].mean(["scenario", "performance_year"])
    own = [ds[name].transpose("scenario", ...) for name in ("base_aco_level", "aco_level", "coding", "quality_score")]
    world = [
        (ds[name] * cost / cost.sum()).sum("category").transpose("scenario", ...)
        for name in ("national_trend", "regional_trend", "prospective_trend")
    ]
    found = {
        ACO: [*(_bent(each.to_numpy()) for each in own), ds["ai_score_effect"].to_numpy()[:, None]],
        WORLD: [_bent(each.to_numpy()) for each in world],
        RULES: list(_alternatives(ds)),
    }
    sets = {name: np.concatenate(parts, axis=1) for name, parts in found.items() if parts}
    kept = {name: columns[:, np.ptp(columns, axis=0) > 0] for name, columns in sets.items()}
    return {name: columns for name, columns in kept.items() if columns.shape[1]}


def _bent(path: Array) -> Array:
    """Add to a driver, [s, y], the part of its mean over the years beyond each of some quantiles."""
    mean = path.mean(axis=1, keepdims=True)
    edges = np.quantile(mean, np.arange(1, BENDS + 1) / (BENDS + 1))
    return np.concatenate([path, np.maximum(mean - edges, 0.0)], axis=1)


def _alternatives(ds: xr.Dataset) -> Iterable[Array]:
    """Tell which alternative of each mixed rule a scenario lives under, one column an alternative but the first."""
    if "rule_choice" not in ds:
        return
    for choice in ds["rule_choice"].transpose("rule", "scenario").to_numpy():
        yield (choice[:, None] == np.arange(1, choice.max() + 1)).astype(np.float64)


def design_size(groups: Mapping[str, Array]) -> int:
    """Count the terms of the regression."""
    linear = sum(len(columns.T) for columns in groups.values())
    return 1 + linear + 2 * len(groups) + 3 * len(list(combinations(groups, 2)))


def design(result: Array, groups: Mapping[str, Array], weights: Array) -> Design:
    """Lay out the terms of the regression of a result, [s]: linear ones, powers of each index, products of indices."""
    scaled = {name: (columns - columns.mean(axis=0)) / columns.std(axis=0) for name, columns in groups.items()}
    columns: list[Array] = [np.ones((result.size, 1)), *scaled.values()]
    of: list[Terms] = [(), *((name,) for name, each in scaled.items() for _ in range(each.shape[1]))]
    sums = _moments(np.concatenate(columns, axis=1), result, weights)
    slopes = _slopes(sums.products, sums.with_result)
    own = np.split(slopes[1:], np.cumsum([len(each.T) for each in scaled.values()])[:-1])
    indices = {name: each @ slope for (name, each), slope in zip(scaled.items(), own, strict=True)}
    indices = {name: index / (index.std() or 1.0) for name, index in indices.items()}
    for name, index in indices.items():
        columns += [index[:, None] ** 2, index[:, None] ** 3]
        of += [(name,)] * 2
    for (first, x), (second, y) in combinations(indices.items(), 2):
        columns += [(x * y)[:, None], (x**2 * y)[:, None], (x * y**2)[:, None]]
        of += [(first, second)] * 3
    return Design(np.concatenate(columns, axis=1), tuple(of))


def parts(groups: Iterable[str]) -> list[Terms]:
    """Every subset of the groups but the empty one, single groups first."""
    names = list(groups)
    return [subset for size in range(1, len(names) + 1) for subset in combinations(names, size)]


class Moments(NamedTuple):
    """Weighted sums of squares and products of the terms and of a result, and how many scenarios they are worth."""

    products: Array
    with_result: Array
    square: Array
    size: float


def split(result: Array, groups: Mapping[str, Array], drawn: Draws) -> tuple[list[str], Estimate]:
    """Split the variance of a result.

    Parameters
    ----------
    result
        One number a scenario, [s].
    groups
        Drivers by group, each [s, p].
    drawn
        How the scenarios were drawn.

    Returns
    -------
    tuple
        Names of the parts, claim noise first, those between groups joined by `` x ``; their shares of the variance and
        the errors of these [1]. NaN where there are fewer than four scenarios a term, or no variance.
    """
    subsets = parts(groups)
    names = [CLAIMS, *(BETWEEN.join(subset) for subset in subsets)]
    unknown = Estimate(np.full(len(names), np.nan), np.full(len(names), np.nan))
    if result.size < SPREAD * design_size(groups) or not np.isfinite(result).all() or np.ptp(result) == 0:
        return names, unknown
    if not subsets:
        return names, Estimate(np.ones(1), np.zeros(1))  # nothing else varies
    weights = np.ones(result.size) if drawn.weights is None else drawn.weights
    laid = design(result, groups, weights)
    block = drawn.blocks(BLOCKS)
    sums = [
        _moments(laid.columns[inside], result[inside] - result.mean(), weights[inside])
        for inside in (block == each for each in range(block.max() + 1))
    ]
    whole = reduce(_added, sums)
    without = np.array([_shares(_added(whole, _negative(one)), laid.of, subsets) for one in sums])
    return names, Estimate(_shares(whole, laid.of, subsets), jackknife(without))


def _moments(columns: Array, result: Array, weights: Array) -> Moments:
    weighted = columns * weights[:, None]
    return Moments(
        weighted.T @ columns,
        weighted.T @ result,
        np.asarray((weights * result**2).sum()),
        float(weights.sum() ** 2 / (weights**2).sum()),
    )


def _added(one: Moments, other: Moments) -> Moments:
    return Moments(
        one.products + other.products,
        one.with_result + other.with_result,
        one.square + other.square,
        one.size + other.size,
    )


def _negative(one: Moments) -> Moments:
    return Moments(-one.products, -one.with_result, -one.square, -one.size)


def _shares(moments: Moments, of: tuple[Terms, ...], subsets: list[Terms]) -> Array:
    """Share of the variance of claim noise and of each part."""
    explained = {subset: _explained(moments, [set(o) <= set(subset) for o in of]) for subset in subsets}
    part: dict[Terms, float] = {}
    for subset in subsets:
        part[subset] = explained[subset] - sum(part[less] for less in part if set(less) < set(subset))
    return np.array([1 - explained[subsets[-1]], *part.values()])


def _explained(moments: Moments, used: list[bool]) -> float:
    """Find the adjusted R squared of a regression on some of the terms."""
    keep = np.flatnonzero(used)
    products, with_result = moments.products[np.ix_(keep, keep)], moments.with_result[keep]
    total = moments.square - moments.with_result[0] ** 2 / moments.products[0, 0]
    left = moments.square - _slopes(products, with_result) @ with_result
    return float(1 - left / (moments.size - keep.size) / (total / (moments.size - 1)))


def _slopes(products: Array, with_result: Array) -> Array:
    """Solve least squares; the diagonal gains a trifle, so that terms that repeat others do no harm."""
    return np.asarray(np.linalg.solve(products + np.diag(COLLINEAR * np.diagonal(products)), with_result))


@one_blas_thread()
def variance_split(ds: xr.Dataset, quantity: str = "net_result") -> xr.Dataset:
    """Split the variance of the ten-year result of every track between claim noise, ACO, trend and region, and rules.

    Parameters
    ----------
    ds
        A cube.
    quantity
        Which money; split in percent of the benchmark of the same scenario.

    Returns
    -------
    xarray.Dataset
        ``share`` and ``share_se`` of the variance [1] by track and part; parts between groups are joined by `` x ``.
        Claim noise is whatever no driver explains. Attributes ``quantity`` and ``horizon``.
    """
    results = percent(money(ds, quantity).sum(axis=1), money(ds, "benchmark").sum(axis=1))
    groups, drawn = drivers(ds), draws(ds)
    found = [split(result, groups, drawn) for result in results]
    return xr.Dataset(
        {
            "share": (("track", "part"), np.stack([one.value for _, one in found])),
            "share_se": (("track", "part"), np.stack([one.se for _, one in found])),
        },
        coords={"track": ds["track"].to_numpy(), "part": found[0][0]},
        attrs=ds.attrs | {"quantity": quantity, "horizon": TEN_YEAR},
    )
