"""The same person-years as idiomatic JAX: float32, jit, a scan over years, its own generator.

Needs the extra ``bench``. Whole arrays per year and selects instead of branches, entrants drawn for every slot, as a
compiler of arrays wants it. Same assumptions, same outcomes in distribution, same sums, in single precision.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from leadmc.base.axes import AGED_DISABLED, CATEGORIES, ESRD, HIGH_NEEDS
from leadmc.paths.arrays import Nature, Panel, Prices
from leadmc.paths.kernel import DEATHS, EXITS, EXPENDITURE, MAX_CENTS, PERSON_MONTHS, SCORE_MONTHS, STOP_LOSS

COLUMNS = (PERSON_MONTHS, EXPENDITURE, STOP_LOSS, SCORE_MONTHS, DEATHS, EXITS)


def simulator(panel: Panel, nature: Nature, prices: Prices) -> Callable[[int], npt.NDArray[np.float32]]:
    """Compile for one case; call with a seed, and get sums, [s, t, c, columns]: months, cents, cents, score, events."""
    panel, nature = jax.tree.map(jnp.asarray, (panel, nature))
    level, attachment = jnp.asarray(prices.level), jnp.asarray(prices.attachment)

    @jax.jit
    def scenario(key: Any, level: Any, attachment: Any) -> Any:
        start, *years = jax.random.split(key, level.shape[0] + 1)
        person = _first_people(start, panel, nature)
        _, sums = jax.lax.scan(
            lambda person, year: _year(panel, nature, person, *year), person, (jnp.stack(years), level, attachment)
        )
        return sums

    def run(seed: int) -> npt.NDArray[np.float32]:
        keys = jax.random.split(jax.random.key(seed), level.shape[0])
        return np.stack([np.asarray(scenario(*each)) for each in zip(keys, level, attachment, strict=True)])

    return run


def _first_people(key: Any, panel: Panel, nature: Nature) -> Any:
    """Seat the people of the first year."""
    offset, own = jax.random.split(key)
    u = jax.random.uniform(offset, panel.age.shape)
    states = nature.states[panel.first_state + (u * panel.state_count).astype(jnp.int32)]
    return states[:, 0], states[:, 1], jax.random.normal(own, panel.age.shape), panel.age, panel.category


def _year(panel: Panel, nature: Nature, person: Any, key: Any, level: Any, attachment: Any) -> Any:
    law = nature.law
    persistent, before, own, age, category = person
    normals = jax.random.normal(key, (5, age.size))
    fate, move, entry = jax.random.uniform(jax.random.fold_in(key, 1), (3, age.size))
    needs = law.concurrent_persistent * persistent + law.concurrent_morbidity * before
    category = jnp.where((needs > law.high_needs_threshold) & (category == AGED_DISABLED), HIGH_NEEDS, category)
    esrd, high = category == ESRD, category == HIGH_NEEDS
    morbidity = law.persistence * before + law.innovation * normals[0]
    latent = law.cost_persistent * persistent + law.cost_morbidity * morbidity + law.cost_accident * normals[1]
    prospective = law.score_persistent * persistent + law.score_morbidity * before + law.score_own * own
    concurrent = law.concurrent_persistent * persistent + law.concurrent_morbidity * morbidity
    concurrent = law.concurrent_score_mean + law.concurrent_score_sd * (concurrent + law.concurrent_own * own)
    plain = law.score_mean + law.score_sd * prospective
    renal = law.esrd_score_mean + law.esrd_score_sd * prospective
    score = jnp.exp(jnp.where(high, concurrent, jnp.where(esrd, renal, plain)))
    x = (jnp.clip(age, law.hazard_youngest, law.hazard_oldest) - 75.0) * 0.1
    hazard = law.hazard_level + panel.sex_shift + (law.hazard_slope + law.hazard_curvature * x) * x
    hazard = jnp.exp(jnp.minimum(0.0, hazard + esrd * law.hazard_esrd + law.hazard_latent * latent))
    dies = fate < hazard
    months = jnp.where(dies, jnp.minimum(jnp.floor(fate / hazard * 12.0) + 1.0, 12.0), 12.0)
    leaves = (move < law.leave_hazard) & ~dies
    price = jnp.where(esrd, panel.esrd_cost, panel.cost) * level[category]
    cents = jnp.minimum(100.0 * price * _relative_cost(nature.table, latent, esrd), MAX_CENTS)
    above = jnp.maximum(cents - 100.0 * attachment[category] * score, 0.0)
    amounts = jnp.stack([months, cents, above, score * months, dies, leaves])
    sums = jnp.stack([(amounts * (category == c)).sum(axis=1) for c in range(len(CATEGORIES))])
    gone = dies | leaves
    years = jnp.maximum(entry - law.entry_at_65, 0.0) * law.entry_slope_young
    years += jnp.maximum(entry - law.entry_break, 0.0) * (law.entry_slope_old - law.entry_slope_young)
    fails = (move >= law.leave_hazard) & (move < law.leave_hazard + law.esrd_hazard)
    stays = persistent, morbidity, own, age + 1.0, jnp.where(fails, ESRD, category)
    comes = normals[2], normals[3], normals[4], 65.0 + jnp.floor(years), jnp.full_like(category, AGED_DISABLED)
    return tuple(jnp.where(gone, new, old) for new, old in zip(comes, stays, strict=True)), sums


def _relative_cost(table: Any, latent: Any, esrd: Any) -> Any:
    """Look the relative annual cost up, linear within a cell."""
    half = esrd.astype(jnp.int32)
    x = (latent - table.origin[half]) * table.inverse_width[half]
    inside = jnp.clip(x, 0.0, table.cells - 1.0)
    cell = inside.astype(jnp.int32)
    node = cell + half * (table.cells + 1)
    left = table.value[node]
    return jnp.where(x < 0.0, 0.0, left + (inside - cell) * (table.value[node + 1] - left))
