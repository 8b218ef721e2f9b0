"""What the regional rate rests on: a year, a rolling mean, the ACO's own people; and where the ACO stands."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import paper_panel, random_panel, settled

from leadmc.contract import rate_book
from leadmc.contract.programmes import load_lead

MONTHS = 12_000
FULL = 5  # PY2032, the first year on the rate book


def drifting(rate, **changes):
    """A region that grows by ``rate`` a year against a nation at rest, also in the base years."""
    past = (1 + rate) ** np.array([2.0, 1.0, 0.0])[np.newaxis, :, np.newaxis] * np.ones(3)
    future = (1 + rate) ** np.arange(1.0, 11.0)[np.newaxis, :, np.newaxis] * np.ones(3)
    return paper_panel(base_regional_trend=past, regional_trend=future, rate_book_pbpm=1_000.0 * future, **changes)


def test_without_smoothing_the_rate_is_the_regions_of_the_year():
    pbpm = settled("professional", drifting(0.02)).benchmark[0] / MONTHS
    assert pbpm[FULL] == pytest.approx(1_000 * 1.02**6)


@pytest.mark.parametrize("years", [3, 5])
def test_smoothing_takes_the_mean_standing_of_the_years_before(years):
    pbpm = settled("professional", drifting(0.02), rate_book__smoothing_years=years).benchmark[0] / MONTHS
    assert pbpm[FULL] == pytest.approx(1_000 * np.mean([1.02 ** (6 - lag) for lag in range(1, years + 1)]))


def test_smoothing_begins_with_the_base_years():
    terms = load_lead({"rate_book.smoothing_years": 5}).rate_book
    rates = rate_book.smoothed(terms, drifting(0.02))[0, :, 0]
    assert rates[0] == pytest.approx(1_000 * np.mean(1.02 ** np.array([-2.0, -1.0, 0.0])))
    assert rates[1] == pytest.approx(1_000 * np.mean(1.02 ** np.array([-2.0, -1.0, 0.0, 1.0])))


def test_a_region_that_moves_with_the_nation_does_not_notice_smoothing():
    growth = 1.05 ** np.arange(1.0, 11.0)[np.newaxis, :, np.newaxis] * np.ones(3)
    panel = paper_panel(national_trend=growth, regional_trend=growth, rate_book_pbpm=1_000.0 * growth)
    terms = load_lead({"rate_book.smoothing_years": 5}).rate_book
    assert rate_book.smoothed(terms, panel) == pytest.approx(panel.rate_book_pbpm)


def test_own_people_dilute_gain_and_loss_by_the_share_of_the_aco():
    """A quarter of the region is the ACO's: of 100 above the region it keeps 25, of 100 below it gives back 25."""
    dear = settled("professional", paper_panel(base_pbpm=1_100.0, pbpm=1_100.0), rate_book__own_people="within")
    cheap = settled("professional", paper_panel(base_pbpm=900.0, pbpm=900.0), rate_book__own_people="within")
    assert dear.benchmark[0, FULL] / MONTHS == pytest.approx(0.75 * 1_000 + 0.25 * 1_100)
    assert cheap.benchmark[0, FULL] / MONTHS == pytest.approx(0.75 * 1_000 + 0.25 * 900)


def test_own_cost_counts_at_a_score_of_one():
    panel = paper_panel(base_pbpm=1_200.0, base_score=1.2, pbpm=1_200.0, score=1.2)
    pbpm = settled("professional", panel, rate_book__own_people="within").benchmark[0] / MONTHS
    assert pbpm[FULL] == pytest.approx(1_200.0)  # dearer by its score alone: 1,000 at a score of 1, as the region


def test_a_category_without_people_is_rated_by_its_region():
    terms = load_lead({"rate_book.own_people": "within"}).rate_book
    nobody = np.zeros((1, 3, 2))
    rate = rate_book.regional_rate(
        terms, np.full((1, 3), 700.0), expenditure=nobody, person_months=nobody, score=nobody, share=np.full(3, 0.3)
    )
    assert rate == pytest.approx(700.0)


@settings(deadline=None, max_examples=20)
@given(more=st.floats(0.0, 500.0))
def test_spending_more_never_pays_although_it_raises_the_regions_average(more):
    terms = {"rate_book__own_people": "within"}
    less = settled("professional", paper_panel(), **terms).net_result
    assert (settled("professional", paper_panel(pbpm=1_000.0 + more), **terms).net_result <= less + 1e-6).all()


@pytest.mark.parametrize(("cost", "first_step"), [(1_100.0, 0.95), (900.0, 1.05), (980.0, 1_000 / 980)])
def test_a_cap_holds_the_step_beyond_trend_both_ways_and_lets_a_smaller_one_pass(cost, first_step):
    growth = 1.04 ** np.arange(1.0, 11.0)[np.newaxis, :, np.newaxis] * np.ones(3)
    world = {"national_trend": growth, "regional_trend": growth, "prospective_trend": growth}
    panel = paper_panel(base_pbpm=cost, **world)._replace(rate_book_pbpm=1_000.0 * growth)
    benchmark = settled("professional", panel, rate_book__yearly_cap=0.05).benchmark[0]
    assert benchmark[FULL] / benchmark[FULL - 1] == pytest.approx(1.04 * first_step)


def test_position_is_own_spending_over_the_regions_at_the_same_risk_and_time():
    assert rate_book.regional_position(paper_panel(base_pbpm=1_100.0)) == pytest.approx([1.1])
    assert rate_book.regional_position(paper_panel(base_pbpm=1_100.0, base_score=1.1)) == pytest.approx([1.0])
    # the region costs 1,000 in BY3 and 2% less a year before; so does the ACO
    cost = 1_000.0 / 1.02 ** np.array([2.0, 1.0, 0.0])
    assert rate_book.regional_position(drifting(0.02, base_pbpm=cost)) == pytest.approx([1.0])


def test_position_is_one_without_people_and_unmoved_by_the_scale_of_dollars():
    panel = random_panel(3, 4)
    nobody = panel._replace(base_person_months=0.0 * panel.base_person_months)
    assert rate_book.regional_position(nobody) == pytest.approx([1.0] * 4)
    richer = panel._replace(base_expenditure=3 * panel.base_expenditure, regional_pbpm=3 * panel.regional_pbpm)
    assert rate_book.regional_position(richer) == pytest.approx(rate_book.regional_position(panel))
