"""Spending designation: whether the ACO costs less than its region would at the same risk.

Source: W0 (C), CMS1 (A in concept); rule book `designation`. It holds for the whole ACO, and decides the regional
adjustment, the discount and the add-on.
"""

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.contract.experience import Array
from leadmc.contract.terms import DesignationTerms
from leadmc.contract.trace import rule

Flags = npt.NDArray[np.bool_]


@rule(
    "Costs less than the region",
    unit="switch",
    formula="sum_c share_c (Regional_c RS_c - Hist_c) > 0",
    terms=("designation",),
)
def is_lower_spending(share: Array, *, regional: Array, historical: Array) -> Flags:
    """Tell who is lower-spending: ``sum_c share_c (Regional_c RS_c - Hist_c) > 0``, [s]; a tie is higher-spending.

    Parameters
    ----------
    share
        Share of the performance year's person-months, [s, c, a] [1].
    regional, historical
        Regional spending at the ACO's risk, and the ACO's own, BY3 dollars, [s, c, a] [USD per person-month].
    """
    answer: Flags = (share * (regional - historical)).sum(axis=(1, 2)) > 0.0
    return answer


@rule(
    "Designated lower-spending",
    unit="switch",
    formula="as tested in the first performance year and with a new list of participants, or in every year",
    terms=("designation.retest",),
)
def standing_designation(terms: DesignationTerms, year: int, *, tested: Flags, before: Flags, new_list: bool) -> Flags:
    """Keep the designation, unless the list of participants is new or the book asks for a test every year, [s]."""
    return tested if year == PERFORMANCE_YEARS[0] or new_list or terms.retest == "annual" else before
