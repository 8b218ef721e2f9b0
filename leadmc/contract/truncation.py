"""Truncation: what a person costs above the nation's 99th percentile counts neither in the base years nor later.

Source: CFR; rule book `mssp.truncation`.
"""

from leadmc.contract.experience import Array
from leadmc.contract.ratio import ratio
from leadmc.contract.trace import rule


@rule(
    "Spending that counts in the base years",
    unit="USD",
    formula="expenditure - spending above the truncation point",
    terms=("truncation.percentile",),
)
def counted(expenditure: Array, excess: Array) -> Array:
    """Expenditure below the truncation point, in the shape given [USD]."""
    return expenditure - excess


@rule(
    "Spending per person-month below the truncation point",
    unit="USD per person-month at a risk score of 1",
    formula="rate x (1 - share of national spending above the truncation point x rate / national rate)",
    terms=("truncation.national_share",),
)
def counted_rate(rate: Array, *, national: Array, national_share: Array) -> Array:
    """Rate of the region or the nation as it compares with counted spending, [s, c] [USD per person-month].

    The truncation point is the nation's. A region that costs less has less above it, in proportion (E).

    Parameters
    ----------
    rate, national
        Of the region or the nation, and of the nation, [s, c] [USD per person-month].
    national_share
        Part of the nation's spending above the truncation point, [c] [1].
    """
    return rate * (1.0 - national_share * ratio(rate, national, otherwise=1.0))


@rule(
    "Spending above the truncation point, which does not count",
    unit="USD",
    formula="sum of that of each cell",
    terms=("truncation.percentile",),
)
def relief(excess: Array) -> Array:
    """Find what does not count in a performance year, [s] [USD], from cells [s, c, a]."""
    total: Array = excess.sum(axis=(1, 2))
    return total
