"""Benchmark: cells of category and alignment type are updated to the year and weighted by its person-months.

Source: W1 (cells, B), W0 (chain of factors, C; the risk ratio multiplies after the adjustment, E).
Axes: s scenario, c category, a alignment.
"""

import numpy as np

from leadmc.base.axes import CLAIMS
from leadmc.contract.experience import Array
from leadmc.contract.ratio import ratio
from leadmc.contract.trace import rule


@rule("Share of person-months", unit="1", formula="person-months of the cell / person-months of all cells")
def shares(person_months: Array) -> Array:
    """Share of each cell in the year's person-months, [s, c, a] [1]; 0 where the panel is empty."""
    return ratio(person_months, person_months.sum(axis=(1, 2), keepdims=True), otherwise=0.0)


@rule("Regional spending at the ACO's risk", unit="USD per person-month", formula="Regional RS")
def regional_at_risk(regional: Array, score: Array) -> Array:
    """Regional spending at the cell's own score, [s, c, a] [USD per person-month], from ``regional`` [s, c]."""
    return regional[..., np.newaxis] * score


@rule("National spending at the ACO's risk", unit="USD per person-month", formula="Natl RS")
def national_at_risk(national: Array, score: Array) -> Array:
    """National spending at the cell's own score, [s, c, a] [USD per person-month], from ``national`` [s, c]."""
    return national[..., np.newaxis] * score


@rule(
    "Updated history",
    unit="USD per person-month",
    formula="(Hist + ADJ) x Trend x risk ratio with the AI-inferred score",
)
def updated(historical: Array, adjustment: Array, *, trend: Array, risk_ratio: Array) -> Array:
    """History of the year: ``Upd = (Hist + ADJ) Trend Ratio``, [s, c, a] [USD per person-month]; ``trend`` [s, c]."""
    return (historical + adjustment) * trend[..., np.newaxis] * risk_ratio


@rule("Benchmark before the discount", unit="USD", formula="sum of person-months x benchmark of each cell")
def total(person_months: Array, pbpm: Array) -> Array:
    """Benchmark of the panel, [s] [USD], from cells [s, c, a]."""
    dollars: Array = (person_months * pbpm).sum(axis=(1, 2))
    return dollars


def by_category(person_months: Array, pbpm: Array) -> Array:
    """Benchmark of each category, [s, c] [USD], from cells [s, c, a]."""
    dollars: Array = (person_months * pbpm).sum(axis=-1)
    return dollars


def over_alignments(cells: Array, person_months: Array) -> Array:
    """Person-month weighted mean of both alignment types, [s, c], in the unit of ``cells``.

    The claims-aligned value where a category has nobody.
    """
    months = person_months.sum(axis=-1)
    mean = ratio((person_months * cells).sum(axis=-1), months, otherwise=0.0)
    return np.where(months > 0.0, mean, cells[..., CLAIMS])
