"""Importance sampling along one direction: weighted means stay unbiased, and the tail is seen more often."""

import numpy as np
import pytest
from scipy import stats

from leadmc.inputs.settings import LHS_POINTS, Sampler
from leadmc.scenarios.sampler import driver_uniforms
from leadmc.scenarios.streams import Driver
from leadmc.scenarios.tilt import ORDINARY, adversity, likelihood_ratio, tilted
from leadmc.scenarios.timeline import N_YEARS

SEED = 11
TILT = Sampler(kind="importance", shift=1.5, direction={"aco": 2.0, "coding": -1.0})
COUNTS = {Driver.ACO: N_YEARS, Driver.CODING: N_YEARS, Driver.NATIONAL: N_YEARS}


def normals(sampler, scenarios):
    uniforms = driver_uniforms(sampler, seed=SEED, scenarios=scenarios)
    plain = {driver: stats.norm.ppf(uniforms[driver][:, :n]) for driver, n in COUNTS.items()}
    return plain, tilted(sampler, plain, seed=SEED, scenarios=scenarios)


def weights(scenarios, sampler=TILT):
    return likelihood_ratio(sampler, seed=SEED, scenarios=scenarios)


def test_plain_scenarios_weigh_one_and_stay_where_they_are():
    scenarios = np.arange(20)
    assert np.array_equal(weights(scenarios, Sampler()), np.ones(20))
    before, after = normals(Sampler(), scenarios)
    assert all(after[driver] is before[driver] for driver in before)


def test_a_scenario_has_the_same_weight_and_place_in_any_chunk():
    _, whole = normals(TILT, np.arange(128))
    for chunk in (np.arange(30), np.arange(60, 70), np.array([127, 3])):
        _, part = normals(TILT, chunk)
        assert np.array_equal(weights(chunk), weights(np.arange(128))[chunk])
        assert all(np.array_equal(part[driver], whole[driver][chunk]) for driver in part)


def test_weights_are_bounded_and_average_to_one():
    w = weights(np.arange(400 * LHS_POINTS))
    assert 0.0 < w.min() < w.max() <= 1 / ORDINARY
    groups = w.reshape(400, LHS_POINTS).mean(axis=1)
    z = (groups.mean() - 1.0) / (groups.std(ddof=1) / np.sqrt(400))
    assert abs(z) < 3.0


def test_drivers_outside_the_direction_and_base_years_keep_their_draws():
    before, after = normals(TILT, np.arange(LHS_POINTS))
    assert np.array_equal(before[Driver.NATIONAL], after[Driver.NATIONAL])
    assert np.array_equal(before[Driver.ACO][:, :3], after[Driver.ACO][:, :3])
    moved = after[Driver.ACO] - before[Driver.ACO]
    against = after[Driver.CODING] - before[Driver.CODING]
    assert np.allclose(against, -moved / 2)  # two to minus one
    assert np.allclose(moved[:, 3] / moved[:, 12], 10.0)  # the first of ten years counts in all of them


@pytest.mark.parametrize("power", [1, 2, 3, 4])
def test_weighted_moments_of_every_driver_are_standard_normal(power):
    scenarios = np.arange(500 * LHS_POINTS)
    w = weights(scenarios)
    _, after = normals(TILT, scenarios)
    for driver in (Driver.ACO, Driver.CODING):
        for year in (3, 12):
            groups = (w * after[driver][:, year] ** power).reshape(500, LHS_POINTS).mean(axis=1)
            z = (groups.mean() - stats.norm.moment(power)) / (groups.std(ddof=1) / np.sqrt(500))
            assert abs(z) < 3.5  # sixteen comparisons


def test_a_tail_is_estimated_without_bias_and_with_a_third_of_the_variance():
    scenarios = np.arange(500 * LHS_POINTS)
    w = weights(scenarios)
    _, after = normals(TILT, scenarios)
    years = np.arange(10, 0, -1) / np.sqrt(385)
    along = (2 * after[Driver.ACO][:, 3:] @ years - after[Driver.CODING][:, 3:] @ years) / np.sqrt(5)
    noise = np.random.default_rng(3).standard_normal(len(scenarios))
    result = -0.87 * along + np.sqrt(1 - 0.87**2) * noise  # as much explained as of the ten-year net result
    groups = (w * (result < stats.norm.ppf(0.05))).reshape(500, LHS_POINTS).mean(axis=1)
    assert abs(groups.mean() - 0.05) / (groups.std(ddof=1) / np.sqrt(500)) < 3.0
    plain_variance = 0.05 * 0.95 / LHS_POINTS
    assert plain_variance / groups.var(ddof=1) > 3.0


def test_adversity_is_standard_normal_and_what_the_tilt_moves():
    scenarios = np.arange(20_000)
    before, _ = normals(Sampler(direction={}, kind="plain"), scenarios)
    along = adversity(TILT, before)
    assert stats.kstest(along, "norm").pvalue > 0.01
    _, after = normals(TILT, scenarios[:6_400])
    worse = scenarios[:6_400] % LHS_POINTS >= ORDINARY * LHS_POINTS
    pushed = adversity(TILT, after)
    assert abs(pushed[worse].mean() - TILT.shift) < 0.01  # stratified: far closer than 1 / sqrt(4800)
    assert abs(pushed[~worse].mean()) < 0.01
