"""Sequestration: the federal cut on what is paid to the ACO.

Source: W0 (2%, C; it contradicts itself on the base), REACH practice (savings only, R); rule book `sequestration`.
"""

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.terms import SequestrationTerms
from leadmc.contract.trace import rule


@rule(
    "Sequestration",
    unit="USD",
    formula="rate x base (savings shared, shared result of either sign, or gross savings)",
    terms=("sequestration",),
)
def sequestered(terms: SequestrationTerms, *, shared: Array, gross: Array) -> Array:
    """Amount taken from the ACO, never negative, in the shape given [USD]: of savings, of either sign, or of gross."""
    base = {
        "shared_savings": np.maximum(shared, 0.0),
        "shared_result": np.abs(shared),
        "gross_savings": np.abs(gross),
    }[terms.base]
    return terms.rate * base
