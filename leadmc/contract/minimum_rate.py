"""Minimum savings and loss rate: nothing is shared until savings or losses are too large to be luck, then all is.

Source: CFR (election, size table), PUF (what ACOs elect); rule book `mssp.minimum_rate`.
"""

import numpy as np

from leadmc.base.axes import MONTHS
from leadmc.contract.experience import Array
from leadmc.contract.mssp_terms import MinimumRateTerms
from leadmc.contract.trace import rule


@rule(
    "Minimum savings and loss rate",
    unit="share of benchmark",
    formula="as elected; or from the table by person-years, linear in between",
    terms=("minimum_rate",),
)
def minimum_rate(terms: MinimumRateTerms, person_months: Array) -> Array:
    """Rate that savings and losses must reach, [s] [1]."""
    if not isinstance(terms.election, str):
        return np.full(person_months.shape, terms.election)
    sizes, rates = zip(*terms.by_size, strict=True)
    return np.asarray(np.interp(person_months / MONTHS, sizes, rates))
