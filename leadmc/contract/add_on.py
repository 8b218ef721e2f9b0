"""Add-on capitation: unreconciled money for higher-spending ACOs, outside expenditure and outside the savings base.

Source: L1 (rate, B), CMS1 (not reconciled, A); duration is inferred (E); rule book `add_on`.
"""

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.contract.experience import Array
from leadmc.contract.terms import AddOnTerms
from leadmc.contract.trace import rule


@rule(
    "Add-on is paid",
    unit="switch",
    formula="in a track that has it, until the rate book has full weight or for a number of years",
    terms=("add_on.tracks", "add_on.duration"),
)
def is_paid_in(terms: AddOnTerms, track: str, year: int, rate_book_weight: float) -> bool:
    """Tell whether there is an add-on: until the rate book has full weight, or for a number of years."""
    if track not in terms.tracks:
        return False
    if isinstance(terms.duration, int):
        return PERFORMANCE_YEARS.index(year) < terms.duration
    return rate_book_weight < 1.0


@rule(
    "Add-on capitation",
    unit="USD",
    formula="rate x benchmark before the discount, to higher-spending ACOs",
    terms=("add_on.rate",),
)
def add_on(
    terms: AddOnTerms, benchmark_before_discount: Array, lower_spending: npt.NDArray[np.bool_], *, paid: bool
) -> Array:
    """Amount paid to higher-spending ACOs, ``rate Bench_before``, [s] [USD]."""
    return np.where(lower_spending | (not paid), 0.0, terms.rate * benchmark_before_discount)
