"""Paths with mean one: by hand, and exact at any volatility."""

import numpy as np
import pytest

from leadmc.scenarios.walks import ar1_loadings, cumulated, mean_one_path, relative_to


def test_loadings_by_hand():
    assert ar1_loadings(0.5, 3).tolist() == [[1, 0, 0], [0.5, 1, 0], [0.25, 0.5, 1]]
    assert ar1_loadings(1.0, 2).tolist() == [[1, 0], [1, 1]]
    assert ar1_loadings(0.0, 2).tolist() == [[1, 0], [0, 1]]
    assert cumulated(ar1_loadings(0.5, 3)).tolist() == [[1, 0, 0], [1.5, 1, 0], [1.75, 1.5, 1]]
    assert relative_to(ar1_loadings(1.0, 3), 1).tolist() == [[0, -1, 0], [0, 0, 0], [0, 0, 1]]


def test_path_by_hand():
    # log: .1 x 2 = .2; .5 x .2 + .2 x -1 = -.1. variance: .01; .25 x .01 + .04 = .0425
    path = mean_one_path(ar1_loadings(0.5, 2), np.array([[2.0, -1.0]]), np.array([[0.1, 0.2]]))
    np.testing.assert_allclose(path, np.exp([[0.2 - 0.005, -0.1 - 0.02125]]), rtol=1e-15)


def test_no_volatility_is_exactly_one():
    path = mean_one_path(ar1_loadings(0.9, 5), np.full((3, 5), 4.2), np.zeros((1, 5)))
    assert np.array_equal(path, np.ones((3, 5)))


@pytest.mark.parametrize("sd", [0.02, 0.2, 0.5])
def test_expected_value_is_one_by_quadrature(sd):
    # Gauss-Hermite in two shocks: no sampling error
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    grid = np.array([(a, b) for a in nodes for b in nodes])
    mass = np.array([a * b for a in weights for b in weights]) / (2 * np.pi)
    path = mean_one_path(cumulated(ar1_loadings(0.6, 2)), grid, np.full((1, 2), sd))
    np.testing.assert_allclose(mass @ path, 1.0, rtol=1e-10)
