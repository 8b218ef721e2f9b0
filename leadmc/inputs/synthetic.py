"""A panel that was never a file: slots in the stationary state of the reference population."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadmc.base.axes import ALIGNMENTS, BASE_YEARS, CATEGORIES, CLAIMS, SEXES, VOLUNTARY
from leadmc.inputs.population import Population
from leadmc.inputs.reference import AGES, Reference
from leadmc.inputs.roster import ALIGNED_NOW, CATEGORY_THEN, MONTHS_ALIGNED, SCORE, SPEND, Roster, person_keys

Array = npt.NDArray[np.float64]

GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0


def synthetic_population(
    reference: Reference,
    *,
    beneficiaries: int,
    county_fips: tuple[str, ...],
    county_weight: tuple[float, ...],
    voluntary_share: float,
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
        person_key=person_keys(synthetic_ids(beneficiaries)),
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


def synthetic_ids(beneficiaries: int) -> "pd.Series[str]":
    """Make ids up, for nobody stands behind them; the same ids in a file address the same random numbers."""
    return pd.Series([f"S{i:07d}" for i in range(1, beneficiaries + 1)])


def roster_of(population: Population, ids: "pd.Series[str]") -> pd.DataFrame:
    """Write people as the rows of a roster file."""
    return pd.DataFrame(
        {
            "beneficiary_id": ids,
            "county_fips": np.array(population.county_fips)[population.county],
            "category": np.array(CATEGORIES)[population.category],
            "alignment": np.array(ALIGNMENTS)[population.alignment],
            "age": population.age,
            "sex": np.array(SEXES)[population.sex],
        }
    )


def roster_with_base_years(roster: Roster, ids: "pd.Series[str]") -> pd.DataFrame:
    """Write people and their base years as the rows of a roster file; blank where they were not aligned."""
    there = ~np.isnan(roster.spend)
    columns: dict[str, npt.NDArray[Any]] = {ALIGNED_NOW: np.where(roster.aligned, "yes", "no")}
    for b in range(len(BASE_YEARS)):
        columns[SPEND[b]] = np.round(roster.spend[:, b], 2)
        columns[MONTHS_ALIGNED[b]] = roster.months[:, b].astype(np.int32)
        columns[SCORE[b]] = np.round(roster.risk_score[:, b], 4)
        columns[CATEGORY_THEN[b]] = np.where(there[:, b], np.array(CATEGORIES)[roster.category_then[:, b]], "")
    return roster_of(roster.population, ids).assign(**columns)
