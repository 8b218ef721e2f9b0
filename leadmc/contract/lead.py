"""The LEAD settlement, in the order of its operations, for ten performance years and all scenarios at once.

 1. person-months by category and alignment type are given
 2. base years -> trend to BY3, risk of BY3, weights -> history; the voluntary cells near their comparator
 3. spending designation -> regional or prior-savings adjustment, the larger
 4. trend BY3 -> year, capped risk ratio, rate book -> benchmark of each cell
 5. weights of the year -> total; discount
 6. quality: the unearned part is deducted
 7. expenditure is given, without the add-on and with capitated claims at full price
 8. stop-loss, if elected
 9. gross savings
10. corridors
11. sequestration
12. advances are repaid: cash, not income; the add-on stays
13. net result; guarantee

Source: W0 (2-6, 9-12), N3 (7-8). Every rule has its own file; here they are only called.
Axes: s scenario, b base year, y performance year, c category, a alignment.
"""

from typing import NamedTuple

import numpy as np

from leadmc.base.axes import BY3, PERFORMANCE_YEARS
from leadmc.base.errors import Fault, InputError
from leadmc.contract import (
    add_on,
    base_years,
    benchmark,
    capitation,
    corridors,
    designation,
    discount,
    guarantee,
    prior_savings,
    quality,
    rate_book,
    reconciliation,
    regional_adjustment,
    risk_adjustment,
    sequestration,
    stop_loss,
    trend,
    voluntary,
)
from leadmc.contract.book import TRACKS
from leadmc.contract.experience import AcoFacts, Array, Experience, Settlement
from leadmc.contract.terms import LeadTerms

YEARLY = (
    "person_months",
    "expenditure",
    "risk_score",
    "stop_loss_excess",
    "national_trend",
    "regional_trend",
    "prospective_trend",
    "rate_book_pbpm",
    "quality_score",
)


class Agreement(NamedTuple):
    """Who signed what: the terms, the track, and the ACO."""

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
    """

    lower_spending: designation.Flags
    reference_score: Array
    risk_ratio: Array
    benchmark_pbpm: Array
    trend: Array


class Year(NamedTuple):
    """What one performance year adds to the `Settlement`: its fields without the axis y, and two of cash.

    ``cash_in_year`` and ``cash_at_settlement`` are [s] [USD].
    """

    benchmark_before_discount: Array
    benchmark: Array
    stop_loss_net: Array
    gross_savings: Array
    shared_result: Array
    add_on: Array
    sequestration: Array
    net_result: Array
    rate_book_effect: Array
    benchmark_pbpm: Array
    cash_in_year: Array
    cash_at_settlement: Array


def settle(terms: LeadTerms, track: str, facts: AcoFacts, experience: Experience) -> Settlement:
    """Settle all performance years of one track.

    Parameters
    ----------
    terms
        From `programmes.load_agreements`.
    track
        ``"professional"`` or ``"global"``.
    facts
        What is known of the ACO before it signs.
    experience
        Aggregates of the panel and the world; a leading axis of length 1 broadcasts.

    Raises
    ------
    InputError
        The track, the entry or the predecessor is not one that the contract knows.
    """
    agreement = _checked(Agreement(terms, track, facts))
    panel = _over_scenarios(experience)
    past = history(agreement, panel)
    standing = _before_the_first_year(past)
    years, standings = [], []
    for y, year in enumerate(PERFORMANCE_YEARS):
        now = panel._replace(**{name: getattr(panel, name)[:, y] for name in YEARLY})
        standing, without_rate_book = benchmark_cells(agreement, past, standing, now, year)
        years.append(money(agreement, standing, without_rate_book, now, year))
        standings.append(standing)
    return _ten_years(agreement, panel, years, standings)


def history(agreement: Agreement, panel: Experience) -> base_years.History:
    """Take step 2: what the base years cost, in BY3 dollars at BY3 risk."""
    terms, facts = agreement.terms, agreement.facts
    past = base_years.history(
        terms.base_years,
        facts.entering,
        person_months=panel.base_person_months,
        expenditure=panel.base_expenditure,
        risk_score=panel.base_risk_score,
        trend=trend.two_way(
            national=panel.base_national_trend, regional=panel.base_regional_trend, aco_share=panel.aco_share
        ),
        regional_pbpm=panel.regional_pbpm,
    )
    limited = voluntary.limited_history(
        terms.voluntary,
        past.pbpm,
        past.reference_score,
        standard_rate=past.standard_rate,
        regional_pbpm=panel.regional_pbpm,
    )
    return past._replace(pbpm=limited)


def adjusted_history(
    agreement: Agreement, past: base_years.History, before: Standing, now: Experience, reference: Array, year: int
) -> tuple[Array, Array, designation.Flags]:
    """Take step 3: history [s, c, a] [USD per person-month], the larger adjustment to it, and the designation [s]."""
    terms, track, facts = agreement
    historical = base_years.pbpm_in_use(past, reference)
    regional = benchmark.at_risk(now.regional_pbpm, reference)
    national = benchmark.at_risk(now.national_pbpm, reference)
    share = benchmark.shares(now.person_months)
    tested = designation.is_lower_spending(share, regional=regional, historical=historical)
    lower_spending = designation.standing_designation(
        terms.designation, year, tested=tested, before=before.lower_spending
    )
    efficiency = regional_adjustment.regional_adjustment(
        terms.regional_adjustment,
        regional_adjustment.cap(terms.regional_adjustment, entering=facts.entering, predecessor=facts.predecessor),
        regional_adjustment.eligible(terms.regional_adjustment, track, lower_spending),
        historical=historical,
        regional=regional,
        national=national,
        share=share,
    )
    savings = prior_savings.prior_savings_adjustment(
        terms.prior_savings,
        prior_savings.eligible(terms.prior_savings, track, lower_spending),
        savings_pbpm=facts.prior_savings_pbpm,
        proration=facts.prior_savings_proration,
        national=national,
    )
    adjustment = prior_savings.larger_adjustment(regional=efficiency, prior_savings=savings)
    return historical, adjustment, lower_spending


def benchmark_cells(
    agreement: Agreement, past: base_years.History, before: Standing, now: Experience, year: int
) -> tuple[Standing, Array]:
    """Take steps 3 and 4: the standing of the year, and its benchmark without the rate book, [s, c, a]."""
    terms = agreement.terms
    score = risk_adjustment.normalised_score(terms.risk_adjustment, now.risk_score)
    reference = base_years.score_in_use(before.reference_score, score)
    historical, adjustment, lower_spending = adjusted_history(agreement, past, before, now, reference, year)
    two_way = trend.two_way(national=now.national_trend, regional=now.regional_trend, aco_share=now.aco_share)
    growth = trend.three_way(terms.trend, year, two_way=two_way, prospective=now.prospective_trend)
    capped = risk_adjustment.capped_ratio(
        terms.risk_adjustment, score=score, reference=reference, last=before.risk_ratio
    )
    own = benchmark.updated(
        historical,
        adjustment,
        trend=growth,
        risk_ratio=risk_adjustment.with_ai_score(terms.risk_adjustment, year, capped, now.ai_score_effect),
    )
    weight = rate_book.rate_book_weight(terms.rate_book, year)
    rated = rate_book.rated_score(terms.rate_book, reference=reference, capped_ratio=capped, score=score)
    rated = risk_adjustment.with_ai_score(terms.risk_adjustment, year, rated, now.ai_score_effect)
    cells = rate_book.limited_step(
        terms.rate_book,
        weight,
        rate_book.blended(weight, own=own, rate=now.rate_book_pbpm, score=rated),
        last=before.benchmark_pbpm,
        growth=trend.growth_since(now=growth, last=before.trend),
    )
    return Standing(lower_spending, reference, capped, cells, growth), own


def money(agreement: Agreement, standing: Standing, without_rate_book: Array, now: Experience, year: int) -> Year:
    """Take steps 5 to 13: from the benchmark of each cell to the result of the year."""
    terms, track, _ = agreement
    lower_spending = standing.lower_spending
    rate = discount.discount_rate(terms.discount, track, year, lower_spending)

    def final(before_discount: Array) -> Array:
        return quality.after_quality(terms.quality, discount.discounted(before_discount, rate), now.quality_score)

    before = benchmark.total(now.person_months, standing.benchmark_pbpm)
    after = final(before)
    net_stop_loss = stop_loss.stop_loss_net(
        terms.stop_loss, excess=reconciliation.over_panel(now.stop_loss_excess), benchmark=after
    )
    gross = reconciliation.gross_savings(
        benchmark=after, expenditure=reconciliation.over_panel(now.expenditure), stop_loss_net=net_stop_loss
    )
    shared = corridors.shared(corridors.of_track(terms.corridors, track), gross=gross, benchmark=after)
    taken = sequestration.sequestered(terms.sequestration, shared=shared, gross=gross)
    weight = rate_book.rate_book_weight(terms.rate_book, year)
    paid = add_on.is_paid_in(terms.add_on, track, year, weight)
    extra = add_on.add_on(terms.add_on, before, lower_spending, paid=paid)
    payment = reconciliation.settlement_payment(shared=shared, sequestration=taken)
    advance = capitation.enhanced_advance(terms.capitation, track, after)
    return Year(
        benchmark_before_discount=before,
        benchmark=after,
        stop_loss_net=net_stop_loss,
        gross_savings=gross,
        shared_result=shared,
        add_on=extra,
        sequestration=taken,
        net_result=reconciliation.net_result(payment=payment, add_on=extra),
        rate_book_effect=rate_book.rate_book_effect(
            benchmark=after, without=final(benchmark.total(now.person_months, without_rate_book))
        ),
        benchmark_pbpm=final(benchmark.over_alignments(standing.benchmark_pbpm, now.person_months).T).T,
        cash_in_year=reconciliation.cash_in_year(advance=advance, add_on=extra),
        cash_at_settlement=reconciliation.settlement_cash(payment=payment, advance=advance),
    )


def _ten_years(agreement: Agreement, panel: Experience, years: list[Year], standings: list[Standing]) -> Settlement:
    """Put the years side by side and add what concerns all of them."""
    terms, track, _ = agreement
    by_year = {name: np.stack([getattr(year, name) for year in years], axis=1) for name in Year._fields}
    cash = capitation.net_cash(
        terms.capitation, in_year=by_year.pop("cash_in_year"), at_settlement=by_year.pop("cash_at_settlement")
    )
    ratios = [
        benchmark.over_alignments(standing.risk_ratio, panel.person_months[:, y])
        for y, standing in enumerate(standings)
    ]
    return Settlement(
        **by_year,
        net_cash=cash,
        risk_ratio_capped=np.stack(ratios, axis=1),
        blended_trend=np.stack([standing.trend for standing in standings], axis=1),
        rate_book_weight=np.array([rate_book.rate_book_weight(terms.rate_book, year) for year in PERFORMANCE_YEARS]),
        lower_spending=standings[0].lower_spending,
        guarantee=guarantee.required_guarantee(
            terms.guarantee, track, reconciliation.over_panel(panel.base_expenditure[:, BY3])
        ),
    )


def _before_the_first_year(past: base_years.History) -> Standing:
    """Standing at signature: risk ratio and trend 1, no benchmark yet, designation still to be tested."""
    return Standing(
        lower_spending=np.zeros(past.pbpm.shape[0], dtype=np.bool_),
        reference_score=past.reference_score,
        risk_ratio=np.ones_like(past.pbpm),
        benchmark_pbpm=np.zeros_like(past.pbpm),
        trend=np.ones(past.pbpm.shape[:2]),
    )


def _over_scenarios(experience: Experience) -> Experience:
    """Give every record the same number of scenarios, without copying."""
    scenarios = max(array.shape[0] for name, array in experience._asdict().items() if name != "aco_share")
    return experience._replace(
        **{
            name: np.broadcast_to(array, (scenarios, *array.shape[1:]))
            for name, array in experience._asdict().items()
            if name != "aco_share"
        }
    )


def _checked(agreement: Agreement) -> Agreement:
    """Refuse a track or a fact that the contract does not know."""
    known = [
        ("track", agreement.track, TRACKS),
        ("entering", agreement.facts.entering, ("new", "renewing")),
        ("predecessor", agreement.facts.predecessor, ("none", "mssp", "reach")),
    ]
    faults = [Fault(where, repr(seen), " or ".join(allowed)) for where, seen, allowed in known if seen not in allowed]
    if faults:
        raise InputError(faults)
    return agreement
