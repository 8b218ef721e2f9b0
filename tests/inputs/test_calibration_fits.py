"""Fits of the drivers: worked on a few numbers, and recovering a known truth from simulated years, states and ACOs."""

from types import SimpleNamespace

import numpy as np
import pytest

from leadmc.inputs.calibration.listed import cost_and_risk, listed_growth, mixed
from leadmc.inputs.calibration.national import autoregression, combined, long_run_mean, pandemic_averaged
from leadmc.inputs.calibration.position import log_position, position, times_adjusted
from leadmc.inputs.calibration.public_files import AcoYears
from leadmc.inputs.calibration.relative import horizon_sd, state_growth
from leadmc.inputs.calibration.savings import (
    Drift,
    autocorrelation,
    centred,
    change_variance,
    drift,
    state_space,
)
from leadmc.inputs.calibration.service_growth import shares, together, volatility
from leadmc.inputs.calibration.spread import Estimate, SizeVariance

NAN = np.nan


def test_pandemic_years_take_their_mean():
    growth = pandemic_averaged(np.array([0.03, -0.03, 0.08, 0.03]), np.array([False, True, True, False]))
    np.testing.assert_allclose(growth, [0.03, 0.025, 0.025, 0.03])


def test_autoregression_by_hand():
    # pairs (1, 2), (2, 2), (2, 4), (4, 5): means 2.25 and 3.25; sums xx 4.75, xy 4.75, yy 6.75; 2 left for 2 degrees
    fit = autoregression(np.array([1.0, 2.0, 2.0, 4.0, 5.0]))
    assert fit.persistence == pytest.approx((1.0, np.sqrt(1 / 4.75), 4))
    assert fit.innovation_sd == pytest.approx((1.0, 0.5, 4))


def test_autoregression_recovers_the_truth_in_a_long_series():
    rng = np.random.default_rng(3)
    growth = [0.0]
    for shock in rng.normal(scale=0.02, size=4000):
        growth.append(0.6 * growth[-1] + shock)
    fit = autoregression(np.array(growth))
    assert abs(fit.persistence.value - 0.6) < 3 * fit.persistence.se
    assert abs(fit.innovation_sd.value - 0.02) < 3 * fit.innovation_sd.se


def test_ten_years_say_little_and_too_little_of_persistence():
    """The standard error of ten points is a third, and the estimate is biased downwards: why there is a prior."""
    rng = np.random.default_rng(4)
    found = []
    for _ in range(2000):
        x = [rng.normal(scale=0.02 / 0.8)]
        for shock in rng.normal(scale=0.02, size=9):
            x.append(0.6 * x[-1] + shock)
        found.append(autoregression(np.array(x)).persistence.value)
    assert 0.2 < np.mean(found) < 0.45
    assert 0.25 < np.std(found) < 0.4


def test_a_prior_counts_by_its_precision():
    # .84 +- .34 with .6 +- .25: weights 8.65 and 16
    found = combined(Estimate(0.84, 0.34, 9), mean=0.6, sd=0.25)
    assert found == pytest.approx(((8.6505 * 0.84 + 16 * 0.6) / 24.6505, 24.6505**-0.5, 9), rel=1e-4)
    sure = combined(Estimate(0.84, 1e-6, 9), mean=0.6, sd=0.25)
    assert sure.value == pytest.approx(0.84)


def test_persistence_widens_the_error_of_the_mean():
    found = long_run_mean(np.array([0.01, 0.03]), persistence=0.6)
    assert found == pytest.approx((0.02, 0.01 * 2.0, 2))


def walk(seed, states=400, years=11, sd=0.013, reversion=0.05):
    rng = np.random.default_rng(seed)
    noise = np.where(np.arange(years) == 6, 2.0, 1.0)
    level = np.empty((states, years))
    level[:, 0] = rng.normal(scale=0.05, size=states)
    for t in range(1, years):
        level[:, t] = (1 - reversion) * level[:, t - 1] + rng.normal(scale=sd * noise[t], size=states)
    return level, np.arange(1, years) == 6


def test_states_recover_the_truth():
    fit = state_growth(*walk(5))
    shock = np.sqrt(0.013**2 + (0.05 * 0.05) ** 2)  # growth holds the return from the level too
    assert abs(fit.innovation_sd.value - shock) < 4 * fit.innovation_sd.se
    assert abs(fit.reversion.value - 0.05) < 3 * fit.reversion.se
    assert abs(fit.pandemic_factor.value - 2.0) < 3 * fit.pandemic_factor.se


def test_states_by_hand():
    level = np.array([[0.0, 0.02, 0.02, 0.05], [0.0, -0.02, -0.02, -0.05]])
    fit = state_growth(level, np.array([False, False, True]))
    # ordinary growth +-.02, 0; the pandemic's +-.03 over the +-.02, 0 before it
    assert fit.innovation_sd.value == pytest.approx(np.sqrt(0.0004 / 2))
    assert fit.pandemic_factor.value == pytest.approx(0.03 / np.sqrt(0.0004 / 2))
    assert fit.level_sd.value == pytest.approx(0.05)
    assert horizon_sd(level, 3).value == pytest.approx(0.05)
    # reversion: into year 2 from +-.02 no growth, into year 1 from 0
    assert fit.reversion.value == pytest.approx(0.0)
    assert state_growth(level, np.array([False] * 3)).pandemic_factor is None


def test_a_walk_grows_with_the_root_of_time():
    level, _ = walk(6, reversion=0.0)
    assert horizon_sd(level, 9).value / horizon_sd(level, 1).value == pytest.approx(np.sqrt(9 * 13 / 13), rel=0.1)


def test_types_are_mixed_with_fixed_weights_and_without_gaps():
    cost = np.array([[[100.0, 10.0], [110.0, 20.0], [120.0, NAN]]])
    weight = np.array([[1.0, 3.0]])
    assert mixed(cost, weight).tolist() == [[100.0, 110.0, 120.0]]  # the second type has a gap
    cost[0, 2, 1] = 30.0
    assert mixed(cost, weight).tolist() == [[32.5, 42.5, 52.5]]
    assert np.isnan(mixed(cost * 0.0, weight)).all()


def test_listed_growth_by_hand():
    cost = np.array([[100.0, 110.0, 121.0], [100.0, 100.0, 100.0], [NAN, 1.0, 1.0]])
    risk = np.ones((3, 3))
    growth = listed_growth(cost, risk, np.array([5e3, 6e3, 7e3]), start=np.array([2022, 0, 2023]), aco=np.arange(3))
    # base years of an agreement from 2022 are 2019, 2020, 2021; one without a start says nothing
    assert growth.year.tolist() == [2020, 2021, 2022]
    np.testing.assert_allclose(growth.cost, [np.log(1.1), np.log(1.1), 0.0])
    assert growth.people.tolist() == [5e3, 5e3, 7e3]
    assert growth.aco.tolist() == [0, 0, 2]


def test_cost_and_risk_recover_the_truth():
    rng = np.random.default_rng(7)
    n = 4000
    people = np.exp(rng.normal(9.5, 0.8, size=n))
    risk = rng.normal(size=(n, 2)) * np.sqrt(1.7e-4 + 1.8 / people)[:, None]
    cost = 0.5 * risk + rng.normal(size=(n, 2)) * np.sqrt(2e-4 + 8.0 / people)[:, None]
    level = [np.exp(np.column_stack([np.zeros(n), each.cumsum(axis=1)])) for each in (cost, risk)]
    growth = listed_growth(*level, people, start=np.full(n, 2022), aco=np.arange(n))
    fit = cost_and_risk(growth, outlier_sds=6.0)
    truth = {"cost": (2e-4 + 0.25 * 1.7e-4, 8.0 + 0.25 * 1.8), "risk": (1.7e-4, 1.8)}
    for name, (a, b) in truth.items():
        size = getattr(fit, name)
        assert abs(size.at_infinity.value - a) < 3 * size.at_infinity.se
        assert abs(size.per_person.value - b) < 3 * size.per_person.se
    assert abs(fit.slope.value - 0.5) < 3 * fit.slope.se


def test_autocorrelation_by_hand():
    savings = np.array([[0.02, 0.01, NAN], [-0.02, 0.01, -0.03], [NAN, -0.02, 0.03]])
    # year means 0, 0, 0; pairs (2, 1), (-2, 1), (1, -3), (-2, 3): sum xy -9, xx 13, yy 20
    assert autocorrelation(savings, 1).value == pytest.approx(-9 / np.sqrt(260))
    assert autocorrelation(savings, 1).n == 4
    np.testing.assert_allclose(centred(savings + 0.05), savings, atol=1e-15)


def aco_panel(seed, n=3000, phi=0.84):
    """Savings of persistent effect and noise by size."""
    rng = np.random.default_rng(seed)
    people = np.repeat(np.exp(rng.normal(9.5, 0.8, size=n))[:, None], 4, axis=1)
    sd = np.sqrt(6e-4 + 10.0 / people)
    effect = np.empty((n, 4))
    effect[:, 0] = rng.normal(size=n)
    for t in range(1, 4):
        effect[:, t] = phi * effect[:, t - 1] + np.sqrt(1 - phi**2) * rng.normal(size=n)
    savings = 0.03 + sd * effect + rng.normal(size=(n, 4)) * np.sqrt(3.8 / people)
    savings[rng.random((n, 4)) < 0.2] = NAN
    return savings, people


def test_state_space_recovers_the_truth():
    fit = state_space(*aco_panel(8))
    truth = (6e-4, 10.0, 3.8, 0.84)
    for found, true in zip(fit, truth, strict=True):
        assert abs(found.value - true) < 3 * found.se
        assert found.se < 0.3 * true


def test_change_variance_takes_the_same_agreement_and_a_stable_panel_alone():
    rng = np.random.default_rng(9)
    people = np.repeat(np.exp(rng.normal(9.5, 0.8, size=2000))[:, None], 2, axis=1)
    savings = rng.normal(size=(2000, 2)) * np.sqrt(1e-4 + 4.0 / people)
    start = np.full((2000, 2), 2020)
    start[:300, 1] = 2022
    start[300:400] = 0
    people[400:600, 1] *= 1.3
    savings[:600] *= 10.0
    fit = change_variance(savings, people, start, stable_size=0.15, outlier_sds=6.0)
    assert fit.per_person.n == 1400
    assert abs(fit.at_infinity.value - 2e-4) < 3 * fit.at_infinity.se
    assert abs(fit.per_person.value - 8.0) < 3 * fit.per_person.se


def test_drift_tells_a_walk_from_noise_and_agreements_apart():
    rng = np.random.default_rng(10)
    people = np.repeat(np.exp(rng.normal(9.5, 0.8, size=3000))[:, None], 4, axis=1)
    walk = np.cumsum(rng.normal(size=people.shape) * np.sqrt(1e-4 + 2.5 / people), axis=1)
    savings = walk + rng.normal(size=people.shape) * np.sqrt(3.0 / people)
    start = np.full(people.shape, 2020)
    start[:1500, 2:] = 2022
    savings[:1500, 2:] += 1.0  # another benchmark: no change across it counts
    start[2500:] = 0
    savings[2500:, 1] = 9.0  # no agreement known: left out
    found = drift(savings, people, start, outlier_sds=6.0)
    assert found.noise_per_person.n == 1500 * 2 + 1000 * 6
    truth = (3.0, 1e-4, 2.5)
    estimates = (found.noise_per_person, found.innovation.at_infinity, found.innovation.per_person)
    for estimate, true in zip(estimates, truth, strict=True):
        assert abs(estimate.value - true) < 3 * estimate.se
        assert estimate.se < 0.4 * true


WEIGHTS = SimpleNamespace(positive=(0.35, 0.5), negative=(0.15, 0.25, 0.35, 0.5))


@pytest.mark.parametrize(
    ("agreement", "start", "times"),
    [
        (1, 2019, 0),
        (1, 2023, 0),
        (2, 2020, 0),  # the first began in 2017: initial agreements had no adjustment then
        (2, 2023, 1),  # the first began in 2020
        (3, 2019, 0),  # the second began in 2016: nor had renewals
        (3, 2020, 1),
        (4, 2022, 1),  # 2019 with, 2016 without
        (4, 2023, 2),
    ],
)
def test_how_often_a_benchmark_was_adjusted_before(agreement, start, times):
    # 42 CFR 425.603 and 425.601: renewals from 2017 on, everybody from July 2019 on
    assert times_adjusted(np.array([agreement]), np.array([start])) == times


def test_position_by_hand():
    # 2.1% of history at a weight of 35% is a region 6% dearer; a reduction of 0.5% at 25% is one 2% cheaper
    where = log_position(np.array([0.021, -0.005, 0.03]), np.array([0, 1, 7]), WEIGHTS)
    np.testing.assert_allclose(where, -np.log([1.06, 0.98, 1.06]))


def test_positions_recover_start_and_fading():
    """Starts of variance .0009 + 14 / N; base years add a third of noise 3 / N, and a walk 5/9 of .0001 + 2 / N."""
    rng = np.random.default_rng(12)
    aco, year = np.repeat(np.arange(4000), 2), np.tile([2022, 2023], 4000)
    people = np.repeat(np.exp(rng.normal(9.5, 0.8, size=4000)), 2)
    seen = 0.0009 + 14.0 / people + 1.0 / people + 5 / 9 * (0.0001 + 2.0 / people)
    where = -0.04 + np.repeat(rng.normal(size=4000), 2) * np.sqrt(seen)
    adjustment = np.expm1(-where) * np.where(where < 0, 0.35, 0.15)
    start = np.repeat(rng.choice([2019, 2022], size=4000), 2)
    savings = 0.03 + adjustment + 0.05 * where * (year - start + 2) + rng.normal(size=8000) * 0.04
    unknown = np.full(8000, NAN)
    panel = AcoYears(
        aco, year, start, ("",) * 8000, people, savings, *[unknown] * 4, np.ones(8000, np.int64), adjustment
    )
    sure = [Estimate(value, 0.0, 1) for value in (3.0, 0.0001, 2.0)]
    lasting = Drift(sure[0], SizeVariance(*sure[1:], 0))
    found = position(panel, WEIGHTS, lasting, outlier_sds=6.0)
    truth = {-0.04: found.mean, 0.0009: found.start.at_infinity, 14.0: found.start.per_person, 0.05: found.fading}
    for true, estimate in truth.items():
        assert abs(estimate.value - true) < 3 * estimate.se
        assert estimate.se < 0.12 * abs(true)


def test_services_recover_shape_and_correlation():
    rng = np.random.default_rng(10)
    factor = np.linalg.cholesky(np.full((3, 3), 0.3) + 0.7 * np.eye(3))
    growth = rng.normal(size=(4000, 3)) @ factor.T * np.array([0.02, 0.05, 0.1])
    for found, true in zip(volatility(growth), (0.02, 0.05, 0.1), strict=True):
        assert abs(found.value - true) < 3.5 * found.se
    growth[:5, 0] = 3.0  # mergers move no rank by much
    joint = together(growth, np.arange(4000))
    assert set(joint.pairs) == {(0, 1), (0, 2), (1, 2)}
    assert abs(joint.mean.value - 0.3) < 3 * joint.mean.se


def test_shares_by_hand():
    first, second = shares(np.array([[30.0, 70.0], [100.0, 100.0]]), np.arange(2))
    assert (first.value, second.value) == (0.4, 0.6)
    assert first.se == pytest.approx(np.sqrt(2 * 0.1**2) / 2)
