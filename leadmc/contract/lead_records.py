"""What passes between the steps of a LEAD settlement: who signed, where the ACO stands, and what a year brings."""

from typing import NamedTuple

import numpy as np

from leadmc.contract.base_years import History
from leadmc.contract.designation import Flags
from leadmc.contract.experience import AcoFacts, Array
from leadmc.contract.terms import LeadTerms


class Agreement(NamedTuple):
    """Who signed what: the terms, the track in force, and the ACO."""

    terms: LeadTerms
    track: str
    facts: AcoFacts


class Standing(NamedTuple):
    """What a performance year hands to the next.

    Parameters
    ----------
    lower_spending
        Spending designation, [s]; without meaning before the first performance year.
    reference_score
        Score against which growth is capped, [s, c, a] [1]; 0 where nobody has been yet.
    risk_ratio
        Capped ratio, [s, c, a] [1].
    benchmark_pbpm
        Benchmark before the discount, [s, c, a] [USD per person-month].
    trend
        Guardrailed trend since BY3, [s, c] [1].
    rate_book_weight
        Weight of the rate book [1].
    quality_score, earned_quality
        Quality score of the year, -inf before the first, and the share of the points that it earns, [s] [1].
    """

    lower_spending: Flags
    reference_score: Array
    risk_ratio: Array
    benchmark_pbpm: Array
    trend: Array
    rate_book_weight: float
    quality_score: Array
    earned_quality: Array


class Benchmark(NamedTuple):
    """Benchmark of the panel before the discount, after it, and after quality, each [s] [USD]."""

    before_discount: Array
    discounted: Array
    final: Array


class Income(NamedTuple):
    """What a performance year brings to the ACO: fields of the `Settlement` without the axis y, and four of cash.

    ``cash_in_year``, ``capitation_paid``, ``replaced_fees`` and ``cash_at_settlement`` are [s] [USD].
    """

    shared_result: Array
    sequestration: Array
    add_on: Array
    high_performer_bonus: Array
    net_result: Array
    guarantee_call: Array
    capitation_gain: Array
    beneficiary_programme_cost: Array
    cash_in_year: Array
    capitation_paid: Array
    replaced_fees: Array
    cash_at_settlement: Array


class Year(NamedTuple):
    """What one performance year adds to the `Settlement`: its fields without the axis y, and the income of the year."""

    benchmark_before_discount: Array
    benchmark: Array
    stop_loss_net: Array
    episodes_net: Array
    gross_savings: Array
    rate_book_effect: Array
    benchmark_pbpm: Array
    below_minimum: Flags
    income: Income


def before_the_first_year(past: History) -> Standing:
    """Standing at signature: risk ratio and trend 1, no benchmark yet, designation still to be tested."""
    return Standing(
        lower_spending=np.zeros(past.pbpm.shape[0], dtype=np.bool_),
        reference_score=past.reference_score,
        risk_ratio=np.ones_like(past.pbpm),
        benchmark_pbpm=np.zeros_like(past.pbpm),
        trend=np.ones_like(past.standard_rate),
        rate_book_weight=0.0,
        quality_score=np.full(past.pbpm.shape[0], -np.inf),
        earned_quality=np.ones(past.pbpm.shape[0]),
    )
