"""The same person-years as idiomatic numba: one person after the other, branches, NumPy's generator inside the loop.

What one would write who has numba and does not think of vectors. Same assumptions, same outcomes in distribution, same
sums; float64 arithmetic, as numba does unasked.
"""

import math
from typing import Any

import numba
import numpy as np

from leadmc.base.axes import AGED_DISABLED, ESRD, HIGH_NEEDS
from leadmc.paths.arrays import Nature, Panel, Prices
from leadmc.paths.kernel import (
    CAPPED,
    DEATHS,
    EXITS,
    EXPENDITURE,
    MAX_CENTS,
    PERSON_MONTHS,
    SCORE_MONTHS,
    SCORE_UNIT,
    STOP_LOSS,
)

jit = numba.njit(error_model="numpy")


@jit  # type: ignore[untyped-decorator]
def simulate(panel: Panel, nature: Nature, prices: Prices, rng: np.random.Generator, sums: Any) -> None:
    """Simulate scenarios one after the other and add up their people, as ``paths.kernel.simulate`` does."""
    law = nature.law
    for s in range(prices.level.shape[0]):
        for i in range(panel.age.size):
            start = panel.first_state[i] + int(rng.random() * panel.state_count[i])
            persistent, morbidity = nature.states[start, 0], nature.states[start, 1]
            own, age, category = rng.standard_normal(), panel.age[i], panel.category[i]
            for t in range(prices.level.shape[1]):
                needs = law.concurrent_persistent * persistent + law.concurrent_morbidity * morbidity
                if category == AGED_DISABLED and needs > law.high_needs_threshold:
                    category = HIGH_NEEDS
                before = morbidity
                morbidity = law.persistence * before + law.innovation * rng.standard_normal()
                latent = law.cost_persistent * persistent + law.cost_morbidity * morbidity
                latent += law.cost_accident * rng.standard_normal()
                score = risk_score(law, category, persistent, own, before, morbidity)
                hazard = death_hazard(law, age, category, latent, panel.sex_shift[i])
                fate, move = rng.random(), rng.random()
                dies = fate < hazard
                months = min(12, 1 + int(fate / hazard * 12)) if dies else 12
                leaves = not dies and move < law.leave_hazard
                price = panel.esrd_cost[i] if category == ESRD else panel.cost[i]
                cents = 100.0 * price * prices.level[s, t, category] * relative_cost(nature.table, latent, category)
                if cents > MAX_CENTS:
                    cents = MAX_CENTS
                    sums[s, t, AGED_DISABLED, CAPPED] += 1
                attached = 100.0 * prices.attachment[s, t, category] * score
                sums[s, t, category, PERSON_MONTHS] += months
                sums[s, t, category, EXPENDITURE] += int(cents + 0.5)
                sums[s, t, category, STOP_LOSS] += int(max(0.0, cents - attached) + 0.5)
                sums[s, t, category, SCORE_MONTHS] += int(score * months * SCORE_UNIT + 0.5)
                sums[s, t, category, DEATHS] += dies
                sums[s, t, category, EXITS] += leaves
                age += 1
                if dies or leaves:
                    persistent, morbidity, own = rng.standard_normal(), rng.standard_normal(), rng.standard_normal()
                    age, category = entry_age(law, rng), AGED_DISABLED
                elif move >= law.leave_hazard and move < law.leave_hazard + law.esrd_hazard:
                    category = ESRD


@jit  # type: ignore[untyped-decorator]
def risk_score(law: Any, category: Any, persistent: Any, own: Any, before: Any, morbidity: Any) -> Any:
    """Concurrent for High Needs, prospective for the others."""
    if category == HIGH_NEEDS:
        latent = law.concurrent_persistent * persistent + law.concurrent_morbidity * morbidity
        return math.exp(law.concurrent_score_mean + law.concurrent_score_sd * (latent + law.concurrent_own * own))
    latent = law.score_persistent * persistent + law.score_morbidity * before + law.score_own * own
    if category == ESRD:
        return math.exp(law.esrd_score_mean + law.esrd_score_sd * latent)
    return math.exp(law.score_mean + law.score_sd * latent)


@jit  # type: ignore[untyped-decorator]
def death_hazard(law: Any, age: Any, category: Any, latent: Any, sex_shift: Any) -> Any:
    """Probability of dying within the year."""
    x = (min(max(age, law.hazard_youngest), law.hazard_oldest) - 75.0) * 0.1
    log_hazard = law.hazard_level + sex_shift + (law.hazard_slope + law.hazard_curvature * x) * x
    log_hazard += law.hazard_latent * latent
    if category == ESRD:
        log_hazard += law.hazard_esrd
    return math.exp(min(0.0, log_hazard))


@jit  # type: ignore[untyped-decorator]
def relative_cost(table: Any, latent: Any, category: Any) -> Any:
    """Look the relative annual cost up, linear within a cell."""
    half = 1 if category == ESRD else 0
    x = (latent - table.origin[half]) * table.inverse_width[half]
    if x < 0.0:
        return 0.0
    x = min(x, table.cells - 1.0)
    cell = int(x)
    left = table.value[half * (table.cells + 1) + cell]
    return left + (x - cell) * (table.value[half * (table.cells + 1) + cell + 1] - left)


@jit  # type: ignore[untyped-decorator]
def entry_age(law: Any, rng: Any) -> Any:
    """Age of a new entrant [whole years]."""
    u = rng.random()
    years = max(u - law.entry_at_65, 0.0) * law.entry_slope_young
    years += max(u - law.entry_break, 0.0) * (law.entry_slope_old - law.entry_slope_young)
    return np.float32(65 + int(years))
