"""Risk corridors: the ACO's share of savings and losses falls band by band.

Source: W0 (bands, C), CMS1 (largest shares, A); rule book `corridors`.
"""

import numpy as np

from leadmc.contract.bands import counted
from leadmc.contract.experience import Array
from leadmc.contract.terms import CorridorTerms, TrackCorridors
from leadmc.contract.trace import rule


def of_track(terms: CorridorTerms, track: str) -> TrackCorridors:
    """Schedules of a track."""
    return terms.professional if track == "professional" else terms.global_


@rule(
    "Shared savings or losses",
    unit="USD",
    formula="sign(x) sum_k r_k max(0, min(|x|, U_k B) - U_k-1 B), x gross savings, B final benchmark",
    terms=("corridors",),
)
def shared(terms: TrackCorridors, *, gross: Array, benchmark: Array) -> Array:
    """Share gross savings or losses with the ACO, in the shape given [USD], positive towards the ACO.

    ``Share(x, B) = sign(x) sum_k r_k max(0, min(|x|, U_k B) - U_k-1 B)`` with the savings schedule above zero and the
    losses schedule below; nothing is shared on a benchmark of zero or less.
    """
    savings = counted(terms.savings, np.maximum(gross, 0.0), benchmark)
    losses = counted(terms.losses, np.maximum(-gross, 0.0), benchmark)
    return np.where(benchmark > 0.0, savings - losses, 0.0)
