"""Trend of an ACO REACH benchmark: set in advance for the nation, and corrected afterwards, but not for all of a miss.

Source: CMS3 (threshold and corridor of the correction), M4 (it spans two years); rule book `reach.trend`. Growth is
cumulative from BY3.
"""

import numpy as np

from leadmc.contract.bands import counted
from leadmc.contract.experience import Array
from leadmc.contract.reach_terms import ReachTrendTerms
from leadmc.contract.trace import rule


@rule(
    "Prospective trend since BY3",
    unit="1",
    formula="national trend known when the year's benchmark is set x growth forecast from there",
    terms=("trend.forecast_lag",),
)
def prospective(*, known: Array, forecast_then: Array, forecast_now: Array) -> Array:
    """Trend with which the benchmark is set before the year, [s, c] [1].

    Parameters
    ----------
    known
        National trend up to the last year that is known by then, [s, c] [1].
    forecast_then, forecast_now
        The long forecast up to that year and up to the performance year, [s, c] [1].
    """
    return known * (forecast_now / forecast_then)


@rule(
    "Retrospective trend adjustment",
    unit="1",
    formula="1 + the part of (national / prospective - 1) that counts, band by band; 1 within the threshold",
    terms=("trend.threshold", "trend.corridor"),
)
def retrospective_adjustment(terms: ReachTrendTerms, *, national: Array, forecast: Array) -> Array:
    """Factor that corrects the prospective trend afterwards, [s, c] [1]; 1 while the miss is within the threshold.

    Parameters
    ----------
    national
        Trend that came, [s, c] [1].
    forecast
        From `prospective`, [s, c] [1].
    """
    miss = national / forecast - 1.0
    size = np.abs(miss)
    part = np.sign(miss) * counted(terms.corridor, size, np.ones_like(size))
    return 1.0 + np.where(size > terms.threshold, part, 0.0)


@rule("Trend since BY3", unit="1", formula="prospective trend x retrospective adjustment")
def corrected(*, forecast: Array, adjustment: Array) -> Array:
    """Trend of the settled benchmark, [s, c] [1]."""
    return forecast * adjustment
