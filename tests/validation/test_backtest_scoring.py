"""Scores: against definitions worked another way."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from leadmc.validation.scoring import Scores, mean, pooled, score, summarised


@pytest.mark.parametrize(("result", "centre", "sd"), [(0.0, 0.0, 1.0), (3.0, 1.0, 2.0), (-4.0, 2.0, 0.7)])
def test_crps_is_the_integral_of_its_definition(result, centre, sd):
    found = score(np.array([result]), np.array([centre]), np.array([sd**2]))
    low = quad(lambda x: ndtr((x - centre) / sd) ** 2, centre - 12 * sd, result)[0]
    high = quad(lambda x: (1 - ndtr((x - centre) / sd)) ** 2, result, max(result, centre) + 12 * sd)[0]
    assert found.crps[0] == pytest.approx(low + high, rel=1e-6)


def test_pit_and_crps_by_hand():
    found = score(np.array([1.96]), np.array([0.0]), np.array([1.0]))
    assert found.pit[0] == pytest.approx(0.975, abs=1e-4)
    # 1.96 (2 x .975 - 1) + 2 phi(1.96) - 1 / sqrt(pi)
    assert found.crps[0] == pytest.approx(1.96 * 0.95 + 2 * 0.05844 - 0.56419, abs=1e-4)


def test_coverage_counts_what_lies_inside():
    pit = (np.arange(1000) + 0.5) / 1000
    found = summarised(Scores(pit, np.ones(1000)), np.arange(1000).astype(str))
    assert found["coverage"] == {"50": 50.0, "80": 80.0, "90": 90.0, "95": 95.0}
    assert found["pit_ks_p"] == pytest.approx(1.0)
    assert found["pit_histogram"] == [100] * 10
    assert found["coverage_se"]["80"] == pytest.approx(100 * np.sqrt(0.8 * 0.2 / 999))


def test_one_forecast_a_cluster_gives_the_textbook_error():
    value = np.random.default_rng(1).normal(size=50)
    found = mean(value, np.arange(50).astype(str))
    assert found.value == pytest.approx(value.mean())
    assert found.se == pytest.approx(value.std(ddof=1) / np.sqrt(50))


def test_repeating_every_forecast_does_not_make_it_surer():
    value = np.random.default_rng(1).normal(size=50)
    cluster = np.arange(50).astype(str)
    once, thrice = mean(value, cluster), mean(np.tile(value, 3), np.tile(cluster, 3))
    assert thrice.se == pytest.approx(once.se)


def test_a_single_cluster_says_nothing_about_its_error():
    assert mean(np.array([1.0, 2.0]), np.array(["A", "A"])).se == float("inf")


def test_pooling_puts_scores_behind_one_another():
    one, two = Scores(np.array([0.1]), np.array([1.0])), Scores(np.array([0.2]), np.array([2.0]))
    both = pooled([one, two])
    assert both.pit.tolist() == [0.1, 0.2]
    assert both.crps.tolist() == [1.0, 2.0]
