"""What an ACO's base years say about its level: shrunk by hand, and calibrated on drawn levels."""

import numpy as np
import pytest

from leadmc.inputs.assumptions import AcoLevel, RelativeLevel
from leadmc.scenarios.relative import aco_start, aco_start_given

STILL = RelativeLevel(innovation_sd=0.0, reversion=0.02)


N = 10_000


def aco(start_sd=0.025, start_per_person=0.0, innovation_sd=0.0, innovation_per_person=0.0, persistence=1.0):
    return AcoLevel(
        start_mean=0.0,
        start_sd=start_sd,
        start_per_person=start_per_person,
        innovation_sd=innovation_sd,
        innovation_per_person=innovation_per_person,
        persistence=persistence,
    )


def given(level, walk, *, log_ratio=0.0, sampling_variance=0.0):
    return aco_start_given(
        level, walk, STILL, log_ratio=log_ratio, sampling_variance=sampling_variance, beneficiaries=N
    )


def test_the_log_ratio_is_shrunk_by_signal_over_signal_and_noise():
    """tau^2 = noise = .000625: half of ln 1.05, and a quarter of the variances given back."""
    mean, sd = given(aco(), STILL, log_ratio=np.log(1.05), sampling_variance=0.025**2)
    assert mean == pytest.approx(0.025 / 0.00125 * (np.log(1.05) + 0.000625))
    assert mean * 0.025 == pytest.approx(0.5 * np.log(1.05) + 0.0003125)
    assert sd == pytest.approx(np.sqrt(0.5))


def test_nothing_is_learned_where_nothing_is_unknown_and_all_where_nothing_is_noisy():
    assert given(aco(start_sd=0.0), STILL, log_ratio=0.3, sampling_variance=1e-4) == (0.0, 1.0)
    mean, sd = given(aco(), STILL, log_ratio=0.05 - 0.5 * 0.025**2, sampling_variance=0.0)
    assert (mean, sd) == (pytest.approx(2.0), 0.0)


def test_walks_of_the_region_and_the_acos_own_drift_are_noise():
    """Relative to 2026 a walk stands at -(e25 + e26), -e26, 0: its mean over the base years has 5/9 of the variance."""
    walk = RelativeLevel(innovation_sd=0.03, reversion=0.0)
    _, sd = given(aco(), walk)
    noise = 5 / 9 * 0.03**2
    assert sd == pytest.approx(np.sqrt(noise / (noise + 0.025**2)))
    _, drifting = given(aco(innovation_sd=0.03), STILL)
    assert drifting == pytest.approx(sd)
    _, small = given(aco(innovation_per_person=0.03**2 * N), STILL)
    assert small == pytest.approx(sd)


def test_true_starts_are_as_the_posterior_says():
    """100,000 ACOs drawn: slope of the truth on the posterior mean 1 within 3 standard errors (0.006)."""
    rng = np.random.default_rng(4)
    start, level = rng.normal(size=100_000), aco(start_per_person=2.0, persistence=0.95)
    noise = 0.02
    seen = aco_start(level, start, beneficiaries=N) * np.exp(noise * rng.normal(size=start.size) - noise**2 / 2)
    found = [given(level, STILL, log_ratio=x, sampling_variance=noise**2) for x in np.log(seen[:5])]
    mean, sd = np.array(found).T
    unit = (given(level, STILL, log_ratio=1.0, sampling_variance=noise**2)[0]
            - given(level, STILL, log_ratio=0.0, sampling_variance=noise**2)[0])  # fmt: skip
    every = mean[0] + unit * (np.log(seen) - np.log(seen[0]))
    slope, shift = np.polyfit(every, start, 1)
    assert slope == pytest.approx(1.0, abs=0.02)
    assert shift == pytest.approx(0.0, abs=0.01)
    assert (start - every).std() == pytest.approx(sd[0], rel=0.01)
