"""The correlations between the yearly innovations of the drivers: read, checked, and repaired on request only."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from leadmc.base.errors import Fault

Array = npt.NDArray[np.float64]

DEPENDENT: Final = ("national", "regional", "county", "aco", "coding", "quality")
"""Drivers whose yearly innovations may be correlated, in the order of the matrix: a later one leans on the earlier."""

ROUNDING = 1e-10
OFFERED_DECIMALS = 3


def correlation_matrix(stated: Mapping[str, Mapping[str, float]]) -> Array:
    """Build the symmetric matrix [driver, driver] from pairs stated once, ``stated[earlier][later]``.

    Raises
    ------
    KeyError
        A pair is not stated: ``correlation_faults`` reports it to the user first.
    """
    matrix = np.eye(len(DEPENDENT))
    for (i, earlier), (j, later) in combinations(enumerate(DEPENDENT), 2):
        matrix[i, j] = matrix[j, i] = stated[earlier][later]
    return matrix


def correlation_faults(stated: Mapping[str, Any]) -> list[Fault]:
    """Find pairs that are missing, and a matrix that no random variables can have.

    A missing pair is a fault: never 1 and never silently 0. A matrix that is not positive semi-definite is refused,
    and the nearest one that is valid is offered.
    """
    pairs = list(combinations(DEPENDENT, 2))
    faults = [
        Fault(
            where=f"assumptions.dependence.{earlier}.{later}",
            seen="not stated",
            allowed="a correlation from -1 to 1",
            remedy="State 0.0 if the two are independent.",
        )
        for earlier, later in pairs
        if stated.get(earlier, {}).get(later) is None
    ]
    if faults or not all(_is_correlation(stated[earlier][later]) for earlier, later in pairs):
        return faults  # a wrong type or size is the schema's to report
    matrix = correlation_matrix(stated)
    lowest = float(np.linalg.eigvalsh(matrix)[0])
    if lowest >= -ROUNDING:
        return []
    return [
        Fault(
            where="assumptions.dependence",
            seen=f"a matrix with the eigenvalue {lowest:.4f}",
            allowed="correlations that can hold together (a positive semi-definite matrix)",
            remedy=f"The nearest valid matrix differs in: {_differences(matrix, offered_matrix(matrix))}.",
        )
    ]


def nearest_correlation(matrix: Array, *, rounds: int = 1000, tolerance: float = 1e-9) -> Array:
    """Nearest correlation matrix in the Frobenius norm, by alternating projections with Dykstra's correction.

    Source: N. J. Higham, "Computing the nearest correlation matrix: a problem from finance", IMA Journal of Numerical
    Analysis 22 (2002), 329-343, algorithm 3.3.
    """
    nearest = matrix.copy()
    correction = np.zeros_like(matrix)
    for _ in range(rounds):
        shifted = nearest - correction
        values, vectors = np.linalg.eigh(shifted)
        semi_definite = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = semi_definite - shifted
        previous, nearest = nearest, semi_definite.copy()
        np.fill_diagonal(nearest, 1.0)
        if np.abs(nearest - previous).max() < tolerance:
            break
    return nearest


def offered_matrix(matrix: Array) -> Array:
    """Nearest valid matrix, rounded to the decimals that are printed and still valid: what the user may copy.

    Rounding can undo validity, so the matrix is drawn towards independence by the smallest step that restores it.
    """
    nearest = nearest_correlation(matrix)
    step = 10.0**-OFFERED_DECIMALS
    identity = np.eye(len(matrix))
    for shrinkage in np.arange(0.0, 1.0, step):
        offered = np.asarray((nearest + shrinkage * (identity - nearest)).round(OFFERED_DECIMALS), dtype=np.float64)
        if np.linalg.eigvalsh(offered)[0] >= 0.0:
            return offered
    return identity


def _is_correlation(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -1 <= value <= 1


def _differences(matrix: Array, offered: Array) -> str:
    return ", ".join(
        f"{DEPENDENT[i]}.{DEPENDENT[j]} {offered[i, j]:.{OFFERED_DECIMALS}f}"
        for i, j in combinations(range(len(DEPENDENT)), 2)
        if offered[i, j] != matrix[i, j]
    )
