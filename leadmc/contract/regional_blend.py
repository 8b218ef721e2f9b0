"""Regional blend: history is moved part of the way to the region, up or down, between a floor and a ceiling.

ACO REACH blends for every ACO with fixed weights; the Shared Savings Program moves with a weight that depends on the
side on which the ACO stands and on how many agreements it has signed. Source: CMS2, CMS3 (REACH), CFR, W0 (MSSP); rule
books `reach.blend` and `mssp.regional_adjustment`. All in BY3 dollars.
"""

import numpy as np
import numpy.typing as npt

from leadmc.contract.experience import Array
from leadmc.contract.trace import rule


@rule(
    "Regional spending at BY3 prices",
    unit="USD per person-month at a risk score of 1",
    formula="rate book of the year / national trend since BY3",
)
def at_by3_prices(rate_book: Array, national_trend: Array) -> Array:
    """Rate of the year as it stands to the nation then, in BY3 dollars, [s, c] [USD per person-month]."""
    return rate_book / national_trend


@rule(
    "Weight of the region",
    unit="1",
    formula="by the side of the region on which the ACO stands, and by the number of its agreement",
    terms=("regional_adjustment.enhanced", "regional_adjustment.basic_e"),
)
def weight_by_side(
    positive: tuple[float, ...], negative: tuple[float, ...], number: int, below: npt.NDArray[np.bool_]
) -> Array:
    """Weight of the regional less historical difference, [s] [1].

    Parameters
    ----------
    positive, negative
        For an ACO below and above its region, by agreement; the last holds for all later ones [1].
    number
        Of the agreement, from 0.
    below
        Whether the ACO costs less than its region, [s].
    """
    return np.where(below, positive[min(number, len(positive) - 1)], negative[min(number, len(negative) - 1)])


@rule(
    "Move towards the region",
    unit="USD per person-month",
    formula="clamp(weight x (Regional RS - Hist), -floor x Natl, ceiling x Natl)",
    terms=("blend", "regional_adjustment.ceiling", "regional_adjustment.floor"),
)
def limited_move(
    weight: Array, *, floor: float, ceiling: float, historical: Array, regional: Array, national: Array
) -> Array:
    """Amount by which history is moved, [s, c, a] [USD per person-month]; negative where the region costs less.

    Parameters
    ----------
    weight
        Of the region, [s] [1].
    floor, ceiling
        Largest move down and up, as shares of ``national`` [1].
    historical, regional, national
        The ACO's own, the region's and the nation's spending, [s, c, a] [USD per person-month].
    """
    move = weight[:, np.newaxis, np.newaxis] * (regional - historical)
    return np.clip(move, -floor * national, ceiling * national)
