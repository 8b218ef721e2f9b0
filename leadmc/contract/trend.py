"""Trend of the benchmark: two thirds what happened to the nation and the region, one third what was forecast.

Source: CMS1 (three parts and a guardrail, A), W0 (weights and widths, C); rule book `trend`. Growth is cumulative
from BY3.
"""

import math

import numpy as np

from leadmc.base.axes import BASE_YEARS, BY3
from leadmc.contract.experience import Array
from leadmc.contract.terms import GuardrailTerms, TrendTerms
from leadmc.contract.trace import rule


@rule(
    "Two-way trend since BY3",
    unit="1",
    formula="share x national + (1 - share) x regional, share of the ACO in its region",
    terms=("trend.national_weight",),
)
def two_way(*, national: Array, regional: Array, aco_share: Array) -> Array:
    """National-regional trend [1]: the more the ACO weighs in its region, the more the nation counts.

    ``two = share national + (1 - share) regional``; ``aco_share`` [c] broadcasts along the last axis.
    """
    return aco_share * national + (1.0 - aco_share) * regional


def guardrail_widths(terms: GuardrailTerms, year: int) -> tuple[float, float]:
    """Lower and upper width of the guardrail in a year [cumulative growth]; infinite where there is none."""
    if terms.mode == "NONE":
        return math.inf, math.inf
    if terms.mode == "MSSP_LIKE":
        return terms.mssp_lower, terms.mssp_upper
    steps = year - BASE_YEARS[BY3] if terms.mode == "WIDEN" else 1
    return steps * terms.lower, steps * terms.upper


@rule(
    "Three-part trend since BY3",
    unit="1",
    formula="(1 - w) two-way + w clamp(ACPT, two-way - lower, two-way + upper)",
    terms=("trend.prospective_weight", "trend.guardrail"),
)
def three_way(terms: TrendTerms, year: int, *, two_way: Array, prospective: Array) -> Array:
    """Guardrailed blend of the two-way and the prospective trend, [s, c] [1].

    ``Trend = (1 - w) two + w min(max(ACPT, two - lower), two + upper)``, or the clamp on the blend.
    """
    lower, upper = guardrail_widths(terms.guardrail, year)
    weight = terms.prospective_weight
    if terms.guardrail.clamps == "prospective":
        railed = np.clip(prospective, two_way - lower, two_way + upper)
        return (1.0 - weight) * two_way + weight * railed
    blend = (1.0 - weight) * two_way + weight * prospective
    return np.clip(blend, two_way - lower, two_way + upper)


@rule("Trend since the year before", unit="1", formula="Trend_t / Trend_t-1")
def growth_since(*, now: Array, last: Array) -> Array:
    """Growth from the year before, of trends cumulative from BY3, [s, c] [1]."""
    return now / last
