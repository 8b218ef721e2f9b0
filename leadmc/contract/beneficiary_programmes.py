"""Programmes for beneficiaries that the ACO pays for itself: a cost outside the settlement and outside its cash.

Source: CMS1 (which there are, A); cost and uptake are the ACO's own (M); rule book `beneficiary_programmes`.
"""

from leadmc.base.axes import MONTHS
from leadmc.contract.experience import Array
from leadmc.contract.participation_terms import BeneficiaryProgrammeTerms
from leadmc.contract.trace import rule


@rule(
    "Beneficiary programmes",
    unit="USD",
    formula="sum over programmes of yearly cost x uptake x person-months / 12",
    terms=("beneficiary_programmes",),
)
def cost(terms: BeneficiaryProgrammeTerms, track: str, year: int, person_months: Array) -> Array:
    """Cost of the programmes of a track in a performance year, [s] [USD], from person-months [s]."""
    offered = (terms.part_b_support, terms.part_d_premium, terms.nutrition_therapy, terms.rewards)
    per_person = sum(
        each.yearly_cost * each.uptake for each in offered if track in each.tracks and year >= each.first_year
    )
    return per_person * person_months / MONTHS
