"""The same person-years as idiomatic NumPy: float32, vectorised over people, NumPy's own generator.

What one would write without a compiler: PCG64 with its ziggurat normals, whole arrays per year, draws for entrants only
where a slot is vacant, corrections by index for the few with ESRD and High Needs, a look-up by ``take``, sums of all
and of the few. Same assumptions, same outcomes in distribution, same seven sums; but its draws have no addresses, so it
can promise nothing about chunks, threads or people.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import AGED_DISABLED, ESRD, HIGH_NEEDS
from leadmc.paths.arrays import CostTable, Nature, Panel, Prices
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
from leadmc.paths.person_year import Law

Float32 = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]
CENTS = np.float32(100.0)
ENTRY_AGE = np.float32(65.0)


def simulate(
    panel: Panel,
    nature: Nature,
    prices: Prices,
    rng: np.random.Generator,
    sums: npt.NDArray[np.int64],
) -> None:
    """Simulate scenarios one after the other and add up their people, as ``paths.kernel.simulate`` does."""
    level, attachment, _ = prices
    bank, law, table = nature.states, nature.law, nature.table
    n = panel.age.size
    for s in range(level.shape[0]):
        start = panel.first_state + (rng.random(n, dtype=np.float32) * panel.state_count).astype(np.int32)
        persistent, morbidity, _ = bank.take(start, axis=0).T.copy()
        own = rng.standard_normal(n, dtype=np.float32)
        age, category = panel.age.copy(), panel.category.astype(np.int8)
        for t in range(level.shape[1]):
            needs = law.concurrent_persistent * persistent + law.concurrent_morbidity * morbidity
            category[(needs > law.high_needs_threshold) & (category == AGED_DISABLED)] = HIGH_NEEDS
            esrd, high = np.flatnonzero(category == ESRD), np.flatnonzero(category == HIGH_NEEDS)
            before = morbidity
            morbidity = law.persistence * before + law.innovation * rng.standard_normal(n, dtype=np.float32)
            latent = law.cost_persistent * persistent + law.cost_morbidity * morbidity
            latent += law.cost_accident * rng.standard_normal(n, dtype=np.float32)
            score = risk_score(law, (esrd, high), (persistent, own), before, morbidity)
            died, months = deaths(law, panel, age, esrd, latent, rng)
            move = rng.random(n, dtype=np.float32)
            left = (move < law.leave_hazard) & ~died
            cents = relative_cost(table, latent, esrd)
            cents *= price(panel, level[s, t], esrd, high)
            capped = np.count_nonzero(cents > MAX_CENTS)
            np.minimum(cents, MAX_CENTS, out=cents)
            attached = score * (CENTS * attachment[s, t, AGED_DISABLED])
            for c, few in ((ESRD, esrd), (HIGH_NEEDS, high)):
                attached[few] = score[few] * (CENTS * attachment[s, t, c])
            above = np.maximum(cents - attached, 0)
            score *= months
            book(sums[s, t], (months, cents, above, score, died, left), esrd, high)
            sums[s, t, AGED_DISABLED, CAPPED] += capped
            category[np.flatnonzero((move >= law.leave_hazard) & (move < law.leave_hazard + law.esrd_hazard))] = ESRD
            age += 1
            renew(law, np.flatnonzero(died | left), (persistent, morbidity, own, age, category), rng)


def risk_score(law: Law, few: tuple[Rows, Rows], state: Any, before: Float32, morbidity: Float32) -> Any:
    """Prospective for all, then corrected: another spread for ESRD, concurrent for High Needs."""
    (esrd, high), (persistent, own) = few, state
    latent = law.score_persistent * persistent + law.score_morbidity * before + law.score_own * own
    log_score = law.score_mean + law.score_sd * latent
    log_score[esrd] = law.esrd_score_mean + law.esrd_score_sd * latent[esrd]
    concurrent = law.concurrent_persistent * persistent[high] + law.concurrent_morbidity * morbidity[high]
    concurrent += law.concurrent_own * own[high]
    log_score[high] = law.concurrent_score_mean + law.concurrent_score_sd * concurrent
    return np.exp(log_score, out=log_score)


def deaths(law: Law, panel: Panel, age: Float32, esrd: Rows, latent: Float32, rng: np.random.Generator) -> Any:
    """Who dies, and the months that everybody lives."""
    x = np.minimum(np.maximum(age, law.hazard_youngest), law.hazard_oldest)
    x -= np.float32(75.0)
    x *= np.float32(0.1)
    log_hazard = (law.hazard_slope + law.hazard_curvature * x) * x
    log_hazard += law.hazard_level + panel.sex_shift
    log_hazard += law.hazard_latent * latent
    log_hazard[esrd] += law.hazard_esrd
    hazard = np.exp(np.minimum(log_hazard, 0, out=log_hazard), out=log_hazard)
    fate = rng.random(age.size, dtype=np.float32)
    died = fate < hazard
    dead = np.flatnonzero(died)
    months = np.full(age.size, 12, np.float32)
    months[dead] = np.minimum(np.floor(fate[dead] / hazard[dead] * 12) + 1, 12)
    return died, months


def relative_cost(table: CostTable, latent: Float32, esrd: Rows) -> Any:
    """Look the relative annual cost up, linear within a cell."""
    x = (latent - table.origin[0]) * table.inverse_width[0]
    x[esrd] = (latent[esrd] - table.origin[1]) * table.inverse_width[1]
    nothing = np.flatnonzero(x < 0)
    cell = np.minimum(np.maximum(x, 0), table.cells - 1).astype(np.intp)
    x -= cell
    cell[esrd] += table.cells + 1
    left = table.value.take(cell)
    x *= table.value.take(cell + 1) - left
    x += left
    x[nothing] = 0
    return x


def price(panel: Panel, level: Float32, esrd: Rows, high: Rows) -> Any:
    """Cents that a person of relative cost 1 costs."""
    cents = panel.cost * (CENTS * level[AGED_DISABLED])
    cents[high] = panel.cost[high] * (CENTS * level[HIGH_NEEDS])
    cents[esrd] = panel.esrd_cost[esrd] * (CENTS * level[ESRD])
    return cents


def book(sums: npt.NDArray[np.int64], amounts: Any, esrd: Rows, high: Rows) -> None:
    """Add amounts of all and of the few; the aged and disabled are the rest."""
    columns = (PERSON_MONTHS, EXPENDITURE, STOP_LOSS, SCORE_MONTHS, DEATHS, EXITS)
    for column, amount in zip(columns, amounts, strict=True):
        of_esrd, of_high = (total(amount[few], column) for few in (esrd, high))
        sums[ESRD, column] += of_esrd
        sums[HIGH_NEEDS, column] += of_high
        sums[AGED_DISABLED, column] += total(amount, column) - of_esrd - of_high


def total(amount: Any, column: int) -> int:
    """Sum in double precision, in the units of the column; events are counted."""
    if amount.dtype == np.bool_:
        return int(np.count_nonzero(amount))
    return int(amount.sum(dtype=np.float64) * (SCORE_UNIT if column == SCORE_MONTHS else 1))


def renew(law: Law, vacant: npt.NDArray[np.intp], state: Any, rng: np.random.Generator) -> None:
    """Seat newcomers in the vacated slots."""
    persistent, morbidity, own, age, category = state
    for latent in (persistent, morbidity, own):
        latent[vacant] = rng.standard_normal(vacant.size, dtype=np.float32)
    u = rng.random(vacant.size, dtype=np.float32)
    years = np.maximum(u - law.entry_at_65, 0) * law.entry_slope_young
    years += np.maximum(u - law.entry_break, 0) * (law.entry_slope_old - law.entry_slope_young)
    age[vacant] = ENTRY_AGE + np.floor(years)
    category[vacant] = AGED_DISABLED
