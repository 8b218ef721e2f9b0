"""Alignment minimums: how many people an ACO needs, by its type and year.

Source: CMS1 (minimums of the first year, A), W0 (retention, M); the rise over the years is inferred (E); rule book
`alignment`. A breach is flagged; what follows from it is not published.
Axes: s scenario, b base year, c category, a alignment.
"""

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import CLAIMS, HIGH_NEEDS, MONTHS, PERFORMANCE_YEARS
from leadmc.contract.experience import Array
from leadmc.contract.participation_terms import AlignmentTerms
from leadmc.contract.ratio import ratio
from leadmc.contract.trace import rule


def people(terms: AlignmentTerms, person_months: Array) -> Array:
    """People aligned at the start of the year, ``person-months / 12 / retention``, in the shape given [1]."""
    return person_months / (MONTHS * terms.retention)


@rule("High Needs heavy", unit="switch", formula="share of person-months above the limit", terms=("alignment",))
def is_high_needs_heavy(terms: AlignmentTerms, person_months: Array) -> npt.NDArray[np.bool_]:
    """Tell whether High Needs beneficiaries are so many that lower minimums hold, [s], from cells [s, c, a]."""
    high_needs = person_months[:, HIGH_NEEDS].sum(axis=-1)
    share = ratio(high_needs, person_months.sum(axis=(1, 2)), otherwise=0.0)
    answer: npt.NDArray[np.bool_] = share > terms.high_needs_share
    return answer


def least(
    standard: int, new_entrant: int, high_needs_heavy: int, *, entering: str, heavy: npt.NDArray[np.bool_]
) -> Array:
    """Pick the lowest minimum that the ACO's type allows, [s] [people]."""
    by_entry = min(standard, new_entrant) if entering == "new" else standard
    return np.where(heavy, min(by_entry, high_needs_heavy), by_entry)


@rule(
    "Below the alignment minimum",
    unit="switch",
    formula="person-months / 12 / retention < minimum of the type and year; in the first year also the claims-aligned"
    " people of every base year < theirs",
    terms=("alignment",),
)
def is_below_minimum(
    terms: AlignmentTerms, year: int, entering: str, *, person_months: Array, base_person_months: Array
) -> npt.NDArray[np.bool_]:
    """Tell who has too few people, [s].

    Parameters
    ----------
    entering
        ``"new"`` or ``"renewing"``.
    person_months
        Of the performance year, [s, c, a].
    base_person_months
        Of the base years, [s, b, c, a]; claims-aligned people must reach their minimum in one of them.
    """
    heavy = is_high_needs_heavy(terms, person_months)
    by_type = (getattr(terms.minimum, name)[year] for name in ("standard", "new_entrant", "high_needs_heavy"))
    aligned = people(terms, person_months.sum(axis=(1, 2)))
    answer: npt.NDArray[np.bool_] = aligned < least(*by_type, entering=entering, heavy=heavy)
    if year == PERFORMANCE_YEARS[0]:
        base = terms.base_year_minimum
        claims = people(terms, base_person_months[..., CLAIMS].sum(axis=2).max(axis=1))
        needed = least(base.standard, base.new_entrant, base.high_needs_heavy, entering=entering, heavy=heavy)
        answer = answer | (claims < needed)
    return answer
