"""A control by strata of known probability: unbiased, with the error that it claims, and steadier."""

import numpy as np
import pytest
from scipy import stats

from leadmc.measures.draws import Draws, controlled, drawn_by
from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, TVAR, estimate

STATISTICS = (MEAN, PERCENTILE[1], LOSS, TVAR)
EXPLAINED = 0.87  # correlation of the ten-year net result with adversity, at the defaults
RUNS, SCENARIOS = 300, 1024


def result(rng, n=SCENARIOS):
    adversity = rng.standard_normal(n)
    return adversity, -EXPLAINED * adversity + np.sqrt(1 - EXPLAINED**2) * rng.standard_normal(n)


def test_strata_get_their_known_share():
    adversity, _ = result(np.random.default_rng(1))
    drawn = controlled(Draws(SCENARIOS), adversity)
    shares = np.bincount(drawn.stratum, weights=drawn.weights) / SCENARIOS
    np.testing.assert_allclose(shares, 1 / len(shares))
    assert len(shares) == 32
    below = stats.norm.cdf(adversity) < 0.25
    assert drawn.mean(below) == pytest.approx(0.25)  # eight whole strata
    assert drawn.error(below) == 0.0


def test_worked_by_hand():
    # two strata, three scenarios of the lower and one of the upper: 1/2 (1 + 2 + 3) / 3 + 1/2 x 10 = 6
    drawn = Draws(4, weights=4 / 2 / np.array([3.0, 3.0, 3.0, 1.0]), stratum=np.array([0, 0, 0, 1]))
    assert drawn.mean(np.array([1.0, 2.0, 3.0, 10.0])) == pytest.approx(6.0)
    # spread within strata: -1, 0, 1 and 0, each weighing 2/3: sqrt(4/3 x 8/9) / 4
    assert drawn.error(np.array([1.0, 2.0, 3.0, 10.0])) == pytest.approx(np.sqrt(4 / 3 * 8 / 9) / 4)


def test_intervals_hold_and_are_shorter():
    rng = np.random.default_rng(7)
    truth = np.array([0.0, stats.norm.ppf(0.05), 0.5, -stats.norm.pdf(stats.norm.ppf(0.05)) / 0.05])
    found = np.empty((2, RUNS, len(STATISTICS), 2))
    for run in range(RUNS):
        adversity, values = result(rng)
        for i, drawn in enumerate((Draws(SCENARIOS), controlled(Draws(SCENARIOS), adversity))):
            found[i, run] = np.stack(estimate(values, STATISTICS, drawn), axis=-1)
    value, se = found[..., 0], found[..., 1]
    bias = (value[1].mean(axis=0) - truth) / (value[1].std(axis=0, ddof=1) / np.sqrt(RUNS))
    assert np.abs(bias).max() < 3.0
    held = (np.abs(value[1] - truth) < 1.96 * se[1]).mean(axis=0)
    assert (held > 0.95 - 3 * np.sqrt(0.95 * 0.05 / RUNS)).all()
    gain = value[0].var(axis=0) / value[1].var(axis=0)
    assert (gain > [3.0, 1.3, 1.5, 1.3]).all()
    claimed = np.square(se[0]).mean(axis=0) / np.square(se[1]).mean(axis=0)
    np.testing.assert_allclose(claimed, gain, rtol=0.35)  # variances of 300 runs are known to 8%


def test_mirrored_pairs_keep_their_groups():
    adversity, _ = result(np.random.default_rng(3), 256)
    drawn = controlled(drawn_by("antithetic", np.arange(256)), adversity)
    assert drawn.groups == 128
    assert drawn.stratum is not None


def test_too_few_scenarios_stay_as_they_are_and_weights_are_refused():
    adversity = np.zeros(40)
    assert controlled(Draws(40), adversity) == Draws(40)
    with pytest.raises(ValueError, match="weighted scenarios cannot be controlled"):
        controlled(Draws(2, weights=np.ones(2)), np.zeros(2))
