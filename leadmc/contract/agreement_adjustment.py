"""Adjustment of a Shared Savings Program benchmark: the region or earlier savings, whichever helps more.

Source: CFR; rule book `mssp.prior_savings`. In BY3 dollars.
"""

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.ratio import ratio
from leadmc.contract.trace import rule


@rule(
    "Mean prior savings",
    unit="USD per person-month",
    formula="mean over the base years of gross savings / person-months",
)
def mean_savings(gross: Array, person_months: Array) -> Array:
    """Mean of the savings of the years on which the benchmark is rebased, losses included, [s] [USD per person-month].

    ``gross`` and ``person_months`` by base year, [s, b] [USD, person-month].
    """
    mean: Array = ratio(gross, person_months, otherwise=0.0).mean(axis=1)
    return mean


@rule(
    "Prior-savings adjustment (PSA)",
    unit="USD per person-month",
    formula="min(weight x proration x max(0, mean of prior savings), cap x Natl)",
    terms=("prior_savings.weight", "prior_savings.cap", "prior_savings.risk_adjusted_cap"),
)
def prior_savings(weight: float, proration: float, *, earlier: Array, limit: Array) -> Array:
    """Part of earlier savings that comes back, [s, c, a] [USD per person-month].

    Parameters
    ----------
    weight, proration
        Share of the savings, and of today's people who were there then [1].
    earlier
        Mean over the base years, [s] [USD per person-month].
    limit
        Cap, [s, c, a] [USD per person-month].
    """
    back = weight * proration * np.maximum(0.0, earlier)
    return np.minimum(back[:, np.newaxis, np.newaxis], limit)


@rule("Adjustment (ADJ)", unit="USD per person-month", formula="max(REA, PSA) with prior savings, REA without")
def larger(*, regional: Array, savings: Array, reference: Array) -> Array:
    """Grant the larger of the two, [s, c, a] [USD per person-month]; who has not saved has the regional one alone.

    ``reference`` is the score of the base years, [s, c, a] [1]: a cell without history has nothing to adjust.
    """
    granted = np.where(savings > 0.0, np.maximum(regional, savings), regional)
    return np.where(reference > 0.0, granted, 0.0)
