"""Transition from the ACO's own history to the regional rate book.

Source: CMS1 (direction, A), M2 (full weight in the last five years, D); every path but the cliff is inferred (E); rule
book `rate_book`.
"""

import numpy as np

from leadmc.contract.experience import Array, Experience
from leadmc.contract.ratio import ratio
from leadmc.contract.terms import RateBookTerms
from leadmc.contract.trace import rule


@rule(
    "Weight of the rate book (lambda)",
    unit="1",
    formula="equal steps from the first year to full weight",
    terms=("rate_book.mode", "rate_book.cliff", "rate_book.linear5", "rate_book.early"),
)
def rate_book_weight(terms: RateBookTerms, year: int) -> float:
    """Weight lambda of the rate book in a performance year [1]: equal steps from the first year to full weight."""
    if terms.mode == "NONE":
        return 0.0
    phase = {"CLIFF": terms.cliff, "LINEAR5": terms.linear5, "EARLY": terms.early}[terms.mode]
    steps = year - phase.first_year + 1
    return min(max(steps, 0), phase.years_to_full) / phase.years_to_full


def smoothed(terms: RateBookTerms, panel: Experience) -> Array:
    """Let rates follow the nation at the region's mean standing of earlier years, [s, y, c] [USD per person-month].

    ``rate_t mean(S_t-n .. S_t-1) / S_t`` with ``S`` the region's growth over the nation's since BY3 and ``n`` the years
    of the book, or as many as there are since BY1; ``rate_t`` itself where the book has 0 years. A region that moves
    with the nation notices nothing.
    """
    if terms.smoothing_years == 0:
        return panel.rate_book_pbpm
    past = panel.base_national_trend / panel.base_regional_trend
    standing = np.concatenate([past, panel.regional_trend / panel.national_trend], axis=1)
    rates = np.empty_like(panel.rate_book_pbpm)
    for y in range(rates.shape[1]):
        t = past.shape[1] + y
        window = range(max(t - terms.smoothing_years, 0), t)
        mean = sum(standing[:, each] for each in window) / len(window)
        rates[:, y] = panel.rate_book_pbpm[:, y] * mean / standing[:, t]
    return rates


@rule(
    "Regional rate",
    unit="USD per person-month at a score of 1",
    formula="RateBook, smoothed if the book says so; with the ACO's people within, (1 - share) RateBook + share x own",
    terms=("rate_book.smoothing_years", "rate_book.own_people"),
)
def regional_rate(
    terms: RateBookTerms, region: Array, *, expenditure: Array, person_months: Array, score: Array, share: Array
) -> Array:
    """Average the region with or without the ACO's own people, [s, c] [USD per person-month].

    Parameters
    ----------
    region
        From `smoothed`, without the ACO's people, [s, c] [USD per person-month].
    expenditure, person_months, score
        Of the ACO in the year, [s, c, a] [USD, person-month, 1].
    share
        The ACO's share of its region's people, [c] [1].
    """
    if terms.own_people == "apart":
        return region
    own = ratio(expenditure.sum(axis=2), (person_months * score).sum(axis=2), otherwise=0.0)
    return np.where(own > 0.0, (1.0 - share) * region + share * own, region)


@rule(
    "Score that multiplies the rate book",
    unit="1",
    formula="reference score x capped risk ratio, or the score of the year",
    terms=("rate_book.risk_score",),
)
def rated_score(terms: RateBookTerms, *, reference: Array, capped_ratio: Array, score: Array) -> Array:
    """Score that multiplies the rate book, [s, c, a] [1]: the capped one, or the year's own."""
    return reference * capped_ratio if terms.risk_score == "capped" else score


@rule(
    "History and rate book blended",
    unit="USD per person-month",
    formula="(1 - lambda) Upd + lambda RateBook RS",
    terms=("rate_book.mode", "rate_book.construction"),
)
def blended(weight: float, *, own: Array, rate: Array, score: Array) -> Array:
    """Blend history with the rate book: ``(1 - lambda) Upd + lambda RateBook RS``, [s, c, a] [USD per person-month].

    Parameters
    ----------
    weight
        Lambda [1].
    own
        Updated historical benchmark, [s, c, a] [USD per person-month].
    rate
        Rate book, risk-standardised, [s, c] [USD per person-month].
    score
        From `rated_score`, with the AI-inferred score, [s, c, a] [1].
    """
    return (1.0 - weight) * own + weight * (rate[..., np.newaxis] * score)


@rule(
    "Benchmark of each cell",
    unit="USD per person-month",
    formula="blend, held within kappa of last year's benchmark x trend while the rate book has weight",
    terms=("rate_book.yearly_cap",),
)
def limited_step(terms: RateBookTerms, weight: float, benchmark: Array, *, last: Array, growth: Array) -> Array:
    """Hold the step from last year's benchmark near trend: ``|Bench_t / Bench_t-1 / trend - 1| <= kappa``, [s, c, a].

    Only while the rate book has weight, and only for cells that had a benchmark last year [USD per person-month].

    Parameters
    ----------
    benchmark, last
        Benchmark of the year and of the year before, [s, c, a] [USD per person-month]; ``last`` 0 before the first.
    growth
        Trend from the year before, [s, c] [1].
    """
    if terms.yearly_cap is None or weight == 0.0:
        return benchmark
    expected = last * growth[..., np.newaxis]
    held = np.clip(benchmark, (1.0 - terms.yearly_cap) * expected, (1.0 + terms.yearly_cap) * expected)
    return np.where(last > 0.0, held, benchmark)


def regional_position(panel: Experience) -> Array:
    """Find how dear the ACO's people were against the region, [s] [1]: 1 is as dear, 1.1 is ten percent dearer.

    Expenditure of the base years over what the region would have spent on as many person-months at the same scores in
    the same years; it is known before the first performance year, whatever the terms.
    """
    rates = panel.regional_pbpm[:, np.newaxis] / panel.base_regional_trend  # s b c
    expected = panel.base_person_months * panel.base_risk_score * rates[..., np.newaxis]
    return ratio(_over_cells(panel.base_expenditure), _over_cells(expected), otherwise=1.0)


def _over_cells(values: Array) -> Array:
    """Sum every scenario's cells, [s], in one order however the array lies in memory."""
    return np.asarray(np.ascontiguousarray(values).reshape(len(values), -1).sum(axis=1))


@rule("Effect of the rate book", unit="USD", formula="final benchmark with the rate book - without")
def rate_book_effect(*, benchmark: Array, without: Array) -> Array:
    """Find what the rate book adds to the final benchmark [USD]; negative where it takes."""
    return benchmark - without
