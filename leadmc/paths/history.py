"""What a person's own base years say about the person: states on 1 January 2027, given spending, scores and labels.

Spending and scores are turned into the normal scores behind them. Given health at the start of a person's first base
year, morbidity and own coding are then jointly Gaussian, and so is what was seen; so each state of the reference
population's bank gets a weight, states are drawn by it, and carried to 2027 by Gaussian conditioning. Draws whose
labels (High Needs or not) contradict the roster's are dropped. Every person thus gets a stretch of the bank of
their own, and the forecast regresses to the mean by itself. Formulas: docs/base-years.md.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from leadmc.base.axes import AGED_DISABLED, BASE_YEARS, CATEGORIES, ESRD, HIGH_NEEDS, MONTHS
from leadmc.inputs.assumptions import People
from leadmc.inputs.base_years import first_year, months_aligned
from leadmc.inputs.reference import OLDEST, YOUNGEST, Reference, score_log_sds
from leadmc.inputs.roster import Roster
from leadmc.paths.bank import STRETCH, Bank, sample_law

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

N_BASE: Final = len(BASE_YEARS)
OWN_STRETCH: Final = 64  # states of a person
DRAWN: Final = 4 * OWN_STRETCH  # before labels and zero costs are compared
TOGETHER: Final = 128  # people at a time
UNSEEN: Final = 1e6  # variance of what was not observed
ODD: Final = np.array(
    [
        0x9E3779B97F4A7C15,
        0xC2B2AE3D27D4EB4F,
        0x165667B19E3779F9,
        0xD6E8FEB86659FD93,
        0xA0761D6478BD642F,
        0xE7037ED1A0B428DB,
    ],
    np.uint64,
)


class Seen(NamedTuple):
    """A roster's history in the model's terms.

    Parameters
    ----------
    first
        First base year, 3 for who came after them, [n].
    category
        On 1 January 2024 to 2027, [n, 4].
    cost, score
        Normal scores, [n, b]; NaN where not observed, minus infinity for a year without spending.
    """

    first: Index
    category: npt.NDArray[np.int32]
    cost: Array
    score: Array


# Axis letters: i person, b base year, o observation (costs, then scores), z state before the first year (persistent
# health, morbidity), u what follows (own coding, morbidity of each year from the first on), k draw.


def seen(roster: Roster, expected_cost: Array, reference: Reference) -> Seen:
    """Turn spending and scores into normal scores.

    Parameters
    ----------
    roster
        The people.
    expected_cost
        Annual cost of a person with relative cost 1 in each base year where the person lives, at the ACO's level,
        [n, b] [USD].
    reference
        The reference population of the same assumptions.
    """
    then = roster.category_then
    months = months_aligned(roster)
    there = months > 0
    annual = np.where(there, roster.spend, np.nan) * MONTHS / np.where(there, months, 1.0)
    relative = annual / expected_cost
    cost = np.full(then.shape, np.nan)
    for esrd, shape in enumerate(reference.shapes):
        here = there & ((then == ESRD) == bool(esrd))
        nodes = shape.origin + shape.width * np.arange(shape.value.size)
        cost[here] = np.where(relative[here] > 0, np.interp(relative[here], shape.value, nodes), -np.inf)
    sds = score_log_sds(reference.people)[then]
    score = (np.log(roster.risk_score) - reference.score_scale[then]) / np.where(sds > 0, sds, np.nan)
    category = np.column_stack([then, roster.population.category])
    return Seen(first_year(roster), category, cost, np.where(there, score, np.nan))


def own_stretches(roster: Roster, history: Seen, bank: Bank, reference: Reference) -> npt.NDArray[np.float32]:
    """Draw each person's stretch of states on 1 January 2027: persistent health, morbidity, own coding.

    Returns
    -------
    numpy.ndarray
        [n * OWN_STRETCH, 3]; a person's rows depend on no other person.
    """
    prior, states = _priors(roster, history, bank, reference)
    found = np.empty((history.first.size, OWN_STRETCH, 3), np.float32)
    from scipy.stats import qmc  # 0.6 s that a run without base years does not need

    points = qmc.Sobol(6, seed=0).random(DRAWN)
    for first in range(N_BASE + 1):
        members = np.flatnonzero(history.first == first)
        for start in range(0, members.size, TOGETHER):
            who = members[start : start + TOGETHER]
            few = Seen(history.first[who], history.category[who], history.cost[who], history.score[who])
            shift = (roster.population.person_key[who, None] * ODD >> np.uint64(11)).astype(np.float64) * 2.0**-53
            uniforms = np.clip(np.mod(points + shift[:, None], 1.0), 1e-9, 1 - 1e-9)
            stretch = states[prior[who, None] + np.arange(STRETCH)].astype(np.float64)
            found[who] = _draw(few, first, stretch, uniforms, reference)
    return found.reshape(-1, 3)


def _priors(
    roster: Roster, history: Seen, bank: Bank, reference: Reference
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Find the states that each person may have begun with: the reference population's, or an entrant's."""
    grid, population = reference.grid, roster.population
    sides = {AGED_DISABLED: ~grid.above, HIGH_NEEDS: grid.above}
    entrants = [sample_law(grid, grid.entrant * side, 0.5) for side in sides.values()]
    states = np.concatenate([bank.states, *entrants]).astype(np.float32)
    fresh = np.zeros(len(CATEGORIES), np.int32)
    fresh[[AGED_DISABLED, HIGH_NEEDS]] = len(bank.states) + STRETCH * np.arange(2)
    age = np.clip(population.age, YOUNGEST, OLDEST) - YOUNGEST
    category = history.category[np.arange(age.size), history.first]
    stationary = bank.first[age, population.sex, category]
    return np.where((history.first == 0) | (category == ESRD), stationary, fresh[category]), states


def _draw(few: Seen, first: int, stretch: Array, uniforms: Array, reference: Reference) -> Array:
    """Draw the states of some people who came in the same year, [i, OWN_STRETCH, 3]."""
    on_z, on_u, noise, value = _observations(few, first, reference)
    step, spread = _what_follows(reference.people, N_BASE - first)
    # value = direct z + on_u (what follows beyond its mean) + noise
    direct = on_z + on_u @ step
    gain_side = spread @ np.swapaxes(on_u, 1, 2)
    precision = np.linalg.inv(on_u @ gain_side + noise[:, :, None] * np.eye(value.shape[1]))
    weighted = np.swapaxes(direct, 1, 2) @ precision
    quadratic, linear = weighted @ direct, (weighted @ value[:, :, None])[:, :, 0]
    p, h = stretch[..., 0], stretch[..., 1]
    log_weight = p * (linear[:, :1] - 0.5 * quadratic[:, 0, :1] * p - quadratic[:, 0, 1:] * h)
    log_weight += h * (linear[:, 1:] - 0.5 * quadratic[:, 1, 1:] * h)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    z = np.take_along_axis(stretch, _pick(weight, uniforms[..., 0])[..., None], axis=1)
    gain = gain_side @ precision
    surprise = value[:, None] - z @ np.swapaxes(direct, 1, 2)
    left = spread - gain @ np.swapaxes(gain_side, 1, 2)
    root = np.linalg.cholesky(left + 1e-10 * np.eye(left.shape[1]))
    normals = ndtri(uniforms[..., 1 : 1 + left.shape[1]])
    u = z @ step.T + surprise @ np.swapaxes(gain, 1, 2) + normals @ np.swapaxes(root, 1, 2)
    path = np.concatenate([z, u[..., 1:]], axis=2)  # persistent health, morbidity from the year before the first
    kept = _pick(_agreement(few, first, path, reference), uniforms[:, :OWN_STRETCH, -1])
    state = np.stack([path[..., 0], path[..., -1], u[..., 0]], axis=2)
    return _within_label(few.category[:, -1], np.take_along_axis(state, kept[..., None], axis=1), reference)


def _observations(few: Seen, first: int, reference: Reference) -> tuple[Array, Array, Array, Array]:
    """Return loadings of what was seen on z and u, noise, value: [i, o, 2], [i, o, u], [i, o], [i, o]."""
    people, years = reference.people, N_BASE - first
    n = few.first.size
    on_z, on_u = np.zeros((n, 2 * years, 2)), np.zeros((n, 2 * years, 1 + years))
    for m in range(years):
        high = few.category[:, first + m] == HIGH_NEEDS
        on_z[:, m, 0], on_u[:, m, 1 + m] = people.cost_persistent, people.cost_morbidity
        s = years + m
        on_z[:, s, 0] = np.where(high, people.concurrent_persistent, people.score_persistent)
        on_u[:, s, 0] = np.where(high, reference.concurrent_own, reference.prospective_own)
        on_u[:, s, 1 + m] = np.where(high, people.concurrent_morbidity, 0.0)
        before = on_u[:, s, m] if m else on_z[:, s, 1]
        before[:] = np.where(high, 0.0, people.score_morbidity)
    value = np.concatenate([few.cost[:, first:], few.score[:, first:]], axis=1)
    known = np.isfinite(value)
    noise = np.repeat([reference.grid.accident**2, people.score_noise], years)
    return on_z, on_u, np.where(known, noise, UNSEEN), np.where(known, value, 0.0)


def _what_follows(people: People, years: int) -> tuple[Array, Array]:
    """Mean of u given z, [u, 2], and its covariance, [u, u]: own coding, then an AR(1)."""
    phi = people.persistence
    step, root = np.zeros((1 + years, 2)), np.eye(1 + years)
    lag = np.subtract.outer(np.arange(years), np.arange(years))
    step[1:, 1] = phi ** np.arange(1, years + 1)
    root[1:, 1:] = np.where(lag >= 0, phi ** np.maximum(lag, 0), 0.0) * np.sqrt(1 - phi * phi)
    return step, root @ root.T


def _agreement(few: Seen, first: int, path: Array, reference: Reference) -> Array:
    """Probability of labels and years without spending given a path, [i, k]."""
    people, grid = reference.people, reference.grid
    origins = np.array([shape.origin for shape in reference.shapes])
    weight = np.ones(path.shape[:2])
    for m in range(first, N_BASE):
        before, after = few.category[:, m], few.category[:, m + 1]
        morbidity = path[..., 2 + m - first]
        health = people.concurrent_persistent * path[..., 0] + people.concurrent_morbidity * morbidity
        above = health > grid.threshold
        was_not = (before == AGED_DISABLED)[:, None]
        weight *= np.where(was_not & (after == AGED_DISABLED)[:, None], ~above, 1.0)
        weight *= np.where(was_not & (after == HIGH_NEEDS)[:, None], above, 1.0)
        latent = people.cost_persistent * path[..., 0] + people.cost_morbidity * morbidity
        nothing = ndtr((origins[(before == ESRD).astype(np.intp), None] - latent) / grid.accident)
        weight *= np.where(np.isneginf(few.cost[:, m])[:, None], nothing, 1.0)
    return np.where(weight.sum(axis=1, keepdims=True) > 0, weight, 1.0)


def _within_label(category: npt.NDArray[np.int32], state: Array, reference: Reference) -> Array:
    """Hold the few draws left above the threshold just below it, where the roster knows better."""
    people = reference.people
    room = reference.grid.threshold - people.concurrent_persistent * state[..., 0]
    highest = np.where((category == AGED_DISABLED)[:, None], room / people.concurrent_morbidity - 1e-4, np.inf)
    state[..., 1] = np.minimum(state[..., 1], highest)
    return state


def _pick(weight: Array, uniforms: Array) -> Index:
    """Index of the cell of the cumulative weight that holds each uniform, row by row, [i, k]."""
    share = np.cumsum(weight, axis=1)
    row = np.arange(len(weight))[:, None]
    flat = np.searchsorted((share / share[:, -1:] + row).ravel(), (uniforms + row).ravel())
    return np.asarray(np.minimum(flat.reshape(uniforms.shape) - row * weight.shape[1], weight.shape[1] - 1))
