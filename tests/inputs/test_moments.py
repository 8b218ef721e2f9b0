"""The moments of the grid are those of people who are simulated one by one."""

import numpy as np
import pytest

from leadmc.base.axes import AGED_DISABLED, ESRD, HIGH_NEEDS
from leadmc.base.philox import split_seed
from leadmc.inputs.achieved import achieved_beside_target
from leadmc.inputs.moments import concentration, moments
from leadmc.inputs.synthetic import synthetic_population
from leadmc.paths.lives import annual_cost, lives
from leadmc.paths.people import gather_people
from leadmc.paths.person_year import DIES, LEAVES

ESRD_RATE = 7.2
SLOTS = 250_000
SEED = split_seed(20)
Z = 4.0


@pytest.fixture(scope="module")
def found(reference):
    return moments(reference, esrd_rate=ESRD_RATE)


@pytest.fixture(scope="module")
def years(reference):
    """Three years of many people, each with its cost; prices as in ``moments``."""
    population = synthetic_population(
        reference, beneficiaries=SLOTS, county_fips=("00000",), county_weight=(1.0,), voluntary_share=0.0
    )
    price = ESRD_RATE * reference.combined_cost / reference.annual_cost[ESRD]
    people = gather_people(population, np.array([[1.0, price]]), reference)
    panel, nature = people.panels[0], people.nature
    run = lives(panel, nature, seed=SEED, scenario=3, years=2)
    return [(year, annual_cost(panel, nature, year).astype(np.float64)) for year in run]


def test_concentration_of_a_population_on_paper():
    # ten people: 91, and nine times 1; the dearest tenth has 91%, the dearest half 95%
    shares = concentration(np.array([1.0] * 9 + [91.0]), np.ones(10))
    assert shares[10] == pytest.approx(0.91)
    assert shares[50] == pytest.approx(0.95)
    assert shares[1] == pytest.approx(0.091)


def test_equal_people_are_not_concentrated():
    assert concentration(np.ones(1000), np.ones(1000))[20] == pytest.approx(0.2)


def test_figures_of_one_year(found, years):
    year, cost = years[0]
    dies, high = year.ending == DIES, year.category == HIGH_NEEDS
    shares = concentration(cost, np.ones(cost.size))
    for percent, tolerance in {1: 0.006, 5: 0.005, 10: 0.004, 20: 0.003, 50: 0.002}.items():
        assert found[f"top_{percent}"] == pytest.approx(shares[percent], abs=tolerance)
    assert found["mortality"] == pytest.approx(dies.mean(), abs=Z * 0.21 / np.sqrt(SLOTS))
    assert found["high_needs_share"] == pytest.approx(high.mean(), abs=1e-4)  # laid out evenly
    assert found["high_needs_mortality"] == pytest.approx(dies[high].mean(), abs=Z * 0.28 / np.sqrt(high.sum()))
    assert found["decedent_cost"] == pytest.approx(cost[dies].mean() / cost.mean(), rel=0.04)
    assert found["cost_cv"] == pytest.approx(cost.std() / cost.mean(), rel=0.06)
    monthly = (cost[high].sum() / year.months[high].sum()) / (cost.sum() / year.months.sum())
    assert found["high_needs_cost"] == pytest.approx(monthly, rel=0.03)


def test_figures_of_two_years(found, years):
    (first, cost), (second, later) = years
    survivors = (first.ending != DIES) & (first.ending != LEAVES) & (second.ending != DIES)
    before, after = cost[survivors], later[survivors]
    assert found["cost_lag_1"] == pytest.approx(np.corrcoef(before, after)[0, 1], abs=0.02)
    top = [each >= np.quantile(each, 0.95) for each in (before, after)]
    assert found["top_5_stays"] == pytest.approx((top[0] & top[1]).sum() / top[0].sum(), abs=0.012)
    well = survivors & (first.category == AGED_DISABLED) & (second.category == AGED_DISABLED)
    scores = np.corrcoef(first.score[well], second.score[well])[0, 1]
    # without the High Needs, whose scores are concurrent, the spread is narrower and the correlation a little lower
    assert scores == pytest.approx(found["score_persistence"], abs=0.03)


def test_last_twelve_months_reach_into_the_year_before(found, years):
    (first, cost), (second, later) = years
    died = (first.ending != DIES) & (first.ending != LEAVES) & (second.ending == DIES)
    last = later[died] + cost[died] * (12 - second.months[died]) / 12
    survivor = later[second.ending != DIES].mean()
    assert found["last_12_months"] == pytest.approx(last.mean() / survivor, rel=0.05)


def test_without_esrd_spending_is_less_concentrated(reference, found):
    assert moments(reference, esrd_rate=1.0)["top_5"] < found["top_5"]


def test_every_fact_is_met_or_said_not_to_be_judged(reference, found):
    rows = achieved_beside_target(reference.people, found)
    assert {row.name for row in rows} >= {"cost_lag_1", "top_5", "mortality_90", "high_needs_cost"}
    assert [row.name for row in rows if row.verdict == "FAIL"] == []
    assert all(row.why for row in rows if row.verdict == "reported")


def test_a_target_that_the_user_states_has_the_tolerance_of_the_search(reference, found):
    stated = {"people": {"targets": {"cost_lag_1": 0.39}}}
    (row,) = [row for row in achieved_beside_target(reference.people, found, stated=stated) if row.name == "cost_lag_1"]
    assert (row.target, row.low, row.high) == pytest.approx((0.39, 0.3525, 0.4275))
    assert row.verdict == "FAIL"
