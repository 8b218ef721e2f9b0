"""Utilisation by service: the total is the one given, the shape is that of the evidence, management by hand."""

import numpy as np
import pytest

from leadmc.base.axes import YEARS
from leadmc.inputs.assumptions import SERVICES, Intervention, load_assumptions
from leadmc.scenarios.services import (
    execution,
    management_effect,
    programme_cost,
    ramp,
    service_drift,
    service_innovations,
    service_shape,
    service_trend,
    weighted_total,
)

N = len(YEARS)
CALIBRATED = load_assumptions()
SNF = {
    "service": "snf",
    "start_year": 2028,
    "full_year": 2030,
    "size": 0.3,
    "execution": [0.0, 0.5, 1.0],
    "programme_cost_pbpm": 2.0,
}


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(7)
    total = rng.normal(size=(20_000, N))
    return total, service_innovations(CALIBRATED.utilisation, total, rng.normal(size=(20_000, len(SERVICES), N)))


def test_shares_are_used_relative_to_their_sum():
    # shares rounded to three digits add up to 100.06%
    shape = service_shape(CALIBRATED.utilisation)
    assert shape.share.sum() == pytest.approx(1.0, abs=1e-15)
    assert shape.share[0] == pytest.approx(0.261 / 1.0006)


def test_weighted_total_of_the_innovations_is_the_one_given(drawn):
    total, services = drawn
    shape = service_shape(CALIBRATED.utilisation)
    weight = shape.share * shape.volatility / shape.total_volatility
    np.testing.assert_allclose(sum(w * e for w, e in zip(weight, services, strict=True)), total, atol=1e-12)


def test_services_are_standard_with_the_stated_correlation(drawn):
    covariance = np.cov(np.stack([e[:, 5] for e in drawn[1]]))
    expected = np.full((8, 8), 0.275) + 0.725 * np.eye(8)
    # the largest of 36 deviations, in standard errors of a covariance
    error = np.sqrt((1 + expected**2) / 20_000)
    assert np.abs((covariance - expected) / error).max() < 4.0


@pytest.mark.parametrize(("beneficiaries", "yearly"), [(10**12, 0.012), (10_000, np.sqrt(0.012**2 + 2.53e-4))])
def test_drift_of_the_total_has_the_size_of_the_aco_level(drawn, beneficiaries, yearly):
    drift = service_drift(CALIBRATED.utilisation, CALIBRATED.aco_level, drawn[1], beneficiaries=beneficiaries)
    assert np.array_equal(drift[:, 0], np.ones((20_000, 8)))
    total = np.log(weighted_total(service_shape(CALIBRATED.utilisation).share, drift))
    assert total[:, 1].std() == pytest.approx(yearly, rel=0.02)
    ten_years = yearly * np.sqrt(sum(0.95 ** (2 * k) for k in range(12)))
    assert total[:, 12].std() == pytest.approx(ten_years, rel=0.02)
    snf, physician = drift[:, 1, SERVICES.index("snf")], drift[:, 1, SERVICES.index("physician_part_b")]
    assert np.log(snf).std() / np.log(physician).std() == pytest.approx(8.45 / 2.46, rel=0.03)


def test_trend_changes_the_mix_and_not_the_total():
    trend = service_trend(CALIBRATED.utilisation)
    share = service_shape(CALIBRATED.utilisation).share
    np.testing.assert_allclose(weighted_total(share, trend), np.ones(N), rtol=1e-14)
    assert np.all(np.diff(trend[:, SERVICES.index("home_health")]) < 0)
    np.testing.assert_allclose(trend[2], np.ones(8), rtol=1e-14)


def test_ramp_by_hand():
    assert ramp(Intervention(**SNF)).tolist() == [0, 0, 0, 0, 1 / 3, 2 / 3] + [1] * 7
    assert ramp(Intervention(**SNF | {"full_year": 2028})).tolist() == [0] * 4 + [1] * 9


def test_execution_by_hand():
    # triangular(0, .5, 1): F(x) = 2 x^2 up to the mode, 1 - 2 (1 - x)^2 above
    quantiles = execution(Intervention(**SNF), np.array([0.08, 0.5, 0.92]))
    np.testing.assert_allclose(quantiles, [0.2, 0.5, 0.8], rtol=1e-14)
    certain = Intervention(**SNF | {"execution": [0.7, 0.7, 0.7]})
    assert execution(certain, np.array([0.1, 0.9])).tolist() == [0.7, 0.7]
    falling = Intervention(**SNF | {"execution": [0.0, 0.0, 1.0]})
    np.testing.assert_allclose(execution(falling, np.array([0.75])), [0.5])


def test_management_by_hand():
    second = SNF | {
        "start_year": 2030,
        "full_year": 2030,
        "size": 0.1,
        "execution": [1, 1, 1],
        "programme_cost_pbpm": 5,
    }
    other = second | {"service": "inpatient"}
    management = load_assumptions(overrides={"management": {"interventions": [SNF, second, other]}}).management
    left = management_effect(management, np.array([[0.5, 0.5, 0.5]]))
    snf, inpatient = left[0, :, SERVICES.index("snf")], left[0, :, SERVICES.index("inpatient")]
    # .3 x .5 = .15 in full, a third in 2028, two thirds in 2029; from 2030 the second takes 10% of the rest
    np.testing.assert_allclose(snf[3:7], [1.0, 0.95, 0.9, 0.85 * 0.9], rtol=1e-14)
    np.testing.assert_allclose(inpatient[5:7], [1.0, 0.9], rtol=1e-14)
    assert np.array_equal(left[0, :, SERVICES.index("dme")], np.ones(N))
    assert programme_cost(management).tolist() == [0, 2, 2] + [12] * 7


def test_no_management_changes_nothing_and_costs_nothing():
    assert np.array_equal(management_effect(CALIBRATED.management, np.full((2, 16), 0.5)), np.ones((2, N, 8)))
    assert programme_cost(CALIBRATED.management).tolist() == [0.0] * 10
