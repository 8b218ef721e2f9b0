"""Three-way trend of the Shared Savings Program: two thirds what happened to nation and region, one third the ACPT.

Source: CFR, M4, W0; the guardrail is proposed (N5); rule book `mssp.trend`. Growth is cumulative from BY3.
"""

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.mssp_terms import AcptGuardrailTerms, MsspTrendTerms
from leadmc.contract.trace import rule


@rule(
    "ACPT within its guardrail",
    unit="1",
    formula="clamp(ACPT, national - lower, national + upper)",
    terms=("trend.guardrail",),
)
def railed(terms: AcptGuardrailTerms, *, prospective: Array, national: Array) -> Array:
    """Prospective trend held near national growth, [s, c] [1]."""
    return np.clip(prospective, national - terms.lower, national + terms.upper)


@rule(
    "Three-way trend since BY3",
    unit="1",
    formula="(1 - w) two-way + w ACPT",
    terms=("trend.prospective_weight",),
)
def three_way(terms: MsspTrendTerms, *, two_way: Array, prospective: Array) -> Array:
    """Blend of what happened and what was forecast, [s, c] [1]."""
    return (1.0 - terms.prospective_weight) * two_way + terms.prospective_weight * prospective
