import numpy as np
import pytest
from example_cube import example_cube
from scipy.stats import norm, t

from leadmc.measures import precision
from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, SD, TVAR, estimate, quantile, quantile_error, replicates

P1, P5, P10, P25, P50, P75, P90, P95, P99 = PERCENTILE

# Monte Carlo error in SD units of an i.i.d. normal: (scenarios, quantile, tail share, error of VaR, error of TVaR)
PUBLISHED = [
    (1_000, 0.05, 0.065, 0.077),
    (1_000, 0.01, 0.105, 0.136),
    (10_000, 0.05, 0.021, 0.025),
    (10_000, 0.01, 0.037, 0.046),
]


@pytest.mark.parametrize(("n", "share", "var", "tvar"), PUBLISHED)
def test_published_errors_of_quantile_and_tail_mean(n, share, var, tvar):
    x = np.sort(np.random.default_rng(8).standard_normal((4_000_000 // n, n)), axis=-1)
    terms = precision.tail_terms(x, share)
    simulated = quantile(x, share).std(), terms.mean(axis=-1).std()
    assert simulated == pytest.approx((var, tvar), rel=0.15)
    assert quantile_error(x, share).mean() == pytest.approx(simulated[0], rel=0.12)
    assert precision.mean_error(terms).mean() == pytest.approx(simulated[1], rel=0.12)


def tail_mean(sample, share):
    """Acerbi and Tasche (2002), definition 3.4 with the sum written out."""
    inside, whole = np.sort(sample), int(len(sample) * share + 1e-9)
    rest = len(sample) * share - whole
    return (inside[:whole].sum() + (rest * inside[whole] if rest > 1e-9 else 0.0)) / (len(sample) * share)


def test_tail_mean_and_quantile_on_atoms_by_hand():
    # 30 scenarios: one at -10, two at -4, 27 at 1. The worst 5% are 1.5 scenarios: (-10 - 0.5 * 4) / 1.5 = -8.
    x = np.array([1.0] * 20 + [-4.0, -10.0, -4.0] + [1.0] * 7)
    value, se = estimate(x, (TVAR, P5, P50, LOSS, MEAN))
    assert value[0] == pytest.approx(-8.0)
    # rank 1 + 29 * 0.05 = 2.45 lies between the second and the third, both -4
    assert value[1] == -4.0
    assert value[2] == 1.0
    assert value[3] == pytest.approx(0.1)
    assert value[4] == pytest.approx((27 - 10 - 8) / 30)
    # terms -4 + min(x + 4, 0) / .05: one at -124, 29 at -4; SD = 120 sqrt(1/30), so SE = 120 / 30
    assert se[0] == pytest.approx(4.0)
    assert se[2] == pytest.approx(0.0, abs=1e-3)  # the median lies deep in the atom
    assert se[3] == pytest.approx(np.sqrt(3.5 / 31 * 27.5 / 31 / 30))


@pytest.mark.parametrize("n", [2, 19, 20, 21, 100, 333, 1_000])
def test_tail_mean_is_the_written_out_sum(n):
    x = np.random.default_rng(n).integers(-3, 4, n).astype(float)
    assert estimate(x, (TVAR,)).value[0] == pytest.approx(tail_mean(x, 0.05), abs=1e-12)


def test_quantiles_are_numpys():
    x = np.random.default_rng(2).standard_normal((3, 501))
    shares = [p / 100 for p in precision.PERCENTILES]
    assert estimate(x, PERCENTILE).value == pytest.approx(np.quantile(x, shares, axis=-1).T, rel=1e-12)


@pytest.mark.parametrize("n", [1_000, 4_000])
def test_intervals_of_independent_scenarios_cover(n):
    # 400 replicate runs, nominal 95%; z = 2.75 of a binomial share with 400 trials is 3 points
    statistics = (MEAN, SD, P5, P50, P95, TVAR, LOSS)
    tail = norm.ppf(0.05)
    truth = np.array([0.3, 1, 0.3 + tail, 0.3, 0.3 - tail, 0.3 - norm.pdf(tail) / 0.05, norm.cdf(-0.3)])
    value, se = estimate(np.random.default_rng(11).normal(0.3, 1, (400, n)), statistics)
    covered = (np.abs(value - truth) < 1.96 * se).mean(axis=0)
    assert ((covered >= 0.92) & (covered <= 0.98)).all(), covered


def test_intervals_of_replicated_scenarios_cover():
    # Each replicate is stratified, so the plain error is far too wide for the mean; the replicates know.
    r, m, runs = 16, 64, 400
    rng = np.random.default_rng(12)
    strata = (np.argsort(rng.random((runs, m, r)), axis=1) + rng.random((runs, m, r))) / m
    x = norm.ppf(strata).reshape(runs, m * r)  # scenario k belongs to replicate k % r
    value, se = estimate(x, (MEAN, P50, LOSS), r)
    truth = np.array([0, 0, 0.5])
    covered = (np.abs(value - truth) < t.ppf(0.975, r - 1) * se).mean(axis=0)
    assert ((covered[:2] >= 0.92) & (covered[:2] <= 0.98)).all(), covered
    assert (se[:, 0] < 0.5 * estimate(x, (MEAN,)).se[:, 0]).all()
    assert value == pytest.approx(estimate(x, (MEAN, P50, LOSS)).value)


def test_replicate_error_by_hand():
    # Replicates 0 and 1 hold (1, 3) and (5, 11): means 2 and 8, SD sqrt(18), SE sqrt(18 / 2) = 3; mean of all 5.
    value, se = estimate(np.array([1.0, 5.0, 3.0, 11.0]), (MEAN,), 2)
    assert (value[0], se[0]) == (5.0, pytest.approx(3.0))


def test_an_event_never_seen_is_not_impossible():
    for r in (1, 4):
        value, se = estimate(np.ones(100), (LOSS, MEAN, SD, P1), r)
        assert value[0] == 0
        assert se[0] == pytest.approx(np.sqrt(0.5 / 101 * 100.5 / 101 / 100))
        assert se[1:] == pytest.approx(0, abs=1e-7)


def test_one_scenario_has_no_error():
    value, se = estimate(np.array([[3.0], [-2.0]]), (MEAN, SD, P5, TVAR, LOSS))
    assert value.tolist() == [[3, 0, 3, 3, 0], [-2, 0, -2, -2, 1]]
    assert np.isnan(se).all()


def test_too_few_scenarios_for_the_replicates_count_as_independent():
    x = np.arange(5.0)
    assert estimate(x, (MEAN,), 4).se == estimate(x, (MEAN,)).se


def test_scale_by_two_means_two():
    x = np.random.default_rng(3).standard_normal(200)
    one, two = estimate(x, (MEAN, SD, P5, TVAR)), estimate(2 * x, (MEAN, SD, P5, TVAR))
    assert two.value == pytest.approx(2 * one.value)
    assert two.se == pytest.approx(2 * one.se)


def test_nan_stays_visible():
    value, se = estimate(np.array([1.0, np.nan, 2.0]), (MEAN, P99, TVAR))
    assert np.isnan(value[:2]).all()
    assert np.isnan(se[:2]).all()


def test_replicates_of_a_cube():
    assert replicates(example_cube(4, sampler="plain", replicates=8)) == 1
    assert replicates(example_cube(4, sampler="sobol", replicates=8)) == 8
