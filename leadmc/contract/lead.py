"""The LEAD settlement, in the order of its operations, for ten performance years and all scenarios at once.

 1. person-months by category and alignment type are given; the alignment minimum; the track in force
 2. base years -> trend to BY3, risk of BY3, weights -> history; the voluntary cells near their comparator
 3. spending designation -> regional or prior-savings adjustment, the larger
 4. trend BY3 -> year, capped risk ratio, rate book -> benchmark of each cell
 5. weights of the year -> total; discount
 6. quality: the unearned part is deducted
 7. expenditure is given, without the add-on and with capitated claims at full price; CARA episodes, if any
 8. stop-loss, if elected
 9. gross savings
10. corridors
11. sequestration
12. advances are repaid: cash, not income; the add-on stays; the high-performer bonus
13. net result; guarantee; beside it the cost of programmes for beneficiaries

Source: W0 (2-6, 9-12), N3 (7-8). Every rule has its own file; here they are only called.
Axes: s scenario, b base year, y performance year, c category, a alignment.
"""

import numpy as np

from leadmc.base.axes import BY3, PERFORMANCE_YEARS
from leadmc.base.errors import Fault, InputError
from leadmc.contract import (
    add_on,
    alignment,
    base_years,
    benchmark,
    beneficiary_programmes,
    capitation,
    cara,
    corridors,
    designation,
    discount,
    guarantee,
    participation,
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
from leadmc.contract.experience import AcoFacts, Array, Experience, Settlement, over_scenarios
from leadmc.contract.lead_records import Agreement, Benchmark, Income, Standing, Year, before_the_first_year
from leadmc.contract.terms import LeadTerms
from leadmc.contract.trace import aside, in_year

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
    panel = over_scenarios(experience)
    panel = panel._replace(rate_book_pbpm=rate_book.smoothed(terms.rate_book, panel))
    new_list = [base_years.has_new_list(terms.tin_list, year) for year in PERFORMANCE_YEARS]
    past = {of_new_list: history(agreement, panel, new_list=of_new_list) for of_new_list in sorted(set(new_list))}
    standing = before_the_first_year(past[new_list[0]])
    years, standings = [], []
    for y, year in enumerate(PERFORMANCE_YEARS):
        now = panel._replace(**{name: getattr(panel, name)[:, y] for name in YEARLY})
        in_force = agreement._replace(track=participation.track_in_force(terms.participation, track, year))
        with in_year(year):
            standing, without_rate_book = benchmark_cells(in_force, past[new_list[y]], standing, now, year)
            years.append(money(in_force, standing, without_rate_book, now, year))
        standings.append(standing)
    return _ten_years(agreement, panel, years, standings)


def history(agreement: Agreement, panel: Experience, *, new_list: bool) -> base_years.History:
    """Take step 2: what the base years cost, in BY3 dollars at BY3 risk, on the first or a later participant list."""
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
    if new_list:
        past = base_years.with_new_list(terms.tin_list, past)
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
    regional = benchmark.regional_at_risk(now.regional_pbpm, reference)
    national = benchmark.national_at_risk(now.national_pbpm, reference)
    share = benchmark.shares(now.person_months)
    tested = designation.is_lower_spending(share, regional=regional, historical=historical)
    lower_spending = designation.standing_designation(
        terms.designation,
        year,
        tested=tested,
        before=before.lower_spending,
        new_list=year == terms.tin_list.change_year,
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
        terms.risk_adjustment, year, score=score, reference=reference, last=before.risk_ratio
    )
    ai_score = risk_adjustment.ai_score_factor(terms.risk_adjustment, year, now.ai_score_effect)
    own = benchmark.updated(
        historical,
        adjustment,
        trend=growth,
        risk_ratio=risk_adjustment.with_ai_score(capped, ai_score),
    )
    weight = rate_book.rate_book_weight(terms.rate_book, year)
    rate = rate_book.regional_rate(
        terms.rate_book,
        now.rate_book_pbpm,
        expenditure=now.expenditure,
        person_months=now.person_months,
        score=score,
        share=now.aco_share,
    )
    rated = rate_book.rated_score(terms.rate_book, reference=reference, capped_ratio=capped, score=score)
    cells = rate_book.limited_step(
        terms.rate_book,
        weight,
        rate_book.blended(weight, own=own, rate=rate, score=risk_adjustment.with_ai_score(rated, ai_score)),
        last=before.benchmark_pbpm,
        growth=trend.growth_since(now=growth, last=before.trend),
    )
    earned = quality.earned(terms.quality, year, score=now.quality_score, last=before.quality_score)
    return Standing(lower_spending, reference, capped, cells, growth, weight, now.quality_score, earned), own


def money(agreement: Agreement, standing: Standing, without_rate_book: Array, now: Experience, year: int) -> Year:
    """Take steps 5 to 9: from the benchmark of each cell to the gross savings of the year, and on to its income."""
    terms, track, facts = agreement
    rate = discount.discount_rate(terms.discount, track, year, standing.lower_spending)
    earned = standing.earned_quality
    before = benchmark.total(now.person_months, standing.benchmark_pbpm)
    discounted = discount.discounted(before, rate)
    after = quality.after_quality(terms.quality, discounted, earned)
    charge = stop_loss.charge(
        terms.stop_loss, by_category=benchmark.by_category(now.person_months, standing.benchmark_pbpm), final=after
    )
    net_stop_loss = stop_loss.stop_loss_net(
        terms.stop_loss, excess=reconciliation.stop_loss_excess(now.stop_loss_excess), charge=charge
    )
    spending = reconciliation.expenditure(now.expenditure)
    episodes = cara.episodes_net(terms.cara, track, year, spending)
    gross = reconciliation.gross_savings(
        benchmark=after,
        expenditure=cara.with_episodes(spending, episodes),
        stop_loss_net=net_stop_loss,
    )
    with aside("without the rate book"):
        own = discount.discounted(benchmark.total(now.person_months, without_rate_book), rate)
        without = quality.after_quality(terms.quality, own, earned)
    with aside("per person-month, by category"):
        cells = benchmark.over_alignments(standing.benchmark_pbpm, now.person_months)
        pbpm = discount.discounted(cells, rate[:, np.newaxis])
        by_category = quality.after_quality(terms.quality, pbpm, earned[:, np.newaxis])
    return Year(
        benchmark_before_discount=before,
        benchmark=after,
        stop_loss_net=net_stop_loss,
        episodes_net=episodes,
        gross_savings=gross,
        rate_book_effect=rate_book.rate_book_effect(benchmark=after, without=without),
        benchmark_pbpm=by_category,
        below_minimum=alignment.is_below_minimum(
            terms.alignment,
            year,
            facts.entering,
            person_months=now.person_months,
            base_person_months=now.base_person_months,
        ),
        income=income(agreement, standing, now, year, Benchmark(before, discounted, after), gross),
    )


def income(
    agreement: Agreement, standing: Standing, now: Experience, year: int, made: Benchmark, gross: Array
) -> Income:
    """Take steps 10 to 13: from gross savings to what the ACO receives and pays; nothing once it has left."""
    terms, track, _ = agreement
    if not participation.in_force(terms.participation, year):
        return Income(*[np.zeros_like(gross)] * len(Income._fields))
    shared = corridors.shared(corridors.of_track(terms.corridors, track), gross=gross, benchmark=made.final)
    leaving = terms.participation.termination
    owed = participation.owed(leaving, year, shared)
    taken = sequestration.sequestered(
        terms.sequestration, shared=owed, gross=participation.not_forfeited(leaving, year, gross)
    )
    paid = add_on.is_paid_in(terms.add_on, track, year, standing.rate_book_weight)
    extra = add_on.add_on(terms.add_on, made.before_discount, standing.lower_spending, paid=paid)
    bonus = quality.high_performer_bonus(
        terms.quality.high_performers_pool,
        participation.not_forfeited(leaving, year, made.discounted),
        standing.earned_quality,
    )
    payment = reconciliation.settlement_payment(shared=owed, sequestration=taken)
    advance = capitation.enhanced_advance(terms.capitation, track, made.final)
    capitated = capitation.capitated(terms.capitation, track, made.final)
    held = guarantee.required_guarantee(terms.guarantee, track, reconciliation.over_panel(now.base_expenditure[:, BY3]))
    return Income(
        shared_result=owed,
        sequestration=taken,
        add_on=extra,
        high_performer_bonus=bonus,
        net_result=reconciliation.net_result(payment=payment, add_on=extra, bonus=bonus),
        guarantee_call=guarantee.call(terms.guarantee, payment=payment, guarantee=held),
        capitation_gain=capitated.gain,
        beneficiary_programme_cost=beneficiary_programmes.cost(
            terms.beneficiary_programmes, track, year, reconciliation.over_panel(now.person_months)
        ),
        cash_in_year=reconciliation.cash_in_year(advance=advance, add_on=extra),
        capitation_paid=capitated.paid,
        replaced_fees=capitated.replaced_fees,
        cash_at_settlement=reconciliation.settlement_cash(
            payment=payment, bonus=bonus, advance=advance, returned=capitated.reconciled
        ),
    )


def _ten_years(agreement: Agreement, panel: Experience, years: list[Year], standings: list[Standing]) -> Settlement:
    """Put the years side by side and add what concerns all of them."""
    terms, track, _ = agreement
    records = [year._asdict() | year.income._asdict() for year in years]
    by_year = {name: np.stack([each[name] for each in records], axis=1) for name in records[0] if name != "income"}
    cash = capitation.net_cash(
        terms.capitation,
        in_year=by_year.pop("cash_in_year"),
        paid=by_year.pop("capitation_paid"),
        replaced_fees=by_year.pop("replaced_fees"),
        at_settlement=by_year.pop("cash_at_settlement"),
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
        rate_book_weight=np.array([standing.rate_book_weight for standing in standings]),
        lower_spending=standings[0].lower_spending,
        guarantee=guarantee.required_guarantee(
            terms.guarantee, track, reconciliation.over_panel(panel.base_expenditure[:, BY3])
        ),
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
