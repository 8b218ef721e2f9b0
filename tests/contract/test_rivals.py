"""What must hold for every programme: bits, scale, monotony, finite numbers where nobody is, and sums that add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import DOLLARS, paper_panel, random_panel

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.contract.book import STAY_OUT, TRACKS_OF
from leadmc.contract.experience import AcoFacts, Settlement
from leadmc.contract.programmes import ALL_TRACKS, load_agreements, settle
from leadmc.contract.trace import tracing

RIVALS = (*TRACKS_OF["mssp"], *TRACKS_OF["reach"])
RIVAL = st.sampled_from(RIVALS)
SEEDS = st.integers(0, 2**32 - 1)
TERMS = load_agreements()
EVERYTHING_ON = load_agreements(
    {
        "reach.stop_loss.elected": True,
        "reach.stop_loss.charge": 0.01,
        "reach.risk_adjustment.demographic_growth": 0.01,
        "mssp.minimum_rate.election": "by_size",
        "mssp.revenue.low": True,
        "mssp.revenue.share_of_benchmark": 0.3,
        "mssp.prior_savings.risk_adjusted_cap": True,
        "mssp.trend.guardrail.lower": "proposed_2027",
        "mssp.trend.guardrail.upper": "proposed_2027",
    }
)
VETERAN = AcoFacts("renewing", "mssp", (10.0, 20.0, 30.0), 0.9)
MONEY = (
    "benchmark_before_discount",
    "benchmark",
    "stop_loss_net",
    "gross_savings",
    "shared_result",
    "sequestration",
    "net_result",
    "net_cash",
    "benchmark_pbpm",
    "guarantee",
)


def scenario(panel, keep):
    return panel._replace(**{n: a[keep] for n, a in panel._asdict().items() if n != "aco_share"})


@pytest.mark.parametrize("track", ALL_TRACKS)
@pytest.mark.parametrize("terms", [TERMS, EVERYTHING_ON], ids=["book", "everything"])
def test_a_scenario_does_not_feel_its_neighbours(track, terms):
    panel = random_panel(1, 131, empty=0.1)
    together = settle(terms, track, VETERAN, panel)
    for keep in (slice(0, 1), slice(5, 12), slice(64, 131)):
        alone = settle(terms, track, VETERAN, scenario(panel, keep))
        for name in Settlement._fields:
            whole = getattr(together, name)
            part = whole if name == "rate_book_weight" else whole[keep]
            assert np.array_equal(getattr(alone, name), part), name


@given(SEEDS, RIVAL, st.sampled_from([0.5, 2.0, 8.0]))
@settings(max_examples=20, deadline=None)
def test_all_money_scales_with_all_prices(seed, track, factor):
    panel = random_panel(seed, 3)
    dollars = (*DOLLARS, "truncation_excess", "base_truncation_excess")
    dearer = panel._replace(**{name: factor * getattr(panel, name) for name in dollars})
    facts = VETERAN._replace(prior_savings_pbpm=tuple(factor * s for s in VETERAN.prior_savings_pbpm))
    before, after = settle(TERMS, track, VETERAN, panel), settle(TERMS, track, facts, dearer)
    for name in MONEY:
        assert getattr(after, name) == pytest.approx(factor * getattr(before, name), rel=1e-12), name
    assert np.array_equal(before.lower_spending, after.lower_spending)


@given(SEEDS, RIVAL, st.integers(0, 9), st.floats(0.0, 3e6))
@settings(max_examples=40, deadline=None)
def test_more_spending_never_raises_the_result_of_its_year(seed, track, year, more):
    panel = random_panel(seed, 3)
    dearer = panel._replace(expenditure=panel.expenditure.copy())
    dearer.expenditure[:, year, 0, 0] += more
    before, after = settle(TERMS, track, VETERAN, panel), settle(TERMS, track, VETERAN, dearer)
    tolerance = 1e-9 * before.benchmark[:, year]
    assert (after.net_result[:, year] <= before.net_result[:, year] + tolerance).all()
    untouched = [y for y in range(10) if y != year and not (track.startswith("mssp") and 2 <= year < 5 <= y)]
    assert np.array_equal(after.net_result[:, untouched], before.net_result[:, untouched])


@given(SEEDS, st.floats(0.0, 0.99))
@settings(max_examples=20, deadline=None)
def test_reach_professional_never_spreads_wider_than_global_before_the_discount(seed, level):
    panel = random_panel(seed, 4)._replace(quality_score=np.ones((4, 10)))
    panel = panel._replace(expenditure=panel.expenditure * level)
    terms = load_agreements({"reach.discount.global": dict.fromkeys(PERFORMANCE_YEARS, 0.0)})
    share = {
        option: settle(terms, f"reach-{option}", VETERAN, panel).shared_result for option in ("global", "professional")
    }
    assert (np.abs(share["professional"]) <= np.abs(share["global"]) + 1e-6).all()


@pytest.mark.parametrize("track", ALL_TRACKS)
def test_sums_add_up_and_are_finite_where_nobody_is(track):
    panel = random_panel(3, 40, empty=0.6)
    for months, spending in (("person_months", "expenditure"), ("base_person_months", "base_expenditure")):
        getattr(panel, months)[0], getattr(panel, spending)[0] = 0.0, 0.0
    panel.truncation_excess[0], panel.stop_loss_excess[0] = 0.0, 0.0
    result = settle(TERMS, track, AcoFacts(), panel)
    for name in Settlement._fields:
        assert np.isfinite(getattr(result, name)).all(), name
    if track == STAY_OUT:
        return
    spending = panel.expenditure.sum(axis=(2, 3))
    assert result.gross_savings == pytest.approx(result.benchmark - spending + result.stop_loss_net, abs=1e-3)
    income = result.shared_result - result.sequestration + result.add_on + result.high_performer_bonus
    assert result.net_result == pytest.approx(income, abs=1e-3)


@pytest.mark.parametrize("track", RIVALS)
def test_observed_base_years_serve_all_scenarios(track):
    panel = random_panel(5, 7)
    shared = {name: array[:1] for name, array in panel._asdict().items() if name.startswith("base_")}
    result = settle(TERMS, track, AcoFacts(), panel._replace(**shared))
    full = panel._replace(**{name: np.repeat(array, 7, axis=0) for name, array in shared.items()})
    for name in MONEY:
        assert np.array_equal(getattr(result, name), getattr(settle(TERMS, track, AcoFacts(), full), name)), name


def test_who_stays_out_has_nothing_to_settle():
    result = settle(TERMS, STAY_OUT, AcoFacts(), paper_panel(pbpm=1_500))
    for name in MONEY:
        assert not getattr(result, name).any()
    assert (result.risk_ratio_capped == 1).all()


@pytest.mark.parametrize("track", RIVALS)
def test_every_step_leaves_a_line_in_the_trace(track):
    panel = random_panel(2, 1)
    with tracing() as lines:
        result = settle(TERMS, track, AcoFacts(), panel)
    made = {(line.name, line.year): line.value for line in lines if not line.aside}
    for y, year in enumerate(PERFORMANCE_YEARS):
        assert made["Gross savings", year] == result.gross_savings[0, y]
        assert made["Shared savings or losses", year] == result.shared_result[0, y]
        assert made["Sequestration", year] == result.sequestration[0, y]
        assert made["Settlement payment", year] == result.net_result[0, y]
