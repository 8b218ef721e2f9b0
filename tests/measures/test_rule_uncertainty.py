"""What rules explain of a variance: worked, without bias where nothing is explained, with errors that cover."""

import numpy as np
import pytest
import xarray as xr
from example_cube import example_cube

from leadmc.measures.draws import Draws, in_groups
from leadmc.measures.rule_uncertainty import ALL, rule_uncertainty, variance_share
from leadmc.measures.subsets import mean_within
from leadmc.measures.summary import summary
from leadmc.measures.transition import by_position


def estimated(values, groups, drawn=None):
    found = variance_share(np.atleast_2d(values), np.asarray(groups), drawn or Draws(np.size(groups)))
    return found.value[0], found.se[0]


def test_a_share_worked_on_paper():
    """Groups 0, 2 and 10, 12: means 1 and 11, each with a squared error of 2 / 2 = 1, overall 6.

    Between: 25 less half of half of each error, 24.5; in all: 104 / 3. Their ratio is 0.70673.
    """
    value, _ = estimated([0.0, 2.0, 10.0, 12.0], [0, 0, 1, 1])
    assert value == pytest.approx((25 - 0.5) / (104 / 3))


def test_weights_count_as_scenarios():
    values, groups = np.array([0.0, 2.0, 10.0, 12.0, 5.0]), np.array([0, 0, 1, 1, 1])
    weights = np.full(5, 3.0)
    assert estimated(values, groups, Draws(5, weights=weights / 3)) == pytest.approx(estimated(values, groups))


TRIALS = 400
CASES = {
    "nothing": (np.zeros(3), np.array([0.5, 0.25, 0.25]), 300),
    "half": (np.array([1.2, -1.0, 0.0]), np.array([0.5, 0.25, 0.25]), 300),
    "many combinations, nothing": (np.zeros(60), np.full(60, 1 / 60), 300),
    "many combinations": (np.linspace(-0.8, 0.8, 60), np.full(60, 1 / 60), 300),
}


@pytest.mark.parametrize(("effect", "weights", "n"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("replicates", [1, 20])
def test_shares_are_unbiased_and_their_intervals_cover(effect, weights, n, replicates):
    """Replicates have an effect of their own, as those of a quasi-random sampler may. Seeds fixed; z below 4."""
    rng = np.random.default_rng(11)
    between = weights @ np.square(effect - weights @ effect)
    truth = between / (between + 1.0)
    drawn = in_groups(np.arange(n) % replicates) if replicates > 1 else Draws(n)
    found = []
    for _ in range(TRIALS):
        group = rng.choice(len(weights), n, p=weights)
        found.append(estimated(effect[group] + rng.normal(size=n), group, drawn))
    value, error = np.array(found).T
    assert abs(value.mean() - truth) < 4 * value.std() / np.sqrt(TRIALS) + 0.01 * truth
    factor = drawn.factor()
    assert (abs(value - truth) < factor * error).mean() > (0.88 if replicates > 1 else 0.9)
    assert 0.85 < error.mean() / value.std() < 1.6


def test_what_does_not_vary_has_no_share():
    assert np.isnan(estimated(np.ones(8), [0, 1] * 4)).all()


def test_a_combination_a_scenario_leaves_nothing_to_compare_with():
    assert np.isnan(estimated(np.arange(8.0), np.arange(8))).all()


def test_groups_of_one_borrow_the_spread_of_the_others():
    value, error = estimated([0.0, 2.0, 4.0, 10.0], [0, 0, 0, 1])
    assert np.isfinite([value, error]).all()


def test_a_single_alternative_explains_nothing():
    assert estimated(np.arange(8.0), np.zeros(8, np.int64)) == (0.0, 0.0)


def mixed_cube(effect=1.5e8):
    """The example cube with two mixed rules, of which the first moves the net result of the second track."""
    ds = example_cube(600)
    rng = np.random.default_rng(2)
    choices = np.stack([rng.integers(2, size=600), rng.integers(3, size=600)], axis=1)
    net = ds["net_result"].copy()
    net[:, 1, 0] += effect * choices[:, 0]
    attrs = {"alternatives": [["no", "yes"], ["a", "b", "c"]]}
    return ds.assign(net_result=net, rule_choice=(("scenario", "rule"), choices, attrs)).assign_coords(
        rule=["first", "second"]
    )


def test_the_rule_that_moves_results_is_found_in_the_track_that_it_moves():
    found = rule_uncertainty(mixed_cube())
    assert list(found["rule"].values) == ["first", "second", ALL]
    moved = found.sel(track="professional")
    assert float(moved["share"].sel(rule="first")) > 0.3
    assert float(moved["share"].sel(rule=ALL)) == pytest.approx(float(moved["share"].sel(rule="first")), abs=0.03)
    rest = found["share"].sel(track="global") / found["share_se"].sel(track="global")
    assert (abs(rest) < 3).all()
    mean = moved["mean"].isel(alternative=(found["of"] == "first").values)
    assert list(mean["name"].values) == ["no", "yes"]
    assert float(mean[1] - mean[0]) == pytest.approx(1.5e8, rel=0.2)


def test_the_summary_holds_shares_and_means():
    record = summary(mixed_cube())["rule_uncertainty"]["professional"]
    assert set(record) == {"all", "terms"}
    assert set(record["terms"]["second"]["mean_usd"]) == {"a", "b", "c"}
    assert set(record["terms"]["first"]["share"]) == {"value", "se"}
    assert summary(example_cube(20))["rule_uncertainty"] is None


def test_a_mean_within_is_the_mean_of_the_part():
    values, inside = np.array([1.0, 3.0, 100.0, 5.0]), np.array([True, True, False, True])
    found = mean_within(values, inside, Draws(4))
    assert found.value == pytest.approx(3.0)
    assert np.isfinite(found.se)
    assert np.isnan(mean_within(values, np.array([False] * 4), Draws(4))).all()
    one = mean_within(values, np.array([True, False, False, False]), Draws(4))
    assert (float(one.value), np.isnan(one.se)) == (1.0, True)


def test_errors_of_means_within_cover():
    rng = np.random.default_rng(5)
    found = []
    for _ in range(1_000):
        x = rng.normal(size=200)
        one = mean_within(x, rng.uniform(size=200) < 0.3, Draws(200))
        found.append((float(one.value), float(one.se)))
    value, error = np.array(found).T
    assert (abs(value) < 1.96 * error).mean() == pytest.approx(0.945, abs=0.02)


def position_cube(position):
    ds = example_cube(len(position))
    return ds.assign(regional_position=("scenario", np.asarray(position, dtype=float)))


def test_groups_by_position_run_from_cheap_to_dear_and_hold_equal_parts():
    position = np.random.default_rng(1).permutation(np.linspace(0.8, 1.2, 500))
    found = by_position(position_cube(position))
    assert found["position"].values == pytest.approx([84, 92, 100, 108, 116], abs=0.1)
    net = position_cube(position)["net_result"].sum("performance_year").values
    cheapest = net[position <= np.sort(position)[99]]
    assert found["net"].sel(group=0).values == pytest.approx(cheapest.mean(axis=0))


def test_one_position_is_one_group():
    found = by_position(position_cube(np.ones(50)))
    assert found.sizes["group"] == 1
    assert float(found["position"][0]) == pytest.approx(100.0)


def test_benchmarks_with_and_without_the_rate_book_differ_by_its_effect():
    moved = summary(example_cube(200))["transition"]["tracks"]["global"]
    for horizon in ("2031", "2032"):
        difference = moved["with_usd"]["by_year"][horizon]["value"] - moved["without_usd"]["by_year"][horizon]["value"]
        assert difference == pytest.approx(moved["effect_usd"]["by_year"][horizon]["mean"]["value"], abs=1.0)
    assert len(moved["by_position"]) >= 1
    assert isinstance(summary(example_cube(1))["transition"], dict | None)


def test_scenarios_of_a_selection_keep_their_rules():
    found = rule_uncertainty(mixed_cube().isel(scenario=slice(0, 200)))
    assert isinstance(found, xr.Dataset)
