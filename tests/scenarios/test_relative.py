"""Region, county, ACO start and panel shock: by hand, and with the spread that the evidence quotes."""

import numpy as np
import pytest

from leadmc.base.axes import BY3, YEARS
from leadmc.inputs.assumptions import load_assumptions
from leadmc.scenarios.relative import aco_start, practice_shock, relative_level

N = len(YEARS)
CALIBRATED = load_assumptions()
QUIET = np.ones((1, N))


def test_regional_level_by_hand():
    region = load_assumptions(overrides={"regional_level": {"innovation_sd": 0.01, "reversion": 0.5}}).regional_level
    z = np.zeros((1, N))
    z[0, :4] = [9.0, 1.0, 2.0, -1.0]  # 2024 is the start: its draw is not used
    # walk: 0, .01, .025, .0025; relative to 2026: -.025, -.015, 0, -.0225
    # variance of the differences: 2024: .0001 (.25 + 1); 2025: .0001 ((.5 - 1)^2 + 1); 2027: .0001 (.25^2 + .5^2 + 1)
    log_level = np.log(relative_level(region, z, QUIET))[0, :4]
    half_variance = 0.5e-4 * np.array([1.25, 1.25, 0.0, 1.3125])
    np.testing.assert_allclose(log_level, np.array([-0.025, -0.015, 0.0, -0.0225]) - half_variance, atol=1e-15)


def test_noise_factor_scales_one_year_and_keeps_the_mean():
    z = np.random.default_rng(3).normal(size=(40_000, N))
    noise = np.ones((40_000, N))
    noise[:, 5] = 2.0
    level = relative_level(CALIBRATED.regional_level, z, noise)
    growth = np.diff(np.log(level), axis=1)
    assert growth[:, 4].std() / growth[:, 3].std() == pytest.approx(2.0, rel=0.03)
    error = level.std(axis=0) / np.sqrt(len(level))
    assert np.all(np.abs(level.mean(axis=0) - 1.0) <= 3 * error)


def test_ten_year_spread_is_that_of_the_states():
    # calibration 3.3: 1.3% a year and reversion of 2% a year
    z = np.random.default_rng(4).normal(size=(40_000, N))
    sd = np.log(relative_level(CALIBRATED.regional_level, z, QUIET))[:, -1].std()
    after = 0.013**2 * sum(0.98 ** (2 * k) for k in range(10))
    before = (1 - 0.98**10) ** 2 * 0.013**2 * (1 + 0.98**2)
    assert sd == pytest.approx(np.sqrt(after + before), rel=4 / np.sqrt(2 * 40_000))


def test_aco_start_by_hand():
    # variance .03^2 + 16 / 10,000 = .05^2
    aco = load_assumptions(overrides={"aco_level": {"start_sd": 0.03, "start_per_person": 16.0}}).aco_level
    level = aco_start(aco, np.array([2.0]), beneficiaries=10_000)
    np.testing.assert_allclose(np.log(level), [0.1 - 0.05**2 / 2], atol=1e-15)


def test_a_stated_start_is_taken_as_it_is():
    stated = {"start_mean": 0.04, "start_sd": 0.0, "start_per_person": 0.0}
    aco = load_assumptions(overrides={"aco_level": stated}).aco_level
    np.testing.assert_allclose(aco_start(aco, np.array([3.0]), beneficiaries=5_000), [np.exp(0.04)], rtol=1e-15)


@pytest.mark.parametrize("beneficiaries", [500, 12_000])
def test_practice_shock_completes_the_variance(beneficiaries):
    # 2.17^2 / N of independent people, times 1.4 in all
    z = np.random.default_rng(5).normal(size=(40_000, N))
    shock = practice_shock(CALIBRATED.over_dispersion, z, beneficiaries=beneficiaries)
    variance = 0.4 * 2.17**2 / beneficiaries
    assert shock.var() == pytest.approx(variance, rel=4 * np.sqrt(2 / shock.size))
    assert abs(shock.mean() - 1.0) < 3 * np.sqrt(variance / shock.size)
    assert abs(np.corrcoef(shock[:, 0], shock[:, 1])[0, 1]) < 3 / np.sqrt(40_000)


def test_nothing_moves_in_2026():
    z = np.random.default_rng(6).normal(size=(50, N))
    assert np.array_equal(relative_level(CALIBRATED.county_level, z, QUIET)[:, BY3], np.ones(50))
