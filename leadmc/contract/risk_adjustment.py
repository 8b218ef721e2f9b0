"""Risk adjustment: a sicker panel raises the benchmark, within a cap on the growth of its score since BY3.

Source: W2 (models, B), W0 (caps, C); persistence of the static cap is inferred (E); AR for the AI-inferred score (D);
rule book `risk_adjustment`.
"""

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.ratio import ratio
from leadmc.contract.terms import RiskAdjustmentTerms


def normalised_score(terms: RiskAdjustmentTerms, score: Array) -> Array:
    """Score of a performance year after the coding intensity factor, in the shape of ``score`` [1]."""
    return score / terms.coding_intensity_factor


def capped_ratio(terms: RiskAdjustmentTerms, *, score: Array, reference: Array, last: Array) -> Array:
    """Growth of the score since BY3, held within the category's cap, [s, c, a] [1]; 1 where there is nobody.

    ``ratio = clamp(RS_PY / RS_BY3, 1 - k, 1 + k)``; with a rolling reference the band is around last year's ratio.

    Parameters
    ----------
    score, reference
        Score of the year and of the reference year, [s, c, a] [1].
    last
        Capped ratio of the year before, 1 in the first year, [s, c, a] [1].
    """
    caps = np.array([terms.cap.aged_disabled, terms.cap.esrd, terms.cap.high_needs])[:, np.newaxis]
    growth = np.where(score > 0.0, ratio(score, reference, otherwise=1.0), 1.0)
    centre = last if terms.reference == "rolling" else np.ones_like(growth)
    return np.clip(growth, centre * (1.0 - caps), centre * (1.0 + caps))


def with_ai_score(terms: RiskAdjustmentTerms, year: int, score: Array, effect: Array) -> Array:
    """Let the AI-inferred score scale a ratio or a score, ``score (1 + weight_t effect)``, [s, c, a] [1].

    ``effect`` is the relative change at full weight, [s] [1].
    """
    return score * (1.0 + terms.ai_score_weight[year] * effect)[:, np.newaxis, np.newaxis]
