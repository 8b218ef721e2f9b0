"""The same scenarios with two results: exact where the change is one number, covering where it is not."""

import numpy as np
import pytest

from leadmc.measures.draws import Draws, in_groups
from leadmc.measures.paired import moving, paired
from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, estimate

P5 = next(one for one in PERCENTILE if one.name == "p5")
BOTH = (MEAN, P5)


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


@pytest.mark.parametrize("replicates", [1, 16])
def test_intervals_cover(replicates):
    """After: 1.3 times before and some noise of its own. True change of P5: 1.645 (1 - sqrt(1.3^2 + 0.5^2))."""
    rng, truth, n = np.random.default_rng(3), 1.645 * (1 - np.sqrt(1.3**2 + 0.5**2)), 256
    drawn = in_groups(np.arange(n) % replicates) if replicates > 1 else Draws(n)
    inside = []
    for _ in range(600):
        before = rng.normal(size=n)
        value, se = paired(before, 1.3 * before + 0.5 * rng.normal(size=n), (P5,), drawn)
        inside.append(abs(value[0] - truth) < drawn.factor() * se[0])
    assert np.mean(inside) > 0.88


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
