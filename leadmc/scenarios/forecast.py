"""The prospective trend (ACPT): growth as forecast before the first performance year.

Axis letters: ``s`` scenario, ``y`` performance year, ``c`` category.
"""

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import BY3, PERFORMANCE_YEARS
from leadmc.inputs.assumptions import NationalTrend, ProspectiveTrend
from leadmc.scenarios.national import expected_national_level
from leadmc.scenarios.timeline import AHEAD
from leadmc.scenarios.walks import ar1_loadings, cumulated, mean_one_path

Array = npt.NDArray[np.float64]


def prospective_trend(national: NationalTrend, forecast: ProspectiveTrend, innovations: Array) -> Array:
    """Forecast growth 2026 -> performance year, cumulative, [s, y, c] [1].

    The forecaster knows the long-run mean, the growth of the base years and the deviation of 2026, which fades. No
    realised driver comes in: not the true mean, not the AR(1) deviation after 2026, no jump. What is left is the bias
    and an error of the forecaster's own, an AR(1) in growth, so that errors run with the same sign and widen with the
    horizon. The error has expected value 1, so an unbiased forecast is right on average.

    Parameters
    ----------
    national
        Of which only what is expected is used.
    forecast
        Bias, SD and persistence of the error.
    innovations
        The forecaster's own standard normals, [s, y].
    """
    n = len(PERFORMANCE_YEARS)
    horizon = AHEAD[BY3 + 1 :]
    expected = expected_national_level(national)[BY3 + 1 :] * np.exp(forecast.bias * horizon)[:, None]
    loadings = cumulated(ar1_loadings(forecast.error_persistence, n))
    error = mean_one_path(loadings, innovations, np.full((1, n), forecast.error_sd))
    return np.asarray(error[:, :, None] * expected)
