"""Growth of the risk score within a band around what age, sex and enrolment would do to it.

Source: CMS2, N6 (REACH: both sides, then coding intensity, then a cap on growth since the base years), CFR (MSSP: one
side); rule books `reach.risk_adjustment` and `mssp.risk_adjustment`.
"""

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.ratio import ratio
from leadmc.contract.trace import rule


@rule(
    "Demographic growth since BY3",
    unit="1",
    formula="(1 + growth a year) ^ years since BY3",
    terms=("risk_adjustment.demographic_growth",),
)
def demographic_growth(yearly: float, years: int) -> float:
    """Growth of the demographic score since BY3 [1], from its growth a year."""
    return float((1.0 + yearly) ** years)


@rule(
    "Risk ratio within its cap",
    unit="1",
    formula="clamp(RS_PY / RS_BY3, demographic growth - below, demographic growth + above)",
    terms=("risk_adjustment.cap",),
)
def held_growth(*, score: Array, reference: Array, demographic: float, below: Array, above: Array) -> Array:
    """Growth of the score since BY3 within its band, [s, c, a] [1]; 1 where there is nobody.

    Parameters
    ----------
    score, reference
        Score of the year and of BY3, [s, c, a] [1].
    demographic
        From `demographic_growth` [1].
    below, above
        Widths of the band by category, [c] [1]; infinite for no limit.
    """
    growth = np.where(score > 0.0, ratio(score, reference, otherwise=1.0), 1.0)
    return np.clip(growth, (demographic - below)[:, np.newaxis], (demographic + above)[:, np.newaxis])


@rule(
    "Risk ratio after coding intensity",
    unit="1",
    formula="min(capped ratio / coding intensity factor, 1 + total cap)",
    terms=("risk_adjustment.coding_intensity_factor", "risk_adjustment.total_cap"),
)
def after_coding_intensity(capped: Array, *, factor: float, total_cap: float) -> Array:
    """Divide by the programme's coding intensity and hold growth since the base years from above, [s, c, a] [1]."""
    return np.minimum(capped / factor, 1.0 + total_cap)
