"""CARA episodes: risk arrangements with preferred providers that CMS administers; off unless episodes are stated.

Source: N3 (start, performance adjustment, cost in expenditure, B), W6 (B); no episode is published (M); rule book
`cara`.
"""

from leadmc.contract.experience import Array
from leadmc.contract.participation_terms import CaraTerms
from leadmc.contract.trace import rule


@rule(
    "CARA episodes, net",
    unit="USD",
    formula="sum over episodes of share x (Target (1 - discount) - Actual) x performance - (Target - Actual)",
    terms=("cara",),
)
def episodes_net(terms: CaraTerms, track: str, year: int, expenditure: Array) -> Array:
    """Find what episodes add to expenditure, in the shape given [USD]: payments to providers less what they saved.

    ``Target = spending x expenditure`` and ``Actual = Target (1 - reduction)``; negative where the ACO gains.
    """
    if track not in terms.tracks or year < terms.first_year:
        return 0.0 * expenditure
    rate = sum(
        each.spending * (each.provider_share * (each.reduction - each.discount) * each.performance - each.reduction)
        for each in terms.episodes
    )
    return rate * expenditure


@rule("Expenditure with CARA episodes", unit="USD", formula="expenditure + CARA episodes, net", terms=("cara",))
def with_episodes(expenditure: Array, episodes_net: Array) -> Array:
    """Expenditure that is settled, in the shape given [USD]."""
    return expenditure + episodes_net
