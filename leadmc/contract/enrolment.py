"""Enrolment types: programmes without a High Needs category count those people among the aged and disabled.

ACO REACH (standard ACOs) and the Shared Savings Program benchmark the aged and disabled, and people with ESRD; they
know neither High Needs as a category nor cells of voluntarily aligned people. So four cells become one. Scores of High
Needs people are brought to the scale of the others by what the nation spends on a score of 1; they stay concurrent
where the programmes use prospective ones, which is an approximation: such scores follow the year's cost more closely.
Axes: s scenario, b base year, y performance year, c category, a alignment.
"""

import numpy as np

from leadmc.base.axes import AGED_DISABLED, BY3, CLAIMS, ESRD, HIGH_NEEDS, VOLUNTARY
from leadmc.contract.experience import Array, Experience
from leadmc.contract.ratio import ratio
from leadmc.contract.trace import rule

SUMS = (
    "base_person_months",
    "base_expenditure",
    "base_truncation_excess",
    "person_months",
    "expenditure",
    "truncation_excess",
    "stop_loss_excess",
)
TRENDS = (
    "base_national_trend",
    "base_regional_trend",
    "national_trend",
    "regional_trend",
    "prospective_trend",
)


def by_enrolment_type(panel: Experience) -> Experience:
    """Put High Needs people among the aged and disabled, and both alignment types together.

    The merged cells stand where the claims-aligned aged and disabled and ESRD stood; all other cells are empty. Sums
    add up; a score is the person-month weighted mean; trends and regional relativities are weighted by what the nation
    would have spent on the ACO's people in BY3. Every array has the full number of scenarios.
    """
    scale = np.ones_like(panel.national_pbpm)
    scale[:, HIGH_NEEDS] = ratio(
        panel.national_pbpm[:, HIGH_NEEDS], panel.national_pbpm[:, AGED_DISABLED], otherwise=1.0
    )
    points = scale[:, np.newaxis, :, np.newaxis]
    base_points = panel.base_person_months * panel.base_risk_score * points
    high_needs = _share_of_high_needs(base_points[:, BY3])
    merged = {name: _together(getattr(panel, name)) for name in SUMS}
    merged |= {name: _mean_of_types(getattr(panel, name), high_needs) for name in TRENDS}
    merged |= {
        "regional_pbpm": _mean_of_types(panel.regional_pbpm / scale, high_needs),
        "rate_book_pbpm": _mean_of_types(panel.rate_book_pbpm / scale[:, np.newaxis], high_needs),
        "base_risk_score": ratio(_together(base_points), merged["base_person_months"], otherwise=0.0),
        "risk_score": ratio(
            _together(panel.person_months * panel.risk_score * points), merged["person_months"], otherwise=0.0
        ),
    }
    return panel._replace(**merged)


@rule(
    "Base years by enrolment type",
    unit=("person-months", "USD", "1"),
    formula=(
        "aged and disabled with High Needs, both alignment types",
        "aged and disabled with High Needs, both alignment types",
        "mean by person-months, High Needs scores x Natl of High Needs / Natl of aged and disabled",
    ),
    terms=("enrolment",),
    returns=("Person-months by enrolment type", "Expenditure by enrolment type", "Mean risk score by enrolment type"),
)
def base_cells(panel: Experience) -> tuple[Array, Array, Array]:
    """Take person-months, expenditure and scores of the base years, [s, b, c, a] each [person-month, USD, 1]."""
    return panel.base_person_months, panel.base_expenditure, panel.base_risk_score


@rule(
    "Performance year by enrolment type",
    unit=("person-months", "1"),
    formula=(
        "aged and disabled with High Needs, both alignment types",
        "mean by person-months, High Needs scores x Natl of High Needs / Natl of aged and disabled",
    ),
    terms=("enrolment",),
    returns=("Person-months by enrolment type", "Mean risk score by enrolment type"),
)
def cells_of_year(panel: Experience, y: int) -> tuple[Array, Array]:
    """Take person-months and scores of a performance year, [s, c, a] each [person-month, 1]."""
    return panel.person_months[:, y], panel.risk_score[:, y]


def by_category(of_types: Array) -> Array:
    """Give every category the value of its enrolment type, [s, c], in the unit of ``of_types``."""
    return of_types[..., [AGED_DISABLED, ESRD, AGED_DISABLED]]


def _together(cells: Array) -> Array:
    """Add the cells of each enrolment type in a fixed order, [s, t, c, a]."""
    merged = np.zeros_like(cells)
    both = cells[..., CLAIMS] + cells[..., VOLUNTARY]
    merged[..., AGED_DISABLED, CLAIMS] = both[..., AGED_DISABLED] + both[..., HIGH_NEEDS]
    merged[..., ESRD, CLAIMS] = both[..., ESRD]
    return merged


def _share_of_high_needs(points: Array) -> Array:
    """Share of High Needs people in what the nation would spend on the aged and disabled, [s] [1], from [s, c, a]."""
    both = points[..., CLAIMS] + points[..., VOLUNTARY]
    return ratio(both[:, HIGH_NEEDS], both[:, AGED_DISABLED] + both[:, HIGH_NEEDS], otherwise=0.0)


def _mean_of_types(values: Array, high_needs: Array) -> Array:
    """Let the aged and disabled have the mean of themselves and of High Needs people, weighted by the latters' share.

    ``values`` [s, c] or [s, t, c]; ``high_needs`` [s] [1].
    """
    share = high_needs.reshape(-1, *[1] * (values.ndim - 2))
    merged = np.copy(values)
    merged[..., AGED_DISABLED] += share * (values[..., HIGH_NEEDS] - values[..., AGED_DISABLED])
    return merged
