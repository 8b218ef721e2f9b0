"""The settlement of the Medicare Shared Savings Program, in the order of its operations, agreement by agreement.

 1. High Needs people count among the aged and disabled, and both alignment types together
 2. an agreement begins: base years, without what lies above the truncation point -> two-way trend to BY3, risk of BY3,
    weights -> history
 3. regional adjustment by the side on which the ACO stands; prior-savings adjustment; the larger
 4. three-way trend, capped risk ratio -> benchmark of the year
 5. expenditure, without what lies above the truncation point
 6. gross savings
 7. minimum rate; share by quality; cap on savings, limit of losses
 8. sequestration
 9. net result; repayment mechanism

Source: CFR, N5, W0, M4. The next agreement is rebased to the last three performance years of this one.
Axes: s scenario, b base year, y performance year, c category, a alignment.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from leadmc.base.axes import BASE_YEARS, BY3, CATEGORIES, CLAIMS, PERFORMANCE_YEARS
from leadmc.contract import (
    agreement_adjustment,
    agreement_period,
    base_years,
    benchmark,
    designation,
    enrolment,
    minimum_rate,
    payment,
    prospective_trend,
    reconciliation,
    regional_blend,
    score_growth,
    sequestration,
    sharing,
    trend,
    truncation,
)
from leadmc.contract.experience import AcoFacts, Array, Experience, Settlement, over_scenarios
from leadmc.contract.mssp_terms import MsspTerms
from leadmc.contract.ten_years import Year, side_by_side
from leadmc.contract.trace import in_year


class Signed(NamedTuple):
    """An agreement as it begins.

    Parameters
    ----------
    past
        Base years, without what lies above the truncation point.
    adjustment
        To the history, [s, c, a] [USD per person-month].
    below_region
        Whether the ACO costs less than its region, [s].
    """

    past: base_years.History
    adjustment: Array
    below_region: designation.Flags


class Standing(NamedTuple):
    """What is known of the benchmark in a performance year.

    Parameters
    ----------
    reference_score
        Score against which growth is held, [s, c, a] [1]; 0 where nobody has been yet.
    risk_ratio
        Within its cap, [s, c, a] [1].
    trend
        Since the BY3 of the agreement, [s, c] [1].
    benchmark_pbpm
        [s, c, a] [USD per person-month].
    """

    reference_score: Array
    risk_ratio: Array
    trend: Array
    benchmark_pbpm: Array


def settle(terms: MsspTerms, track: str, facts: AcoFacts, experience: Experience) -> Settlement:
    """Settle all performance years of one track; arguments as of ``lead.settle``.

    ``add_on``, ``rate_book_effect`` and ``rate_book_weight`` are zero: the programme has no add-on and no rate book.
    ``benchmark_before_discount`` is the benchmark: there is no discount, and quality acts on the shares.
    ``stop_loss_net`` is the spending above the truncation point, which does not count. ``lower_spending`` says on which
    side of the region the first agreement finds the ACO. A category has the benchmark, the ratio and the trend of its
    enrolment type; ratio and trend are counted from the BY3 of the agreement.
    """
    panel = enrolment.by_enrolment_type(over_scenarios(experience))
    renewing = facts.predecessor == "mssp"
    years: list[Year] = []
    signed: list[Signed] = []
    for period in agreement_period.periods(terms.agreement.years, first_number=int(renewing)):
        view = agreement_period.as_of(period, panel)
        with in_year(PERFORMANCE_YEARS[period.first]):
            signed.append(sign(terms, track, period.number, view, earlier_savings(facts, panel, years)))
        before = signed[-1].past.reference_score
        for k, y in enumerate(range(period.first, period.last)):
            with in_year(PERFORMANCE_YEARS[y]):
                standing = benchmark_cells(terms, signed[-1], view, before, k)
                years.append(money(terms, track, view, standing, panel.quality_score[:, y], k))
            before = standing.reference_score
    settled = side_by_side(
        years,
        lower_spending=signed[0].below_region,
        guarantee=payment.held_ready(terms.guarantee.share, reconciliation.over_panel(panel.base_expenditure[:, BY3])),
    )
    return settled._replace(net_cash=payment.net_cash(settled.net_result, lag=terms.payment.settlement_lag))


def sign(terms: MsspTerms, track: str, number: int, view: Experience, earlier: tuple[Array, float]) -> Signed:
    """Take steps 2 and 3: what the benchmark of an agreement rests on; ``earlier`` from `earlier_savings`."""
    shares = terms.truncation.national_share
    above = enrolment.by_category(np.array([shares.aged_disabled, shares.esrd]))
    rate = truncation.counted_rate(view.regional_pbpm, national=view.national_pbpm, national_share=above)
    months, spending, score = enrolment.base_cells(view)
    past = base_years.history(
        terms.base_years,
        "renewing" if number else "new",
        person_months=months,
        expenditure=truncation.counted(spending, view.base_truncation_excess),
        risk_score=score,
        trend=trend.two_way(
            national=view.base_national_trend, regional=view.base_regional_trend, aco_share=view.aco_share
        ),
        regional_pbpm=rate,
    )
    reference = past.reference_score
    regional = benchmark.regional_at_risk(rate, reference)
    below = designation.is_lower_spending(benchmark.shares(months[:, BY3]), regional=regional, historical=past.pbpm)
    rules = terms.regional_adjustment
    weights = rules.enhanced if track == "mssp-enhanced" else rules.basic_e
    national = truncation.counted_rate(view.national_pbpm, national=view.national_pbpm, national_share=above)
    at_average_risk = np.broadcast_to(national[..., np.newaxis], reference.shape)
    at_own_risk = benchmark.national_at_risk(national, reference)
    efficiency = regional_blend.limited_move(
        regional_blend.weight_by_side(weights.positive, weights.negative, number, below),
        floor=rules.floor,
        ceiling=rules.ceiling,
        historical=past.pbpm,
        regional=regional,
        national=at_average_risk,
    )
    savings = agreement_adjustment.prior_savings(
        terms.prior_savings.weight,
        earlier[1],
        earlier=earlier[0],
        limit=terms.prior_savings.cap * (at_own_risk if terms.prior_savings.risk_adjusted_cap else at_average_risk),
    )
    adjustment = agreement_adjustment.larger(regional=efficiency, savings=savings, reference=reference)
    return Signed(past, adjustment, below)


def earlier_savings(facts: AcoFacts, panel: Experience, years: Sequence[Year]) -> tuple[Array, float]:
    """Find mean prior savings, [s] [USD per person-month], and their proration [1].

    Before the first agreement they are those given, of an ACO that comes from the programme; later those of the run.
    """
    if years:
        since = slice(len(years) - len(BASE_YEARS), len(years))
        gross = np.stack([year.gross_savings for year in years[since]], axis=1)
        months = panel.person_months[:, since, :, CLAIMS].sum(axis=-1)
        return agreement_adjustment.mean_savings(gross, months), 1.0
    given = facts.prior_savings_pbpm if facts.predecessor == "mssp" else (0.0, 0.0, 0.0)
    return np.full(len(panel.person_months), sum(given) / len(given)), facts.prior_savings_proration


def benchmark_cells(terms: MsspTerms, signed: Signed, view: Experience, before: Array, k: int) -> Standing:
    """Take step 4 for year ``k`` of the agreement; ``before`` is the reference score of the year before [1]."""
    _, score = enrolment.cells_of_year(view, k)
    reference = base_years.score_in_use(before, score)
    growth, ratio = update(terms, view, k), risk_ratio(terms, view, reference, k)
    historical = base_years.pbpm_in_use(signed.past, reference)
    cells = benchmark.updated(historical, signed.adjustment, trend=growth, risk_ratio=ratio)
    return Standing(reference, ratio, growth, cells)


def update(terms: MsspTerms, view: Experience, k: int) -> Array:
    """Take the first half of step 4: the trend since the agreement's BY3, [s, c] [1]."""
    return prospective_trend.three_way(
        terms.trend,
        two_way=trend.two_way(
            national=view.national_trend[:, k], regional=view.regional_trend[:, k], aco_share=view.aco_share
        ),
        prospective=prospective_trend.railed(
            terms.trend.guardrail, prospective=view.prospective_trend[:, k], national=view.national_trend[:, k]
        ),
    )


def risk_ratio(terms: MsspTerms, view: Experience, reference: Array, k: int) -> Array:
    """Take the second half of step 4, [s, c, a] [1]; year ``k`` of an agreement is ``k + 1`` years after its BY3."""
    rules = terms.risk_adjustment
    return score_growth.held_growth(
        score=view.risk_score[:, k],
        reference=reference,
        demographic=score_growth.demographic_growth(rules.demographic_growth, years=k + 1),
        below=np.full(len(CATEGORIES), np.inf),
        above=np.full(len(CATEGORIES), rules.cap),
    )


def money(terms: MsspTerms, track: str, view: Experience, standing: Standing, quality: Array, k: int) -> Year:
    """Take steps 5 to 9 for year ``k`` of the agreement; ``quality`` is the earned share of the points, [s] [1]."""
    months = view.person_months[:, k]
    total = benchmark.total(months, standing.benchmark_pbpm)
    relief = truncation.relief(view.truncation_excess[:, k])
    gross = reconciliation.gross_savings(
        benchmark=total, expenditure=reconciliation.expenditure(view.expenditure[:, k]), stop_loss_net=relief
    )
    shared = shared_result(terms, track, quality, reconciliation.over_panel(months), gross=gross, benchmark=total)
    taken = sequestration.sequestered(terms.sequestration, shared=shared, gross=gross)
    return Year(
        benchmark_before_discount=total,
        benchmark=total,
        stop_loss_net=relief,
        gross_savings=gross,
        shared_result=shared,
        sequestration=taken,
        net_result=reconciliation.settlement_payment(shared=shared, sequestration=taken),
        benchmark_pbpm=enrolment.by_category(standing.benchmark_pbpm[..., CLAIMS]),
        risk_ratio_capped=enrolment.by_category(standing.risk_ratio[..., CLAIMS]),
        blended_trend=enrolment.by_category(standing.trend),
    )


def shared_result(
    terms: MsspTerms, track: str, quality: Array, person_months: Array, *, gross: Array, benchmark: Array
) -> Array:
    """Take step 7, [s] [USD]."""
    enhanced = track == "mssp-enhanced"
    savings_terms = terms.savings.enhanced if enhanced else terms.savings.basic_e
    losses_terms = terms.losses.enhanced if enhanced else terms.losses.basic_e
    minimum = minimum_rate.minimum_rate(terms.minimum_rate, person_months)
    savings = sharing.shared_savings(
        savings_terms,
        gross=gross,
        benchmark=benchmark,
        minimum=minimum,
        share=sharing.savings_share(savings_terms, terms.quality, quality),
        below=sharing.share_below_minimum(None if enhanced else terms.revenue),
    )
    losses = sharing.shared_losses(
        gross=gross,
        benchmark=benchmark,
        minimum=minimum,
        share=sharing.loss_share(losses_terms, quality),
        limit=sharing.loss_limit(losses_terms, terms.revenue, benchmark),
    )
    return sharing.shared_result(savings=savings, losses=losses)
