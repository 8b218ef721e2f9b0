"""Means over some of the scenarios, those in which something is so, each with its standard error."""

import numpy as np
import numpy.typing as npt

from leadmc.measures.draws import Draws
from leadmc.measures.precision import Array, Estimate


def mean_within(values: Array, inside: npt.NDArray[np.bool_], drawn: Draws) -> Estimate:
    """Average over the scenarios inside.

    ``sum w x 1{inside} / sum w 1{inside}``, with the error of a ratio: how many scenarios are inside is chance as well.

    Parameters
    ----------
    values
        Any leading axes, scenarios last.
    inside
        Which scenarios count, [s].
    drawn
        How the scenarios were drawn.

    Returns
    -------
    Estimate
        Of the leading axes. NaN where no scenario is inside; the error is NaN where a single one is.
    """
    count, part = np.count_nonzero(inside), drawn.mean(inside)
    if count == 0:
        return Estimate(np.full(values.shape[:-1], np.nan), np.full(values.shape[:-1], np.nan))
    mean = drawn.mean(values * inside) / part
    error = drawn.error((values - mean[..., np.newaxis]) * inside / part)
    return Estimate(mean, error if count > 1 else np.full_like(error, np.nan))
