"""Agreement periods: the Shared Savings Program signs for five years, and rebases the benchmark when it signs again.

The first agreement rests on BY1 to BY3 of the run; a later one rests on the last three performance years before it, and
all growth is counted from the last of them. Source: CFR; rule book `mssp.agreement`.
Axes: s scenario, b base year, y performance year, c category, a alignment.
"""

from typing import NamedTuple

from leadmc.base.axes import BASE_YEARS, PERFORMANCE_YEARS
from leadmc.contract.experience import Array, Experience

CELLS = ("person_months", "expenditure", "risk_score", "truncation_excess")


class Period(NamedTuple):
    """One agreement.

    Parameters
    ----------
    number
        Of the agreement, from 0.
    first, last
        Positions of its performance years among those of the run: from ``first`` up to, not with, ``last``.
    """

    number: int
    first: int
    last: int


def periods(years: int, *, first_number: int) -> list[Period]:
    """Cut the performance years of the run into agreements of some years.

    Parameters
    ----------
    years
        Of one agreement.
    first_number
        Number of the first agreement: 0 for who is new, 1 for who renews.
    """
    starts = range(0, len(PERFORMANCE_YEARS), years)
    return [
        Period(first_number + k, first, min(first + years, len(PERFORMANCE_YEARS))) for k, first in enumerate(starts)
    ]


def as_of(period: Period, panel: Experience) -> Experience:
    """See an experience from an agreement: its base years, its performance years, and growth since its own BY3.

    Fields that a settlement of the programme does not use stay as they were.
    """
    since = slice(period.first, period.last)
    performance = {name: getattr(panel, name)[:, since] for name in CELLS}
    if period.first == 0:
        trends = ("national_trend", "regional_trend", "prospective_trend")
        return panel._replace(**performance, **{name: getattr(panel, name)[:, since] for name in trends})
    last = period.first - 1
    before = slice(period.first - len(BASE_YEARS), period.first)
    base = {f"base_{name}": getattr(panel, name)[:, before] for name in CELLS}

    def from_by3(trend: Array) -> Array:
        return trend[:, since] / trend[:, last, None]

    return panel._replace(
        **performance,
        **base,
        base_national_trend=panel.national_trend[:, last, None] / panel.national_trend[:, before],
        base_regional_trend=panel.regional_trend[:, last, None] / panel.regional_trend[:, before],
        national_trend=from_by3(panel.national_trend),
        regional_trend=from_by3(panel.regional_trend),
        prospective_trend=from_by3(panel.prospective_trend),
        regional_pbpm=panel.rate_book_pbpm[:, last],
        national_pbpm=panel.national_pbpm * panel.national_trend[:, last],
    )
