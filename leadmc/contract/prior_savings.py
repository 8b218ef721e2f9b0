"""Prior-savings adjustment: an ACO that already saved gets half of it back in its benchmark.

Source: W0 (C); averaging over the base years and openness to higher-spending ACOs are inferred (E); rule book
`prior_savings`.
"""

import numpy as np
import numpy.typing as npt

from leadmc.contract.experience import Array
from leadmc.contract.terms import PriorSavingsTerms
from leadmc.contract.trace import rule


@rule(
    "Entitled to the prior-savings adjustment",
    unit="switch",
    formula="in a track that has it; lower-spending, or open to all",
    terms=("prior_savings.tracks", "prior_savings.higher_spending"),
)
def eligible(terms: PriorSavingsTerms, track: str, lower_spending: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Tell who has an adjustment, [s]: every ACO in the tracks that the book names, or lower-spending ones alone."""
    return (lower_spending | terms.higher_spending) & (track in terms.tracks)


@rule(
    "Prior-savings adjustment (PSA)",
    unit="USD per person-month",
    formula="min(weight x proration x max(0, mean of prior savings), cap x Natl RS)",
    terms=("prior_savings.weight", "prior_savings.cap"),
)
def prior_savings_adjustment(
    terms: PriorSavingsTerms,
    entitled: npt.NDArray[np.bool_],
    *,
    savings_pbpm: tuple[float, float, float],
    proration: float,
    national: Array,
) -> Array:
    """Size of the adjustment, [s, c, a] [USD per person-month].

    ``PSA = min(weight proration max(0, mean(S_1, S_2, S_3)), cap Natl RS)``; 0 for who is not entitled.

    Parameters
    ----------
    entitled
        From `eligible`, [s].
    savings_pbpm
        Savings of the earlier programme in the base years [USD per person-month].
    proration
        Share of today's aligned person-years that belonged to the earlier ACO [1].
    national
        National spending at the ACO's risk, [s, c, a] [USD per person-month].
    """
    mean = sum(savings_pbpm) / len(savings_pbpm)
    amount = np.minimum(terms.weight * proration * max(0.0, mean), terms.cap * national)
    return np.where(entitled[:, np.newaxis, np.newaxis], amount, 0.0)


@rule("Adjustment (ADJ)", unit="USD per person-month", formula="max(REA, PSA)", terms=("prior_savings.weight",))
def larger_adjustment(*, regional: Array, prior_savings: Array) -> Array:
    """Grant whichever of the two is larger, never both, in their shape [USD per person-month] (CMS1, A)."""
    return np.maximum(regional, prior_savings)
