"""From the integer sums of a panel to what the contract asks for, on numbers that fit on paper."""

import numpy as np
import pytest

from leadmc.base.axes import BY3, CATEGORIES, PERFORMANCE_YEARS, YEARS
from leadmc.inputs.panel import Rates
from leadmc.paths.aggregates import experience, mean_score, since_by3, with_known_benchmark
from leadmc.paths.kernel import EXPENDITURE, PERSON_MONTHS, SCORE_MONTHS, SCORE_UNIT, STOP_LOSS, SUMS, TRUNCATED
from leadmc.scenarios.world import World

S, T, Y, C, A = 2, len(YEARS), len(PERFORMANCE_YEARS), len(CATEGORIES), 2
RATES = Rates(
    county_cost=np.ones((1, 2)),
    regional_pbpm=np.array([900.0, 7500.0, 2400.0]),
    national_pbpm=np.array([1000.0, 8000.0, 2500.0]),
)


def growing(rate):
    """Level that grows by a rate a year and is 1 in 2024, [s, t, c]."""
    return np.broadcast_to(((1.0 + rate) ** np.arange(T))[None, :, None], (S, T, C)).copy()


@pytest.fixture
def world():
    ones = np.ones((S, T, C))
    return World(
        national_level=growing(0.05),
        regional_level=growing(0.01),
        aco_level=ones,
        practice_shock=np.ones((S, T)),
        service_level=ones,
        prospective_trend=np.full((S, Y, C), 1.06),
        coding=ones * 1.02,
        ai_score_effect=np.zeros(S),
        quality_score=np.full((S, Y), 0.9),
        programme_cost_pbpm=np.zeros((S, Y)),
        weight=np.ones(S),
        adversity=np.zeros(S),
    )


@pytest.fixture
def sums():
    """A hundred people by claims and twenty voluntary, all year, at $1,000.50 a year and a score of 1.25."""
    sums = np.zeros((A, S, T, C, SUMS), np.int64)
    for alignment, people in enumerate((100, 20)):
        cell = sums[alignment, :, :, 0]
        cell[..., PERSON_MONTHS] = 12 * people
        cell[..., EXPENDITURE] = 100_050 * people
        cell[..., STOP_LOSS] = 25 * people
        cell[..., TRUNCATED] = 75 * people
        cell[..., SCORE_MONTHS] = int(1.25 * SCORE_UNIT) * 12 * people
    return sums


def test_cents_become_dollars_and_score_points_become_scores(sums, world):
    seen = experience(sums, world, RATES, aco_share=0.1)
    assert seen.base_expenditure.shape == (S, BY3 + 1, C, A)
    assert seen.expenditure.shape == (S, Y, C, A)
    np.testing.assert_array_equal(seen.expenditure[0, 3, 0], [100_050.0, 20_010.0])
    np.testing.assert_array_equal(seen.stop_loss_excess[1, 9, 0], [25.0, 5.0])
    np.testing.assert_array_equal(seen.truncation_excess[1, 9, 0], [75.0, 15.0])
    np.testing.assert_array_equal(seen.base_truncation_excess[1, 0, 0], [75.0, 15.0])
    np.testing.assert_array_equal(seen.person_months[1, 0, 0], [1200.0, 240.0])
    np.testing.assert_allclose(seen.risk_score[:, :, 0], 1.25 * 1.02, rtol=1e-15)  # the people's, times coding


def test_a_cell_of_nobody_has_a_score_of_0(sums, world):
    seen = experience(sums, world, RATES, aco_share=0.1)
    assert (seen.risk_score[:, :, 1:] == 0.0).all()
    assert (mean_score(np.array([0]), np.array([0.0])) == 0.0).all()


def test_trends_run_from_the_last_base_year(sums, world):
    seen = experience(sums, world, RATES, aco_share=0.1)
    np.testing.assert_allclose(seen.national_trend[0, :2, 0], [1.05, 1.05**2])
    np.testing.assert_allclose(seen.regional_trend[0, :2, 0], [1.05 * 1.01, (1.05 * 1.01) ** 2])
    np.testing.assert_allclose(seen.base_national_trend[0, :, 0], [1.05**2, 1.05, 1.0])  # up to the last base year
    np.testing.assert_array_equal(since_by3(growing(0.05))[:, BY3], 1.0)


def test_prices_are_those_of_the_last_base_year(sums, world):
    seen = experience(sums, world, RATES, aco_share=0.1)
    np.testing.assert_allclose(seen.national_pbpm[0], RATES.national_pbpm * 1.05**BY3)
    np.testing.assert_allclose(seen.regional_pbpm[0], RATES.regional_pbpm * (1.05 * 1.01) ** BY3)
    np.testing.assert_allclose(seen.rate_book_pbpm[0, 0], RATES.regional_pbpm * (1.05 * 1.01) ** (BY3 + 1))
    np.testing.assert_array_equal(seen.aco_share, [0.1, 0.1, 0.1])


def test_a_known_benchmark_grows_as_the_expected_cost_of_the_panel(sums, world):
    months = np.full((T, C), 1440.0)
    months[:, 2] = 0.0
    cost = months * np.array([10.0, 70.0, 0.0]) * (1.0 + 0.1 * np.arange(T))[:, None]
    known = with_known_benchmark(experience(sums, world, RATES, aco_share=0.1), months, cost)
    pbpm = known.base_expenditure[:, BY3] / known.base_person_months[:, BY3]
    np.testing.assert_allclose(pbpm[0, 0], 10.0 * 1.2)
    np.testing.assert_allclose(
        pbpm[0, 0] * known.national_trend[0, :, 0][:, None], 10.0 * (1.3 + 0.1 * np.arange(Y))[:, None] * [[1.0, 1.0]]
    )
    np.testing.assert_array_equal(known.national_trend[..., 2], 1.0)  # a category of nobody stands still
    for trend in (known.regional_trend, known.prospective_trend):
        np.testing.assert_array_equal(trend, known.national_trend)
    assert not known.base_truncation_excess.any()
    assert not known.truncation_excess.any()
    for neutral in (known.risk_score, known.base_risk_score, known.base_national_trend, known.base_regional_trend):
        assert (neutral == 1.0).all()
    np.testing.assert_array_equal(known.expenditure, experience(sums, world, RATES, aco_share=0.1).expenditure)
