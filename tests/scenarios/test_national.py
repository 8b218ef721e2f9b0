"""The nation: worked years, means that stay, shocks that do what their signature says."""

import numpy as np
import pytest

from leadmc.base.axes import BY3, YEARS
from leadmc.inputs.assumptions import load_assumptions
from leadmc.scenarios.national import (
    expected_national_level,
    growth_deviation,
    pandemic_events,
    pandemic_level,
    parameter_uncertainty,
    policy_level,
    regional_noise,
)

N = len(YEARS)
CALIBRATED = load_assumptions()


def national(**overrides):
    return load_assumptions(overrides={"national_trend": overrides}).national_trend


def test_expected_level_by_hand():
    level = expected_national_level(national(starting_deviation=-0.035))
    # 2025 grew by the known .085; 2026 by .045 - .035 = .01; 2027 by .045 - .6 x .035 = .024; 2028 by .045 - .0126
    np.testing.assert_allclose(np.log(level[:5, 0]), [-0.095, -0.01, 0.0, 0.024, 0.0564], atol=1e-15)
    assert np.array_equal(level[BY3], np.ones(3))


def test_known_growth_of_both_base_years_replaces_the_expected():
    level = expected_national_level(national(known_growth={2026: 0.07}, starting_deviation=-0.035))
    np.testing.assert_allclose(np.log(level[:4, 0]), [-0.155, -0.07, 0.0, 0.024], atol=1e-15)


def test_categories_have_their_own_growth():
    level = expected_national_level(national(mu={"esrd": 0.06}))
    np.testing.assert_allclose(np.log(level[-1]), [0.45, 0.6, 0.45])


def test_growth_deviation_by_hand():
    shocks = np.zeros((1, N))
    shocks[0, BY3] = 5.0  # a base year's innovation is not used
    shocks[0, BY3 + 1] = 1.0
    level = growth_deviation(national(), shocks)
    assert np.array_equal(level[0, : BY3 + 1], np.ones(3))
    # growth .02, .012, .0072: level .02, .032, .0392, less half of var = .0004 (1; 1.6^2 + 1; 1.96^2 + 1.6^2 + 1)
    variance = 0.0004 * np.array([1.0, 3.56, 7.4016])
    np.testing.assert_allclose(np.log(level[0, 3:6]), [0.02, 0.032, 0.0392] - variance / 2, atol=1e-15)


def test_growth_deviation_after_two_years_has_the_quoted_sd():
    # calibration section 8: phi .6 and 2.0% give 3.8% over two years
    z = np.random.default_rng(1).normal(size=(40_000, N))
    sd = np.log(growth_deviation(national(), z))[:, BY3 + 2].std()
    assert sd == pytest.approx(0.02 * np.sqrt(3.56), rel=4 / np.sqrt(2 * 40_000))
    assert sd == pytest.approx(0.038, abs=0.0005)


def test_parameter_uncertainty_by_hand():
    level = parameter_uncertainty(national(parameter_correlation=0.64), np.array([[1.0, 0.0, 1.0, -1.0]]))
    # delta = .008 x (.8 + .6 own) = .0064, .0112, .0016 a year, three years ahead; variance (.024)^2
    expected = 3 * np.array([0.0064, 0.0112, 0.0016]) - 0.024**2 / 2
    np.testing.assert_allclose(np.log(level[0, BY3 + 3]), expected, atol=1e-15)
    assert np.array_equal(level[0, : BY3 + 1], np.ones((3, 3)))


def test_pandemic_by_hand():
    uniforms = np.ones((2, N))
    uniforms[0, [1, 5]] = 0.001  # 2025 is over, whatever was drawn for it; 2029 counts
    uniforms[1, [3, 4]] = 0.001  # two events add up
    events = pandemic_events(CALIBRATED.pandemic, uniforms)
    log_level = np.log(pandemic_level(CALIBRATED.pandemic, events))
    np.testing.assert_allclose(log_level[0], [0] * 5 + [-0.07, -0.025, -0.03, -0.01] + [0] * 4, atol=1e-15)
    np.testing.assert_allclose(log_level[1, 3:9], [-0.07, -0.095, -0.055, -0.04, -0.01, 0.0], atol=1e-15)
    assert regional_noise(CALIBRATED.pandemic, events)[0].tolist() == [1, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1, 1]


def test_pandemic_in_the_last_year_has_no_room_to_recover():
    uniforms = np.ones((1, N))
    uniforms[0, -1] = 0.0
    events = pandemic_events(CALIBRATED.pandemic, uniforms)
    assert np.log(pandemic_level(CALIBRATED.pandemic, events))[0, -1] == pytest.approx(-0.07)


def test_policy_jump_by_hand():
    uniforms, sizes = np.ones((1, N)), np.full((1, N), 2.0)
    uniforms[0, [0, 4]] = 0.05  # 2024 is over; 2028 jumps by 2 x 1.5%
    level = policy_level(CALIBRATED.policy_jump, uniforms, sizes)
    np.testing.assert_allclose(np.log(level[0]), [0, 0, 0, 0, 0.03, 0.0225] + [0.015] * 7, atol=1e-15)


@pytest.mark.parametrize(("lag", "expected"), [(0, 0.015), (9, 0.0075)])
def test_policy_jump_probability_and_size(lag, expected):
    rng = np.random.default_rng(2)
    uniforms, sizes = rng.random((40_000, N)), rng.normal(size=(40_000, N))
    uniforms[:, BY3 + 2 :] = 1.0
    jump = np.log(policy_level(CALIBRATED.policy_jump, uniforms, sizes))[:, BY3 + 1 + lag]
    share = (jump != 0).mean()
    assert abs(share - 0.1) < 3 * np.sqrt(0.09 / 40_000)
    assert jump[jump != 0].std() == pytest.approx(expected, rel=3 / np.sqrt(2 * 4_000))
