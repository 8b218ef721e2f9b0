"""Correlations that cannot hold together are refused, and the nearest that can are offered."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadmc.base.errors import InputError
from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.correlation import (
    DEPENDENT,
    correlation_faults,
    correlation_matrix,
    nearest_correlation,
    offered_matrix,
)

IMPOSSIBLE = {"national": {"regional": 0.9, "county": 0.9}, "regional": {"county": -0.9}}


def test_matrix_is_symmetric_with_the_stated_pair():
    matrix = correlation_matrix(load_assumptions().dependence)
    aco, coding = DEPENDENT.index("aco"), DEPENDENT.index("coding")
    assert matrix[aco, coding] == matrix[coding, aco] == 0.25
    assert np.array_equal(np.diag(matrix), np.ones(6))


def test_nearest_correlation_of_higham_2002():
    # Higham, IMA J. Numer. Anal. 22 (2002), section 4: the printed example
    nearest = nearest_correlation(np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]]))
    expected = [[1.0, 0.7607, 0.1573], [0.7607, 1.0, 0.7607], [0.1573, 0.7607, 1.0]]
    np.testing.assert_allclose(nearest, expected, atol=5e-5)


def test_a_missing_pair_is_a_fault_never_zero():
    stated = {name: dict(row) for name, row in load_assumptions().dependence.items()}
    del stated["aco"]["coding"]
    (fault,) = correlation_faults(stated)
    assert str(fault) == (
        "assumptions.dependence.aco.coding: not stated. Allowed: a correlation from -1 to 1. "
        "State 0.0 if the two are independent."
    )


def test_an_impossible_matrix_is_refused_and_the_offer_is_accepted():
    with pytest.raises(InputError) as caught:
        load_assumptions(overrides={"dependence": IMPOSSIBLE})
    text = str(caught.value)
    assert "assumptions.dependence: a matrix with the eigenvalue -0.8000" in text
    assert "The nearest valid matrix differs in: national.regional 0.499, national.county 0.499" in text
    offered = {}
    for first, second, value in re.findall(r"(\w+)\.(\w+) (-?\d\.\d+)", text.split("differs in:")[1]):
        offered.setdefault(first, {})[second] = float(value)
    assert load_assumptions(overrides={"dependence": offered}).dependence["regional"]["county"] == -0.499


def test_perfect_correlation_is_allowed():
    assert load_assumptions(overrides={"dependence": {"aco": {"coding": 1.0}}}).dependence["aco"]["coding"] == 1.0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=15, max_size=15))
def test_the_offer_is_always_valid(pairs):
    matrix = np.eye(6)
    matrix[np.triu_indices(6, 1)] = pairs
    matrix = matrix + matrix.T - np.eye(6)
    offered = offered_matrix(matrix)
    assert np.linalg.eigvalsh(offered)[0] >= 0.0
    assert np.array_equal(offered, offered.T)
    assert np.array_equal(np.diag(offered), np.ones(6))
