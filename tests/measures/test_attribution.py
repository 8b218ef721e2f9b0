import numpy as np
import pytest
from example_cube import example_cube

from leadmc.measures.attribution import ACO, CLAIMS, RULES, WORLD, design_size, drivers, split, variance_split
from leadmc.measures.draws import Draws, drawn_by

# Y = 2 a + 1.5 t + r + .8 a t + .5 t r + (a^2 - 1) / sqrt 2 + 1.2 e, all of variance 1 and independent; by hand
KNOWN = {
    CLAIMS: 1.44,
    ACO: 4 + 1,
    WORLD: 2.25,
    RULES: 1.0,
    f"{ACO} x {WORLD}": 0.64,
    f"{ACO} x {RULES}": 0.0,
    f"{WORLD} x {RULES}": 0.25,
    f"{ACO} x {WORLD} x {RULES}": 0.0,
}


def known_model(n, seed):
    """Drivers of which only some matter, and a result whose variance splits as above."""
    rng = np.random.default_rng(seed)
    own, world, rule = rng.standard_normal((n, 12)), rng.standard_normal((n, 10)), (rng.random((n, 1)) < 0.3) * 1.0
    a, t, r = own[:, :4].sum(axis=1) / 2, world[:, 0], (rule[:, 0] - 0.3) / np.sqrt(0.21)
    luck = 1.2 * rng.standard_normal(n)
    result = 2 * a + 1.5 * t + r + 0.8 * a * t + 0.5 * t * r + (a**2 - 1) / np.sqrt(2) + luck
    return result, {ACO: own, WORLD: world, RULES: rule}


def test_a_known_split_is_found_with_honest_errors():
    truth = np.array([*KNOWN.values()]) / sum(KNOWN.values())
    found = [split(*known_model(2000, seed), Draws(2000)) for seed in range(40)]
    assert found[0][0] == list(KNOWN)
    value, se = (np.array([getattr(one, part) for _, one in found]) for part in ("value", "se"))
    assert value.sum(axis=1) == pytest.approx(1)
    off = (value.mean(axis=0) - truth) / (value.std(axis=0) / np.sqrt(40))
    assert (np.abs(value.mean(axis=0) - truth) < 0.005).all() or (np.abs(off) < 3.5).all(), off
    assert se.mean(axis=0) == pytest.approx(value.std(axis=0), rel=0.35)  # an SD of 40 is known to 11%


def test_chance_explains_nothing():
    rng = np.random.default_rng(2)
    shares = np.array(
        [split(rng.standard_normal(400), {ACO: rng.standard_normal((400, 30))}, Draws(400))[1].value for _ in range(60)]
    )
    assert shares.mean(axis=0) == pytest.approx([1, 0], abs=0.015)  # 3 standard errors; raw R^2 would be 8%


def test_groups_of_scenarios_and_weights_are_heard():
    result, groups = known_model(2048, 1)
    plain = split(result, groups, Draws(2048))[1]
    sobol = split(result, groups, drawn_by("sobol", np.arange(2048), replicates=16))[1]
    equal = split(result, groups, drawn_by("importance", np.arange(2048), weights=np.full(2048, 2.0)))[1]
    assert sobol.value == pytest.approx(plain.value)
    assert equal.value == pytest.approx(plain.value)
    assert (sobol.se != plain.se).all()


def test_too_few_scenarios_say_nothing():
    result, groups = known_model(4 * 40, 1)
    assert design_size(groups) == 1 + 23 + 6 + 9
    assert np.isfinite(split(result, groups, Draws(160))[1].value).all()
    few = {name: columns[:150] for name, columns in groups.items()}
    assert np.isnan(split(result[:150], few, Draws(150))[1].value).all()
    assert np.isnan(split(np.ones(160), groups, Draws(160))[1].value).all()


def test_split_of_a_cube_by_track():
    ds = example_cube(1000)
    rng = np.random.default_rng(3)
    level = 1 + 0.02 * rng.standard_normal((1000, 1)) + 0.005 * rng.standard_normal((1000, 10)).cumsum(axis=1)
    ds["aco_level"][:] = level
    ds["net_result"] = ds["benchmark"] * (1 - ds["aco_level"])
    found = variance_split(ds)
    assert list(drivers(ds)) == [ACO, WORLD]
    assert found["share"].sel(part=ACO).to_numpy() == pytest.approx(1, abs=0.02)
    assert found["share"].sum("part").to_numpy() == pytest.approx(1)
    ds["rule_choice"] = (("scenario", "rule"), rng.integers(0, 3, (1000, 1)))
    assert drivers(ds)[RULES].shape == (1000, 2)


def test_without_any_driver_all_is_claim_noise():
    ds = example_cube(200)
    for name in ("national_trend", "regional_trend", "prospective_trend", "quality_score"):
        ds[name][:] = 1.0
    found = variance_split(ds)
    assert list(found["part"].values) == [CLAIMS]
    assert found["share"].values == pytest.approx(1.0)
    assert found["share_se"].values == pytest.approx(0.0)
