"""Base years: what the ACO's own beneficiaries cost before it signed, in the dollars and at the risk of BY3.

Source: W1 (cells, years and change of the list of participants, B), W0 (weights and restatement, C; least number of
beneficiaries, M), CMS1 (no rebasing, A); what stands in for an empty cell is inferred (E); rule book `base_years`.
Axes: s scenario, b base year, c category, a alignment.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import CLAIMS, MONTHS
from leadmc.contract.experience import Array
from leadmc.contract.participation_terms import TinListTerms
from leadmc.contract.ratio import ratio
from leadmc.contract.terms import BaseYearTerms
from leadmc.contract.trace import rule


class History(NamedTuple):
    """Historical spending of each cell.

    Parameters
    ----------
    pbpm
        Historical benchmark in BY3 dollars at the BY3 score, [s, c, a] [USD per person-month]; 0 without history.
    reference_score
        Score of the last base year that counts, normally BY3, [s, c, a] [1]; 0 without history.
    standard_rate
        Spending per unit of risk that stands in for a cell without history: of the claims-aligned, and where they have
        none either, of the region, [s, c] [USD per person-month at a risk score of 1].
    """

    pbpm: Array
    reference_score: Array
    standard_rate: Array


def weights(terms: BaseYearTerms, entering: str) -> tuple[float, ...]:
    """Weights of BY1, BY2, BY3 [1]: recent years weigh more for an ACO that is new."""
    return terms.weights.renewing if entering == "renewing" else terms.weights.new


def years_that_count(terms: BaseYearTerms, person_months: Array, risk_score: Array) -> npt.NDArray[np.bool_]:
    """Find the base years with enough beneficiaries and a score, [s, b, c, a]."""
    enough = person_months >= MONTHS * terms.minimum_beneficiaries
    return enough & (person_months > 0.0) & (risk_score > 0.0)


def reference_score(risk_score: Array, counts: npt.NDArray[np.bool_]) -> Array:
    """Score of the last base year that counts, [s, c, a] [1]: base years are restated to it, growth counts from it."""
    score = np.zeros_like(risk_score[:, 0])
    for n in range(risk_score.shape[1]):
        score = np.where(counts[:, n], risk_score[:, n], score)
    return score


def historical_pbpm(pbpm: Array, trend: Array, risk_ratio: Array, weight: Array) -> Array:
    """Average the base years in BY3 dollars at BY3 risk, [s, c, a] [USD per person-month].

    ``Hist = sum_n w_n PBPM_n BYtrend_n RR_n / sum_n w_n`` over the base years that count.

    Parameters
    ----------
    pbpm, risk_ratio
        [s, b, c, a] [USD per person-month, 1].
    trend
        Growth BYn -> BY3, [s, b, c] [1].
    weight
        0 where a year does not count, [s, b, c, a] [1].
    """
    restated = pbpm * trend[..., np.newaxis] * risk_ratio
    return ratio((weight * restated).sum(axis=1), weight.sum(axis=1), otherwise=0.0)


@rule(
    "Base years",
    unit=("USD per person-month", "1", "USD per person-month at a score of 1"),
    formula=(
        "Hist = sum_n w_n PBPM_n BYtrend_n RR_n / sum_n w_n, over the base years that count",
        "of the last base year that counts",
        "claims-aligned Hist / score; regional spending where nobody is claims-aligned",
    ),
    terms=("base_years",),
    returns=("History", "Score of the last base year", "Standard rate of cells without history"),
)
def history(
    terms: BaseYearTerms,
    entering: str,
    *,
    person_months: Array,
    expenditure: Array,
    risk_score: Array,
    trend: Array,
    regional_pbpm: Array,
) -> History:
    """Put the base years together; arrays as in `experience.Experience`, ``trend`` two-way."""
    counts = years_that_count(terms, person_months, risk_score)
    reference = reference_score(risk_score, counts)
    restated = ratio(reference[:, np.newaxis], np.where(counts, risk_score, 0.0), otherwise=1.0)
    risk_ratio = restated if terms.risk_adjustment else np.ones_like(restated)
    weight = np.array(weights(terms, entering))[:, np.newaxis, np.newaxis] * counts
    pbpm = historical_pbpm(ratio(expenditure, person_months, otherwise=0.0), trend, risk_ratio, weight)
    own = ratio(pbpm[..., CLAIMS], reference[..., CLAIMS], otherwise=0.0)
    standard_rate = np.where(reference[..., CLAIMS] > 0.0, own, regional_pbpm)
    return History(pbpm, reference, standard_rate)


def has_new_list(terms: TinListTerms, year: int) -> bool:
    """Tell whether the list of participants of a performance year is another one than at signature."""
    change_year = terms.change_year
    return change_year is not None and year >= change_year


@rule(
    "New list of participants",
    unit=("USD per person-month", "1", "USD per person-month at a score of 1"),
    formula=("claims-aligned Hist x (1 + effect)", "as on the first list", "claims-aligned rate x (1 + effect)"),
    terms=("tin_list",),
    returns=(
        "History, new list of participants",
        "Score of the last base year, new list of participants",
        "Standard rate of cells without history, new list of participants",
    ),
)
def with_new_list(terms: TinListTerms, past: History) -> History:
    """Recompute the claims-aligned baseline after a change of the list; what rests on it follows."""
    claims_aligned = past.reference_score[..., CLAIMS] > 0.0
    factor = 1.0 + terms.effect
    pbpm = np.copy(past.pbpm)
    pbpm[..., CLAIMS] *= factor
    return past._replace(pbpm=pbpm, standard_rate=np.where(claims_aligned, factor, 1.0) * past.standard_rate)


@rule(
    "Reference score",
    unit="1",
    formula="of the last base year; of the first performance year with people where there is none",
    terms=("base_years.minimum_beneficiaries",),
)
def score_in_use(reference: Array, score_now: Array) -> Array:
    """Give the reference score of a performance year, [s, c, a] [1].

    A cell without history takes the score of the first performance year in which it has people.
    """
    return np.where(reference > 0.0, reference, score_now)


@rule(
    "Historical benchmark",
    unit="USD per person-month",
    formula="Hist; standard rate x reference score where there is no history",
    terms=("base_years",),
)
def pbpm_in_use(past: History, reference: Array) -> Array:
    """Historical benchmark of a performance year, [s, c, a] [USD per person-month].

    A cell without history is benchmarked at the standard rate times its reference score: a cell is never worth zero
    because nobody was in it before.
    """
    return np.where(past.reference_score > 0.0, past.pbpm, past.standard_rate[..., np.newaxis] * reference)
