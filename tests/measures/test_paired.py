"""The same scenarios with two results: exact where the change is one number, covering where it is not."""

import numpy as np
import pytest
from scipy.stats import norm

from leadmc.measures.draws import Draws, drawn_by
from leadmc.measures.paired import moving, paired
from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, estimate

P5 = next(one for one in PERCENTILE if one.name == "p5")
BOTH = (MEAN, P5)
Z5 = norm.ppf(0.05)


def test_a_shift_is_known_exactly():
    before = np.random.default_rng(1).normal(size=(2, 300))
    value, se = paired(before, before + 5.0, BOTH, Draws(300))
    assert value == pytest.approx(np.full((2, 2), 5.0))
    assert se == pytest.approx(np.zeros((2, 2)), abs=1e-12)


def test_no_change_is_no_change():
    before = np.random.default_rng(1).normal(size=300)
    value, se = paired(before, before, (*BOTH, LOSS), Draws(300))
    assert (value == 0.0).all()
    assert (se == 0.0).all()


def test_the_percentile_is_the_one_that_is_reported():
    before, after = np.random.default_rng(1).normal(size=(2, 256))
    reported = [estimate(each, (P5,)).value[0] for each in (before, after)]
    assert paired(before, after, (P5,), Draws(256)).value == pytest.approx(reported[1] - reported[0])


def test_a_wider_spread_moves_the_tail_alone():
    before = np.random.default_rng(1).normal(size=20_000)
    value, se = paired(before, 2.0 * before, BOTH, Draws(20_000))
    assert abs(value[0]) < 4 * se[0]
    assert value[1] == pytest.approx(-1.645, abs=4 * se[1])


def test_twice_the_money_is_twice_the_difference_and_its_error():
    before, after = np.random.default_rng(1).normal(size=(2, 256))
    one, two = (paired(k * before, k * after, BOTH, Draws(256)) for k in (1.0, 2.0))
    assert (two.value == 2 * one.value).all()
    assert (two.se == 2 * one.se).all()


def test_results_side_by_side_are_those_of_each_alone():
    before, after = np.random.default_rng(1).normal(size=(2, 3, 256))
    together = paired(before, after, BOTH, Draws(256))
    alone = [paired(one, other, BOTH, Draws(256)) for one, other in zip(before, after, strict=True)]
    assert (together.se == [each.se for each in alone]).all()


# What becomes of a standard normal, and the 5th percentile of that. The noise beside the correlation is large, small
# and tiny against the 0.04 between neighbours at P5 of 256.
CASES = {
    "correlation .9": (lambda x, z: 0.9 * x + np.sqrt(1 - 0.9**2) * z, Z5),
    "correlation .995": (lambda x, z: 0.995 * x + np.sqrt(1 - 0.995**2) * z, Z5),
    "correlation .9999": (lambda x, z: 0.9999 * x + np.sqrt(1 - 0.9999**2) * z, Z5),
    "correlation .999999": (lambda x, z: 0.999999 * x + np.sqrt(1 - 0.999999**2) * z, Z5),
    "wider": (lambda x, _: 1.3 * x, 1.3 * Z5),
    "wider, with noise": (lambda x, z: 1.3 * x + 0.5 * z, np.hypot(1.3, 0.5) * Z5),
    "half of a tail": (lambda x, _: x - 0.5 * np.minimum(x + 1, 0), -0.5 + 0.5 * Z5),
}


@pytest.mark.parametrize(("after", "truth"), CASES.values(), ids=CASES)
@pytest.mark.parametrize(("n", "least"), [(256, 0.90), (1024, 0.92)])
def test_intervals_cover_and_errors_are_no_larger_than_that(after, truth, n, least):
    # 400 runs; z = 2 of a share of 92% is 2.7 points
    x, z = np.random.default_rng(3).normal(size=(2, 400, n))
    value, se = paired(x, after(x, z), (P5,), Draws(n))
    assert np.mean(np.abs(value - (truth - Z5)) <= Draws(n).factor() * se) > least - 0.027
    assert 0.8 < np.sqrt(np.square(se).mean()) / value.std() < 1.35


@pytest.mark.parametrize("sampler", ["antithetic", "lhs", "sobol", "importance"])
def test_intervals_of_grouped_scenarios_cover(sampler):
    # 200 runs of 512; z = 2 is 4 points
    rng, runs, n = np.random.default_rng(4), 200, 512
    held = []
    for _ in range(runs):
        x, weights = grouped_normals(sampler, n, rng)
        drawn = drawn_by(sampler, np.arange(n), replicates=16, weights=weights)
        value, se = paired(x, 0.999 * x + np.sqrt(1 - 0.999**2) * rng.normal(size=n), (P5,), drawn)
        held.append(abs(value[0]) <= drawn.factor() * se[0])
    assert np.mean(held) > 0.92 - 0.04


def grouped_normals(sampler, n, rng):
    """Normal scenarios as a sampler draws them, and their weights."""
    if sampler == "antithetic":
        x = np.repeat(rng.normal(size=n // 2), 2)
        return np.where(np.arange(n) % 2, -x, x), None
    if sampler == "importance":
        x = rng.normal(size=n) - 1.5 * (np.arange(n) % 4 > 0)
        return x, 1 / (0.25 + 0.75 * np.exp(-1.5 * x - 1.5**2 / 2))
    groups, size = {"lhs": (n // 64, 64), "sobol": (16, n // 16)}[sampler]
    u = (np.argsort(rng.random((groups, size))) + rng.random((groups, size))) / size
    return norm.ppf(u if sampler == "lhs" else u.T).ravel(), None


def test_a_single_scenario_has_no_error():
    value, se = paired(np.array([1.0]), np.array([3.0]), BOTH, Draws(1))
    assert value == pytest.approx([2.0, 2.0])
    assert np.isnan(se).all()


def test_changes_from_one_result_add_up():
    """What leads from the lower to the upper end is the change to the one less the change to the other."""
    rng, drawn = np.random.default_rng(2), Draws(400)
    base = rng.normal(size=400)
    low, high = (moving(base * k, BOTH, drawn) for k in (0.8, 1.4))
    from_base = [each.less(moving(base, BOTH, drawn), drawn).value for each in (low, high)]
    assert high.less(low, drawn).value == pytest.approx(from_base[1] - from_base[0])
