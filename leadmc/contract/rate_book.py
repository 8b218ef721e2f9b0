"""Transition from the ACO's own history to the regional rate book.

Source: CMS1 (direction, A), M2 (full weight in the last five years, D); every path but the cliff is inferred (E); rule
book `rate_book`.
"""

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.terms import RateBookTerms


def rate_book_weight(terms: RateBookTerms, year: int) -> float:
    """Weight lambda of the rate book in a performance year [1]: equal steps from the first year to full weight."""
    if terms.mode == "NONE":
        return 0.0
    phase = {"CLIFF": terms.cliff, "LINEAR5": terms.linear5, "EARLY": terms.early}[terms.mode]
    steps = year - phase.first_year + 1
    return min(max(steps, 0), phase.years_to_full) / phase.years_to_full


def rated_score(terms: RateBookTerms, *, reference: Array, capped_ratio: Array, score: Array) -> Array:
    """Score that multiplies the rate book, [s, c, a] [1]: the capped one, or the year's own."""
    return reference * capped_ratio if terms.risk_score == "capped" else score


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


def rate_book_effect(*, benchmark: Array, without: Array) -> Array:
    """Find what the rate book adds to the final benchmark [USD]; negative where it takes."""
    return benchmark - without
