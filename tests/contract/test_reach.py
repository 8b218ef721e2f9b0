"""ACO REACH settlements against numbers worked on paper, on both sides of every threshold.

The paper's panel is 1,000 people at 1,000 USD a month in a region and a nation that cost the same: a benchmark of
12,000,000 before the discount. The working stands beside each number.
"""

import numpy as np
import pytest
from paper import paper_panel
from rivals import of_year, settled

from leadmc.base.axes import AGED_DISABLED, CLAIMS, ESRD, HIGH_NEEDS, VOLUNTARY
from leadmc.contract.book import TRACKS_OF
from leadmc.contract.enrolment import by_enrolment_type
from leadmc.contract.experience import AcoFacts

AD = (..., AGED_DISABLED, CLAIMS)


def trends(**by_year):
    """Trends of the nation and the forecast by the position of the year; others 1."""
    panel = paper_panel()
    for name, values in by_year.items():
        array = np.ones((1, 10, 3))
        for y, value in values.items():
            array[:, y] = value
        panel = panel._replace(**{f"{name}_trend": array})
    return panel


@pytest.mark.parametrize(
    ("pbpm", "shared"),
    [
        (900, 780_000),  # 11,580,000 - 10,800,000, all in the first band of 1,158,000
        (868.5, 1_158_000),  # the edge of the first band
        (800, 1_569_000),  # 1,158,000 + half of 822,000
        (965, 0),  # 3.5% under the undiscounted benchmark breaks even
        (1_000, -420_000),
        (1_100, -1_389_000),  # a loss of 1,620,000: 1,158,000 + half of 462,000
    ],
)
def test_global_after_its_discount(pbpm, shared):
    result = settled("reach-global", paper_panel(pbpm=pbpm))
    assert of_year(result, "benchmark_before_discount", 2027) == pytest.approx(12_000_000)
    assert of_year(result, "benchmark", 2027) == pytest.approx(11_580_000)
    assert of_year(result, "shared_result", 2027) == pytest.approx(shared, abs=1e-6)
    taken = 0.02 * max(shared, 0)
    assert of_year(result, "net_result", 2027) == pytest.approx(shared - taken, abs=1e-6)


@pytest.mark.parametrize(
    ("pbpm", "shared"),
    [
        (950, 300_000),  # 5%: the edge of the first band
        (880, 546_000),  # 12%: 300,000 + 210,000 + 15% of 240,000
        (800, 630_000),  # 20%: 300,000 + 210,000 + 90,000 + 5% of 600,000
        (1_120, -546_000),
    ],
)
def test_professional_without_a_discount(pbpm, shared):
    result = settled("reach-professional", paper_panel(pbpm=pbpm))
    assert of_year(result, "benchmark", 2036) == pytest.approx(12_000_000)
    assert of_year(result, "shared_result", 2036) == pytest.approx(shared)


def test_the_unearned_part_of_the_withhold_is_taken_from_the_discounted_benchmark():
    for score, benchmark in ((1.0, 11_580_000), (0.8, 11_464_200), (0.0, 11_001_000)):
        result = settled("reach-global", paper_panel(quality_score=np.full((1, 10), score)))
        assert of_year(result, "benchmark", 2027) == pytest.approx(benchmark)  # 11,580,000 x (1 - 5% (1 - Q))


@pytest.mark.parametrize(
    ("region", "pbpm"),
    [
        (1_050, 1_020),  # 40% of 50
        (1_075, 1_030),  # 40% of 75 is the ceiling of 3% of 1,000
        (1_200, 1_030),
        (960, 984),
        (950, 980),  # 40% of -50 is the floor of -2%
        (800, 980),
    ],
)
def test_the_blend_with_the_region_between_floor_and_ceiling(region, pbpm):
    result = settled("reach-professional", paper_panel(region=region))
    assert result.benchmark_pbpm[0, 0, AGED_DISABLED] == pytest.approx(pbpm)
    assert bool(result.lower_spending[0]) == (region > 1_000)


def test_the_region_is_read_as_it_stands_to_the_nation_in_the_year():
    panel = trends(national=dict.fromkeys(range(10), 1.1), prospective=dict.fromkeys(range(10), 1.1))
    book = np.full((1, 10, 3), 1.1 * 1_050.0)
    result = settled("reach-professional", panel._replace(rate_book_pbpm=book))
    assert result.benchmark_pbpm[0, 4, AGED_DISABLED] == pytest.approx(1.1 * 1_020)


@pytest.mark.parametrize(
    ("score", "overrides", "ratio"),
    [
        (1.02, {}, 1.02),
        (1.08, {}, 1.03),
        (0.98, {}, 0.98),
        (0.90, {}, 0.97),
        (1.08, {"reach.risk_adjustment.cap.aged_disabled": 0.05}, 1.03),  # the cap on growth since the base years
        (0.90, {"reach.risk_adjustment.cap.aged_disabled": 0.05}, 0.95),  # which has no floor
        (1.08, {"reach.risk_adjustment.coding_intensity_factor": 1.01}, 1.03 / 1.01),
        (0.96, {"reach.risk_adjustment.demographic_growth": 0.01}, 0.98),  # 1.01 - 3%
        (
            1.08,
            {"reach.risk_adjustment.demographic_growth": 0.01, "reach.risk_adjustment.total_cap": 1.0},
            1.04,  # 1.01 + 3%
        ),
    ],
)
def test_growth_of_the_score_within_its_caps(score, overrides, ratio):
    result = settled("reach-professional", paper_panel(score=score), overrides=overrides)
    assert result.risk_ratio_capped[0, 0, AGED_DISABLED] == pytest.approx(ratio)
    assert result.benchmark_pbpm[0, 0, AGED_DISABLED] == pytest.approx(1_000 * ratio)


@pytest.mark.parametrize(
    ("national", "trend"),
    [
        (1.05 * 1.009, 1.05),  # within one per cent: not corrected
        (1.05 * 1.011, 1.05 * 1.011),  # beyond it: all of it
        (1.05 * 0.97, 1.05 * 0.97),
        (1.05 * 1.06, 1.05 * 1.05),  # 4% + half of 2%
        (1.05 * 0.94, 1.05 * 0.95),
        (1.05 * 1.12, 1.05 * 1.06),  # 4% + half of 4%, and nothing beyond 8%
    ],
)
def test_the_retrospective_adjustment_of_the_trend(national, trend):
    panel = trends(national={0: national}, prospective={0: 1.05})
    assert settled("reach-global", panel).blended_trend[0, 0, 0] == pytest.approx(trend)


def test_a_benchmark_knows_the_nation_up_to_two_years_before():
    panel = trends(national={0: 1.08, 1: 1.1, 2: 1.188}, prospective={0: 1.05, 1: 1.1, 2: 1.155})
    result = settled("reach-global", panel)
    assert result.blended_trend[0, 2, 0] == pytest.approx(1.08 * 1.155 / 1.05)  # = 1.188: nothing to correct
    late = settled("reach-global", panel, overrides={"reach.trend.forecast_lag": 1})
    assert late.blended_trend[0, 2, 0] == pytest.approx(1.1 * 1.155 / 1.1 * (1 + 1.188 / 1.155 - 1))


def test_stop_loss_guarantee_and_cash():
    excess = np.zeros((1, 10, 3, 2))
    excess[(0, 0, AGED_DISABLED, CLAIMS)] = 300_000.0
    elected = {"reach.stop_loss.elected": True, "reach.stop_loss.charge": 0.01}
    result = settled("reach-professional", paper_panel(pbpm=950, stop_loss_excess=excess), overrides=elected)
    assert of_year(result, "stop_loss_net", 2027) == pytest.approx(300_000 - 120_000)
    assert of_year(result, "gross_savings", 2027) == pytest.approx(600_000 + 180_000)
    plain = settled("reach-professional", paper_panel(pbpm=950))
    assert plain.guarantee[0] == pytest.approx(0.025 * 12_000_000)
    assert settled("reach-global", paper_panel()).guarantee[0] == pytest.approx(0.03 * 12_000_000)
    assert plain.net_cash[0, 0] == 0
    assert plain.net_cash[0, 1] == plain.net_result[0, 0]
    assert plain.net_cash[0].sum() == pytest.approx(plain.net_result[0].sum())


def test_base_years_weigh_the_same_for_new_and_renewing():
    panel = paper_panel(base_pbpm=[900.0, 1_000.0, 1_100.0], region=1_050.0)
    for facts in (AcoFacts(), AcoFacts("renewing", "mssp")):
        result = settled("reach-professional", panel, facts=facts)
        assert result.benchmark_pbpm[0, 0, AGED_DISABLED] == pytest.approx(1_050)  # 90 + 300 + 660


def test_discounts_by_name_and_earlier_corridors():
    by_name = {"two": 0.98, "three": 0.97, "five": 0.95, "as_it_rose": 0.98}
    for name, left in by_name.items():
        result = settled("reach-global", paper_panel(), overrides={"reach.discount.global": name})
        assert of_year(result, "benchmark", 2027) == pytest.approx(left * 12_000_000)
    earlier = settled("reach-global", paper_panel(pbpm=800), overrides={"reach.corridors.global.savings": "until_2025"})
    assert of_year(earlier, "shared_result", 2027) == pytest.approx(1_980_000)


def test_high_needs_people_count_among_the_aged_and_disabled():
    panel = paper_panel(national_pbpm=np.array([[1_000.0, 7_000.0, 3_000.0]]))
    for name in ("base_person_months", "person_months"):
        getattr(panel, name)[..., HIGH_NEEDS, VOLUNTARY] = 2_000.0
    for name in ("base_expenditure", "expenditure"):
        getattr(panel, name)[..., HIGH_NEEDS, VOLUNTARY] = 2_000.0 * 3_500.0
    panel.base_risk_score[..., HIGH_NEEDS, VOLUNTARY] = 1.1
    panel.risk_score[..., HIGH_NEEDS, VOLUNTARY] = 1.2
    merged = by_enrolment_type(panel)
    assert merged.person_months[0, 0].tolist() == [[14_000, 0], [0, 0], [0, 0]]
    assert merged.expenditure[0, 0, AGED_DISABLED, CLAIMS] == 12_000_000 + 7_000_000
    assert merged.base_risk_score[0, 2, AGED_DISABLED, CLAIMS] == pytest.approx((12_000 + 2_000 * 3.3) / 14_000)
    assert merged.risk_score[0, 0, AGED_DISABLED, CLAIMS] == pytest.approx((12_000 + 2_000 * 3.6) / 14_000)
    # region: 1,000 a month in both types, against 1,000 and 3,000 of the nation
    share = 6_600 / 18_600
    assert merged.regional_pbpm[0, AGED_DISABLED] == pytest.approx(1_000 * (1 - share) + 1_000 / 3 * share)
    assert merged.regional_pbpm[0, ESRD] == panel.regional_pbpm[0, ESRD]
    result = settled("reach-professional", panel, overrides={"reach.blend.historical_weight": 1.0})
    history = 19_000_000 / 14_000
    assert result.benchmark_pbpm[0, 0, HIGH_NEEDS] == pytest.approx(history * 1.03)  # 19,200 / 18,600: capped
    assert result.benchmark_pbpm[0, 0, AGED_DISABLED] == result.benchmark_pbpm[0, 0, HIGH_NEEDS]


@pytest.mark.parametrize("track", TRACKS_OF["reach"])
def test_fields_without_a_meaning_are_zero(track):
    result = settled(track, paper_panel(pbpm=950))
    for name in ("add_on", "rate_book_effect", "rate_book_weight"):
        assert not getattr(result, name).any()


# Percent of benchmark retained: the published vectors, and the edges of the bands
@pytest.mark.parametrize(
    ("gross", "until_2025", "in_2026", "professional"),
    [
        (5, 5.00, 5.00, 2.50),
        (10, 10.00, 10.00, 4.25),
        (12, 12.00, 11.00, 4.55),
        (15, 15.00, 12.50, 5.00),
        (20, 20.00, 15.00, 5.25),
        (25, 25.00, 17.50, 5.50),
        (35, 30.00, 22.50, 6.00),
        (50, 33.75, 26.25, 6.75),
        (60, 34.75, 27.25, 7.25),
    ],
)
@pytest.mark.parametrize("side", [1, -1])
def test_corridors(gross, until_2025, in_2026, professional, side):
    nothing = {"reach.discount.global": dict.fromkeys(range(2027, 2037), 0.0), "reach.sequestration.rate": 0.0}
    earlier = nothing | {
        "reach.corridors.global.savings": "until_2025",
        "reach.corridors.global.losses": "until_2025",
    }
    panel = paper_panel(pbpm=1_000 - 10 * gross * side)
    cases = (
        ("reach-global", earlier, until_2025),
        ("reach-global", nothing, in_2026),
        ("reach-professional", nothing, professional),
    )
    for track, overrides, share in cases:
        result = settled(track, panel, overrides=overrides)
        assert of_year(result, "net_result", 2027) == pytest.approx(side * share * 120_000)
