"""The same scenarios settled twice: exact where the change is one number, covering where it is not."""

import numpy as np
import pytest

from leadmc.measures.draws import Draws, in_groups
from leadmc.measures.paired import change
from leadmc.measures.precision import PERCENTILE, estimate

P5 = next(one for one in PERCENTILE if one.name == "p5")


def test_a_shift_is_known_exactly():
    before = np.random.default_rng(1).normal(size=(2, 300))
    found = change(before, before + 5.0, Draws(300))
    assert found.mean.value == pytest.approx([5.0, 5.0])
    assert found.p5.value == pytest.approx([5.0, 5.0])
    assert found.mean.se == pytest.approx([0.0, 0.0], abs=1e-12)
    assert found.p5.se == pytest.approx([0.0, 0.0], abs=1e-12)


def test_no_change_is_no_change():
    before = np.random.default_rng(1).normal(size=300)
    found = change(before, before, Draws(300))
    assert (found.mean.value, found.p5.value, found.p5.se) == (0.0, 0.0, 0.0)


def test_the_percentile_is_the_one_that_is_reported():
    before, after = np.random.default_rng(1).normal(size=(2, 256))
    reported = [estimate(each, (P5,)).value[0] for each in (before, after)]
    assert change(before, after, Draws(256)).p5.value == pytest.approx(reported[1] - reported[0])


def test_a_wider_spread_moves_the_tail_alone():
    before = np.random.default_rng(1).normal(size=20_000)
    found = change(before, 2.0 * before, Draws(20_000))
    assert abs(found.mean.value) < 4 * found.mean.se
    assert found.p5.value == pytest.approx(-1.645, abs=4 * found.p5.se)


@pytest.mark.parametrize("replicates", [1, 16])
def test_intervals_cover(replicates):
    """After: 1.3 times before and some noise of its own. True change of P5: 1.645 (1 - sqrt(1.3^2 + 0.5^2))."""
    rng, truth, n = np.random.default_rng(3), 1.645 * (1 - np.sqrt(1.3**2 + 0.5**2)), 256
    drawn = in_groups(np.arange(n) % replicates) if replicates > 1 else Draws(n)
    inside = []
    for _ in range(600):
        before = rng.normal(size=n)
        p5 = change(before, 1.3 * before + 0.5 * rng.normal(size=n), drawn).p5
        inside.append(abs(p5.value - truth) < drawn.factor() * p5.se)
    assert np.mean(inside) > 0.88


def test_a_single_scenario_has_no_error():
    found = change(np.array([1.0]), np.array([3.0]), Draws(1))
    assert found.mean.value == 2.0
    assert np.isnan(found.mean.se)
