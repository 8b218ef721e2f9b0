"""Stop-loss: reinsurance of single high-cost beneficiaries, by choice of the ACO.

Source: N3 (concept, B); attachment, payout share and charge are not published and are assumptions (E); rule book
`stop_loss`.
"""

from leadmc.contract.experience import Array
from leadmc.contract.terms import StopLossTerms


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


def stop_loss_net(terms: StopLossTerms, *, excess: Array, benchmark: Array) -> Array:
    """Payout less charge, in the shape given [USD]; 0 where not elected.

    ``net = payout_rate excess - charge Bench_final``.
    """
    if not terms.elected:
        return 0.0 * excess
    return terms.payout_rate * excess - terms.charge * benchmark
