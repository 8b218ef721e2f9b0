"""Stop-loss: reinsurance of single high-cost beneficiaries, by choice of the ACO.

Source: N3 (concept, B); attachment, payout share, charge and neutrality are not published: the structure is that of
ACO REACH, its values are assumptions (E); rule book `stop_loss`.
"""

from typing import Protocol

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.terms import StopLossTerms
from leadmc.contract.trace import rule


class Insurance(Protocol):
    """What a programme's terms say about reinsurance."""

    @property
    def elected(self) -> bool:
        """Whether the ACO takes it."""

    @property
    def payout_rate(self) -> float:
        """Share of spending above the attachment that is paid [1]."""

    @property
    def charge(self) -> float:
        """Stated charge, a share of the final benchmark [1]."""


def attachments(terms: StopLossTerms, predicted_annual_cost: Array) -> Array:
    """Attachment points set before the year, at a risk ratio of 1, in the shape given ([s, y, c]) [USD].

    ``attachment = multiple x predicted annual cost``; a beneficiary's own risk ratio scales it. It is needed whether or
    not stop-loss is elected, because spending above it is always reported.

    Parameters
    ----------
    predicted_annual_cost
        Annual cost of an average beneficiary as it could be predicted before the year, [s, y, c] [USD].
    """
    return terms.attachment_multiple * predicted_annual_cost


def expected_excess(terms: StopLossTerms) -> Array:
    """Share of spending expected above the attachments, [c] [1]; straight between the multiples of the book."""
    by_category = (terms.expected_excess.aged_disabled, terms.expected_excess.esrd, terms.expected_excess.high_needs)
    curves = (np.array(points).T for points in by_category)
    return np.array([np.interp(terms.attachment_multiple, *curve) for curve in curves])


@rule("Stop-loss charge", unit="USD", formula="charge x final benchmark", terms=("stop_loss.charge",))
def stated_charge(terms: Insurance, benchmark: Array) -> Array:
    """Charge against the final benchmark, in the shape of ``benchmark`` [USD]."""
    return terms.charge * benchmark


@rule(
    "Stop-loss charge",
    unit="USD",
    formula="neutrality factor x payout rate x sum_c expected excess_c x benchmark_c before the discount",
    terms=("stop_loss.neutrality_factor", "stop_loss.payout_rate", "stop_loss.expected_excess"),
)
def neutral_charge(terms: StopLossTerms, by_category: Array) -> Array:
    """Charge that equals the payout expected before the year, [s] [USD].

    ``by_category`` is the benchmark before the discount, [s, c] [USD]: what beneficiaries could be expected to cost.
    """
    expected: Array = (expected_excess(terms) * by_category).sum(axis=-1)
    return terms.neutrality_factor * terms.payout_rate * expected


def charge(terms: StopLossTerms, *, by_category: Array, final: Array) -> Array:
    """Charge by the basis of the book, [s] [USD]; 0 where stop-loss is not elected."""
    if not terms.elected:
        return 0.0 * final
    return neutral_charge(terms, by_category) if terms.charge_basis == "neutral" else stated_charge(terms, final)


@rule(
    "Stop-loss, net",
    unit="USD",
    formula="payout rate x spending above the attachments - charge; 0 where not elected",
    terms=("stop_loss.elected", "stop_loss.payout_rate"),
)
def stop_loss_net(terms: Insurance, *, excess: Array, charge: Array) -> Array:
    """Payout less charge, in the shape given [USD]; 0 where not elected."""
    if not terms.elected:
        return 0.0 * excess
    return terms.payout_rate * excess - charge
