"""Bands: an amount of which each part counts at the rate of the band in which it lies."""

import math

import numpy as np

from leadmc.contract.experience import Array


def counted(bands: tuple[tuple[float, float], ...], amount: Array, base: Array) -> Array:
    """Part of an amount that counts, in its shape and unit.

    ``sum_k r_k max(0, min(amount, U_k base) - U_k-1 base)``

    Parameters
    ----------
    bands
        Upper edge as a share of ``base``, and rate, of each band; the last edge is infinite [1].
    amount, base
        Not negative; shapes broadcast.
    """
    total = below = np.zeros(())
    for edge, rate in bands:
        upto = amount if math.isinf(edge) else np.minimum(amount, edge * base)
        total = total + rate * np.maximum(upto - below, 0.0)
        below = below if math.isinf(edge) else edge * base
    return total
