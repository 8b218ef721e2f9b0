"""Settlements of the Shared Savings Program against numbers worked on paper, on both sides of every threshold.

The paper's panel is 1,000 people at 1,000 USD a month in a region and a nation that cost the same: a benchmark of
12,000,000. An ACO that costs what its region costs has no regional adjustment. The working stands beside each number.
"""

import re

import numpy as np
import pytest
from paper import paper_panel
from rivals import of_year, settled

from leadmc.base.axes import AGED_DISABLED, CLAIMS, ESRD, PERFORMANCE_YEARS
from leadmc.base.errors import InputError
from leadmc.contract.book import TRACKS_OF
from leadmc.contract.experience import AcoFacts
from leadmc.contract.minimum_rate import minimum_rate
from leadmc.contract.programmes import load_agreements

RENEWING = AcoFacts("renewing", "mssp")


def by_year(values):
    """Costs of each performance year [USD per person-month], as an array that a cell takes."""
    return np.array(values)[np.newaxis, :]


def quality(score):
    return np.full((1, 10), score)


@pytest.mark.parametrize(
    ("pbpm", "shared"),
    [
        (950, 450_000),  # 75% of 600,000
        (990, 90_000),  # 1%: the minimum rate is met exactly, and all is shared from the first dollar
        (990.1, 0),
        (1_009.9, 0),
        (1_010, -48_000),  # 40% of 120,000
        (740, 2_340_000),  # 75% of 3,120,000, under the cap of 20%
        (700, 2_400_000),  # 75% of 3,600,000 would be 2,700,000
        (1_370, -1_776_000),  # 40% of 4,440,000
        (1_380, -1_800_000),  # 40% of 4,560,000 would be 1,824,000: the limit of 15%
    ],
)
def test_enhanced_shares_at_full_quality(pbpm, shared):
    result = settled("mssp-enhanced", paper_panel(pbpm=pbpm))
    assert of_year(result, "benchmark", 2027) == pytest.approx(12_000_000)
    assert of_year(result, "shared_result", 2027) == pytest.approx(shared)
    assert of_year(result, "net_result", 2027) == pytest.approx(shared - 0.02 * max(shared, 0))


@pytest.mark.parametrize(
    ("pbpm", "shared"),
    [
        (950, 300_000),  # 50% of 600,000
        (990.1, 0),
        (810, 1_140_000),  # 50% of 2,280,000, under the cap of 10%
        (780, 1_200_000),  # 50% of 2,640,000 would be 1,320,000
        (1_010, -36_000),  # 30% of 120,000
        (1_130, -468_000),  # 30% of 1,560,000
        (1_150, -480_000),  # 30% of 1,800,000 would be 540,000: the limit of 4%
    ],
)
def test_basic_e_shares(pbpm, shared):
    for score in (1.0, 0.75):
        result = settled("mssp-basic-e", paper_panel(pbpm=pbpm, quality_score=quality(score)))
        assert of_year(result, "shared_result", 2027) == pytest.approx(shared)


@pytest.mark.parametrize(("revenue", "limit"), [(None, 480_000), (0.35, 336_000), (0.5, 480_000), (0.6, 480_000)])
def test_the_loss_limit_of_basic_e_is_the_smaller_of_revenue_and_benchmark(revenue, limit):
    overrides = {"mssp.revenue.share_of_benchmark": revenue}
    result = settled("mssp-basic-e", paper_panel(pbpm=1_300), overrides=overrides)
    assert of_year(result, "shared_result", 2027) == pytest.approx(-limit)
    enhanced = settled("mssp-enhanced", paper_panel(pbpm=1_300), overrides=overrides)
    assert of_year(enhanced, "shared_result", 2027) == pytest.approx(-1_440_000)  # 40% of 3,600,000


@pytest.mark.parametrize(
    ("score", "share"),
    [(1.0, 0.75), (0.7385, 0.75), (0.7384, 0.75 * 0.7384), (0.3, 0.225), (0.0, 0.0)],
)
def test_quality_below_the_standard_scales_the_share_of_savings(score, share):
    result = settled("mssp-enhanced", paper_panel(pbpm=950, quality_score=quality(score)))
    assert of_year(result, "shared_result", 2027) == pytest.approx(share * 600_000)


@pytest.mark.parametrize(
    ("score", "share"),
    [(1.0, 0.40), (0.8, 0.40), (0.79, 0.4075), (0.5, 0.625), (1 / 3, 0.75), (0.3, 0.75), (0.0, 0.75)],
)
def test_the_share_of_losses_falls_with_quality_between_ceiling_and_floor(score, share):
    result = settled("mssp-enhanced", paper_panel(pbpm=1_050, quality_score=quality(score)))
    assert of_year(result, "shared_result", 2027) == pytest.approx(-share * 600_000)


def test_the_minimum_rate_as_elected_and_by_size():
    for election, shared in ((0.0, 45_000), (0.005, 45_000), (0.01, 0), (0.02, 0)):
        overrides = {"mssp.minimum_rate.election": election}
        result = settled("mssp-enhanced", paper_panel(pbpm=995), overrides=overrides)  # savings of 0.5%
        assert of_year(result, "shared_result", 2027) == pytest.approx(shared)
    terms = load_agreements({"mssp.minimum_rate.election": "by_size"}).mssp.minimum_rate
    people = np.array([100, 5_000, 5_500, 9_000, 12_500, 20_000, 35_000, 60_000, 200_000.0])
    rates = [0.1146, 0.039, 0.0375, 0.031, 0.0285, 0.025, 0.0235, 0.02, 0.02]
    assert minimum_rate(terms, 12 * people) == pytest.approx(rates)
    small = settled("mssp-enhanced", paper_panel(pbpm=900), overrides={"mssp.minimum_rate.election": "by_size"})
    rate = 0.1146 - (1_000 - 605) / (1_708 - 605) * (0.1146 - 0.0739)  # 1,000 people: 10.0%
    assert rate > 0.10
    assert of_year(small, "shared_result", 2027) == 0


def test_a_low_revenue_aco_shares_in_part_below_the_minimum_rate():
    low = {"mssp.revenue.low": True}
    result = settled("mssp-basic-e", paper_panel(pbpm=995), overrides=low)
    assert of_year(result, "shared_result", 2027) == pytest.approx(15_000)  # half of 50% of 60,000
    met = settled("mssp-basic-e", paper_panel(pbpm=990), overrides=low)
    assert of_year(met, "shared_result", 2027) == pytest.approx(60_000)
    enhanced = settled("mssp-enhanced", paper_panel(pbpm=995), overrides=low)
    assert of_year(enhanced, "shared_result", 2027) == 0


@pytest.mark.parametrize(
    ("region", "facts", "pbpm"),
    [
        (1_100, AcoFacts(), 1_035),  # 35% of 100
        (1_142, AcoFacts(), 1_049.7),
        (1_150, AcoFacts(), 1_050),  # 35% of 150 would be 52.50: 5% of 1,000
        (1_080, RENEWING, 1_040),  # later agreements: 50% of 80
        (920, AcoFacts(), 988),  # 15% of -80
        (880, AcoFacts(), 985),  # 15% of -120 would be -18: -1.5% of 1,000
        (950, RENEWING, 987.5),  # 25% of -50
    ],
)
def test_the_regional_adjustment_between_floor_and_ceiling(region, facts, pbpm):
    result = settled("mssp-enhanced", paper_panel(region=region), facts=facts)
    assert result.benchmark_pbpm[0, 0, AGED_DISABLED] == pytest.approx(pbpm)
    assert bool(result.lower_spending[0]) == (region > 1_000)


@pytest.mark.parametrize(
    ("savings", "proration", "region", "facts", "pbpm"),
    [
        ((40.0, 50.0, 60.0), 0.8, 1_000, "mssp", 1_020),  # half of 80% of 50
        ((400.0, 0.0, 200.0), 1.0, 1_000, "mssp", 1_050),  # half of 200 would be 100: 5% of 1,000
        ((40.0, 50.0, 60.0), 0.8, 1_060, "mssp", 1_030),  # the region gives 30
        ((40.0, 50.0, 60.0), 0.8, 900, "mssp", 1_020),  # the region would take 15
        ((-40.0, -50.0, 30.0), 1.0, 900, "mssp", 985),  # no savings: the region takes it
        ((40.0, 50.0, 60.0), 0.8, 1_000, "reach", 1_000),  # saved elsewhere
    ],
)
def test_prior_savings_or_the_region_whichever_is_larger(savings, proration, region, facts, pbpm):
    known = AcoFacts("renewing", facts, savings, proration)
    result = settled("mssp-enhanced", paper_panel(region=region), facts=known)
    assert result.benchmark_pbpm[0, 0, AGED_DISABLED] == pytest.approx(pbpm)


def test_the_caps_are_not_scaled_to_the_acos_risk_unless_proposed():
    facts = AcoFacts("renewing", "mssp", (400.0, 0.0, 200.0))
    panel = paper_panel(base_score=1.2, score=1.2, base_pbpm=1_200.0)
    today = settled("mssp-enhanced", panel, facts=facts)
    assert today.benchmark_pbpm[0, 0, AGED_DISABLED] == pytest.approx(1_250)
    scaled = settled(
        "mssp-enhanced", panel, facts=facts, overrides={"mssp.prior_savings.risk_adjusted_cap": "proposed_2027"}
    )
    assert scaled.benchmark_pbpm[0, 0, AGED_DISABLED] == pytest.approx(1_260)


def test_base_years_weigh_recent_years_in_the_first_agreement_alone():
    panel = paper_panel(base_pbpm=[900.0, 1_000.0, 1_100.0])
    no_region = {f"mssp.regional_adjustment.enhanced.{side}": [0.0] for side in ("positive", "negative")}
    first = settled("mssp-enhanced", panel, overrides=no_region)
    assert first.benchmark_pbpm[0, 0, AGED_DISABLED] == pytest.approx(1_050)
    later = settled("mssp-enhanced", panel, facts=RENEWING, overrides=no_region)
    assert later.benchmark_pbpm[0, 0, AGED_DISABLED] == pytest.approx(1_000)


def test_the_second_agreement_is_rebased_and_gives_half_of_prior_savings_back():
    costs = [980, 960, 900, 950, 1_000, 940, 940, 940, 940, 940]
    panel = paper_panel(pbpm=by_year(costs))
    result = settled("mssp-enhanced", panel)
    assert result.benchmark_pbpm[0, :5, AGED_DISABLED] == pytest.approx(1_000)
    # history 950; the region gives 50% of 50 = 25, prior savings half of the mean of 100, 50 and 0 = 25
    assert result.benchmark_pbpm[0, 5:, AGED_DISABLED] == pytest.approx(975)
    assert of_year(result, "gross_savings", 2032) == pytest.approx(35 * 12_000)
    no_region = {f"mssp.regional_adjustment.enhanced.{side}": [0.0] for side in ("positive", "negative")}
    alone = settled("mssp-enhanced", panel, overrides=no_region)
    assert alone.benchmark_pbpm[0, 5, AGED_DISABLED] == pytest.approx(975)
    proposed = settled("mssp-enhanced", panel, overrides=no_region | {"mssp.prior_savings.weight": "proposed_2027"})
    assert proposed.benchmark_pbpm[0, 5, AGED_DISABLED] == pytest.approx(987.5)  # 75% of 50
    never = settled("mssp-enhanced", panel, overrides={"mssp.agreement.years": 10})
    assert never.benchmark_pbpm[0, :, AGED_DISABLED] == pytest.approx(1_000)


def test_rebasing_counts_growth_and_risk_from_the_new_last_base_year():
    growth = 1.05 ** np.arange(1, 11)
    array = np.broadcast_to(growth[np.newaxis, :, np.newaxis], (1, 10, 3))
    panel = paper_panel(pbpm=by_year(1_000 * growth), score=by_year([1.0] * 4 + [1.02] + [1.06] * 5))
    panel = panel._replace(
        national_trend=array, regional_trend=array, prospective_trend=array, rate_book_pbpm=1_000 * array
    )
    result = settled("mssp-enhanced", panel)
    assert result.blended_trend[0, :, 0] == pytest.approx([*growth[:5], *growth[:5]])
    assert result.risk_ratio_capped[0, :, 0] == pytest.approx([1.0] * 4 + [1.02] + [1.03] * 5)  # 1.06/1.02 is capped
    # base years at the prices of 2031, and at its score: 1.02, 1.02 and 1 times what was spent
    history = 1_000 * growth[4] * (1.02 + 1.02 + 1.0) / 3
    region = 1_000 * growth[4] * 1.02
    pbpm = history + 0.5 * (region - history)
    assert result.benchmark_pbpm[0, 5, 0] == pytest.approx(pbpm * 1.05 * 1.03)


@pytest.mark.parametrize(
    ("prospective", "overrides", "trend"),
    [
        (1.08, {}, 1.06),  # 2/3 of 5% + 1/3 of 8%
        (1.02, {}, 1.04),
        (1.08, {"mssp.trend.guardrail.upper": "proposed_2027"}, 1.055),  # 8% is held at 6.5%
        (1.06, {"mssp.trend.guardrail.upper": "proposed_2027"}, 1.05 + 0.01 / 3),  # within
        (1.02, {"mssp.trend.guardrail.lower": "proposed_2027"}, 1.05 - 0.01 / 3),  # 2% is held at 4%
        (1.08, {"mssp.trend.prospective_weight": "1/6"}, 1.055),
    ],
)
def test_the_three_way_trend_and_its_proposed_guardrail(prospective, overrides, trend):
    ones = np.ones((1, 10, 3))
    panel = paper_panel(national_trend=1.05 * ones, regional_trend=1.05 * ones, prospective_trend=prospective * ones)
    assert settled("mssp-basic-e", panel, overrides=overrides).blended_trend[0, 0, 0] == pytest.approx(trend)


@pytest.mark.parametrize(("score", "ratio"), [(1.03, 1.03), (1.08, 1.03), (0.9, 0.9)])
def test_the_risk_cap_is_one_sided(score, ratio):
    result = settled("mssp-enhanced", paper_panel(score=score))
    assert result.risk_ratio_capped[0, 0, AGED_DISABLED] == pytest.approx(ratio)


def test_the_risk_cap_leaves_room_for_demographic_growth():
    overrides = {"mssp.risk_adjustment.demographic_growth": 0.01}
    result = settled("mssp-enhanced", paper_panel(score=1.2), overrides=overrides)
    expected = [1.03 + 1.01 ** (k + 1) - 1 for k in range(5)]
    assert result.risk_ratio_capped[0, :5, 0] == pytest.approx(expected)


def test_what_lies_above_the_truncation_point_counts_nowhere():
    base, now = np.zeros((1, 3, 3, 2)), np.zeros((1, 10, 3, 2))
    base[..., AGED_DISABLED, CLAIMS], now[..., AGED_DISABLED, CLAIMS] = 1_200_000.0, 1_500_000.0
    panel = paper_panel(base_truncation_excess=base, truncation_excess=now)
    shares = {"mssp.truncation.national_share.aged_disabled": 0.1}
    result = settled("mssp-enhanced", panel, overrides=shares)
    assert of_year(result, "benchmark", 2027) == pytest.approx(10_800_000)  # the region at 900 as well
    assert of_year(result, "stop_loss_net", 2027) == pytest.approx(1_500_000)
    assert of_year(result, "gross_savings", 2027) == pytest.approx(300_000)  # 10,800,000 - 12,000,000 + 1,500,000
    whole = settled("mssp-enhanced", panel)  # against a region whose costs were not truncated
    assert whole.benchmark_pbpm[0, 0, 0] == pytest.approx(935)  # 35% of 100


def test_a_cheaper_region_has_less_above_the_nations_truncation_point():
    shares = {"mssp.truncation.national_share.aged_disabled": 0.1}
    panel = paper_panel(region=800.0, base_pbpm=700.0)
    result = settled("mssp-enhanced", panel, overrides=shares)
    region = 800 * (1 - 0.1 * 0.8)
    assert result.benchmark_pbpm[0, 0, 0] == pytest.approx(700 + 0.35 * (region - 700))


def test_a_type_without_history_is_benchmarked_at_the_standard_rate_without_an_adjustment():
    panel = paper_panel(region=1_100.0)
    panel.person_months[..., ESRD, CLAIMS] = 120.0
    panel.expenditure[..., ESRD, CLAIMS] = 120.0 * 1_100.0
    panel.risk_score[..., ESRD, CLAIMS] = 1.2
    result = settled("mssp-enhanced", panel)
    assert result.benchmark_pbpm[0, 0].tolist() == pytest.approx([1_035, 1_320, 1_035])


@pytest.mark.parametrize(
    ("path", "track", "name", "value"),
    [
        ("mssp.savings.basic_e.rate", "mssp-basic-e", "proposed_2027", 360_000),  # 60% of 600,000
        ("mssp.savings.basic_e.rate", "mssp-enhanced", "proposed_2027", 450_000),
    ],
)
def test_a_proposal_is_a_switch_and_off_unless_named(path, track, name, value):
    result = settled(track, paper_panel(pbpm=950), overrides={path: name})
    assert of_year(result, "shared_result", 2027) == pytest.approx(value)


def test_the_proposed_weight_of_the_region_holds_for_enhanced_in_later_agreements():
    proposed = {"mssp.regional_adjustment.enhanced.positive": "proposed_2027"}
    for track, pbpm in (("mssp-enhanced", 1_028), ("mssp-basic-e", 1_040)):
        result = settled(track, paper_panel(region=1_080), facts=RENEWING, overrides=proposed)
        assert result.benchmark_pbpm[0, 0, 0] == pytest.approx(pbpm)


@pytest.mark.parametrize("track", TRACKS_OF["mssp"])
def test_cash_guarantee_and_fields_without_a_meaning(track):
    result = settled(track, paper_panel(pbpm=950))
    assert result.guarantee[0] == pytest.approx(120_000)
    assert result.net_cash[0, 1:-1] == pytest.approx(result.net_result[0, :-2])
    assert result.net_cash[0].sum() == pytest.approx(result.net_result[0].sum())
    assert (result.benchmark_before_discount == result.benchmark).all()
    for name in ("add_on", "rate_book_effect", "rate_book_weight"):
        assert not getattr(result, name).any()
    assert result.benchmark.shape == (1, len(PERFORMANCE_YEARS))


def test_an_agreement_has_as_many_years_as_the_next_one_needs_for_its_base():
    with pytest.raises(InputError, match=re.escape("mssp.agreement.years: 2. Allowed: greater than or equal to 3.")):
        load_agreements({"mssp.agreement.years": 2})
    three = settled("mssp-enhanced", paper_panel(pbpm=950), overrides={"mssp.agreement.years": 3})
    assert three.benchmark_pbpm[0, [0, 2, 3, 5], 0] == pytest.approx([1_000, 1_000, 975, 975])
