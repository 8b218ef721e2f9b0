"""Voluntary alignment: the history of those who chose the ACO counts, but only near that of the claims-aligned.

Source: W1 (band, B); the comparator is inferred (E), see rule book `voluntary`.
"""

import math

import numpy as np

from leadmc.base.axes import VOLUNTARY
from leadmc.contract.experience import Array
from leadmc.contract.terms import VoluntaryTerms
from leadmc.contract.trace import rule


@rule(
    "History, voluntary cells near their comparator",
    unit="USD per person-month",
    formula="clamp(Hist_vol, (1 - limit) Comp RS_vol, (1 + limit) Comp RS_vol)",
    terms=("voluntary",),
)
def limited_history(
    terms: VoluntaryTerms, historical: Array, reference_score: Array, *, standard_rate: Array, regional_pbpm: Array
) -> Array:
    """Hold the voluntary cells within the band around the comparator, at their own reference score.

    ``Hist_vol' = clamp(Hist_vol, (1 - limit) Comp RS_vol, (1 + limit) Comp RS_vol)``.

    Parameters
    ----------
    historical, reference_score
        [s, c, a] [USD per person-month, 1].
    standard_rate, regional_pbpm
        Claims-aligned history and regional spending per unit of risk, [s, c] [USD per person-month at a score of 1].

    Returns
    -------
    Array
        [s, c, a] [USD per person-month]; claims-aligned cells as they were.
    """
    if math.isinf(terms.limit):
        return historical
    rate = standard_rate if terms.comparator == "claims" else regional_pbpm
    comparator = rate * reference_score[..., VOLUNTARY]
    limited = np.copy(historical)
    limited[..., VOLUNTARY] = np.clip(
        historical[..., VOLUNTARY], (1.0 - terms.limit) * comparator, (1.0 + terms.limit) * comparator
    )
    return limited
