"""Discount of ACO REACH: the part of the benchmark that Medicare keeps in the Global option; none in Professional.

Source: PH (2% in 2021 to 3.5% in 2025 and 2026); rule book `reach.discount`.
"""

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.reach_terms import ReachDiscountTerms
from leadmc.contract.trace import rule


@rule("Discount rate", unit="share of benchmark", formula="by option and year", terms=("discount",))
def discount_rate(terms: ReachDiscountTerms, option: str, year: int) -> Array:
    """Share of the benchmark that is discounted in a year, for every scenario, [1] [1]."""
    return np.array([terms.global_[year] if option == "global" else 0.0])
