"""Capitation: monthly money in place of fees or in advance of them; it moves cash between years and is no result.

Source: CMS1 (kinds, monthly payment, repayment in full, A), N3 (size of the advance, B), W0 (base rate, M); fees given
up, the lag of claims (M, E) and the time of the settlement (R) are not published; rule book `capitation`.
"""

from typing import NamedTuple

import numpy as np

from leadmc.base.axes import MONTHS
from leadmc.contract.experience import Array
from leadmc.contract.terms import CapitationTerms
from leadmc.contract.trace import rule


class Capitated(NamedTuple):
    """Capitation of a performance year, each [s] [USD].

    Parameters
    ----------
    paid
        Base primary care, total care and non-primary-care capitation, and the advanced payment option.
    replaced_fees
        Fees that providers give up for it.
    reconciled
        Advanced payment over the fees that it replaced; returned at settlement.
    gain
        Capitation that is not reconciled, over the fees that it replaced.
    """

    paid: Array
    replaced_fees: Array
    reconciled: Array
    gain: Array


def has_primary_care_capitation(terms: CapitationTerms, track: str) -> bool:
    """Tell whether a track takes primary care capitation: unless it takes total care capitation instead."""
    return track in terms.enhanced_tracks and track not in terms.total_care_tracks


@rule(
    "Enhanced primary care capitation, an advance",
    unit="USD",
    formula="max(target - base_pcc, minimum) x final benchmark",
    terms=("capitation.target", "capitation.base_pcc", "capitation.enhanced_minimum", "capitation.enhanced_tracks"),
)
def enhanced_advance(terms: CapitationTerms, track: str, benchmark: Array) -> Array:
    """Enhanced primary care capitation lent during the year, in the shape of ``benchmark`` [USD].

    ``max(target Bench - Base PCC, minimum Bench)``, with ``Base PCC = base_pcc Bench``.
    """
    if not has_primary_care_capitation(terms, track):
        return 0.0 * benchmark
    return np.maximum((terms.target - terms.base_pcc) * benchmark, terms.enhanced_minimum * benchmark)


@rule(
    "Capitation",
    unit="USD",
    formula=(
        "(base PCC + NPCC + APO, or TCC) x final benchmark",
        "capitation x fees given up for it",
        "APO x (1 - fees given up for it)",
        "capitation but APO x (1 - fees given up for it)",
    ),
    terms=(
        "capitation.base_pcc",
        "capitation.total_care_tracks",
        "capitation.total_care",
        "capitation.non_primary_care",
        "capitation.advanced_payment",
        "capitation.replaced_fees",
    ),
    returns=("Capitation paid", "Fees it replaces", "Advanced payment to be returned", "Gain on capitation"),
)
def capitated(terms: CapitationTerms, track: str, benchmark: Array) -> Capitated:
    """Find the capitation of a track and what it replaces, from the final benchmark [s] [USD]."""
    true_rate, advanced_rate = 0.0, 0.0
    if track in terms.total_care_tracks:
        true_rate = terms.total_care
    elif has_primary_care_capitation(terms, track):
        true_rate, advanced_rate = terms.base_pcc + terms.non_primary_care, terms.advanced_payment
    paid = (true_rate + advanced_rate) * benchmark
    over = (1.0 - terms.replaced_fees) * benchmark
    return Capitated(paid, terms.replaced_fees * paid, reconciled=advanced_rate * over, gain=true_rate * over)


def months_late(amount: Array, months: int) -> Array:
    """Move twelve equal monthly payments of each year some months on, [s, y] [USD].

    What would fall after the last year is booked in it.
    """
    share = months / MONTHS
    paid = (1.0 - share) * amount
    paid[:, 1:] += share * amount[:, :-1]
    paid[:, -1] += share * amount[:, -1]
    return paid


@rule(
    "Net cash of the calendar year",
    unit="USD",
    formula="cash during the year + capitation - the fees it replaces, when they would have come"
    " + settlement of an earlier year when it is paid",
    terms=("capitation.settlement_lag", "capitation.claims_lag"),
)
def net_cash(
    terms: CapitationTerms, *, in_year: Array, paid: Array, replaced_fees: Array, at_settlement: Array
) -> Array:
    """Cash that the ACO receives in each calendar year beyond fee for service, [s, y] [USD].

    What is paid during the year (advance, add-on, capitation in place of fees), and the settlement of an earlier year
    when its turn comes. What falls due after the last year is booked in the last year, so that ten years of cash add up
    to ten years of income and of gains on capitation.

    Parameters
    ----------
    in_year
        Advance and add-on by performance year, [s, y] [USD].
    paid, replaced_fees
        Of `Capitated`, [s, y] [USD].
    at_settlement
        From `reconciliation.settlement_cash`, [s, y] [USD].
    """
    cash = in_year + (paid - months_late(replaced_fees, terms.claims_lag))
    last = cash.shape[1] - 1
    for y in range(cash.shape[1]):
        cash[:, min(y + terms.settlement_lag, last)] += at_settlement[:, y]
    return cash
