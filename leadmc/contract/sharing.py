"""Sharing in the Shared Savings Program: one share from the first dollar, once the minimum rate is met, up to a limit.

Source: CFR, N5; rule books `mssp.savings`, `mssp.losses`, `mssp.quality` and `mssp.revenue`.
"""

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.mssp_terms import FixedLossTerms, MsspQualityTerms, QualityLossTerms, RevenueTerms, SharingTerms
from leadmc.contract.trace import rule


@rule(
    "Share of savings",
    unit="share",
    formula="largest share; times Q where Q is below the standard",
    terms=("savings", "quality.standard"),
)
def savings_share(terms: SharingTerms, quality: MsspQualityTerms, score: Array) -> Array:
    """Share of savings by quality, [s] [1]; ``score`` is the earned share of the quality points."""
    return terms.rate * np.where(score >= quality.standard, 1.0, score)


@rule(
    "Part of the share below the minimum rate",
    unit="share",
    formula="of a low-revenue ACO; else 0",
    terms=("revenue.low", "revenue.low_revenue_factor"),
)
def share_below_minimum(terms: RevenueTerms | None) -> float:
    """Part of the share of savings that is paid although the minimum rate is missed [1]; None for a track without."""
    return terms.low_revenue_factor if terms is not None and terms.low else 0.0


@rule("Share of losses", unit="share", formula="1 - slope x Q between floor and ceiling; or fixed", terms=("losses",))
def loss_share(terms: QualityLossTerms | FixedLossTerms, score: Array) -> Array:
    """Share of losses, [s] [1]; ``score`` is the earned share of the quality points."""
    if isinstance(terms, FixedLossTerms):
        return np.full(score.shape, terms.rate)
    return np.clip(1.0 - terms.quality_slope * score, terms.floor, terms.ceiling)


@rule(
    "Loss limit",
    unit="USD",
    formula="limit x benchmark; in BASIC E the smaller of it and revenue limit x revenue",
    terms=("losses", "revenue.share_of_benchmark"),
)
def loss_limit(terms: QualityLossTerms | FixedLossTerms, revenue: RevenueTerms, benchmark: Array) -> Array:
    """Largest loss that the ACO bears, [s] [USD]."""
    limit = terms.limit
    if isinstance(terms, FixedLossTerms) and revenue.share_of_benchmark is not None:
        limit = min(limit, terms.revenue_limit * revenue.share_of_benchmark)
    return limit * benchmark


@rule(
    "Shared savings",
    unit="USD",
    formula="min(share x savings, cap x benchmark) where savings reach the minimum rate; else the part below it",
    terms=("savings",),
)
def shared_savings(
    terms: SharingTerms, *, gross: Array, benchmark: Array, minimum: Array, share: Array, below: float
) -> Array:
    """Payment to the ACO, [s] [USD]; never negative.

    Parameters
    ----------
    gross, benchmark
        [s] [USD].
    minimum, share
        From `minimum_rate` and `savings_share`, [s] [1].
    below
        From `share_below_minimum` [1].
    """
    savings = np.maximum(gross, 0.0)
    reached = savings >= minimum * benchmark
    return np.minimum(np.where(reached, 1.0, below) * share * savings, terms.cap * benchmark)


@rule(
    "Shared losses",
    unit="USD",
    formula="min(share x losses, limit) where losses reach the minimum rate; else 0",
    terms=("losses",),
)
def shared_losses(*, gross: Array, benchmark: Array, minimum: Array, share: Array, limit: Array) -> Array:
    """Payment by the ACO, [s] [USD]; never negative.

    Parameters
    ----------
    gross, benchmark, limit
        [s] [USD]; ``limit`` from `loss_limit`.
    minimum, share
        From `minimum_rate` and `loss_share`, [s] [1].
    """
    losses = np.maximum(-gross, 0.0)
    return np.where(losses >= minimum * benchmark, np.minimum(share * losses, limit), 0.0)


@rule("Shared savings or losses", unit="USD", formula="shared savings - shared losses")
def shared_result(*, savings: Array, losses: Array) -> Array:
    """Net savings and losses, [s] [USD], positive towards the ACO."""
    return savings - losses
