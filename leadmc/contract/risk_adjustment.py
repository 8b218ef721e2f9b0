"""Risk adjustment: a sicker panel raises the benchmark, within a cap on the growth of its score since BY3.

Source: W2 (models, B), W0 (caps, C); persistence of the static cap is inferred (E); AR for the AI-inferred score (D);
rule book `risk_adjustment`.
"""

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.ratio import ratio
from leadmc.contract.terms import RiskAdjustmentTerms
from leadmc.contract.trace import rule


@rule(
    "Normalised risk score",
    unit="1",
    formula="risk score / coding intensity factor",
    terms=("risk_adjustment.coding_intensity_factor",),
)
def normalised_score(terms: RiskAdjustmentTerms, score: Array) -> Array:
    """Score of a performance year after the coding intensity factor, in the shape of ``score`` [1]."""
    return score / terms.coding_intensity_factor


@rule(
    "Capped risk ratio",
    unit="1",
    formula="clamp(RS_PY / RS_BY3, d - k, d + k), d demographic growth where it is allowed for, else 1; rolling: last"
    " year's ratio x growth of d, +- k of that ratio",
    terms=(
        "risk_adjustment.cap",
        "risk_adjustment.reference",
        "risk_adjustment.demographic_offset",
        "risk_adjustment.demographic_growth",
    ),
)
def capped_ratio(terms: RiskAdjustmentTerms, year: int, *, score: Array, reference: Array, last: Array) -> Array:
    """Growth of the score since BY3, held within the category's cap, [s, c, a] [1]; 1 where there is nobody.

    ``ratio = clamp(RS_PY / RS_BY3, d - k, d + k)``; with a rolling reference the band is around last year's ratio.

    Parameters
    ----------
    year
        Performance year.
    score, reference
        Score of the year and of the reference year, [s, c, a] [1].
    last
        Capped ratio of the year before, 1 in the first year, [s, c, a] [1].
    """
    caps = np.array([terms.cap.aged_disabled, terms.cap.esrd, terms.cap.high_needs])[:, np.newaxis]
    growth = np.where(score > 0.0, ratio(score, reference, otherwise=1.0), 1.0)
    rolling = terms.reference == "rolling"
    base = last if rolling else np.ones_like(growth)
    centre = base * demographic_growth(terms, year, since_last_year=rolling)
    return np.clip(growth, centre - base * caps, centre + base * caps)


def demographic_growth(terms: RiskAdjustmentTerms, year: int, *, since_last_year: bool) -> float:
    """Growth of the demographic score since BY3 or since the year before [1]; 1 where the cap does not allow for it."""
    if not terms.demographic_offset:
        return 1.0
    before = terms.demographic_growth.get(year - 1, 1.0) if since_last_year else 1.0
    return terms.demographic_growth[year] / before


@rule(
    "Factor of the AI-inferred score",
    unit="1",
    formula="1 + weight_t x effect",
    terms=("risk_adjustment.ai_score_weight",),
)
def ai_score_factor(terms: RiskAdjustmentTerms, year: int, effect: Array) -> Array:
    """Factor by which the AI-inferred score scales a ratio or a score, ``1 + weight_t effect``, [s] [1].

    ``effect`` is the relative change at full weight, [s] [1].
    """
    return 1.0 + terms.ai_score_weight[year] * effect


def with_ai_score(score: Array, factor: Array) -> Array:
    """Scale a ratio or a score [s, c, a] by the factor [s] of the AI-inferred score, [s, c, a] [1]."""
    return score * factor[:, np.newaxis, np.newaxis]
