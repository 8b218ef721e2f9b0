"""How people die: the log hazard of a year by age and sex, with ESRD and by health, and what it means for groups."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from leadmc.base.axes import ENTRY_AGE, HAZARD_CENTRE, HAZARD_UNIT

Array = npt.NDArray[np.float64]

OLDEST_WITH_LAW = 100  # beyond it too few live for a mortality and a law of health of their own
HAZARD_AGES = (float(ENTRY_AGE), float(OLDEST_WITH_LAW))


class Hazard(NamedTuple):
    """Log hazard of death: ``level + slope x + curvature x^2 + latent w``, x in decades of age from 75.

    Parameters
    ----------
    level, slope, curvature
        For the mean of the two sexes [1, 1/decade, 1/decade^2].
    sex_shift
        For (female, male) [1].
    esrd_shift
        Added for end-stage renal disease [1].
    latent
        Per unit of latent cost [1].
    """

    level: float
    slope: float
    curvature: float
    sex_shift: tuple[float, float]
    esrd_shift: float
    latent: float

    def at(self, age: Array) -> Array:
        """Log hazard at a latent cost of 0, mean of the sexes, any shape."""
        x = decades(age)
        return self.level + (self.slope + self.curvature * x) * x


def decades(age: npt.ArrayLike) -> Array:
    """Ages as the log hazard sees them, any shape [decades from 75]; beyond the oldest with a law, all are alike."""
    return np.asarray((np.clip(age, *HAZARD_AGES) - HAZARD_CENTRE) / HAZARD_UNIT)


def death_probability(log_hazard: Array, spread: float) -> Array:
    """Mean of ``min(1, exp(m + spread z))`` over a standard normal z, any shape [1]."""
    if spread == 0.0:
        return np.minimum(1.0, np.exp(log_hazard))
    u = log_hazard / spread
    return np.exp(log_hazard + spread * spread / 2) * ndtr(-u - spread) + ndtr(u)
