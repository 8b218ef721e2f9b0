"""The prospective trend: made before PY1, right on average, wrong in runs by what forecasts are wrong by."""

import numpy as np
import pytest

from leadmc.base.axes import BY3
from leadmc.inputs.assumptions import load_assumptions
from leadmc.scenarios.forecast import prospective_trend
from leadmc.scenarios.national import expected_national_level


def forecast(innovations, **overrides):
    a = load_assumptions(overrides=overrides)
    return prospective_trend(a.national_trend, a.prospective_trend, innovations)


def test_by_hand():
    trend = forecast(
        np.eye(1, 10),
        national_trend={"starting_deviation": 0.01},
        prospective_trend={"bias": -0.005, "error_sd": 0.01, "error_persistence": 0.5},
    )
    # 2027: .045 + .006 - .005 + .01 - .0001 / 2; 2028: + .045 + .0036 - .005, error .015, variance .0001 (1.5^2 + 1)
    np.testing.assert_allclose(np.log(trend[0, 0, 0]), 0.056 - 0.00005, atol=1e-15)
    np.testing.assert_allclose(np.log(trend[0, 1, 0]), 0.0896 + 0.015 - 0.0001625, atol=1e-15)


def test_without_error_it_is_the_expected_level():
    trend = forecast(np.ones((2, 10)), prospective_trend={"error_sd": 0.0})
    expected = expected_national_level(load_assumptions().national_trend)[BY3 + 1 :]
    assert np.array_equal(trend, np.broadcast_to(expected, (2, 10, 3)))


def test_errors_widen_with_the_horizon_and_keep_their_sign():
    error = np.log(forecast(np.random.default_rng(8).normal(size=(20_000, 10))))[:, :, 0]
    assert np.all(np.diff(error.std(axis=0)) > 0)
    yearly = np.diff(error, axis=1)
    assert np.corrcoef(yearly[:, 0], yearly[:, 1])[0, 1] > 0.3


def test_one_error_for_all_categories():
    trend = forecast(np.random.default_rng(9).normal(size=(5, 10)))
    expected = expected_national_level(load_assumptions().national_trend)[BY3 + 1 :]
    error = trend / expected
    np.testing.assert_allclose(error[:, :, 1], error[:, :, 0], rtol=1e-14)


def test_a_forecast_two_years_out_misses_by_the_observed_amount():
    # retrospective trend adjustments of REACH: RMS 4.2% over about two years, jumps aside
    a = load_assumptions()
    n, f = a.national_trend, a.prospective_trend
    x = n.innovation_sd * np.sqrt((1 + n.persistence) ** 2 + 1)
    own = f.error_sd * np.sqrt((1 + f.error_persistence) ** 2 + 1)
    assert np.sqrt(x**2 + (2 * n.parameter_sd) ** 2 + own**2) == pytest.approx(0.042, abs=0.0005)
