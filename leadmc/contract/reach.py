"""The ACO REACH settlement, in the order of its operations: the terms of 2026 carried on for ten performance years.

 1. High Needs people count among the aged and disabled, and both alignment types together
 2. base years -> national trend to BY3, risk of BY3, weights -> history
 3. history is blended with the region, between a floor and a ceiling
 4. prospective trend, corrected afterwards; risk ratio within its caps and after coding intensity -> benchmark
 5. discount of the Global option
 6. quality: the unearned part of the withhold
 7. expenditure before stop-loss, stop-loss if elected
 8. gross savings
 9. corridors
10. sequestration
11. net result; guarantee

Source: N7 (order), CMS2, CMS3, N6 (rules of 2026). The base years 2017 to 2019 of the model are read as BY1 to BY3 of
the run, and the reference year 2022 of its risk cap as BY3. Axes: s scenario, y performance year, c category.
"""

from typing import NamedTuple

import numpy as np

from leadmc.base.axes import BASE_YEARS, BY3, CLAIMS, PERFORMANCE_YEARS
from leadmc.contract import (
    base_years,
    benchmark,
    corridors,
    designation,
    discount,
    enrolment,
    payment,
    quality,
    reach_discount,
    reconciliation,
    regional_blend,
    retrospective_trend,
    score_growth,
    sequestration,
    stop_loss,
)
from leadmc.contract.experience import AcoFacts, Array, Experience, Settlement, over_scenarios
from leadmc.contract.reach_terms import ReachTerms
from leadmc.contract.ten_years import Year, side_by_side
from leadmc.contract.trace import aside, in_year


class Standing(NamedTuple):
    """What is known of the benchmark in a performance year.

    Parameters
    ----------
    reference_score
        Score against which growth is held, [s, c, a] [1]; 0 where nobody has been yet.
    risk_ratio
        Within its caps and after coding intensity, [s, c, a] [1].
    trend
        Since BY3, [s, c] [1].
    benchmark_pbpm
        Before the discount, [s, c, a] [USD per person-month].
    below_region
        Whether the ACO costs less than its region, [s].
    """

    reference_score: Array
    risk_ratio: Array
    trend: Array
    benchmark_pbpm: Array
    below_region: designation.Flags


def settle(terms: ReachTerms, track: str, facts: AcoFacts, experience: Experience) -> Settlement:
    """Settle all performance years of one track; arguments as of ``lead.settle``.

    ``add_on``, ``rate_book_effect`` and ``rate_book_weight`` are zero: there is no add-on, and the region's part in the
    benchmark is the same in all years. ``lower_spending`` says on which side of the region the first year finds the
    ACO. A category has the benchmark, the ratio and the trend of its enrolment type.
    """
    option = track.removeprefix("reach-")
    panel = enrolment.by_enrolment_type(over_scenarios(experience))
    months, spending, score = enrolment.base_cells(panel)
    past = base_years.history(
        terms.base_years,
        facts.entering,
        person_months=months,
        expenditure=spending,
        risk_score=score,
        trend=panel.base_national_trend,
        regional_pbpm=panel.regional_pbpm,
    )
    standings: list[Standing] = []
    years: list[Year] = []
    for y, year in enumerate(PERFORMANCE_YEARS):
        before = standings[-1].reference_score if standings else past.reference_score
        with in_year(year):
            standings.append(benchmark_cells(terms, panel, past, before, y))
            years.append(money(terms, option, panel, standings[-1], y))
    held = terms.guarantee.professional if option == "professional" else terms.guarantee.global_
    settled = side_by_side(
        years,
        lower_spending=standings[0].below_region,
        guarantee=payment.held_ready(held, reconciliation.over_panel(panel.base_expenditure[:, BY3])),
    )
    return settled._replace(net_cash=payment.net_cash(settled.net_result, lag=terms.payment.settlement_lag))


def benchmark_cells(terms: ReachTerms, panel: Experience, past: base_years.History, before: Array, y: int) -> Standing:
    """Take steps 3 and 4; ``before`` is the reference score of the year before, [s, c, a] [1]."""
    months, score = enrolment.cells_of_year(panel, y)
    reference = base_years.score_in_use(before, score)
    historical = base_years.pbpm_in_use(past, reference)
    rate = regional_blend.at_by3_prices(panel.rate_book_pbpm[:, y], panel.national_trend[:, y])
    regional = benchmark.regional_at_risk(rate, reference)
    move = regional_blend.limited_move(
        np.full(1, 1.0 - terms.blend.historical_weight),
        floor=terms.blend.floor,
        ceiling=terms.blend.ceiling,
        historical=historical,
        regional=regional,
        national=benchmark.national_at_risk(panel.national_pbpm, reference),
    )
    share = benchmark.shares(months)
    growth, ratio = trend(terms, panel, y), risk_ratio(terms, panel, reference, y)
    return Standing(
        reference_score=reference,
        risk_ratio=ratio,
        trend=growth,
        benchmark_pbpm=benchmark.updated(historical, move, trend=growth, risk_ratio=ratio),
        below_region=designation.is_lower_spending(share, regional=regional, historical=historical),
    )


def trend(terms: ReachTerms, panel: Experience, y: int) -> Array:
    """Take the first half of step 4, [s, c] [1]; the benchmarks of the first years know the nation up to BY3 only."""
    last = y - terms.trend.forecast_lag
    at_by3 = np.ones_like(panel.national_trend[:, y])
    forecast = retrospective_trend.prospective(
        known=at_by3 if last < 0 else panel.national_trend[:, last],
        forecast_then=at_by3 if last < 0 else panel.prospective_trend[:, last],
        forecast_now=panel.prospective_trend[:, y],
    )
    adjustment = retrospective_trend.retrospective_adjustment(
        terms.trend, national=panel.national_trend[:, y], forecast=forecast
    )
    return retrospective_trend.corrected(forecast=forecast, adjustment=adjustment)


def risk_ratio(terms: ReachTerms, panel: Experience, reference: Array, y: int) -> Array:
    """Take the second half of step 4, [s, c, a] [1]."""
    rules = terms.risk_adjustment
    widths = enrolment.by_category(np.array([rules.cap.aged_disabled, rules.cap.esrd]))
    growth = score_growth.demographic_growth(rules.demographic_growth, years=PERFORMANCE_YEARS[y] - BASE_YEARS[BY3])
    capped = score_growth.held_growth(
        score=panel.risk_score[:, y], reference=reference, demographic=growth, below=widths, above=widths
    )
    return score_growth.after_coding_intensity(capped, factor=rules.coding_intensity_factor, total_cap=rules.total_cap)


def money(terms: ReachTerms, option: str, panel: Experience, standing: Standing, y: int) -> Year:
    """Take steps 5 to 11: from the benchmark of each cell to the result of the year."""
    rate = reach_discount.discount_rate(terms.discount, option, PERFORMANCE_YEARS[y])

    def final(before_discount: Array, score: Array) -> Array:
        return quality.after_quality(terms.quality, discount.discounted(before_discount, rate), score)

    before = benchmark.total(panel.person_months[:, y], standing.benchmark_pbpm)
    after = final(before, panel.quality_score[:, y])
    net_stop_loss = stop_loss.stop_loss_net(
        terms.stop_loss,
        excess=reconciliation.stop_loss_excess(panel.stop_loss_excess[:, y]),
        charge=stop_loss.stated_charge(terms.stop_loss, after),
    )
    gross = reconciliation.gross_savings(
        benchmark=after, expenditure=reconciliation.expenditure(panel.expenditure[:, y]), stop_loss_net=net_stop_loss
    )
    shared = corridors.shared(corridors.of_track(terms.corridors, option), gross=gross, benchmark=after)
    taken = sequestration.sequestered(terms.sequestration, shared=shared, gross=gross)
    with aside("per person-month, by category"):
        cells = enrolment.by_category(standing.benchmark_pbpm[..., CLAIMS])
        by_category = final(cells, panel.quality_score[:, y, np.newaxis])
    return Year(
        benchmark_before_discount=before,
        benchmark=after,
        stop_loss_net=net_stop_loss,
        gross_savings=gross,
        shared_result=shared,
        sequestration=taken,
        net_result=reconciliation.settlement_payment(shared=shared, sequestration=taken),
        benchmark_pbpm=by_category,
        risk_ratio_capped=enrolment.by_category(standing.risk_ratio[..., CLAIMS]),
        blended_trend=enrolment.by_category(standing.trend),
    )
