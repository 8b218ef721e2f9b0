"""What must hold for any settlement: bits, scale, monotony, neutrality, and finite numbers where nobody is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import DOLLARS, paper_panel, random_panel, settled

from leadmc.base.errors import InputError
from leadmc.contract import corridors, trend
from leadmc.contract.book import TRACKS, neutral_overrides
from leadmc.contract.experience import AcoFacts, Settlement
from leadmc.contract.lead import settle
from leadmc.contract.programmes import load_lead

SEEDS = st.integers(0, 2**32 - 1)
TRACK = st.sampled_from(TRACKS)
MODES = st.sampled_from(["CLIFF", "LINEAR5", "EARLY", "NONE"])
MONEY = (
    "benchmark_before_discount",
    "benchmark",
    "stop_loss_net",
    "gross_savings",
    "shared_result",
    "add_on",
    "sequestration",
    "net_result",
    "net_cash",
    "rate_book_effect",
    "benchmark_pbpm",
    "guarantee",
    "episodes_net",
    "high_performer_bonus",
    "capitation_gain",
    "guarantee_call",
)
EVERYTHING_ON = {
    "rate_book__mode": "EARLY",
    "rate_book__yearly_cap": 0.05,
    "stop_loss__elected": True,
    "stop_loss__charge": 0.01,
    "risk_adjustment__reference": "rolling",
    "designation__retest": "annual",
    "regional_adjustment__capped_by": "total",
}
OPTIONS = {
    "participation__track_change__first_year": 2031,
    "participation__termination__last_year": 2034,
    "tin_list__change_year": 2029,
    "tin_list__effect": -0.05,
    "risk_adjustment__demographic_offset": True,
    "quality__clinical_measures__weight": 0.3,
    "quality__improvement_gate__share": 0.5,
    "quality__prevention_plan__points": 0.05,
    "quality__high_performers_pool__bonus": 0.01,
    "quality__high_performers_pool__threshold": 0.5,
    "stop_loss__elected": True,
    "capitation__non_primary_care": 0.05,
    "capitation__advanced_payment": 0.1,
    "capitation__replaced_fees": 0.97,
    "capitation__claims_lag": 1,
    "cara__episodes": "illustration",
    "beneficiary_programmes__rewards__tracks": "both",
    "beneficiary_programmes__rewards__yearly_cost": 40.0,
    "beneficiary_programmes__rewards__uptake": 0.2,
}
"""What an ACO may elect or change, all at once."""
VETERAN = AcoFacts("renewing", "mssp", (10.0, 20.0, 30.0), 0.9)


def scenario(panel, keep):
    return panel._replace(**{n: a[keep] for n, a in panel._asdict().items() if n != "aco_share"})


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("overrides", [{}, EVERYTHING_ON, OPTIONS])
def test_a_scenario_does_not_feel_its_neighbours(track, overrides):
    panel = random_panel(1, 131, empty=0.1)
    together = settled(track, panel, facts=VETERAN, **overrides)
    for keep in (slice(0, 1), slice(5, 12), slice(64, 131)):
        alone = settled(track, scenario(panel, keep), facts=VETERAN, **overrides)
        for name in set(Settlement._fields) - {"rate_book_weight"}:
            assert np.array_equal(getattr(alone, name), getattr(together, name)[keep]), name


def test_what_is_common_to_all_scenarios_broadcasts():
    panel = random_panel(2, 9)
    common = panel._replace(national_trend=panel.national_trend[:1], base_expenditure=panel.base_expenditure[:1])
    spelled_out = common._replace(
        national_trend=np.repeat(common.national_trend, 9, axis=0),
        base_expenditure=np.repeat(common.base_expenditure, 9, axis=0),
    )
    for found, expected in zip(settled("global", common), settled("global", spelled_out), strict=True):
        assert np.array_equal(found, expected)


@given(SEEDS, TRACK, MODES, st.floats(0.0, 1.0))
@settings(deadline=None, max_examples=40)
def test_numbers_are_finite_wherever_people_are_missing(seed, track, mode, empty):
    for overrides in ({"rate_book__mode": mode}, EVERYTHING_ON, OPTIONS):
        result = settled(track, random_panel(seed, 3, empty=empty), facts=VETERAN, **overrides)
        for name, array in result._asdict().items():
            assert np.isfinite(array).all(), name


@given(SEEDS, TRACK, MODES)
@settings(deadline=None, max_examples=30)
def test_where_people_are_there_is_a_benchmark(seed, track, mode):
    panel = random_panel(seed, 3, empty=0.5)
    result = settled(track, panel, rate_book__mode=mode)
    assert (result.benchmark_pbpm[panel.person_months.sum(axis=-1) > 0] > 0).all()


@given(SEEDS, TRACK, st.floats(0.001, 1_000.0), st.sampled_from([EVERYTHING_ON, OPTIONS]))
@settings(deadline=None, max_examples=30)
def test_all_dollars_scale_together(seed, track, k, overrides):
    panel = random_panel(seed, 3, empty=0.2)
    scaled = panel._replace(**{name: k * getattr(panel, name) for name in DOLLARS})
    small = settled(track, panel, **overrides)
    large = settled(track, scaled, **overrides)
    for name in MONEY:
        expected = k * getattr(small, name)
        assert getattr(large, name) == pytest.approx(expected, rel=1e-9, abs=1e-9 * k * small.benchmark.max()), name
    assert large.risk_ratio_capped == pytest.approx(small.risk_ratio_capped)


@given(SEEDS, TRACK, MODES, st.floats(1.0, 3.0))
@settings(deadline=None, max_examples=30)
def test_more_spending_never_raises_the_net_result(seed, track, mode, more):
    panel = random_panel(seed, 3, empty=0.2)
    dearer = panel._replace(expenditure=more * panel.expenditure)
    for overrides in ({"rate_book__mode": mode}, OPTIONS):
        before = settled(track, panel, **overrides).net_result
        after = settled(track, dearer, **overrides).net_result
        assert (after <= before).all()


@given(SEEDS, TRACK)
@settings(deadline=None, max_examples=20)
def test_the_parts_add_up_and_the_add_on_is_never_in_gross_savings(seed, track):
    panel = random_panel(seed, 5)
    result = settled(track, panel, **EVERYTHING_ON)
    spending = panel.expenditure.sum(axis=(2, 3))
    assert np.array_equal(result.gross_savings, result.benchmark - spending + result.stop_loss_net)
    assert np.array_equal(result.net_result, result.shared_result - result.sequestration + result.add_on)
    optional = settled(track, panel, **OPTIONS)
    cost = spending + optional.episodes_net
    assert np.array_equal(optional.gross_savings, optional.benchmark - cost + optional.stop_loss_net)
    paid = optional.shared_result - optional.sequestration
    assert np.array_equal(optional.net_result, paid + optional.add_on + optional.high_performer_bonus)
    income = optional.net_result + optional.capitation_gain
    assert optional.net_cash.sum(axis=1) == pytest.approx(income.sum(axis=1))
    without = settled(track, panel, add_on__rate=0.0, **EVERYTHING_ON)
    assert np.array_equal(result.gross_savings, without.gross_savings)
    schedule = corridors.of_track(load_lead().corridors, track)
    again = corridors.shared(schedule, gross=result.gross_savings, benchmark=result.benchmark)
    assert np.array_equal(result.shared_result, again)


@given(st.lists(st.floats(-1.5, 1.5), min_size=2, max_size=2))
def test_professional_never_spreads_wider_than_global(gross):
    """Before discount and add-on, two results lie no further apart in Professional than in Global."""
    terms = load_lead().corridors
    shared = {
        track: corridors.shared(corridors.of_track(terms, track), gross=np.array(gross), benchmark=np.ones(2))
        for track in TRACKS
    }
    assert np.ptp(shared["professional"]) <= np.ptp(shared["global"]) + 1e-12


WIDTHS = st.tuples(*[st.floats(0.0, 0.1)] * 4)


@given(st.floats(0.5, 2.0), st.floats(0.5, 2.0), WIDTHS, st.sampled_from(["prospective", "blend"]))
@settings(deadline=None, max_examples=40)
def test_a_wider_guardrail_never_brings_the_trend_nearer_to_what_happened(two_way, forecast, widths, clamps):
    def distance(lower, upper):
        overrides = {"trend.guardrail.lower": lower, "trend.guardrail.upper": upper, "trend.guardrail.clamps": clamps}
        terms = load_lead(overrides).trend
        growth = trend.three_way(terms, 2027, two_way=np.array([two_way]), prospective=np.array([forecast]))
        return abs(growth[0] - two_way)

    lower, upper, more_below, more_above = widths
    assert distance(lower, upper) <= distance(lower + more_below, upper + more_above) + 1e-12


@given(SEEDS)
@settings(deadline=None, max_examples=20)
def test_without_the_rate_book_it_has_no_effect(seed):
    result = settled("global", random_panel(seed, 3), rate_book__mode="LINEAR5")
    assert (result.rate_book_effect[:, :5] == 0.0).all()
    assert (result.rate_book_effect[:, 5:] != 0.0).all()


def at_rest(seed):
    """A world that grows alike everywhere, in which the ACO spends what it always spent per unit of nothing."""
    rng = np.random.default_rng(seed)
    growth = np.cumprod(rng.uniform(0.98, 1.08, (4, 10, 3)), axis=1)
    base_growth = np.cumprod(rng.uniform(0.98, 1.08, (4, 3, 3)), axis=1)[:, ::-1]
    base_growth /= base_growth[:, 2:]
    rate = rng.uniform(500.0, 5_000.0, (4, 3, 2))
    panel = random_panel(seed, 4)
    base_months = 1_000.0 + panel.base_person_months
    return panel._replace(
        base_person_months=base_months,
        base_expenditure=base_months * rate[:, np.newaxis] / base_growth[..., np.newaxis],
        base_national_trend=base_growth,
        base_regional_trend=base_growth,
        national_trend=growth,
        regional_trend=growth,
        prospective_trend=growth,
        expenditure=panel.person_months * rate[:, np.newaxis] * growth[..., np.newaxis],
    )


@given(SEEDS, TRACK)
@settings(deadline=None, max_examples=20)
def test_a_neutral_contract_in_a_world_at_rest_shares_nothing(seed, track):
    panel = at_rest(seed)
    result = settle(load_lead(neutral_overrides()), track, VETERAN, panel)
    for name in ("gross_savings", "shared_result", "net_result"):
        assert np.abs(getattr(result, name)).max() <= 1e-11 * result.benchmark.max(), name
    for name in ("add_on", "sequestration", "stop_loss_net", "rate_book_effect"):
        assert (getattr(result, name) == 0.0).all(), name
    assert (result.risk_ratio_capped == 1.0).all()


@given(SEEDS)
@settings(deadline=None, max_examples=20)
def test_a_neutral_contract_shares_by_the_corridors_alone(seed):
    panel = random_panel(seed, 4)
    result = settle(load_lead(neutral_overrides()), "global", VETERAN, panel)
    assert np.array_equal(result.benchmark, result.benchmark_before_discount)
    share = corridors.shared(load_lead().corridors.global_, gross=result.gross_savings, benchmark=result.benchmark)
    assert np.array_equal(result.net_result, share)
    inside = np.abs(result.gross_savings) <= 0.15 * result.benchmark
    assert np.array_equal(result.net_result[inside], result.gross_savings[inside])


def test_a_voluntary_cell_without_history_takes_the_claims_rate_at_its_own_score():
    panel = paper_panel(base_pbpm=1_200.0, base_score=1.2, score=1.2)
    panel.person_months[:, 3:, 0, 1] = 1_200.0
    panel.risk_score[:, 3:, 0, 1] = 0.9
    panel.risk_score[:, 4:, 0, 1] = 1.8  # far above the score that it came with: the cap holds
    pbpm = settled("professional", panel, rate_book__mode="NONE").benchmark[0]
    assert pbpm[2] == pytest.approx(12_000 * 1_200)
    assert pbpm[3] == pytest.approx(12_000 * 1_200 + 1_200 * 900)
    assert pbpm[4] == pytest.approx(12_000 * 1_200 + 1_200 * 900 * 1.03)


def test_an_unknown_track_or_fact_is_refused_with_every_fault():
    with pytest.raises(InputError) as error:
        settle(load_lead(), "both", AcoFacts(entering="old", predecessor="ngaco"), paper_panel())
    assert str(error.value).splitlines() == [
        "3 faults in the input:",
        "  - track: 'both'. Allowed: professional or global.",
        "  - entering: 'old'. Allowed: new or renewing.",
        "  - predecessor: 'ngaco'. Allowed: none or mssp or reach.",
    ]
