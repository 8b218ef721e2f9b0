"""Coding, AI score and quality: by hand, and with the moments that are stated."""

import numpy as np
import pytest
from scipy import stats

from leadmc.base.axes import BY3, YEARS
from leadmc.inputs.assumptions import load_assumptions
from leadmc.scenarios.scores import ai_score_effect, coding_level, quality_score

N = len(YEARS)
CALIBRATED = load_assumptions()


def quality(**overrides):
    return load_assumptions(overrides={"quality": overrides}).quality


def test_coding_by_hand():
    coding = load_assumptions(overrides={"coding": {"drift": 0.01}}).coding
    z = np.ones((1, N))
    level = np.log(coding_level(coding, z))[0]
    assert level[: BY3 + 1].tolist() == [0.0, 0.0, 0.0]
    np.testing.assert_allclose(level[BY3 + 1], 0.01 + 0.013 - 0.013**2 / 2, atol=1e-15)
    np.testing.assert_allclose(level[-1], 0.1 + 0.13 - 10 * 0.013**2 / 2, atol=1e-15)


def test_cap_of_three_percent_over_three_years_binds_as_often_as_observed():
    # calibration section 2: P(|change| > 3%) over three years about 18% for very large ACOs
    z = np.random.default_rng(10).normal(size=(40_000, N))
    change = np.log(coding_level(CALIBRATED.coding, z))[:, BY3 + 3]
    assert (np.abs(change) > 0.03).mean() == pytest.approx(0.18, abs=0.01)


def test_ai_score_by_hand():
    np.testing.assert_allclose(ai_score_effect(CALIBRATED.ai_score, np.array([-1.5, 0.0])), [-0.015, 0.0])


def test_quality_by_hand():
    # beta(2, 2) has mean .5 and variance 1/20; its median is .5, and F(x) = 3 x^2 - 2 x^3
    flat = quality(mean=0.5, sd=float(np.sqrt(0.05)), persistence=0.6)
    z = np.zeros((1, 10))
    z[0, 0] = stats.norm.ppf(3 * 0.3**2 - 2 * 0.3**3)
    score = quality_score(flat, z)
    assert score[0, 0] == pytest.approx(0.3)
    latent = 0.6 * z[0, 0]
    assert score[0, 1] == pytest.approx(stats.beta.ppf(stats.norm.cdf(latent), 2, 2))
    assert score[0, 9] == pytest.approx(0.5, abs=0.01)


def test_quality_keeps_mean_sd_and_persistence_in_every_year():
    z = np.random.default_rng(11).normal(size=(20_000, 10))
    score = quality_score(quality(), z)
    assert np.all(np.abs(score.mean(axis=0) - 0.85) < 3.5 * 0.08 / np.sqrt(20_000))
    np.testing.assert_allclose(score.std(axis=0), 0.08, rtol=0.04)
    assert score.min() >= 0.0
    assert score.max() <= 1.0
    rank = stats.spearmanr(score[:, 4], score[:, 5]).statistic
    assert rank == pytest.approx(6 / np.pi * np.arcsin(0.7 / 2), abs=0.02)


def test_quality_improves_up_to_full_marks():
    score = quality_score(quality(sd=0.0, improvement=0.02), np.ones((1, 10)))
    np.testing.assert_allclose(score[0, [0, 5, 7, 9]], [0.85, 0.95, 0.99, 1.0])


def test_certain_quality_is_exact():
    assert np.array_equal(quality_score(quality(mean=1.0, sd=0.0), np.ones((2, 10))), np.ones((2, 10)))
