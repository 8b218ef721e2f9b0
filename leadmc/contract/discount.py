"""Discount: the part of the benchmark that Medicare keeps before anything is shared.

Source: L1 (range, B), W0 (values, C); the yearly steps are inferred (E); rule book `discount`.
"""

import numpy as np
import numpy.typing as npt

from leadmc.contract.experience import Array
from leadmc.contract.terms import DiscountTerms
from leadmc.contract.trace import rule


@rule("Discount", unit="share of benchmark", formula="by track, designation and year", terms=("discount",))
def discount_rate(terms: DiscountTerms, track: str, year: int, lower_spending: npt.NDArray[np.bool_]) -> Array:
    """Share of the benchmark that is discounted, by designation, [s] [1]; 0 in a track without discount."""
    if track not in terms.tracks:
        return np.zeros(lower_spending.shape)
    return np.where(lower_spending, terms.lower_spending[year], terms.higher_spending[year])


@rule("Discounted benchmark", unit="USD", formula="Bench (1 - d)", terms=("discount",))
def discounted(benchmark: Array, rate: Array) -> Array:
    """Benchmark after the discount, ``Bench (1 - d)``, in the shape of ``benchmark`` and its unit."""
    return benchmark * (1.0 - rate)
