"""Ratios that stay finite where there is nobody to divide by."""

import numpy as np

from leadmc.contract.experience import Array


def ratio(numerator: Array, denominator: Array, *, otherwise: float) -> Array:
    """Divide where the denominator is positive, and answer ``otherwise`` elsewhere; any unit, shapes broadcast."""
    positive = denominator > 0.0
    return np.where(positive, numerator / np.where(positive, denominator, 1.0), otherwise)
