"""Single rules of the agreement against the tables and the arithmetic of their sources."""

import numpy as np
import pytest
from paper import paper_panel, settled

from leadmc.base.axes import AGED_DISABLED, CLAIMS, HIGH_NEEDS, PERFORMANCE_YEARS
from leadmc.contract import (
    base_years,
    capitation,
    discount,
    rate_book,
    regional_adjustment,
    risk_adjustment,
    stop_loss,
    trend,
)
from leadmc.contract.experience import AcoFacts
from leadmc.contract.programmes import load_lead


def terms_with(**overrides):
    return load_lead({name.replace("__", "."): value for name, value in overrides.items()})


# Trend: two-way 5%, forecast 6.5% or 3.0%, PY2027 (CMS1 and W0 readings of the guardrail)
@pytest.mark.parametrize(
    ("forecast", "mode", "clamps", "expected"),
    [
        (6.5, "WIDEN", "prospective", 5.100),
        (6.5, "WIDEN", "blend", 5.300),
        (6.5, "NONE", "prospective", 5.500),
        (3.0, "WIDEN", "prospective", 4.933),
        (3.0, "WIDEN", "blend", 4.800),
        (3.0, "NONE", "blend", 4.333),
    ],
)
def test_guardrail_table(forecast, mode, clamps, expected):
    terms = terms_with(trend__guardrail__mode=mode, trend__guardrail__clamps=clamps).trend
    found = trend.three_way(terms, 2027, two_way=np.array([1.05]), prospective=np.array([1 + forecast / 100]))
    assert round(100 * (found[0] - 1), 3) == expected


@pytest.mark.parametrize(
    ("mode", "year", "widths"),
    [
        ("WIDEN", 2027, (0.002, 0.003)),
        ("WIDEN", 2031, (0.010, 0.015)),
        ("WIDEN", 2036, (0.020, 0.030)),
        ("FIXED", 2036, (0.002, 0.003)),
        ("MSSP_LIKE", 2036, (0.010, 0.015)),
        ("NONE", 2027, (np.inf, np.inf)),
    ],
)
def test_guardrail_widths(mode, year, widths):
    terms = terms_with(trend__guardrail__mode=mode).trend.guardrail
    assert trend.guardrail_widths(terms, year) == pytest.approx(widths)


def test_two_way_trend_weighs_the_nation_by_the_acos_share_of_its_region():
    found = trend.two_way(national=np.array([1.04]), regional=np.array([1.08]), aco_share=np.array([0.25]))
    assert found[0] == pytest.approx(1.07)


NO_SEQUESTRATION = {"sequestration__rate": 0.0}


def net_in_percent(track, under, region, **overrides):
    """Net result of PY2027 in percent of the undiscounted benchmark, spending ``under`` percent below it."""
    panel = paper_panel(pbpm=1_000.0 - 10.0 * under, region=region)
    overrides = NO_SEQUESTRATION | {"regional_adjustment__tracks": []} | overrides
    result = settled(track, panel, **overrides)
    return result.net_result[0, 0] / result.benchmark_before_discount[0, 0] * 100


# Net position in PY2027, percent of undiscounted benchmark, full quality, no adjustment, before sequestration
@pytest.mark.parametrize(
    ("under", "global_lower", "global_higher", "professional"),
    [
        (-3, -6.00, -3.25, -1.50),
        (0, -3.00, -0.25, 0.0),
        (3, 0.00, 2.75, 1.80),
        (5, 2.00, 4.75, 3.00),
        (8, 5.00, 7.75, 4.80),
        (12, 9.00, 11.75, 6.70),
    ],
)
def test_net_position_table(under, global_lower, global_higher, professional):
    assert net_in_percent("global", under, 1_100.0) == pytest.approx(global_lower, abs=1e-9)
    assert net_in_percent("global", under, 900.0) == pytest.approx(global_higher, abs=1e-9)
    assert net_in_percent("professional", under, 1_100.0) == pytest.approx(professional, abs=1e-9)
    # a higher-spending professional ACO has the add-on as well
    assert net_in_percent("professional", under, 900.0) == pytest.approx(professional + 1.5, abs=1e-9)


def test_break_even_gross_savings():
    assert net_in_percent("global", 0.25, 900.0) == pytest.approx(0.0, abs=1e-9)
    assert net_in_percent("global", 3.0, 1_100.0) == pytest.approx(0.0, abs=1e-9)
    assert net_in_percent("professional", 0.0, 1_100.0) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("under", "region", "savings"),
    [(7.5, 1_100.0, None), (6.0, 1_100.0, "fifty"), (4.375, 900.0, None)],  # 4.375 is printed as 4.4
)
def test_savings_at_which_global_overtakes_professional(under, region, savings):
    change = {"corridors__professional__savings": savings} if savings else {}
    advantage = [
        net_in_percent("global", x, region) - net_in_percent("professional", x, region, **change)
        for x in (under - 0.1, under, under + 0.1)
    ]
    assert advantage[0] < 0 < advantage[2]
    assert advantage[1] == pytest.approx(0.0, abs=1e-9)


def rea(historical, *, entering="new", predecessor="none", region=1_000.0, share=None, **overrides):
    terms = terms_with(**overrides).regional_adjustment
    historical = np.asarray(historical, dtype=float).reshape(1, -1, 1)
    return regional_adjustment.regional_adjustment(
        terms,
        regional_adjustment.cap(terms, entering=entering, predecessor=predecessor),
        np.array([True]),
        historical=historical,
        regional=np.full_like(historical, region),
        national=np.full_like(historical, 1_000.0),
        share=np.full_like(historical, 1 / historical.size) if share is None else share,
    )[0, :, 0]


def test_six_percent_under_the_region_earns_three():
    assert rea([940.0])[0] == pytest.approx(30.0)


def test_regional_adjustment_is_capped_and_never_negative():
    assert rea([800.0])[0] == pytest.approx(50.0)
    assert rea([900.0])[0] == pytest.approx(50.0)  # the cap binds exactly
    assert rea([800.0], entering="renewing", predecessor="mssp")[0] == pytest.approx(30.0)
    assert rea([800.0], entering="new", predecessor="mssp")[0] == pytest.approx(50.0)
    assert rea([800.0], entering="renewing", predecessor="reach")[0] == pytest.approx(50.0)
    assert rea([1_200.0])[0] == 0.0


def test_regional_adjustment_by_category_or_on_the_total():
    # one category 20% under its region, one 10% over: +50 (capped) and 0, or the total 0.5 x 5% = 2.5% for both
    assert rea([800.0, 1_100.0]) == pytest.approx([50.0, 0.0])
    assert rea([800.0, 1_100.0], regional_adjustment__capped_by="total") == pytest.approx([25.0, 25.0])


def test_regional_adjustment_in_professional_is_a_switch():
    panel = paper_panel(region=1_060.0)
    assert settled("professional", panel).benchmark[0, 0] == pytest.approx(12_000_000)
    both = settled("professional", panel, regional_adjustment__tracks="both")
    assert both.benchmark[0, 0] == pytest.approx(12_360_000)


def test_prior_savings_are_capped_and_the_larger_adjustment_wins():
    rich = AcoFacts(prior_savings_pbpm=(300.0, 300.0, 300.0))
    assert settled("professional", paper_panel(), facts=rich).benchmark[0, 0] == pytest.approx(12_600_000)
    modest = AcoFacts(prior_savings_pbpm=(40.0, 40.0, 40.0))  # 20, against 30 from the region: never 50
    assert settled("global", paper_panel(region=1_060.0), facts=modest).benchmark_before_discount[
        0, 0
    ] == pytest.approx(12_360_000)
    losses = AcoFacts(prior_savings_pbpm=(-90.0, 10.0, 10.0))
    assert settled("professional", paper_panel(), facts=losses).benchmark[0, 0] == pytest.approx(12_000_000)
    closed = settled("professional", paper_panel(), facts=rich, prior_savings__higher_spending=False)
    assert closed.benchmark[0, 0] == pytest.approx(12_000_000)


@pytest.mark.parametrize(
    ("mode", "weights"),
    [
        ("CLIFF", [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]),
        ("LINEAR5", [0, 0, 0, 0, 0, 0.2, 0.4, 0.6, 0.8, 1]),
        ("EARLY", [0, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1, 1, 1, 1]),
        ("NONE", [0] * 10),
    ],
)
def test_rate_book_weights(mode, weights):
    terms = terms_with(rate_book__mode=mode).rate_book
    assert [rate_book.rate_book_weight(terms, year) for year in PERFORMANCE_YEARS] == pytest.approx(weights)


def test_rate_book_moves_the_benchmark_to_the_region():
    over = settled("professional", paper_panel(base_pbpm=1_100.0))
    assert over.benchmark[0, 5] / over.benchmark[0, 4] - 1 == pytest.approx(-1 / 11)  # 110 -> 100, about 9%
    under = settled("global", paper_panel(base_pbpm=900.0), discount__tracks=[])
    assert (under.benchmark[0, 5] - under.benchmark[0, 4]) / 12_000 == pytest.approx(50.0)  # 95 -> 100, 5 points


def test_rate_book_cap_holds_each_step_near_trend():
    growth = 1.02 ** np.arange(1, 11)[np.newaxis, :, np.newaxis] * np.ones(3)
    panel = paper_panel(
        base_pbpm=1_100.0, national_trend=growth, regional_trend=growth, prospective_trend=growth
    )._replace(rate_book_pbpm=1_000.0 * growth)
    pbpm = settled("professional", panel, rate_book__yearly_cap=0.03).benchmark[0] / 12_000
    assert pbpm[4] == pytest.approx(1_100 * 1.02**5)
    assert pbpm[5:8] / pbpm[4:7] == pytest.approx([1.02 * 0.97] * 3)
    # 1,100 x 0.97^4 < 1,000: the rate book is reached in the fourth year
    assert pbpm[8:] == pytest.approx(1_000 * 1.02 ** np.array([9.0, 10.0]))


def test_rate_book_cap_waits_for_the_rate_book():
    score = np.array([1.0, 1.03, *[1.03] * 8])
    pbpm = settled("professional", paper_panel(score=score), rate_book__yearly_cap=0.01).benchmark[0] / 12_000
    assert pbpm == pytest.approx([1_000.0] + [1_030.0] * 9)


def test_rate_book_score_is_capped_or_the_years_own():
    panel = paper_panel(score=1.10)
    assert settled("professional", panel).benchmark[0, 5] / 12_000 == pytest.approx(1_030.0)
    own = settled("professional", panel, rate_book__risk_score="uncapped")
    assert own.benchmark[0, 5] / 12_000 == pytest.approx(1_100.0)


def test_discount_rises_to_three_percent_in_equal_steps():
    terms = load_lead().discount
    rates = [discount.discount_rate(terms, "global", year, np.array([False, True])) for year in PERFORMANCE_YEARS]
    assert [rate[0] for rate in rates] == [0.0175, 0.02, 0.0225, 0.025, 0.0275, 0.03, 0.03, 0.03, 0.03, 0.03]
    assert [rate[1] for rate in rates] == [0.03] * 10
    assert discount.discount_rate(terms, "professional", 2030, np.array([False, True])).tolist() == [0.0, 0.0]


def capped(score, *, last=1.0, **overrides):
    terms = terms_with(**overrides).risk_adjustment
    scores = np.full((1, 3, 2), score)
    ratio = risk_adjustment.capped_ratio(
        terms, 2027, score=scores, reference=np.ones((1, 3, 2)), last=np.full((1, 3, 2), last)
    )
    return ratio[0, :, CLAIMS]


def test_risk_ratio_caps():
    assert capped(1.10) == pytest.approx([1.03, 1.03, 1.04])
    assert capped(0.90) == pytest.approx([0.97, 0.97, 0.96])
    assert capped(1.03)[AGED_DISABLED] == 1.03
    assert capped(0.0) == pytest.approx([1.0, 1.0, 1.0])  # nobody there
    rolling = capped(1.10, last=1.03, risk_adjustment__reference="rolling")
    assert rolling == pytest.approx([1.03 * 1.03, 1.03 * 1.03, 1.03 * 1.04])
    assert capped(1.5, risk_adjustment__cap__high_needs="inf")[HIGH_NEEDS] == 1.5


def test_a_rolling_cap_follows_the_score_step_by_step():
    panel = paper_panel(score=1.10)
    rolling = settled("professional", panel, risk_adjustment__reference="rolling").risk_ratio_capped
    assert rolling[0, :4, AGED_DISABLED] == pytest.approx([1.03, 1.0609, 1.092727, 1.10])


def test_coding_intensity_factor_divides_the_score():
    result = settled("professional", paper_panel(score=1.02), risk_adjustment__coding_intensity_factor=1.01)
    assert result.benchmark[0, 0] / 12_000 == pytest.approx(1_000 * 1.02 / 1.01)


def test_ai_score_enters_in_2029_and_counts_fully_from_2031():
    result = settled("professional", paper_panel(ai_score_effect=np.array([0.015])), rate_book__mode="NONE")
    assert result.benchmark[0] / 12_000 == pytest.approx([1_000, 1_000, 1_005, 1_010] + [1_015] * 6)
    assert result.risk_ratio_capped[0, :, AGED_DISABLED].tolist() == [1.0] * 10
    on_the_rate_book = settled("professional", paper_panel(ai_score_effect=np.array([0.015])))
    assert on_the_rate_book.benchmark[0, 5] / 12_000 == pytest.approx(1_015)


def test_base_year_weights_follow_experience():
    terms = load_lead().base_years
    assert base_years.weights(terms, "new") == (0.10, 0.30, 0.60)
    assert base_years.weights(terms, "renewing") == pytest.approx((1 / 3, 1 / 3, 1 / 3))


@pytest.mark.parametrize(
    ("base", "shared_pbpm", "expected"),
    [
        ("shared_savings", 900.0, 14_400.0),  # 10% of 12 M x 60% x 2%
        ("shared_result", 900.0, 14_400.0),
        ("gross_savings", 900.0, 24_000.0),
        ("shared_savings", 1_100.0, 0.0),
        ("shared_result", 1_100.0, 12_000.0),
        ("gross_savings", 1_100.0, 24_000.0),
    ],
)
def test_sequestration_bases(base, shared_pbpm, expected):
    result = settled("professional", paper_panel(pbpm=shared_pbpm), sequestration__base=base)
    assert result.sequestration[0, 0] == pytest.approx(expected)


@pytest.mark.parametrize(("duration", "years"), [("until_rate_book", 5), (1, 1), (5, 5), (10, 10), (0, 0)])
def test_add_on_duration(duration, years):
    result = settled("global", paper_panel(), add_on__duration=duration)
    assert result.add_on[0] == pytest.approx([180_000.0] * years + [0.0] * (10 - years))


def test_add_on_tracks():
    assert settled("professional", paper_panel(), add_on__tracks="global_only").add_on.max() == 0.0


def test_enhanced_capitation_is_seven_percent_with_base_and_two_at_least():
    terms = load_lead().capitation
    assert capitation.enhanced_advance(terms, "global", np.array([100.0]))[0] == pytest.approx(3.836)
    rich = terms_with(capitation__base_pcc=0.06).capitation
    assert capitation.enhanced_advance(rich, "global", np.array([100.0]))[0] == pytest.approx(2.0)
    total_care = terms_with(capitation__enhanced_tracks="professional_only").capitation
    assert capitation.enhanced_advance(total_care, "global", np.array([100.0]))[0] == 0.0


def test_advances_move_cash_and_never_income():
    for lag in (0, 1):
        result = settled("global", paper_panel(pbpm=950.0), capitation__settlement_lag=lag)
        assert result.net_cash.sum() == pytest.approx(result.net_result.sum())
        assert np.allclose(result.net_cash, result.net_result) == (lag == 0)


def test_stop_loss_is_charged_on_the_final_benchmark():
    # 12,000,000 x 0.9825 (discount) x 0.994 (quality 0.8) x 1%
    panel = paper_panel(quality_score=np.full((1, 10), 0.8))
    stated = {"stop_loss__elected": True, "stop_loss__charge_basis": "stated", "stop_loss__charge": 0.01}
    result = settled("global", panel, **stated)
    assert result.stop_loss_net[0, 0] == pytest.approx(-117_192.60)


def test_attachments_are_a_multiple_of_predicted_cost():
    found = stop_loss.attachments(load_lead().stop_loss, np.array([[[12_000.0, 90_000.0, 40_000.0]]]))
    assert found.tolist() == [[[60_000.0, 450_000.0, 200_000.0]]]


def test_annual_retest_follows_the_mix_of_the_year():
    # aged and disabled cost less than the region, High Needs more; High Needs take over in 2028
    panel = paper_panel(regional_pbpm=np.array([[1_100.0, 1_000.0, 900.0]]))
    for name in ("base_person_months", "base_expenditure", "base_risk_score"):
        array = getattr(panel, name)
        array[..., HIGH_NEEDS, CLAIMS] = array[..., AGED_DISABLED, CLAIMS]
    panel.risk_score[..., HIGH_NEEDS, CLAIMS] = 1.0
    panel.person_months[:, 0, HIGH_NEEDS, CLAIMS] = 1_000.0
    panel.person_months[:, 1:, HIGH_NEEDS, CLAIMS] = 50_000.0
    once = settled("global", panel)
    annual = settled("global", panel, designation__retest="annual")
    assert (once.add_on[0] > 0).tolist() == [False] * 10
    assert (annual.add_on[0] > 0).tolist() == [False] + [True] * 4 + [False] * 5
    assert annual.lower_spending.tolist() == [True]


def test_voluntary_comparator_can_be_the_region():
    panel = paper_panel(region=2_000.0)
    for name in ("base_person_months", "base_expenditure", "base_risk_score", "person_months", "risk_score"):
        array = getattr(panel, name)
        array[..., 1] = array[..., 0]
    by_claims = settled("professional", panel)
    by_region = settled("professional", panel, voluntary__comparator="regional")
    assert by_claims.benchmark[0, 0] == pytest.approx(24_000_000)
    assert by_region.benchmark[0, 0] == pytest.approx(12_000_000 + 1.8 * 12_000_000)
