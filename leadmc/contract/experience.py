"""What a settlement needs to know and what it answers: the two records that cross the border of the contract.

Axis letters: ``s`` scenario, ``b`` base year (2024, 2025, 2026), ``y`` performance year (2027..2036),
``c`` category (aged_disabled, esrd, high_needs), ``a`` alignment (claims, voluntary). A leading ``s`` may have
length 1 where a quantity is the same in every scenario; it broadcasts.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class AcoFacts(NamedTuple):
    """What is known of the ACO before it signs.

    Parameters
    ----------
    entering
        ``"new"`` (newly entering) or ``"renewing"`` (earlier ACO experience); decides the base-year weights.
    predecessor
        ``"none"``, ``"mssp"`` or ``"reach"``; decides the cap of the regional adjustment.
    prior_savings_pbpm
        Savings of the earlier programme in the three base years [USD per person-month]; zeros where none.
    prior_savings_proration
        Share of today's aligned person-years that belonged to the earlier ACO [1].
    """

    entering: str = "new"
    predecessor: str = "none"
    prior_savings_pbpm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    prior_savings_proration: float = 1.0


class Experience(NamedTuple):
    """Aggregates of the panel and of the world, over thirteen years.

    Parameters
    ----------
    base_person_months, base_expenditure, base_risk_score
        Base years, [s, b, c, a] [person-month, USD, 1]. Scores are person-month weighted means, renormalised to the
        reference population; 0 where a cell has no person-months.
    base_truncation_excess
        Base years' annualised spending above the nation's 99th percentile, [s, b, c, a] [USD]; 0 where no track asks.
    person_months, expenditure, risk_score, stop_loss_excess
        Performance years, [s, y, c, a] [person-month, USD, 1, USD]. ``stop_loss_excess`` is spending above the
        attachments, elected or not.
    truncation_excess
        As in the base years, [s, y, c, a] [USD].
    base_national_trend, base_regional_trend
        Growth BYn -> BY3, [s, b, c] [1]; 1 in BY3.
    national_trend, regional_trend, prospective_trend
        Observed national, observed regional and forecast (ACPT) growth BY3 -> PY, cumulative, [s, y, c] [1].
    regional_pbpm, national_pbpm
        Risk-standardised per-capita spending in BY3 of the ACO's region and of the nation, [s, c]
        [USD per person-month at a risk score of 1].
    rate_book_pbpm
        The regional rate book, risk-standardised, [s, y, c] [USD per person-month].
    aco_share
        The ACO's share of its region's assignable population, [c] [1]: the national weight of the two-way trend.
    quality_score
        Earned share of the quality points, [s, y] [1].
    ai_score_effect
        Relative change of the risk ratio if the AI-inferred score counted fully, [s] [1].
    """

    base_person_months: Array
    base_expenditure: Array
    base_risk_score: Array
    base_truncation_excess: Array
    person_months: Array
    expenditure: Array
    risk_score: Array
    stop_loss_excess: Array
    truncation_excess: Array
    base_national_trend: Array
    base_regional_trend: Array
    national_trend: Array
    regional_trend: Array
    prospective_trend: Array
    regional_pbpm: Array
    national_pbpm: Array
    rate_book_pbpm: Array
    aco_share: Array
    quality_score: Array
    ai_score_effect: Array


class Settlement(NamedTuple):
    """The result of one track, money positive towards the ACO.

    Parameters
    ----------
    benchmark_before_discount, benchmark
        Total benchmark before the discount, and final (after discount and quality; the stop-loss charge is in
        ``stop_loss_net``), [s, y] [USD].
    stop_loss_net
        Payout less charge, 0 where not elected, [s, y] [USD].
    gross_savings
        ``benchmark - expenditure - episodes_net + stop_loss_net``, [s, y] [USD].
    shared_result
        Gross savings after the corridors, [s, y] [USD].
    add_on, sequestration, net_result, net_cash
        ``net_result = shared_result - sequestration + add_on + high_performer_bonus``; ``net_cash`` also carries
        advances, their repayment and capitation in place of fees, [s, y] [USD].
    rate_book_effect
        Benchmark with the rate book less without, [s, y] [USD].
    benchmark_pbpm
        Final benchmark per category over both alignments, [s, y, c] [USD per person-month].
    risk_ratio_capped
        [s, y, c] [1], person-month weighted over alignments.
    blended_trend
        The guardrailed three-part trend BY3 -> PY, [s, y, c] [1].
    rate_book_weight
        [y] [1].
    lower_spending
        Spending designation, [s] [bool].
    guarantee
        Financial guarantee required, [s] [USD].
    episodes_net
        What CARA episodes add to expenditure, [s, y] [USD].
    high_performer_bonus
        [s, y] [USD].
    capitation_gain
        Capitation that is not reconciled over the fees that it replaces: in ``net_cash``, not in ``net_result``,
        [s, y] [USD].
    guarantee_call
        Part of a year's loss that the guarantee covers, [s, y] [USD].
    beneficiary_programme_cost
        What the ACO pays for programmes for beneficiaries: neither in ``net_result`` nor in ``net_cash``, [s, y] [USD].
    below_minimum
        Whether the ACO has fewer aligned people than it needs, [s, y] [bool].
    """

    benchmark_before_discount: Array
    benchmark: Array
    stop_loss_net: Array
    gross_savings: Array
    shared_result: Array
    add_on: Array
    sequestration: Array
    net_result: Array
    net_cash: Array
    rate_book_effect: Array
    benchmark_pbpm: Array
    risk_ratio_capped: Array
    blended_trend: Array
    rate_book_weight: Array
    lower_spending: npt.NDArray[np.bool_]
    guarantee: Array
    episodes_net: Array
    high_performer_bonus: Array
    capitation_gain: Array
    guarantee_call: Array
    beneficiary_programme_cost: Array
    below_minimum: npt.NDArray[np.bool_]


def over_scenarios(experience: Experience) -> Experience:
    """Give every record the same number of scenarios, and let them lie side by side in memory.

    Rules work on one cell after another of all scenarios, and NumPy runs along what lies side by side. What lies so
    already is not copied.
    """
    arrays = {name: array for name, array in experience._asdict().items() if name != "aco_share"}
    scenarios = max(map(len, arrays.values()))
    return experience._replace(**{name: _side_by_side(array, scenarios) for name, array in arrays.items()})


def _side_by_side(array: Array, scenarios: int) -> Array:
    """Repeat what is the same in every scenario; the first axis is the one that runs fastest through memory."""
    everywhere = np.broadcast_to(array, (scenarios, *array.shape[1:]))
    cells_first = np.ascontiguousarray(everywhere.transpose(*range(1, array.ndim), 0))
    return cells_first.transpose(-1, *range(array.ndim - 1))
