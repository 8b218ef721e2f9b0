"""Ratios that stay finite where there is nobody to divide by."""

import numpy as np

from leadmc.contract.experience import Array


def ratio(numerator: Array, denominator: Array, *, otherwise: float) -> Array:
    """Divide where the denominator is positive, and answer ``otherwise`` elsewhere; any unit, shapes broadcast."""
    shape = np.broadcast_shapes(numerator.shape, denominator.shape)
    out = np.full(shape, otherwise)
    np.divide(numerator, denominator, out=out, where=np.broadcast_to(denominator > 0.0, shape))
    return out
