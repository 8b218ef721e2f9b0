"""Financial guarantee: what the ACO must hold ready for losses.

Source: W5 (2% to 4%, B), W0 (4% of BY3 cost in global, C); rule book `guarantee`.
"""

from leadmc.contract.experience import Array
from leadmc.contract.terms import GuaranteeTerms


def required_guarantee(terms: GuaranteeTerms, track: str, expenditure_by3: Array) -> Array:
    """Guarantee, a share of the expenditure of BY3, [s] [USD]."""
    rate = terms.professional if track == "professional" else terms.global_
    return rate * expenditure_by3
