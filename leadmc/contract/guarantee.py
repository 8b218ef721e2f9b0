"""Financial guarantee: what the ACO must hold ready for losses, and what a loss would take of it.

Source: W5 (2% to 4%, B), W0 (4% of BY3 cost in global, C); when it is called is not published (M); rule book
`guarantee`.
"""

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.terms import GuaranteeTerms
from leadmc.contract.trace import rule


@rule("Financial guarantee", unit="USD", formula="share x expenditure of BY3", terms=("guarantee",))
def required_guarantee(terms: GuaranteeTerms, track: str, expenditure_by3: Array) -> Array:
    """Guarantee, a share of the expenditure of BY3, [s] [USD]."""
    rate = terms.professional if track == "professional" else terms.global_
    return rate * expenditure_by3


@rule(
    "Call on the guarantee",
    unit="USD",
    formula="min(unpaid share x loss to be paid, guarantee)",
    terms=("guarantee.unpaid",),
)
def call(terms: GuaranteeTerms, *, payment: Array, guarantee: Array) -> Array:
    """Part of a year's loss that the guarantee covers, [s] [USD]; the guarantee is refilled every year.

    ``payment`` is what the settlement pays (positive) or collects (negative), [s] [USD].
    """
    return np.minimum(terms.unpaid * np.maximum(-payment, 0.0), guarantee)
