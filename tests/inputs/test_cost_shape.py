"""The shape of annual cost: mean one, a mass at zero, a body, a tail, and integrals that are right."""

import numpy as np
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import norm

from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.cost_shape import CELLS, TOP, body_and_tail, cost_shape, esrd_cost_shape

PEOPLE = load_assumptions().people
MAKERS = [cost_shape, esrd_cost_shape]
Z = np.linspace(-12.0, 12.0, 400_001)


def at(shape, latent):
    """Cost at latent values, node by node."""
    nodes = shape.origin + shape.width * np.arange(shape.value.size)
    return np.where(latent < shape.origin, 0.0, np.interp(latent, nodes, shape.value))


def brute_mean(shape, mean, spread):
    """Mean over a fine even grid of the latent cost."""
    return np.trapezoid(at(shape, Z) * norm.pdf(Z, mean, spread), Z)


@pytest.mark.parametrize("maker", MAKERS)
def test_the_mean_is_one(maker):
    shape = maker(PEOPLE)
    assert shape.expected(np.zeros(1), 1.0)[0] == pytest.approx(1.0, abs=1e-12)
    assert brute_mean(shape, 0.0, 1.0) == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("maker", MAKERS)
def test_cost_rises_with_the_latent_cost(maker):
    shape = maker(PEOPLE)
    assert shape.value.shape == (CELLS + 1,)
    assert np.all(np.diff(shape.value) > 0)
    assert shape.value[0] >= 0
    assert shape.origin + CELLS * shape.width == pytest.approx(TOP)


def test_the_mass_at_zero_ends_where_the_grid_begins():
    assert ndtr(cost_shape(PEOPLE).origin) == pytest.approx(PEOPLE.zero_share, rel=1e-12)
    upper = np.array([1.0, 1 - PEOPLE.zero_share, 1 - PEOPLE.zero_share - 1e-6])
    assert list(body_and_tail(PEOPLE, upper) > 0) == [False, False, True]


def test_nobody_is_without_cost_where_no_zeros_are_assumed():
    everyone_pays = cost_shape(PEOPLE.model_copy(update={"zero_share": 0.0}))
    assert everyone_pays.origin == -TOP
    assert everyone_pays.value[0] > 0


def test_the_tail_is_a_pareto_of_the_assumed_index():
    upper = np.array([0.0099, 1e-3, 1e-4, 1e-5])
    cost = body_and_tail(PEOPLE, upper)
    index = -np.diff(np.log(upper)) / np.diff(np.log(cost))
    np.testing.assert_allclose(index, PEOPLE.pareto_alpha, rtol=1e-10)
    just_below, just_above = body_and_tail(PEOPLE, np.array([0.01 + 1e-9, 0.01 - 1e-9]))
    assert just_above == pytest.approx(just_below, rel=1e-6)  # the pieces meet


def test_the_body_solves_the_two_lognormals():
    upper = np.array([0.9, 0.5, 0.25, 0.05, 0.02])
    x = np.log(body_and_tail(PEOPLE, upper))
    low = norm.sf(x, PEOPLE.low_ln_mean, PEOPLE.low_ln_sd)
    high = norm.sf(x, PEOPLE.high_ln_mean, PEOPLE.high_ln_sd)
    w = PEOPLE.high_weight
    np.testing.assert_allclose((1 - PEOPLE.zero_share) * ((1 - w) * low + w * high), upper, rtol=1e-5)


def test_quantiles_of_medicare():
    """p50 0.24, p75 0.85, p90 2.87, p95 4.78 times the mean: the fit to the five published shares."""
    fit = {"high_weight": 0.135, "low_ln_mean": -2.829, "pareto_alpha": 2.75}
    shape = cost_shape(PEOPLE.model_copy(update=fit))
    quantiles = at(shape, ndtri(np.array([0.50, 0.75, 0.90, 0.95])))
    np.testing.assert_allclose(quantiles, [0.24, 0.85, 2.87, 4.78], rtol=0.03)


def test_esrd_has_the_assumed_variation():
    shape = esrd_cost_shape(PEOPLE)
    second = np.trapezoid(at(shape, Z) ** 2 * norm.pdf(Z), Z)
    assert np.sqrt(second - 1.0) == pytest.approx(PEOPLE.esrd_cost_cv, rel=1e-3)


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("spread", [0.3, 0.617])
def test_expected_cost_is_the_integral(maker, spread):
    shape = maker(PEOPLE)
    means = np.linspace(-5.0, 5.0, 9)
    brute = [brute_mean(shape, mean, spread) for mean in means]
    np.testing.assert_allclose(shape.expected(means, spread), brute, rtol=1e-5, atol=1e-7)


def test_expected_cost_without_spread_is_the_cost_itself():
    shape = cost_shape(PEOPLE)
    latent = np.array([-4.0, shape.origin - 1e-9, shape.origin, 0.0, 2.0])
    np.testing.assert_allclose(shape.expected(latent, 0.0), at(shape, latent))


@pytest.mark.parametrize("maker", MAKERS)
def test_without_volatility_everybody_costs_one(maker):
    flat = maker(PEOPLE.model_copy(update={"volatility": False}))
    assert set(flat.value) == {1.0}
