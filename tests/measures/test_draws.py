import numpy as np
import pytest
from example_cube import example_cube
from scipy.stats import t

from leadmc.measures.draws import Draws, drawn_by, draws, in_groups, jackknife

NUMBER = np.arange(128)


@pytest.mark.parametrize(
    ("sampler", "groups", "together"),
    [
        ("plain", 128, [5]),
        ("antithetic", 64, [4, 5]),
        ("lhs", 2, range(64)),
        ("importance", 2, range(64)),
        ("sobol", 16, range(5, 128, 16)),
    ],
)
def test_groups_are_those_of_the_sampler(sampler, groups, together):
    drawn = drawn_by(sampler, NUMBER, replicates=16, weights=np.ones(128))
    assert (drawn.groups, drawn.df) == (groups, groups - 1)
    block = drawn.blocks(1000)  # a block for each group
    assert list(np.flatnonzero(block == block[5])) == list(together)


def test_a_selection_keeps_its_groups():
    ds = example_cube(64, sampler="antithetic").isel(scenario=[0, 1, 4, 6, 7, 8, 9])
    assert draws(ds).groups == 4


def test_error_of_a_mean_by_hand():
    # 1, 5, 3, 11 alone: SD sqrt(56 / 3), over sqrt(4). In replicates (1, 3) and (5, 11): means 2 and 8, SD sqrt(18),
    # over sqrt(2): 3. In pairs (1, 5) and (3, 11): means 3 and 7, SD sqrt(8), over sqrt(2): 2.
    x = np.array([1.0, 5.0, 3.0, 11.0])
    number = np.arange(4)
    assert Draws(4).error(x) == pytest.approx(np.sqrt(56 / 3 / 4))
    assert drawn_by("sobol", number, replicates=2).error(x) == pytest.approx(3.0)
    assert drawn_by("antithetic", number).error(x) == pytest.approx(2.0)
    assert drawn_by("antithetic", number).ungrouped().error(x) == Draws(4).error(x)


def test_weighted_mean_and_error_by_hand():
    # Weights 3 and 1 of 0 and 8: mean 2. Deviations weighted with 1.5 and 0.5 of the mean weight: -3 and 3.
    # sqrt(2 / 1 x (9 + 9)) / 2 = 3. As many equal weights as (3 + 1)^2 / (9 + 1).
    drawn = in_groups(np.arange(2), np.array([3.0, 1.0]))
    x = np.array([0.0, 8.0])
    assert (drawn.mean(x), drawn.error(x), drawn.effective_size) == pytest.approx((2.0, 3.0, 1.6))


@pytest.mark.parametrize(("sampler", "n"), [("lhs", 64), ("antithetic", 2), ("importance", 64), ("sobol", 1)])
def test_a_single_group_counts_as_independent(sampler, n):
    drawn = drawn_by(sampler, np.arange(n), replicates=4, weights=np.ones(n))
    assert drawn.together is None
    assert drawn.groups == n


def test_one_scenario_has_no_error_and_no_interval():
    alone = Draws(1)
    assert np.isnan(alone.error(np.ones((2, 1)))).all()
    assert np.isnan(alone.factor())


def test_intervals_are_as_wide_as_few_groups_need():
    assert drawn_by("sobol", NUMBER, replicates=16).factor() == pytest.approx(t.ppf(0.975, 15))
    assert Draws(10_000).factor(0.9) == pytest.approx(1.645, abs=1e-3)


def test_groups_that_agree_exactly_do_not_make_an_error_zero():
    seen = np.zeros(128, bool)
    assert drawn_by("sobol", NUMBER, replicates=16).error_ratio(seen) == 1.0


def test_jackknife_of_a_mean_is_its_standard_error():
    x = np.random.default_rng(4).standard_normal(20)
    without = np.array([np.delete(x, i).mean() for i in range(20)])
    assert jackknife(without) == pytest.approx(x.std(ddof=1) / np.sqrt(20))
    assert np.isnan(jackknife(without[:1]))


def test_blocks_hold_whole_groups_of_about_equal_size():
    drawn = drawn_by("antithetic", np.arange(1000))
    block = drawn.blocks(32)
    assert (block[::2] == block[1::2]).all()
    sizes = np.bincount(block)
    assert sizes.size == 32
    assert np.ptp(sizes) <= 2
