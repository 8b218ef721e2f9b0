"""Whole settlements against numbers worked on paper; the working is in docs/worked-settlements.md, by section."""

import numpy as np
import pytest
from paper import paper_panel, settled

from leadmc.base.axes import AGED_DISABLED, CLAIMS, ESRD, PERFORMANCE_YEARS, VOLUNTARY
from leadmc.contract.experience import AcoFacts


def check(result, year, **expected):
    y = PERFORMANCE_YEARS.index(year)
    for name, value in expected.items():
        assert getattr(result, name)[0, y] == pytest.approx(value, rel=1e-12, abs=1e-5), name


def test_01_professional_savings_2027():
    result = settled("professional", paper_panel(pbpm=950.0))
    check(result, 2027, benchmark_before_discount=12_000_000, benchmark=12_000_000, gross_savings=600_000)
    check(result, 2027, shared_result=360_000, sequestration=7_200, add_on=180_000, net_result=532_800)
    check(result, 2027, net_cash=640_320)
    check(result, 2028, net_cash=640_320 - 107_520)
    check(result, 2036, net_result=352_800, net_cash=460_320 - 107_520 - 107_520)
    assert result.guarantee[0] == pytest.approx(240_000)
    assert not result.lower_spending[0]


def test_02_professional_loss_through_two_bands_lower_spending_2027():
    result = settled("professional", paper_panel(pbpm=1_120.0, region=1_100.0))
    assert result.lower_spending[0]
    check(result, 2027, benchmark=12_000_000, gross_savings=-1_440_000, shared_result=-684_000)
    check(result, 2027, sequestration=0, add_on=0, net_result=-684_000)


def test_03_global_higher_spending_2027():
    result = settled("global", paper_panel(pbpm=950.0, region=950.0))
    check(result, 2027, benchmark_before_discount=12_000_000, benchmark=11_790_000, gross_savings=390_000)
    check(result, 2027, shared_result=390_000, sequestration=7_800, add_on=180_000, net_result=562_200)
    check(result, 2027, net_cash=632_264.40)
    assert result.guarantee[0] == pytest.approx(480_000)


def test_04_global_six_percent_under_the_region_2027():
    result = settled("global", paper_panel(base_pbpm=940.0, pbpm=940.0))
    check(result, 2027, benchmark_before_discount=11_640_000, benchmark=11_290_800, gross_savings=10_800)
    check(result, 2027, sequestration=216, add_on=0, net_result=10_584)


def test_05_global_regional_cap_and_quality_loss_2027():
    panel = paper_panel(base_pbpm=[900.0, 1_000.0, 1_100.0], region=1_200.0, quality_score=np.full((1, 10), 0.8))
    result = settled("global", panel, facts=AcoFacts(entering="renewing", predecessor="mssp"))
    check(result, 2027, benchmark_before_discount=12_360_000, benchmark=11_917_264.80, gross_savings=-82_735.20)
    check(result, 2027, shared_result=-82_735.20, sequestration=0, add_on=0, net_result=-82_735.20)
    assert result.guarantee[0] == pytest.approx(528_000)


def test_06_professional_risk_cap_and_guardrail_2027():
    panel = paper_panel(
        base_pbpm=[900.0, 950.0, 1_000.0],
        base_score=[0.9, 0.95, 1.0],
        score=1.08,
        pbpm=1_100.0,
        national_trend=np.full((1, 10, 3), 1.05),
        regional_trend=np.full((1, 10, 3), 1.07),
        prospective_trend=np.full((1, 10, 3), 1.07),
    )
    result = settled("professional", panel)
    check(result, 2027, benchmark=13_175_760, gross_savings=-24_240, shared_result=-12_120)
    check(result, 2027, add_on=197_636.40, net_result=185_516.40)
    assert result.risk_ratio_capped[0, 0, AGED_DISABLED] == pytest.approx(1.03)
    assert result.blended_trend[0, 0, AGED_DISABLED] == pytest.approx(1.066)
    assert result.benchmark_pbpm[0, 0, AGED_DISABLED] == pytest.approx(1_097.98)


def test_07_global_widened_guardrail_ai_score_and_quality_2031():
    panel = paper_panel(
        base_pbpm=900.0,
        region=850.0,
        pbpm=1_050.0,
        national_trend=np.full((1, 10, 3), 1.30),
        regional_trend=np.full((1, 10, 3), 1.30),
        prospective_trend=np.full((1, 10, 3), 1.20),
        quality_score=np.full((1, 10), 0.9),
        ai_score_effect=np.array([-0.02]),
    )
    result = settled("global", panel)
    check(result, 2031, benchmark_before_discount=13_723_920, benchmark=13_306_472.6634)
    check(result, 2031, gross_savings=706_472.6634, shared_result=706_472.6634, sequestration=14_129.453268)
    check(result, 2031, add_on=205_858.80, net_result=898_202.010132)


def test_08_global_cliff_raises_a_lower_spending_aco_2031_2032():
    result = settled("global", paper_panel(region=1_100.0))
    check(result, 2031, benchmark=12_222_000, gross_savings=222_000, net_result=217_560, rate_book_effect=0)
    check(result, 2032, benchmark=12_804_000, gross_savings=804_000, sequestration=16_080, add_on=0)
    check(result, 2032, net_result=787_920, rate_book_effect=582_000)


def test_09_professional_cliff_costs_a_higher_spending_aco_nine_percent_2031_2032():
    result = settled("professional", paper_panel(base_pbpm=1_100.0, pbpm=1_090.0))
    check(result, 2031, benchmark=13_200_000, gross_savings=120_000, shared_result=72_000, sequestration=1_440)
    check(result, 2031, add_on=198_000, net_result=268_560)
    check(result, 2032, benchmark=12_000_000, rate_book_effect=-1_200_000, gross_savings=-1_080_000)
    check(result, 2032, shared_result=-540_000, sequestration=0, add_on=0, net_result=-540_000)


def test_10_global_linear_phase_in_2033():
    result = settled("global", paper_panel(base_pbpm=1_100.0), rate_book__mode="LINEAR5")
    assert result.rate_book_weight.tolist() == [0, 0, 0, 0, 0, 0.2, 0.4, 0.6, 0.8, 1.0]
    check(result, 2033, benchmark_before_discount=12_720_000, benchmark=12_338_400, rate_book_effect=-465_600)
    check(result, 2033, gross_savings=338_400, sequestration=6_768, add_on=190_800, net_result=522_432)


def with_second_cell(panel, cell, *, base_months, base_pbpm, base_score, months, pbpm, score):
    for name, value in {
        "base_person_months": base_months,
        "base_expenditure": base_months * base_pbpm,
        "base_risk_score": base_score,
        "person_months": months,
        "expenditure": months * pbpm,
        "risk_score": score,
    }.items():
        getattr(panel, name)[(..., *cell)] = value
    return panel


def test_11_professional_voluntary_cell_at_its_limit_2027():
    panel = paper_panel()
    for name in ("base_person_months", "base_expenditure", "person_months", "expenditure"):
        getattr(panel, name)[..., AGED_DISABLED, CLAIMS] *= 0.8
    panel = with_second_cell(
        panel,
        (AGED_DISABLED, VOLUNTARY),
        base_months=2_400.0,
        base_pbpm=1_300.0,
        base_score=1.1,
        months=2_400.0,
        pbpm=1_250.0,
        score=1.1,
    )
    result = settled("professional", panel)
    check(result, 2027, benchmark=12_504_000, gross_savings=-96_000, shared_result=-48_000)
    check(result, 2027, add_on=187_560, net_result=139_560)
    assert result.benchmark_pbpm[0, 0, AGED_DISABLED] == pytest.approx(1_042.0)


def test_12_global_savings_through_four_bands_2027():
    result = settled("global", paper_panel(pbpm=450.0, region=950.0))
    check(result, 2027, benchmark=11_790_000, gross_savings=6_390_000, shared_result=3_439_125)
    check(result, 2027, sequestration=68_782.50, add_on=180_000, net_result=3_550_342.50)


def test_13_professional_category_without_history_2027():
    panel = paper_panel(regional_pbpm=np.array([[1_000.0, 7_000.0, 1_000.0]]))
    panel = with_second_cell(
        panel,
        (ESRD, CLAIMS),
        base_months=0.0,
        base_pbpm=0.0,
        base_score=0.0,
        months=144.0,
        pbpm=8_000.0,
        score=1.2,
    )
    result = settled("professional", panel)
    check(result, 2027, benchmark=13_209_600, gross_savings=57_600, shared_result=34_560, sequestration=691.20)
    check(result, 2027, add_on=198_144, net_result=232_012.80)


def test_14_global_prior_savings_2027():
    facts = AcoFacts(prior_savings_pbpm=(40.0, 50.0, 60.0), prior_savings_proration=0.8)
    result = settled("global", paper_panel(region=950.0), facts=facts)
    check(result, 2027, benchmark_before_discount=12_240_000, benchmark=12_025_800, gross_savings=25_800)
    check(result, 2027, sequestration=516, add_on=183_600, net_result=208_884)


def test_15_professional_stop_loss_2027():
    excess = np.zeros((1, 10, 3, 2))
    excess[:, 0, AGED_DISABLED, CLAIMS] = 300_000.0
    panel = paper_panel(pbpm=12_200_000 / 12_000, stop_loss_excess=excess)
    stated = {"stop_loss__charge_basis": "stated", "stop_loss__charge": 0.01}
    result = settled("professional", panel, stop_loss__elected=True, **stated)
    check(result, 2027, benchmark=12_000_000, stop_loss_net=180_000, gross_savings=-20_000, shared_result=-10_000)
    check(result, 2027, add_on=180_000, net_result=170_000)


def test_16_professional_base_year_too_small_to_count_2027():
    panel = paper_panel(base_pbpm=[5_000.0, 970.0, 1_000.0], pbpm=1_009.4)
    panel.base_person_months[:, 0, AGED_DISABLED, CLAIMS] = 60.0
    panel.base_expenditure[:, 0, AGED_DISABLED, CLAIMS] = 60.0 * 5_000.0
    growth = np.array([1.10, 1.06, 1.0])[np.newaxis, :, np.newaxis] * np.ones(3)
    result = settled("professional", panel._replace(base_national_trend=growth, base_regional_trend=growth))
    check(result, 2027, benchmark=12_112_800, gross_savings=0, add_on=181_692, net_result=181_692)
