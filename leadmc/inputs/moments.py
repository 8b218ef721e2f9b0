"""Moments of the reference population that an actuary knows, computed on its grid without a random number.

How an individual's cost and score hang together over years, what the dying cost, who is High Needs, how concentrated
spending is: everything that the loadings of a person's year decide, beside the published facts that decide them. A
year's accident is integrated on an even grid of the latent cost, the states of health on the nodes of the reference
population. Costs are a whole year's, also in the year of death; a survivor is someone who lives through both years.
"""

from functools import cached_property

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import AGED_DISABLED, ESRD, HIGH_NEEDS, MONTHS
from leadmc.inputs.cost_shape import TOP
from leadmc.inputs.reference import AGES, LOST_MONTHS, Reference, score_log_sds

Array = npt.NDArray[np.float64]

LATENT = np.linspace(-TOP, TOP, 1601)
STEP = LATENT[1] - LATENT[0]
TOP_SHARES = (1, 5, 10, 20, 50)
STAYING_SHARE = 0.05
LONG_LAG = 5

# Axis letters: a age, x sex, e (not ESRD, ESRD), c category, p persistent health, j and k last year's and this year's
# morbidity, w latent cost, r the function that is averaged.


def moments(reference: Reference, *, esrd_rate: float) -> dict[str, float]:
    """Compute every moment of the stationary population.

    Parameters
    ----------
    reference
        The reference population of assumptions with volatility.
    esrd_rate
        What people with ESRD cost, against the others [1]; a rate book's national ratio.

    Returns
    -------
    dict
        By name, as in ``data/published_moments.yaml``: correlations, shares, rates and multiples of means [1].
    """
    people = _Year(reference, esrd_rate)
    pooled = np.concatenate(people.cost)
    return {
        "cost_lag_1": people.cost_correlation(1),
        "cost_lag_5": people.cost_correlation(LONG_LAG),
        "top_5_stays": people.stays_on_top(),
        **_scores(people),
        **_end_of_life(people),
        **_mortality(people),
        **_high_needs(people),
        **{f"top_{each}": share for each, share in concentration(pooled, people.density.ravel()).items()},
        "cost_cv": _sd(pooled, people.density.ravel()) / float(np.average(pooled, weights=people.density.ravel())),
    }


def concentration(cost: Array, weight: Array) -> dict[int, float]:
    """Share of all spending that the dearest 1, 5, 10, 20 and 50% of people account for, by percent [1].

    Parameters
    ----------
    cost, weight
        Cost of each person, or of each group of people, and how many they are, [n].
    """
    order = np.argsort(-cost)
    people, spending = (np.concatenate([[0.0], np.cumsum(each[order])]) for each in (weight, weight * cost))
    shares = np.interp(np.array(TOP_SHARES) / 100, people / people[-1], spending / spending[-1])
    return dict(zip(TOP_SHARES, shares.tolist(), strict=True))


class _Year:
    """The stationary population through one year and the next, seen by latent cost."""

    def __init__(self, reference: Reference, esrd_rate: float):
        grid = reference.grid
        self.reference, self.grid = reference, grid
        price = esrd_rate * reference.combined_cost / reference.annual_cost[ESRD]
        nodes = [shape.origin + shape.width * np.arange(shape.value.size) for shape in reference.shapes]
        others, esrd = (np.interp(LATENT, x, s.value, left=0.0) for x, s in zip(nodes, reference.shapes, strict=True))
        self.cost = np.stack([others, price * esrd])  # e w
        z = (LATENT - grid.latent_mean[..., None]) / grid.accident
        accident = np.exp(-0.5 * z * z)
        self.accident = accident / accident.sum(axis=-1, keepdims=True)  # p k w
        self.start = reference.start
        self.lived = np.einsum("pkj,axcpj->axcpk", grid.transition, self.start, optimize=True)

    @cached_property
    def by_esrd(self) -> Array:
        """Mass with this year's morbidity, the High Needs among the others, [a, x, e, p, k]."""
        return self.grouped(self.lived)

    @staticmethod
    def grouped(mass: Array) -> Array:
        """Gather categories [a, x, c, ...] as (not ESRD, ESRD)."""
        return np.stack([mass[:, :, AGED_DISABLED] + mass[:, :, HIGH_NEEDS], mass[:, :, ESRD]], axis=2)

    @cached_property
    def survival(self) -> Array:
        """Probability of living through the year, [a, x, e, w]."""
        hazard = self.reference.hazard
        shift = np.asarray(hazard.sex_shift)[:, None] + np.array([0.0, hazard.esrd_shift])
        at_age = hazard.at(AGES.astype(np.float64))[:, None, None] + shift
        return np.asarray(1.0 - np.exp(np.minimum(at_age[..., None] + hazard.latent * LATENT, 0.0)))

    @cached_property
    def density(self) -> Array:
        """Mass by latent cost, [e, w]."""
        return np.asarray(np.tensordot(self.by_esrd.sum(axis=(0, 1)), self.accident, axes=2))

    def average(self, function: Array) -> Array:
        """Mean of a function [..., w] over the year's accident, [..., p, k]."""
        return np.asarray(np.moveaxis(np.tensordot(self.accident, function, axes=(-1, -1)), (0, 1), (-2, -1)))

    @cached_property
    def surviving(self) -> Array:
        """Mean over the accident of survival times (1, cost, cost squared), [r, a, x, e, p, k]."""
        return np.stack([self.average(self.survival * self.cost**r) for r in range(3)])

    def before(self, value: Array) -> Array:
        """Carry a value of next year's people [a, x, e, p, k] back to the end of this year, for those who stay."""
        people = self.reference.people
        older = np.concatenate([value[1:], value[-1:]])
        back = np.einsum("pkj,axepk->axepj", self.grid.transition, older, optimize=True)
        fails = people.esrd_hazard / (1 - people.exit_hazard)
        return np.stack([(1 - fails) * back[:, :, 0] + fails * back[:, :, 1], back[:, :, 1]], axis=2)

    def cost_correlation(self, lag: int) -> float:
        """Correlation of a survivor's annual costs, ``lag`` years apart."""
        later = [self.before(value) for value in self.surviving]
        for _ in range(lag - 1):
            later = [self.before(self.surviving[0] * value) for value in later]

        def mean(now: int, then: int) -> float:
            return float((self.by_esrd * self.surviving[now] * later[then]).sum())

        people = mean(0, 0)
        first, last = mean(1, 0) / people, mean(0, 1) / people
        variances = (mean(2, 0) / people - first**2) * (mean(0, 2) / people - last**2)
        return float((mean(1, 1) / people - first * last) / np.sqrt(variances))

    def stays_on_top(self) -> float:
        """Share of the dearest 5% of survivors who are among the dearest 5% in the next year."""
        later = self.before(self.surviving[0])
        now = np.einsum("axepk,pkw,axew->ew", self.by_esrd * later, self.accident, self.survival, optimize=True)
        alive = self.by_esrd * self.surviving[0]
        fails = self.reference.people.esrd_hazard / (1 - self.reference.people.exit_hazard)
        alive = np.stack([(1 - fails) * alive[:, :, 0], alive[:, :, 1] + fails * alive[:, :, 0]], axis=2)
        aged = np.zeros_like(alive)
        aged[1:] = alive[:-1]
        aged[-1] += alive[-1]
        lived = np.einsum("pkj,axepj->axepk", self.grid.transition, aged, optimize=True)
        then = np.einsum("axepk,pkw,axew->ew", lived, self.accident, self.survival, optimize=True)
        this_year, next_year = (self._on_top(density, STAYING_SHARE) for density in (now, then))
        both = self.by_esrd * self.average(self.survival * this_year)
        both = both * self.before(self.average(self.survival * next_year))
        return float(both.sum() / now.sum() / STAYING_SHARE)

    def _on_top(self, density: Array, share: float) -> Array:
        """Part of each cell of latent cost among the dearest, [e, w]; the cell at the limit counts in part."""
        order = np.argsort(-self.cost.ravel(), kind="stable")
        mass = density.ravel()[order] / density.sum()
        left = share - (np.cumsum(mass) - mass)
        part = np.empty(mass.size)
        part[order] = np.clip(np.divide(left, mass, out=np.zeros_like(mass), where=mass > 0), 0.0, 1.0)
        return part.reshape(density.shape)


def _scores(year: _Year) -> dict[str, float]:
    """Explained variance of annual cost, persistence and spread of the scores, ESRD apart."""
    people, grid = year.reference.people, year.grid
    sds = score_log_sds(people)
    persistent = grid.persistent[:, None]
    prospective = people.score_persistent * persistent + people.score_morbidity * grid.morbidity
    concurrent = people.concurrent_persistent * persistent + people.concurrent_morbidity * grid.morbidity
    cost = year.average(year.cost[0])
    expected = np.einsum("pkj,pk->pj", grid.transition, cost)
    start = year.grouped(year.start)[:, :, 0].sum(axis=(0, 1))
    now = year.by_esrd[:, :, 0].sum(axis=(0, 1))
    variance = _sd(year.cost[0], year.density[0]) ** 2
    own, own_now = year.reference.prospective_own, year.reference.concurrent_own
    ahead = _score(prospective, sds[AGED_DISABLED], own)
    along = _score(concurrent, sds[HIGH_NEEDS], own_now)
    return {
        "prospective_r2": _explained(start, ahead, expected, variance),
        "concurrent_r2": _explained(now, along, cost, variance),
        "score_persistence": _score_persistence(year, ahead, np.exp((sds[AGED_DISABLED] * own) ** 2)),
        "score_sd": _score_spread(start, ahead),
        "concurrent_score_sd": _score_spread(now, along),
    }


def _score(latent: Array, sd: float, own: float) -> tuple[Array, Array]:
    """Mean of the raw score and of its square over own coding, same shape as the latent."""
    return np.exp(sd * latent + 0.5 * (sd * own) ** 2), np.exp(2 * sd * latent + 2 * (sd * own) ** 2)


def _score_spread(mass: Array, score: tuple[Array, Array]) -> float:
    """Coefficient of variation of the raw score [1]."""
    mean, square = (float(np.average(each, weights=mass)) for each in score)
    return float(np.sqrt(square / mean**2 - 1))


def _explained(mass: Array, score: tuple[Array, Array], cost: Array, variance: float) -> float:
    """R squared of annual cost on the raw score."""
    mean, square = (float(np.average(each, weights=mass)) for each in score)
    covariance = float(np.average(score[0] * cost, weights=mass)) - mean * float(np.average(cost, weights=mass))
    return covariance**2 / (variance * (square - mean**2))


def _score_persistence(year: _Year, score: tuple[Array, Array], shared_coding: float) -> float:
    """Correlation of a survivor's raw prospective scores in two years."""
    survival = year.surviving[0][:, :, 0]
    start = year.grouped(year.start)[:, :, 0]
    joint = np.einsum("axpj,axpk->pkj", start, survival, optimize=True) * year.grid.transition
    mass = [joint.sum(axis=1), joint.sum(axis=2)]  # by last year's morbidity, by this year's
    first, last = (float(np.average(score[0], weights=each)) for each in mass)
    squares = [float(np.average(score[1], weights=each)) for each in mass]
    product = float((joint * score[0][:, :, None] * score[0][:, None, :]).sum() / joint.sum()) * shared_coding
    return float((product - first * last) / np.sqrt((squares[0] - first**2) * (squares[1] - last**2)))


def _end_of_life(year: _Year) -> dict[str, float]:
    """Cost of the dying: their last calendar year against the mean, and their last twelve months against survivors.

    The year of death is lived for its months only, so that the last twelve months reach into the year before for the
    rest, with that year's spending spread evenly.
    """
    mass, (lives, survivors_cost, _) = year.by_esrd, year.surviving
    cost = year.average(year.cost)  # e p k
    died = float((mass * (1 - lives)).sum())
    last_year = float((mass * (cost - survivors_cost)).sum()) / died
    previous = survivors_cost / lives
    younger = np.concatenate([previous[:1], previous[:-1]])
    death = np.einsum("pkj,axepk->axepj", year.grid.transition, 1 - lives, optimize=True)
    year_before = float((year.grouped(year.start) * death * younger).sum()) / died
    survivor = float((mass * survivors_cost).sum() / (mass * lives).sum())
    mean = float((mass * cost).sum() / mass.sum())
    return {
        "decedent_cost": last_year / mean,
        "last_12_months": (last_year + year_before * LOST_MONTHS / MONTHS) / survivor,
    }


def _mortality(year: _Year) -> dict[str, float]:
    """Deaths by people on 1 January, in all and by age band."""
    people, deaths = year.by_esrd, year.by_esrd * (1 - year.surviving[0])
    rates = {"mortality": float(deaths.sum() / people.sum())}
    bands = sorted(year.reference.people.mortality_by_age)
    for low, high in zip(bands, [*bands[1:], AGES[-1] + 1], strict=True):
        inside = (low <= AGES) & (high > AGES)
        rates[f"mortality_{low}"] = float(deaths[inside].sum() / people[inside].sum())
    return rates


def _high_needs(year: _Year) -> dict[str, float]:
    """Share of people, cost per person-month against all people's, and mortality of the High Needs; ESRD's share."""
    mass = year.lived.sum(axis=(0, 1, 3, 4)) / year.lived.sum()
    theirs = year.lived[:, :, HIGH_NEEDS]
    death = float((theirs * (1 - year.surviving[0][:, :, 0])).sum() / theirs.sum())
    death_of_all = float((year.by_esrd * (1 - year.surviving[0])).sum() / year.by_esrd.sum())
    cost = float((theirs * year.average(year.cost[0])).sum() / theirs.sum())
    mean = float((year.cost * year.density).sum() / year.density.sum())
    return {
        "high_needs_share": float(mass[HIGH_NEEDS]),
        "high_needs_cost": cost / mean * (MONTHS - LOST_MONTHS * death_of_all) / (MONTHS - LOST_MONTHS * death),
        "high_needs_mortality": death,
        "esrd_share": float(mass[ESRD]),
    }


def _sd(values: Array, weight: Array) -> float:
    mean = np.average(values, weights=weight)
    return float(np.sqrt(np.average(np.square(values - mean), weights=weight)))
