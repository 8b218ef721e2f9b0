"""Skin substitutes: billing that swelled the base years and was cut in the last, and what of it a settlement sees.

Their excess growth ``x_t`` of national spending into the base years ends in a cut. LEAD leaves most of them out of
baseline and performance years, so a share ``c`` counts; the trend of the benchmark may count another share, ``n``. An
ACO with ``e`` times the nation's part of them stands higher in base year t, once trended to 2026, than it will again::

    log distortion_t = -(e c - n) sum over u > t of x_u

Axis letters: ``t`` simulated year (2024..2036). From 2026 on, both distortions are exactly 1.
"""

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import BASE_YEARS, BY3
from leadmc.inputs.assumptions import NationalTrend, SkinSubstitutes
from leadmc.scenarios.timeline import N_YEARS

Array = npt.NDArray[np.float64]


def national_distortion(skin: SkinSubstitutes, national: NationalTrend) -> Array:
    """Factor on the national level as the benchmark's trend counts it, [t] [1].

    A growth that is known is that of all spending and holds the excess already: what is not counted is taken out. A
    growth that is expected knows nothing of it: what is counted is put in.
    """
    counted = [
        skin.national_counted_share * excess - (excess if year in national.known_growth else 0.0)
        for year, excess in zip(BASE_YEARS[1:], skin.excess_growth, strict=True)
    ]
    return _level_before_last(np.array(counted)) if skin.active else np.ones(N_YEARS)


def own_distortion(skin: SkinSubstitutes) -> Array:
    """Factor on the ACO's level against a nation as the trend counts it, [t] [1]; above 1 inflates the baseline."""
    gap = skin.aco_exposure * skin.counted_share - skin.national_counted_share
    return _level_before_last(gap * np.array(skin.excess_growth)) if skin.active else np.ones(N_YEARS)


def _level_before_last(growth: Array) -> Array:
    """Level relative to the last base year from growth into each base year after the first, [t] [1]."""
    level = np.zeros(N_YEARS)
    level[:BY3] = -np.cumsum(growth[::-1])[::-1]
    return np.asarray(np.exp(level))
