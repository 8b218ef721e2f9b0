"""Regional efficiency adjustment: a lower-spending ACO is moved half way to its region, up to a cap.

Source: W0 (C), M1, M2; rule book `regional_adjustment`. All in BY3 dollars at the ACO's own risk.
"""

import numpy as np
import numpy.typing as npt

from leadmc.contract.experience import Array
from leadmc.contract.ratio import ratio
from leadmc.contract.terms import RegionalAdjustmentTerms
from leadmc.contract.trace import rule


@rule(
    "Cap of the regional adjustment",
    unit="share of national per-capita spending",
    formula="by entry and predecessor of the ACO",
    terms=("regional_adjustment.cap_former_mssp", "regional_adjustment.cap_other"),
)
def cap(terms: RegionalAdjustmentTerms, *, entering: str, predecessor: str) -> float:
    """Cap as a share of national per-capita spending [1]: lower for a renewing ACO that comes from MSSP."""
    return terms.cap_former_mssp if (entering, predecessor) == ("renewing", "mssp") else terms.cap_other


@rule(
    "Entitled to the regional adjustment",
    unit="switch",
    formula="lower-spending, in a track that has it",
    terms=("regional_adjustment.tracks",),
)
def eligible(
    terms: RegionalAdjustmentTerms, track: str, lower_spending: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Tell who has an adjustment: lower-spending ACOs in the tracks that the book names, [s]."""
    return lower_spending & (track in terms.tracks)


@rule(
    "Regional efficiency adjustment (REA)",
    unit="USD per person-month",
    formula="min(max(0, weight x (Regional RS - Hist)), cap x Natl RS)",
    terms=("regional_adjustment.weight", "regional_adjustment.capped_by"),
)
def regional_adjustment(
    terms: RegionalAdjustmentTerms,
    limit: float,
    entitled: npt.NDArray[np.bool_],
    *,
    historical: Array,
    regional: Array,
    national: Array,
    share: Array,
) -> Array:
    """Size of the adjustment, [s, c, a] [USD per person-month]; never negative.

    ``REA_c = min(max(0, weight (Regional_c RS_c - Hist_c)), cap Natl_c RS_c)``, or the same on the weighted total,
    spread in proportion to ``Natl_c RS_c``; 0 for who is not entitled.

    Parameters
    ----------
    limit
        Cap from `cap` [1].
    entitled
        From `eligible`, [s].
    historical, regional, national
        The ACO's own, the region's and the nation's spending at the ACO's risk, [s, c, a] [USD per person-month].
    share
        Share of person-months, [s, c, a] [1].
    """
    halfway = terms.weight * (regional - historical)
    if terms.capped_by == "category":
        amount = np.clip(halfway, 0.0, limit * national)
    else:
        total = (share * halfway).sum(axis=(1, 2))
        base = (share * national).sum(axis=(1, 2))
        amount = np.clip(ratio(total, base, otherwise=0.0), 0.0, limit)[:, np.newaxis, np.newaxis] * national
    return np.where(entitled[:, np.newaxis, np.newaxis], amount, 0.0)
