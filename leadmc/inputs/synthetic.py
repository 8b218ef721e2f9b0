"""A panel that was never a file: slots in the stationary state of the reference population."""

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import ALIGNMENTS, CATEGORIES, CLAIMS, VOLUNTARY
from leadmc.base.philox import PURPOSE_SHIFT, Purpose, philox4x32, split_seed
from leadmc.inputs.population import Population
from leadmc.inputs.reference import AGES, Reference

Array = npt.NDArray[np.float64]
GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0


def synthetic_population(
    reference: Reference,
    *,
    beneficiaries: int,
    county_fips: tuple[str, ...],
    county_weight: tuple[float, ...],
    voluntary_share: float,
    seed: int,
) -> Population:
    """Lay out slots so that age, sex and category are those of the stationary reference population.

    Ages, sexes and categories are spread evenly over the slots (systematic sampling), county and alignment likewise and
    independently, so that a small panel is as representative as a panel of its size can be.

    Parameters
    ----------
    reference
        The reference population.
    beneficiaries
        Number of slots.
    county_fips, county_weight
        The service area, and the share of people in each county (any positive scale).
    voluntary_share
        Share of people aligned voluntarily [1].
    seed
        Root seed: decides person keys, hence whose random numbers are whose.
    """
    index = np.arange(beneficiaries, dtype=np.float64) + 0.5
    even = index / beneficiaries
    shares = reference.start.sum(axis=(3, 4))  # a, x, c
    cell = _pick(even, shares.ravel())
    age, sex, category = np.unravel_index(cell, shares.shape)
    order = np.argsort(county_fips)
    county = _pick(np.mod(index * GOLDEN, 1.0), np.asarray(county_weight)[order])
    voluntary = np.mod(index * (np.sqrt(2.0) - 1.0), 1.0) < voluntary_share
    return Population(
        person_key=_keys(seed, beneficiaries),
        age=AGES[age].astype(np.int32),
        sex=sex.astype(np.int32),
        category=category.astype(np.int32),
        alignment=np.where(voluntary, VOLUNTARY, CLAIMS).astype(np.int32),
        county=county.astype(np.int32),
        county_fips=tuple(sorted(county_fips)),
    )


def _pick(u: Array, weight: Array) -> npt.NDArray[np.intp]:
    """Return the index of the stretch of the cumulative weight that holds each u."""
    return np.searchsorted(np.cumsum(weight)[:-1] / weight.sum(), u, side="right")


def _keys(seed: int, n: int) -> npt.NDArray[np.uint64]:
    k0, k1 = split_seed(seed)
    stream = np.uint32(Purpose.ROSTER << PURPOSE_SHIFT)
    zero = np.uint32(0)
    low, high, _, _ = philox4x32(np.arange(n, dtype=np.uint32), zero, zero, stream, k0, k1)
    return low.astype(np.uint64) | (high.astype(np.uint64) << np.uint64(32))


def roster_columns(population: Population) -> dict[str, list[str] | list[int]]:
    """Name the slots' columns as a roster file does; ids are running numbers, for nobody exists behind them."""
    n = population.age.size
    return {
        "beneficiary_id": [f"S{i:07d}" for i in range(1, n + 1)],
        "county_fips": [population.county_fips[k] for k in population.county],
        "category": [CATEGORIES[c] for c in population.category],
        "alignment": [ALIGNMENTS[a] for a in population.alignment],
        "age": [int(a) for a in population.age],
        "sex": ["male" if s else "female" for s in population.sex],
    }
