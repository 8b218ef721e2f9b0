"""The world that a chunk of scenarios lives in: what the drivers made of it.

Axis letters: ``s`` scenario, ``t`` simulated year (2024..2036), ``b`` base year, ``y`` performance year,
``c`` category.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class World(NamedTuple):
    """Drivers of a chunk of scenarios; every level is relative to its own expected value in BY3 (2026).

    Parameters
    ----------
    national_level
        Per-capita cost of the nation relative to 2026, [s, t, c] [1]; 1 in 2026.
    regional_level
        Region relative to the nation, relative to 2026, [s, t, c] [1]; 1 in 2026 (state walk and county walk).
    aco_level
        The ACO relative to its region: starting effect, service-category drift, management savings, practice shock,
        [s, t, c] [1]. Its expected value without management is 1 in every year.
    practice_shock
        The part of ``aco_level`` that is claim luck shared by the panel, [s, t] [1].
    service_level
        Utilisation of each service category relative to its share, [s, t, k] [1]; the shares' weighted sum is in
        ``aco_level``.
    prospective_trend
        The forecast growth 2026 -> PY (ACPT), made with what was known before PY1, [s, y, c] [1].
    coding
        The ACO's risk score relative to the normalised reference, [s, t, c] [1]; the walk starts at 1 in 2026.
    ai_score_effect
        Relative change of the risk ratio under the AI-inferred score at full weight, [s] [1].
    quality_score
        [s, y] [1].
    programme_cost_pbpm
        Cost of management programmes, kept apart from the settlement, [s, y] [USD per person-month].
    weight
        Weight of the scenario in every mean, [s] [1]; 1 unless scenarios are sampled by importance.
    adversity
        How bad the world is for the ACO, [s] [SD]; standard normal unless scenarios are sampled by importance.
    """

    national_level: Array
    regional_level: Array
    aco_level: Array
    practice_shock: Array
    service_level: Array
    prospective_trend: Array
    coding: Array
    ai_score_effect: Array
    quality_score: Array
    programme_cost_pbpm: Array
    weight: Array
    adversity: Array
