"""From one chunk's aggregates and settlements to rows of the cube, each under its registered name."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import AGED_DISABLED, BASE_YEARS, CLAIMS, VOLUNTARY
from leadmc.base.variables import VARIABLES
from leadmc.contract import rate_book
from leadmc.contract.book import TRACKS
from leadmc.contract.experience import Experience, Settlement
from leadmc.contract.ratio import ratio
from leadmc.paths.aggregates import mean_score
from leadmc.paths.kernel import DEATHS, EXITS, PERSON_MONTHS, SCORE_MONTHS
from leadmc.scenarios.world import World

Int64 = npt.NDArray[np.int64]
Rows = dict[str, npt.NDArray[Any]]

PERFORMANCE = slice(len(BASE_YEARS), None)
BY_TRACK = (
    "benchmark_before_discount",
    "benchmark",
    "benchmark_pbpm",
    "stop_loss_net",
    "episodes_net",
    "gross_savings",
    "shared_result",
    "sequestration",
    "add_on",
    "high_performer_bonus",
    "net_result",
    "capitation_gain",
    "net_cash",
    "guarantee_call",
    "beneficiary_programme_cost",
    "below_minimum",
    "rate_book_effect",
    "guarantee",
)
BY_PANEL = ("base_person_months", "base_expenditure", "person_months", "expenditure", "stop_loss_excess")
BY_WORLD = ("national_trend", "regional_trend", "prospective_trend", "quality_score")
OF_LEAD = ("risk_ratio_capped", "blended_trend", "rate_book_weight", "lower_spending")


def rows(
    sums: Int64,
    world: World,
    experience: Experience,
    settlements: Mapping[str, Settlement],
    rule_choice: Int64,
) -> Rows:
    """Label a chunk.

    Parameters
    ----------
    sums
        Integer sums of the panel, [a, s, t, c, 8].
    world
        The chunk's drivers.
    experience
        Its aggregates.
    settlements
        By track, in the order of the cube's track axis. What the tracks of LEAD share is taken from the first of them;
        in a run without one, from the first track.
    rule_choice
        Alternatives of the mixed rules, [s, r].

    Returns
    -------
    dict
        Every variable of the registry, scenarios first.
    """
    scenarios = sums.shape[1]
    months = sums[..., PERSON_MONTHS].sum(axis=(0, 3))  # s t
    score = mean_score(sums[..., SCORE_MONTHS].sum(axis=0), sums[..., PERSON_MONTHS].sum(axis=0).astype(np.float64))
    score = score * world.coding
    base = experience.base_person_months
    own_level = world.aco_level[..., AGED_DISABLED] / world.practice_shock  # s t; alike in all categories
    leavers = sums[..., [DEATHS, EXITS]].sum(axis=(0, 3))  # s t, then deaths and exits
    found: Rows = {name: _of_both_alignments(getattr(experience, name)) for name in BY_PANEL}
    found |= {name: getattr(experience, name) for name in BY_WORLD}
    of_lead = next((track for track in settlements if track in TRACKS), next(iter(settlements)))
    found |= {name: getattr(settlements[of_lead], name) for name in OF_LEAD}
    found |= {name: np.stack([getattr(each, name) for each in settlements.values()], axis=1) for name in BY_TRACK}
    found |= {
        "base_risk_score": ratio((experience.base_risk_score * base).sum(axis=-1), base.sum(axis=-1), otherwise=0.0),
        "risk_score": score[:, PERFORMANCE],
        "deaths": leavers[:, PERFORMANCE, 0],
        "exits": leavers[:, PERFORMANCE, 1],
        "entrants": leavers[:, len(BASE_YEARS) - 1 : -1].sum(axis=-1),  # who left makes room on 1 January
        "programme_cost": world.programme_cost_pbpm * months[:, PERFORMANCE],
        "rule_choice": rule_choice,
        "regional_position": rate_book.regional_position(experience),
        "scenario_weight": world.weight,
        "base_aco_level": own_level[:, : len(BASE_YEARS)],
        "aco_level": own_level[:, PERFORMANCE],
        "coding": world.coding[:, PERFORMANCE, AGED_DISABLED],
        "ai_score_effect": world.ai_score_effect,
        "adversity": world.adversity,
    }
    mixed = rule_choice.shape[1] > 0
    return {
        name: _broadcast(found[name], scenarios, variable.dims)
        for name, variable in VARIABLES.items()
        if mixed or "rule" not in variable.dims
    }


def _of_both_alignments(cells: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Add the claims-aligned to the voluntarily aligned, in the unit of ``cells``."""  # a tenth of the time of ``sum``
    return np.asarray(cells[..., CLAIMS] + cells[..., VOLUNTARY])


def _broadcast(values: npt.NDArray[Any], scenarios: int, dims: tuple[str, ...]) -> npt.NDArray[Any]:
    """Repeat what is the same in every scenario."""
    if values.ndim < len(dims):
        values = values[None]
    return np.broadcast_to(values, (scenarios, *values.shape[1:]))
