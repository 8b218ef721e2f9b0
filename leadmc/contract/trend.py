"""Trend of the benchmark: two thirds what happened to the nation and the region, one third what was forecast.

Source: CMS1 (three parts and a guardrail, A), W0 (weights and widths, C); rule book `trend`. Growth is cumulative
from BY3.
"""

import math

import numpy as np

from leadmc.base.axes import BASE_YEARS, BY3
from leadmc.contract.experience import Array
from leadmc.contract.terms import GuardrailTerms, TrendTerms


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


def growth_since(*, now: Array, last: Array) -> Array:
    """Growth from the year before, of trends cumulative from BY3, [s, c] [1]."""
    return now / last
