"""From integer sums and drivers to what a settlement asks for: the border between people and contract."""

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import BASE_YEARS, BY3
from leadmc.contract.experience import Experience
from leadmc.inputs.base_years import BaseYears
from leadmc.inputs.panel import Rates
from leadmc.paths.kernel import EXPENDITURE, PERSON_MONTHS, SCORE_MONTHS, SCORE_UNIT, STOP_LOSS, TRUNCATED
from leadmc.scenarios.world import World

Array = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

CENTS = 100.0


def experience(sums: Int64, world: World, rates: Rates, *, aco_share: float) -> Experience:
    """Gather a chunk's aggregates.

    Parameters
    ----------
    sums
        As of ``sweep``, [a, s, t, c, 8].
    world
        The chunk's drivers.
    rates
        What people cost in the region and the nation.
    aco_share
        The ACO's share of its region's assignable population [1].
    """
    # s t c a, then the sums. Scenarios come first in memory too: the order in which a settlement adds up cells follows
    # it, and must not depend on how many scenarios there are.
    cells = np.ascontiguousarray(np.moveaxis(sums, 0, -2))
    months = cells[..., PERSON_MONTHS].astype(np.float64)
    dollars = cells[..., EXPENDITURE] / CENTS
    excess = cells[..., STOP_LOSS] / CENTS
    truncated = cells[..., TRUNCATED] / CENTS
    score = mean_score(cells[..., SCORE_MONTHS], months) * world.coding[..., None]
    national = world.national_level
    regional = world.national_level * world.regional_level
    base, performance = slice(None, len(BASE_YEARS)), slice(len(BASE_YEARS), None)
    regional_trend = since_by3(regional)[:, performance]
    return Experience(
        base_person_months=months[:, base],
        base_expenditure=dollars[:, base],
        base_risk_score=score[:, base],
        base_truncation_excess=truncated[:, base],
        person_months=months[:, performance],
        expenditure=dollars[:, performance],
        risk_score=score[:, performance],
        stop_loss_excess=excess[:, performance],
        truncation_excess=truncated[:, performance],
        base_national_trend=1.0 / since_by3(national)[:, base],
        base_regional_trend=1.0 / since_by3(regional)[:, base],
        national_trend=since_by3(national)[:, performance],
        regional_trend=regional_trend,
        prospective_trend=world.prospective_trend,
        regional_pbpm=rates.regional_pbpm * regional[:, BY3],
        national_pbpm=rates.national_pbpm * national[:, BY3],
        rate_book_pbpm=(rates.regional_pbpm * regional[:, BY3])[:, None] * regional_trend,
        aco_share=np.full(rates.regional_pbpm.shape, aco_share),
        quality_score=world.quality_score,
        ai_score_effect=world.ai_score_effect,
    )


def with_observed_base_years(simulated: Experience, observed: BaseYears) -> Experience:
    """Let the roster's own base years, the same in every scenario, make the benchmark."""
    return simulated._replace(
        base_person_months=observed.person_months,
        base_expenditure=observed.expenditure,
        base_risk_score=observed.risk_score,
        base_truncation_excess=observed.truncation_excess,
    )


def since_by3(level: Array) -> Array:
    """Growth from the last base year to each year, [s, t, c] [1]; below 1 before it where prices rise."""
    return level / level[:, BY3, None]


def mean_score(score_months: Int64, months: Array) -> Array:
    """Person-month weighted mean score, 0 where nobody was, same shape [1]."""
    return np.divide(score_months / SCORE_UNIT, months, out=np.zeros_like(months), where=months > 0)


def with_known_benchmark(simulated: Experience, person_months: Array, cost: Array) -> Experience:
    """Replace what a benchmark rests on by the panel's true expected spend: what is left is claim noise.

    That spend is of whole costs, so truncation is left out of every year.

    Parameters
    ----------
    simulated
        The chunk's aggregates.
    person_months, cost
        Expected in each year, [t, c] [person-month, USD]; ``people.expected_path``.
    """
    rate = cost / np.where(person_months > 0, person_months, 1.0)
    growth = np.where(rate[BY3] > 0, rate / np.where(rate[BY3] > 0, rate[BY3], 1.0), 1.0)[None, len(BASE_YEARS) :]
    everybody = np.full_like(simulated.base_person_months, person_months.sum(axis=1).max())
    ones = np.ones_like(simulated.base_national_trend)
    return simulated._replace(
        base_person_months=everybody,
        base_expenditure=everybody * rate[BY3][:, None],
        base_risk_score=np.ones_like(simulated.base_risk_score),
        base_truncation_excess=np.zeros_like(simulated.base_truncation_excess),
        truncation_excess=np.zeros_like(simulated.truncation_excess),
        risk_score=np.ones_like(simulated.risk_score),
        base_national_trend=ones,
        base_regional_trend=ones,
        national_trend=growth,
        regional_trend=growth,
        prospective_trend=growth,
    )
