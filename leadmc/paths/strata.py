"""What people of one age, sex and category are expected to cost and to score in a base year."""

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import BASE_YEARS, CATEGORIES, HIGH_NEEDS
from leadmc.inputs.reference import OLDEST, YOUNGEST, Reference, score_log_sds
from leadmc.inputs.roster import Roster
from leadmc.paths.bank import STRETCH, Bank

Array = npt.NDArray[np.float64]


def expected_of_strata(roster: Roster, bank: Bank, reference: Reference) -> tuple[Array, Array]:
    """Mean relative cost and mean score of people of the same age, sex and category, [n, b] each [1].

    Of everybody alive on 1 January of the year, also of those who die in it.
    """
    people, grid = reference.people, reference.grid
    if not people.volatility:
        return np.ones(roster.spend.shape), np.ones(roster.spend.shape)
    p, h = bank.states[:, 0].astype(np.float64), bank.states[:, 1].astype(np.float64)
    spread = np.sqrt(1 - people.persistence**2)
    latent = people.cost_persistent * p + people.cost_morbidity * people.persistence * h
    noise = float(np.hypot(people.cost_morbidity * spread, grid.accident))
    cost = np.stack([shape.expected(latent, noise) for shape in reference.shapes])[[0, 1, 0]]
    prospective = people.score_persistent * p + people.score_morbidity * h
    concurrent = people.concurrent_persistent * p + people.concurrent_morbidity * people.persistence * h
    own = np.full(len(CATEGORIES), reference.prospective_own)
    own[HIGH_NEEDS] = np.hypot(reference.concurrent_own, people.concurrent_morbidity * spread)
    health = np.stack([concurrent if c == HIGH_NEEDS else prospective for c in range(len(CATEGORIES))])
    sds = score_log_sds(people)
    score = np.exp((reference.score_scale + 0.5 * (sds * own) ** 2)[:, None] + sds[:, None] * health)
    then, age = roster.category_then, roster.population.age[:, None] + np.arange(len(BASE_YEARS))
    at = bank.first[np.clip(age, YOUNGEST, OLDEST) - YOUNGEST, roster.population.sex[:, None], then] // STRETCH
    mean_cost, mean_score = (
        each.reshape(len(CATEGORIES), -1, STRETCH).mean(axis=2)[then, at] for each in (cost, score)
    )
    return mean_cost, mean_score
