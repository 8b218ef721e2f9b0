"""Participation: which track is in force in a year, and what is left of a settlement when the ACO leaves.

Source: CMS has published neither rule; a change of track takes effect in a later year (E), full liability for the last
year is ACO REACH practice (R); rule book `participation`.
"""

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.participation_terms import ParticipationTerms, TerminationTerms
from leadmc.contract.trace import rule


def track_in_force(terms: ParticipationTerms, signed: str, year: int) -> str:
    """Name the track of a performance year: the one signed, until it is changed."""
    first_year = terms.track_change.first_year
    return signed if first_year is None or year < first_year else terms.track_change.to


def in_force(terms: ParticipationTerms, year: int) -> bool:
    """Tell whether the ACO still takes part in a performance year."""
    last_year = terms.termination.last_year
    return last_year is None or year <= last_year


@rule(
    "Shared result that is owed",
    unit="USD",
    formula="shared savings or losses; in the last year before termination as far as the ACO is liable",
    terms=("participation.termination",),
)
def owed(terms: TerminationTerms, year: int, shared: Array) -> Array:
    """Shared result after what leaving forfeits, in the shape given [USD]."""
    return not_forfeited(terms, year, shared)


def not_forfeited(terms: TerminationTerms, year: int, amount: Array) -> Array:
    """Part of an amount towards the ACO that leaving does not take, in its shape [USD].

    All of it in every year but the last.
    """
    if year != terms.last_year or terms.liability == "full":
        return amount
    return np.minimum(amount, 0.0) if terms.liability == "losses_only" else 0.0 * amount
