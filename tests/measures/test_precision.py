import numpy as np
import pytest
from scipy.stats import norm, t

from leadmc.measures import precision
from leadmc.measures.draws import Draws, drawn_by, in_groups
from leadmc.measures.precision import (
    LOSS,
    MEAN,
    PERCENTILE,
    SD,
    TVAR,
    estimate,
    left_quantile,
    probability,
    quantile,
    quantile_error,
    reserve,
    weighted_quantile,
)

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
    terms = precision.tail_terms(x, left_quantile(x, share), share)
    simulated = quantile(x, share).std(), terms.mean(axis=-1).std()
    assert simulated == pytest.approx((var, tvar), rel=0.15)
    assert quantile_error(x, share).mean() == pytest.approx(simulated[0], rel=0.12)
    assert Draws(n).error(terms).mean() == pytest.approx(simulated[1], rel=0.12)


@pytest.mark.parametrize("n", [1_000, 10_000])
def test_errors_on_heavy_tails_are_those_of_repeated_samples(n):
    # Student's t with 4 degrees of freedom, in SD units; 2,000,000 draws tell an SD of estimates to 2 and 5%
    x = np.random.default_rng(9).standard_t(4, (2_000_000 // n, n)) / np.sqrt(2)
    value, se = estimate(x, (P5, P95, P1, TVAR, MEAN))
    assert se.mean(axis=0)[[0, 1, 2, 4]] == pytest.approx(value.std(axis=0)[[0, 1, 2, 4]], rel=0.15)
    # the error of the tail mean hangs on the largest losses: right on average of its squares
    assert np.sqrt(np.square(se[:, 3]).mean()) == pytest.approx(value[:, 3].std(), rel=0.15)
    # asymptotic error of a quantile: sqrt(p (1 - p) / n) / density
    density = t.pdf(t.ppf(0.05, 4), 4) * np.sqrt(2)
    assert se[:, 0].mean() == pytest.approx(np.sqrt(0.05 * 0.95 / n) / density, rel=0.15)


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


STRATA = {"sobol": (16, 64), "lhs": (16, 64), "antithetic": (512, 2)}


def stratified(sampler, runs, rng):
    """Normal samples of which each group is stratified, [runs, s]."""
    groups, size = STRATA[sampler]
    cells = np.argsort(rng.random((runs, groups, size)), axis=-1)
    u = (cells + rng.random((runs, groups, size))) / size
    by_group = norm.ppf(u)
    return (by_group.swapaxes(1, 2) if sampler == "sobol" else by_group).reshape(runs, groups * size)


@pytest.mark.parametrize("sampler", STRATA)
def test_intervals_of_grouped_scenarios_cover(sampler):
    # The plain error is far too wide for what groups balance; 400 runs, nominal 95%, z = 2.75 and 3.2
    statistics = (MEAN, P5, P50, P95, TVAR, LOSS)
    x = stratified(sampler, 400, np.random.default_rng(12))
    drawn = drawn_by(sampler, np.arange(x.shape[1]), replicates=16)
    value, se = estimate(x, statistics, drawn)
    tail = norm.ppf(0.05)
    truth = np.array([0, tail, 0, -tail, -norm.pdf(tail) / 0.05, 0.5])
    covered = (np.abs(value - truth) < drawn.factor() * se).mean(axis=0)
    at_an_edge = np.isin(np.arange(6), (2, 5))  # strata that end at the median leave no spread at all there
    assert ((covered >= 0.92) & (covered <= 0.985))[~at_an_edge].all(), covered
    assert (covered >= 0.92).all(), covered
    assert value == pytest.approx(estimate(x, statistics).value)
    assert (se[:, 0] < 0.8 * estimate(x, (MEAN,)).se[:, 0]).all()


def tilted(runs, n, rng, shift=1.5):
    """Normal samples of which three quarters come from N(-shift, 1), and their weights."""
    worse = np.arange(n) % 4 > 0
    x = rng.standard_normal((runs, n)) - shift * worse
    return x, 1 / (0.25 + 0.75 * np.exp(-shift * x - shift**2 / 2))


def test_weighted_scenarios_estimate_the_untilted_law_and_their_intervals_cover():
    statistics = (MEAN, SD, P5, P50, TVAR, LOSS)
    tail = norm.ppf(0.05)
    truth = np.array([0.3, 1, 0.3 + tail, 0.3, 0.3 - norm.pdf(tail) / 0.05, norm.cdf(-0.3)])
    samples, weights = tilted(400, 1024, np.random.default_rng(5))
    number = np.arange(1024)
    found = [
        estimate(x + 0.3, statistics, drawn_by("importance", number, weights=w))
        for x, w in zip(samples, weights, strict=True)
    ]
    value, se = np.array([one.value for one in found]), np.array([one.se for one in found])
    bias = (value.mean(axis=0) - truth) / value.std(axis=0)
    assert (np.abs(bias) < 0.15).all(), bias  # 3 / sqrt(400)
    covered = (np.abs(value - truth) < Draws(16).factor() * se).mean(axis=0)
    assert ((covered >= 0.92) & (covered <= 0.98)).all(), covered
    plain = estimate(samples[:1, :1024] * 0 + np.random.default_rng(6).standard_normal((400, 1024)), (TVAR,)).se
    assert se[:, 4].mean() < 0.6 * plain.mean()  # what the tilt is for


def test_equal_weights_change_nothing():
    x = np.random.default_rng(7).standard_normal((3, 512))
    statistics = (MEAN, SD, P1, P50, P95, TVAR, LOSS, reserve(0.05))
    weighted = estimate(x, statistics, in_groups(np.arange(512), np.full(512, 4.0)))
    plain = estimate(x, statistics)
    assert weighted.value == pytest.approx(plain.value, rel=1e-12)
    assert weighted.se == pytest.approx(plain.se, rel=0.25)  # quantile errors are looked up at 64 ranks


def test_weighted_quantile_by_hand():
    # Values 0, 1, 2 with weights 1, 1, 2: S = 0, 1 x 1 + 2 x 1, 2 x 2 + 2 x 2 = 0, 3, 8. Half of 8 is 4: 1 + 1 / 5.
    values, weights = np.array([0.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0])
    assert weighted_quantile(values, weights, np.array([0.5])) == pytest.approx(1.2)


def test_an_event_never_seen_is_not_impossible():
    for drawn in (Draws(100), drawn_by("sobol", np.arange(100), replicates=4)):
        value, se = estimate(np.ones(100), (LOSS, MEAN, SD, P1), drawn)
        assert value[0] == 0
        assert se[0] == pytest.approx(np.sqrt(0.5 / 101 * 100.5 / 101 / 100))
        assert se[1:] == pytest.approx(0, abs=1e-7)


def test_one_scenario_has_no_error():
    value, se = estimate(np.array([[3.0], [-2.0]]), (MEAN, SD, P5, TVAR, LOSS))
    assert value.tolist() == [[3, 0, 3, 3, 0], [-2, 0, -2, -2, 1]]
    assert np.isnan(se).all()


@pytest.mark.parametrize("n", [1, 2, 10])
def test_few_scenarios_have_no_error_where_none_is_known(n):
    # Ten scenarios hold none beyond P5; nine of ten lie between P10 and P90. No warning either.
    x = np.random.default_rng(n).standard_normal((2, n))
    known = {1: (), 2: ("mean", "sd", "p50", "p_loss"), 10: ("mean", "sd", "p10", "p25", "p50", "p75", "p90", "p_loss")}
    for sampler in ("plain", "sobol", "antithetic", "lhs", "importance"):
        drawn = drawn_by(sampler, np.arange(n), replicates=2, weights=np.linspace(0.5, 1.5, n))
        value, se = estimate(x, (MEAN, SD, *PERCENTILE, TVAR, LOSS), drawn)
        names = np.array(["mean", "sd", *(each.name for each in PERCENTILE), "tvar95", "p_loss"])
        assert np.isfinite(value).all()
        assert tuple(names[np.isfinite(se[0])]) == known[n]


def test_reserve_keeps_its_promise_on_atoms():
    # Lowest points of 10 scenarios: -9, -5, -5 and seven times 0. With a reserve of 5 one in ten is ruined; to be
    # ruined in no more than 9% takes 9; in no more than 30% takes nothing.
    low = np.array([0.0, -5.0, 0, 0, -9.0, 0, -5.0, 0, 0, 0])
    value = estimate(low, [reserve(each) for each in (0.05, 0.09, 0.1, 0.2, 0.3)]).value
    assert value.tolist() == [9.0, 9.0, 5.0, 5.0, 0.0]
    for ruin, held in zip((0.05, 0.09, 0.1, 0.2, 0.3), value.tolist(), strict=True):
        assert (low < -held).mean() <= ruin


def test_probability_of_an_event_by_hand():
    # 3 of 9: (3.5 / 10) (6.5 / 10) / 9, square root
    value, se = probability(np.arange(9) < 3, Draws(9))
    assert (value, se) == pytest.approx((1 / 3, np.sqrt(0.35 * 0.65 / 9)))


def test_scale_by_two_means_two():
    x = np.random.default_rng(3).standard_normal(200)
    one, two = estimate(x, (MEAN, SD, P5, TVAR)), estimate(2 * x, (MEAN, SD, P5, TVAR))
    assert two.value == pytest.approx(2 * one.value)
    assert two.se == pytest.approx(2 * one.se)


def test_nan_stays_visible():
    value, se = estimate(np.array([1.0, np.nan, 2.0]), (MEAN, P99, TVAR))
    assert np.isnan(value[:2]).all()
    assert np.isnan(se[:2]).all()
