"""Correlated yearly innovations of the drivers, from independent ones.

The factor is lower triangular in the order of ``correlation.DEPENDENT``: the first driver keeps its own draws, and a
changed correlation moves only the later driver of the pair and those that lean on it.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from leadmc.inputs.correlation import DEPENDENT, ROUNDING

Array = npt.NDArray[np.float64]


def triangular_factor(matrix: Array) -> Array:
    """Cholesky factor L with ``L L' = matrix``, also of a matrix that is only semi-definite.

    A driver that is wholly determined by earlier ones gets a zero on the diagonal: it has no noise of its own.

    Parameters
    ----------
    matrix
        Correlations, [driver, driver], positive semi-definite: ``correlation_faults`` has seen to it.
    """
    n = len(matrix)
    factor = np.zeros((n, n))
    for j in range(n):
        own = matrix[j, j] - sum(factor[j, k] ** 2 for k in range(j))
        if own <= ROUNDING:
            continue
        factor[j, j] = np.sqrt(own)
        for i in range(j + 1, n):
            factor[i, j] = (matrix[i, j] - sum(factor[i, k] * factor[j, k] for k in range(j))) / factor[j, j]
    return factor


def correlated_innovations(independent: Mapping[str, Array], factor: Array) -> dict[str, Array]:
    """Mix independent standard normals into correlated ones, year by year.

    Parameters
    ----------
    independent
        One array [s, t] per name in ``DEPENDENT``.
    factor
        Lower triangular, [driver, driver].

    Returns
    -------
    dict
        One array [s, t] per name, standard normal, correlated across names within a year and independent across years.
    """
    mixed = {}
    for i, name in enumerate(DEPENDENT):
        total = factor[i, i] * independent[name]
        for j in range(i):
            if factor[i, j]:
                total = total + factor[i, j] * independent[DEPENDENT[j]]
        mixed[name] = total
    return mixed
