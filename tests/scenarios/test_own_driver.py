"""Drivers of the user's own: addressed by name, after all others, and nothing else moves."""

import numpy as np
import pytest
from small_runs import prepared

from leadmc.base.philox import Purpose
from leadmc.scenarios.own_driver import OwnDriver
from leadmc.scenarios.sampler import named_uniforms
from leadmc.study import settle_chunk, simulate

SCENARIOS = np.arange(24)


def dearer(world, z):
    """Raise the ACO's cost by 1% where the first normal is positive."""
    return world._replace(aco_level=world.aco_level * np.where(z[:, :1, None] > 0, 1.01, 1.0))


def idle(world, z):
    return world


DEARER = OwnDriver("dearer", 5, dearer)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return prepared(tmp_path_factory.mktemp("own"))


def test_a_driver_changes_what_it_says_and_nothing_else(study):
    plain = simulate(study, SCENARIOS)
    driven = simulate(study._replace(drivers=(DEARER,)), SCENARIOS)
    factor = driven.world.aco_level / plain.world.aco_level
    hit = driven.world.aco_level[:, 0, 0] != plain.world.aco_level[:, 0, 0]
    assert 4 < hit.sum() < 20
    np.testing.assert_allclose(factor[hit], 1.01, rtol=1e-15)
    for name in set(plain.world._fields) - {"aco_level"}:
        np.testing.assert_array_equal(getattr(driven.world, name), getattr(plain.world, name), err_msg=name)
    np.testing.assert_array_equal(driven.seen.person_months, plain.seen.person_months)  # and who lives and dies


def test_a_driver_that_does_nothing_leaves_every_bit(study):
    plain, _ = settle_chunk(study, SCENARIOS)
    driven, _ = settle_chunk(study._replace(drivers=(OwnDriver("idle", 3, idle),)), SCENARIOS)
    for name, values in plain.items():
        np.testing.assert_array_equal(driven[name], values, err_msg=name)


def test_draws_belong_to_name_and_scenario(study):
    seen = {}

    def keep(label):
        def change(world, z):
            seen[label] = z
            return world

        return change

    drivers = (OwnDriver("one", 6, keep("one")), OwnDriver("two", 2, keep("two")))
    simulate(study._replace(drivers=drivers), SCENARIOS)
    whole = dict(seen)
    simulate(study._replace(drivers=drivers[1:]), SCENARIOS[10:12])
    np.testing.assert_array_equal(seen["two"], whole["two"][10:12])
    assert whole["one"].shape == (24, 6)
    assert not np.isin(whole["one"], whole["two"]).any()


def test_draws_of_a_name_are_uniform_and_independent():
    drawn = named_uniforms("any", Purpose.OWN_DRIVER, 6, seed=1, scenarios=np.arange(20_000))
    assert abs(drawn.mean(axis=0) - 0.5).max() < 4 * np.sqrt(1 / 12 / 20_000)
    assert abs(np.corrcoef(drawn.T) - np.eye(6)).max() < 4.5 / np.sqrt(20_000)
