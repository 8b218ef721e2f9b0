"""The triangular factor reproduces the matrix, also at its limits, and moves no earlier driver."""

import numpy as np

from leadmc.inputs.correlation import DEPENDENT
from leadmc.scenarios.dependence import correlated_innovations, triangular_factor


def test_factor_by_hand():
    np.testing.assert_allclose(triangular_factor(np.array([[1.0, 0.6], [0.6, 1.0]])), [[1, 0], [0.6, 0.8]], rtol=1e-15)


def test_semi_definite_matrix_is_factored():
    # the third is the first, the second its opposite
    matrix = np.array([[1.0, -1.0, 1.0], [-1.0, 1.0, -1.0], [1.0, -1.0, 1.0]])
    factor = triangular_factor(matrix)
    assert factor.tolist() == [[1, 0, 0], [-1, 0, 0], [1, 0, 0]]


def test_factor_reproduces_a_full_matrix():
    root = np.random.default_rng(1).normal(size=(6, 6))
    covariance = root @ root.T
    scale = np.sqrt(np.diag(covariance))
    matrix = covariance / np.outer(scale, scale)
    factor = triangular_factor(matrix)
    np.testing.assert_allclose(factor @ factor.T, matrix, atol=1e-12)


def test_only_the_leaning_driver_moves():
    independent = {name: np.full((1, 2), float(i + 1)) for i, name in enumerate(DEPENDENT)}
    matrix = np.eye(6)
    aco, coding = DEPENDENT.index("aco"), DEPENDENT.index("coding")
    matrix[aco, coding] = matrix[coding, aco] = 0.6
    mixed = correlated_innovations(independent, triangular_factor(matrix))
    np.testing.assert_allclose(mixed["coding"], 0.6 * 4 + 0.8 * 5)
    for name in set(DEPENDENT) - {"coding"}:
        assert np.array_equal(mixed[name], independent[name])
