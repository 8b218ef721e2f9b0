"""Spread, slopes and variances by size: numbers from paper, and truths recovered from simulated data."""

import numpy as np
import pytest

from leadmc.inputs.calibration.spread import (
    Estimate,
    correlation,
    mean,
    robust_sd,
    root,
    slope,
    standard_deviation,
    variance_by_size,
    within_year,
)

EACH = np.arange(4)


def test_deviations_within_a_year_by_hand():
    deviation = within_year(np.array([1.0, 3.0, 10.0]), np.array([2020, 2020, 2021]))
    assert deviation.tolist() == [-1.0, 1.0, 0.0]


def test_standard_deviation_by_hand():
    # squares 1, 1, 9, 9: variance 5, its error sqrt(4 x 16) / 4 = 2; SD sqrt(5), error 2 / (2 sqrt(5))
    found = standard_deviation(np.array([1.0, -1.0, 3.0, -3.0]), EACH)
    assert found == pytest.approx((np.sqrt(5), 1 / np.sqrt(5), 4))


def test_observations_of_one_unit_are_not_independent():
    # two units that hold 1, 1 and 9, 9: summed errors -8 and 8, so sqrt(128) / 4 instead of 2
    found = standard_deviation(np.array([1.0, -1.0, 3.0, -3.0]), np.array([0, 0, 1, 1]))
    assert found.se == pytest.approx(np.sqrt(128) / 4 / (2 * np.sqrt(5)))


def test_root_of_a_variance_below_zero_is_zero_with_an_error():
    assert root(Estimate(-1.0, 4.0, 9)) == (0.0, 2.0, 9)
    assert root(Estimate(4.0, 1.0, 9)) == (2.0, 0.25, 9)


def test_mean_by_hand():
    assert mean(np.array([1.0, 1.0, 3.0, 3.0]), EACH) == pytest.approx((2.0, 0.5, 4))


def test_robust_sd_does_not_see_an_outlier():
    values = np.array([-1.0, 0.0, 1.0, 1000.0, 0.5])
    # median .5, absolute deviations .5, .5, 1.5, 999.5, 0: their median .5
    assert robust_sd(values).value == pytest.approx(0.5 * 1.4826, rel=1e-4)


def test_correlation_and_slope_by_hand():
    x, y = np.array([-1.0, 1.0, -2.0, 2.0]), np.array([-1.0, 1.0, -4.0, 4.0])
    # sum xy 18, xx 10, yy 34
    assert correlation(x, y, EACH).value == pytest.approx(18 / np.sqrt(340))
    assert slope(x, y, EACH).value == pytest.approx(1.8)
    # residuals .8, -.8, .4, -.4: x e = -.8, -.8, -.8, -.8; error sqrt(4 x .64) / 10
    assert slope(x, y, EACH).se == pytest.approx(0.16)


def simulated(seed, n=3000, a=2e-4, b=9.0):
    rng = np.random.default_rng(seed)
    people = np.exp(rng.normal(9.5, 0.8, size=n))
    return rng.normal(size=n) * np.sqrt(a + b / people), people, np.arange(n) // 2


def test_variance_by_size_recovers_the_truth():
    misses = []
    for seed in range(40):
        fit = variance_by_size(*simulated(seed), outlier_sds=6.0)
        misses.append(
            [(fit.at_infinity.value - 2e-4) / fit.at_infinity.se, (fit.per_person.value - 9.0) / fit.per_person.se]
        )
    z = np.array(misses)
    assert np.abs(z.mean(axis=0)).max() < 3 / np.sqrt(40)  # no bias that its error does not cover
    assert ((z.std(axis=0) > 0.7) & (z.std(axis=0) < 1.3)).all()  # and the error is of the right size


def test_variance_by_size_leaves_a_merger_out():
    deviation, people, group = simulated(1)
    clean = variance_by_size(deviation, people, group, outlier_sds=6.0)
    deviation[7] = 1.0
    spoilt = variance_by_size(deviation, people, group, outlier_sds=6.0)
    assert (clean.outliers, spoilt.outliers) == (0, 1)
    assert spoilt.per_person.value == pytest.approx(clean.per_person.value, rel=0.01)
    assert not spoilt.holds(deviation, people, 6.0)[7]


def test_scale_of_the_data_is_the_scale_of_the_variance():
    deviation, people, group = simulated(2)
    once, twice = (variance_by_size(k * deviation, people, group, outlier_sds=5.0) for k in (1.0, 2.0))
    assert twice.per_person.value == pytest.approx(4 * once.per_person.value)
    assert twice.at_infinity.se == pytest.approx(4 * once.at_infinity.se)
