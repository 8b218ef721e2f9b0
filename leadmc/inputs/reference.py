"""The reference population: the law of the people, solved on a grid instead of simulated.

Persistent health and last year's morbidity of everyone alive, by age, sex and category, follow from the same
assumptions as the simulated paths, without random numbers: the density of each cohort is carried through morbidity,
death, departure, High Needs and renal failure by quadrature. From it come the stationary panel that a run starts from,
the factors that renormalise risk scores, and the expected cost and months of any panel in any year, exact enough
(relative error below 1e-4, tested) to test simulated means against. Formulas: docs/method.md,
"The reference population".
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtri

from leadmc.base.axes import (
    AGED_DISABLED,
    CATEGORIES,
    ENTRY_AGE,
    ENTRY_BREAK_AGE,
    ESRD,
    HIGH_NEEDS,
    MONTHS,
    SEXES,
)
from leadmc.inputs.assumptions import People
from leadmc.inputs.cost_shape import CostShape, cost_shape, esrd_cost_shape
from leadmc.inputs.mortality import HAZARD_AGES, OLDEST_WITH_LAW, Hazard, death_probability, decades

Array = npt.NDArray[np.float64]

YOUNGEST, OLDEST = ENTRY_AGE, 105
AGES = np.arange(YOUNGEST, OLDEST + 1)
LOST_MONTHS = 5.5  # months not lived in the year of death, uniform on 1..12
REACH = 6.5  # standard deviations covered by the grid
PERSISTENT_NODES = 24
MORBIDITY_NODES = 28  # on each side of the High Needs threshold


class Expected(NamedTuple):
    """Expected sums of a panel by year and category, [t, c].

    Parameters
    ----------
    person_months
        [person-month].
    cost
        Relative cost times the weight of the slot [weight].
    score_months
        Raw score times months, before renormalisation [person-month].
    """

    person_months: Array
    cost: Array
    score_months: Array


# Axis letters: a age, x sex, c category, p persistent health, j and k last year's and this year's morbidity.


class Grid:
    """Quadrature nodes in persistent health and morbidity, with the threshold of High Needs on a seam.

    Parameters
    ----------
    people
        Assumptions about people.
    """

    def __init__(self, people: People):
        self.people = people
        self.persistent, weight = _legendre(-REACH, REACH, PERSISTENT_NODES)
        self.persistent_mass = weight * _density(self.persistent)
        norm = np.hypot(people.concurrent_persistent, people.concurrent_morbidity)
        self.threshold = float(ndtri(1 - people.high_needs_threshold_share)) * norm
        seam = (self.threshold - people.concurrent_persistent * self.persistent) / people.concurrent_morbidity
        self.seam = np.clip(seam, -REACH + 0.5, REACH - 0.5)
        halves = [(np.full_like(self.seam, -REACH), self.seam), (self.seam, np.full_like(self.seam, REACH))]
        nodes, weights = zip(*(_legendre(a, b, MORBIDITY_NODES) for a, b in halves), strict=True)
        self.morbidity = np.concatenate(nodes, axis=1)  # p j
        self.morbidity_weight = np.concatenate(weights, axis=1)
        self.above = np.arange(2 * MORBIDITY_NODES) >= MORBIDITY_NODES  # beyond the seam

    @cached_property
    def entrant(self) -> Array:
        """Probability mass of a fresh entrant's state, [p, j]."""
        mass = self.persistent_mass[:, None] * self.morbidity_weight * _density(self.morbidity)
        return np.asarray(mass / mass.sum())

    @cached_property
    def transition(self) -> Array:
        """Mass that moves from morbidity j to morbidity k, [p, k, j]; columns sum to 1."""
        phi = self.people.persistence
        spread = np.sqrt(1 - phi * phi)
        z = (self.morbidity[:, :, None] - phi * self.morbidity[:, None, :]) / spread
        kernel = _density(z) / spread * self.morbidity_weight[:, :, None]
        return np.asarray(kernel / kernel.sum(axis=1, keepdims=True))

    @cached_property
    def latent_mean(self) -> Array:
        """Latent cost before the year's accident, [p, k]."""
        people = self.people
        return people.cost_persistent * self.persistent[:, None] + people.cost_morbidity * self.morbidity

    @cached_property
    def accident(self) -> float:
        """Loading of the year's accident."""
        return _rest(self.people.cost_persistent, self.people.cost_morbidity)


def _legendre(low: Array | float, high: Array | float, n: int) -> tuple[Array, Array]:
    x, w = np.polynomial.legendre.leggauss(n)
    low, high = np.asarray(low)[..., None], np.asarray(high)[..., None]
    return (high + low) / 2 + (high - low) / 2 * x, (high - low) / 2 * w


def _density(z: Array) -> Array:
    return np.asarray(np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi))


def _rest(*loadings: float) -> float:
    """Return the loading that is left of unit variance."""
    return float(np.sqrt(max(0.0, 1.0 - sum(x * x for x in loadings))))


class Reference:
    """The reference population of a set of assumptions.

    Parameters
    ----------
    people
        Assumptions about people.

    Attributes
    ----------
    grid, hazard, shapes
        The grid, the fitted hazard of death, and the cost shapes (not ESRD, ESRD).
    start
        Stationary mass on 1 January, after the High Needs check, of one slot, [a, x, c, p, j].
    """

    def __init__(self, people: People):
        self.people = people
        self.grid = Grid(people)
        self.shapes: tuple[CostShape, CostShape] = (cost_shape(people), esrd_cost_shape(people))
        self.sex_share = np.array([people.female_share, 1 - people.female_share])
        self._cost = np.stack([s.expected(self.grid.latent_mean, self.grid.accident) for s in self.shapes])
        self._entry = entry_age_shares(people)
        self.hazard, self.start = self._fitted()

    def _death(self, hazard: Hazard, age: Array) -> Array:
        """Probability of dying in the year, [a, x, 2, p, k]; the third axis is (not ESRD, ESRD)."""
        return np.stack([self._death_at(hazard, age, shift) for shift in (0.0, hazard.esrd_shift)], axis=2)

    def _death_at(self, hazard: Hazard, age: Array, shift: float) -> Array:
        """Probability of dying in the year with a shift of the log hazard beside that of the sex, [a, x, p, k]."""
        latent = hazard.latent * self.grid.latent_mean
        base = hazard.at(age)[:, None] + (np.asarray(hazard.sex_shift) + shift)
        return death_probability(base[..., None, None] + latent, hazard.latent * self.grid.accident)

    def _stationary(self, hazard: Hazard, rates: Array | None = None) -> Array:
        """Carry a cohort from 65 to the oldest age; with ``rates`` the level of each age meets them on the way."""
        grid = self.grid
        mass = np.zeros((AGES.size, len(SEXES), len(CATEGORIES), *grid.entrant.shape))
        carried = np.zeros(mass.shape[1:])
        self._levels = np.zeros(AGES.size)
        for a, age in enumerate(AGES.tolist()):
            carried[:, AGED_DISABLED] += self._entry[a] * grid.entrant
            mass[a] = self._check_high_needs(carried)
            lived = np.einsum("pkj,xcpj->xcpk", grid.transition, mass[a], optimize=True)
            at_age = hazard
            if rates is not None:
                at_age = self._level_for(hazard, age, lived, rates[a])
                self._levels[a] = at_age.at(np.array([float(age)]))[0]
            death = self._death(at_age, np.array([float(age)]))[0]
            carried = self._end_of_year(lived, death)[0]
        mass *= (self.sex_share / mass.sum(axis=(0, 2, 3, 4)))[:, None, None, None]
        return mass

    def _level_for(self, hazard: Hazard, age: int, lived: Array, rate: float) -> Hazard:
        """Shift the level so that the people of this age, ESRD apart, die at this rate."""
        lived = lived[:, [AGED_DISABLED, HIGH_NEEDS]].sum(axis=1) * self.sex_share[:, None, None]
        lived = lived / lived.sum()

        def excess(shift: float) -> float:
            shifted = hazard._replace(level=hazard.level + shift)
            return float((lived * self._death_at(shifted, np.array([float(age)]), 0.0)[0]).sum()) - rate

        return hazard._replace(level=hazard.level + brentq(excess, -15.0, 15.0))

    def _check_high_needs(self, mass: Array) -> Array:
        """Move those beyond the threshold to High Needs, [..., c, p, j]."""
        if not self.people.volatility:
            return mass.copy()
        crosses = mass[..., AGED_DISABLED, :, :] * self.grid.above
        checked = mass.copy()
        checked[..., AGED_DISABLED, :, :] -= crosses
        checked[..., HIGH_NEEDS, :, :] += crosses
        return checked

    def _end_of_year(self, lived: Array, death: Array) -> tuple[Array, Array, Array]:
        """Return the mass that stays, [..., x, c, p, k], and the masses that die and leave, [..., x, c]."""
        people = self.people
        dies = lived * death[..., [0, 1, 0], :, :]
        alive = lived - dies
        stays = alive * (1 - people.exit_hazard)
        fails = alive * people.esrd_hazard
        fails[..., ESRD, :, :] = 0.0
        stays = stays - fails
        stays[..., ESRD, :, :] += fails.sum(axis=-3)
        return stays, dies.sum(axis=(-2, -1)), (alive * people.exit_hazard).sum(axis=(-2, -1))

    def _fitted(self) -> tuple[Hazard, Array]:
        """Fit the quadratic log hazard to the mortality by age, then the ESRD shift to its mortality.

        Returns
        -------
        tuple
            The hazard, and the stationary mass under it.
        """
        people = self.people
        if not people.volatility:
            nobody_dies = Hazard(-80.0, 0.0, 0.0, (0.0, 0.0), 0.0, 0.0)
            return nobody_dies, self._stationary(nobody_dies)
        male = np.log(people.male_hazard_ratio)
        start = Hazard(-3.5, 0.9, 0.0, (0.0, float(male)), 1.0, people.death_slope)
        bands = np.array(sorted(people.mortality_by_age), dtype=np.float64)
        log_rates = np.log([people.mortality_by_age[int(b)] for b in bands])
        rates = np.exp(np.polyval(np.polyfit(bands + 2.5, log_rates, 2), np.clip(AGES + 0.5, *HAZARD_AGES)))
        mass = self._stationary(start, rates)
        deaths = mass.sum(axis=(1, 2, 3, 4)) * rates
        band = np.searchsorted(bands[1:], AGES, side="right")
        weight = np.sqrt(deaths / np.bincount(band, deaths)[band])  # bands count alike, ages within them by deaths
        curvature, slope, level = np.polyfit(decades(AGES), self._levels, 2, w=weight)
        fitted = start._replace(level=float(level), slope=float(slope), curvature=float(curvature))
        for _ in range(2):  # who lives with ESRD depends on the shift: each round divides the error by five
            fitted = fitted._replace(esrd_shift=self._esrd_shift(fitted, mass[:, :, ESRD]))
            mass = self._stationary(fitted)
        return fitted, mass

    def _esrd_shift(self, hazard: Hazard, mass: Array) -> float:
        """Shift at which people with ESRD, [a, x, p, j], die at their rate."""
        lived = np.einsum("pkj,axpj->axpk", self.grid.transition, mass, optimize=True)

        def excess(shift: float) -> float:
            death = self._death_at(hazard, AGES.astype(np.float64), shift)
            return float((lived * death).sum() / lived.sum()) - self.people.esrd_mortality

        return float(brentq(excess, -5.0, 6.0)) if lived.sum() > 0 else hazard.esrd_shift

    def expected(self, start: Array, years: int) -> Expected:
        """Carry any panel through the years.

        Parameters
        ----------
        start
            Mass (or weight) on 1 January of the first year, after the High Needs check, [a, x, c, p, j].
        years
            Number of years.
        """
        death = self._death(self.hazard, AGES.astype(np.float64))
        months = MONTHS - LOST_MONTHS * death[:, :, [0, 1, 0]]
        cost = self._cost[[0, 1, 0]]
        moves = np.ascontiguousarray(self.grid.transition.swapaxes(1, 2))  # in the other order BLAS starts threads
        result = Expected(*(np.zeros((years, len(CATEGORIES))) for _ in range(3)))
        mass = start
        for t in range(years):
            lived = np.einsum("pjk,axcpj->axcpk", moves, mass, optimize=True)
            scored = np.einsum("pjk,axcpj->axcpk", moves, mass * self._prospective_score(), optimize=True)
            scored[:, :, HIGH_NEEDS] = lived[:, :, HIGH_NEEDS] * self._concurrent_score()
            result.person_months[t] = (lived * months).sum(axis=(0, 1, 3, 4))
            result.cost[t] = (lived * cost).sum(axis=(0, 1, 3, 4))
            result.score_months[t] = (scored * months).sum(axis=(0, 1, 3, 4))
            if t + 1 < years and self.people.volatility:  # without it nobody dies, leaves or moves
                mass = self._next_start(lived, death)
        return result

    def _next_start(self, lived: Array, death: Array) -> Array:
        """Age the people of a year, and put newcomers where somebody died or left, [a, x, c, p, j]."""
        stays, dies, leaves = self._end_of_year(lived, death)
        mass = np.zeros_like(lived, order="C")
        mass[1:] = stays[:-1]
        mass[-1] += stays[-1]
        vacated = (dies + leaves).sum(axis=(0, 2))
        mass[:, :, AGED_DISABLED] += np.einsum("a,x,pj->axpj", self._entry, vacated, self.grid.entrant)
        return self._check_high_needs(mass)

    def _prospective_score(self) -> Array:
        """Mean raw score given the state on 1 January, over own coding, [3, p, j]; on the log scale of its SD."""
        people = self.people
        latent = people.score_persistent * self.grid.persistent[:, None] + people.score_morbidity * self.grid.morbidity
        sds = score_log_sds(people)
        return np.stack([np.exp(sd * latent + 0.5 * (sd * self.prospective_own) ** 2) for sd in sds])

    def _concurrent_score(self) -> Array:
        """Mean raw score given this year's state, over own coding, [p, k]."""
        people, sd = self.people, score_log_sds(self.people)[HIGH_NEEDS]
        latent = people.concurrent_persistent * self.grid.persistent[:, None]
        latent = latent + people.concurrent_morbidity * self.grid.morbidity
        return np.asarray(np.exp(sd * latent + 0.5 * (sd * self.concurrent_own) ** 2))

    @property
    def prospective_own(self) -> float:
        """Loading of the prospective score on the person's own coding."""
        return _rest(self.people.score_persistent, self.people.score_morbidity)

    @property
    def concurrent_own(self) -> float:
        """Loading of the concurrent score on the person's own coding."""
        return _rest(self.people.concurrent_persistent, self.people.concurrent_morbidity)

    @cached_property
    def start_law(self) -> Array:
        """Law of the state on 1 January given age, sex and category, [a, x, c, p, j], each of mass 1.

        At 65, where nobody has ESRD yet, 66 lends its law; beyond ``OLDEST_WITH_LAW`` too few live for a law of their
        own.
        """
        law = self.start.copy()
        law[0, :, ESRD] = law[1, :, ESRD]
        law[OLDEST_WITH_LAW - YOUNGEST + 1 :] = law[OLDEST_WITH_LAW - YOUNGEST]
        total = law.sum(axis=(-2, -1), keepdims=True)
        return np.where(total > 0, law / np.where(total > 0, total, 1.0), self.grid.entrant)

    @cached_property
    def stationary(self) -> Expected:
        """Expected sums of one slot in the stationary population, one year, [1, c]."""
        return self.expected(self.start, 1)

    @cached_property
    def score_scale(self) -> Array:
        """Logarithms of the factors that renormalise the scores to mean 1 in the reference population, [c]."""
        return np.asarray(-np.log(self._per_person_month(self.stationary.score_months[0])))

    @cached_property
    def annual_cost(self) -> Array:
        """Relative cost of twelve person-months, by category, [c] [1]."""
        return self._per_person_month(self.stationary.cost[0] * MONTHS)

    def _per_person_month(self, total: Array) -> Array:
        """Mean over person-months, [c]; 1 for a category that nobody is in, as without volatility."""
        months = self.stationary.person_months[0]
        return np.asarray(np.divide(total, months, out=np.ones_like(total), where=months > 0))

    @cached_property
    def combined_cost(self) -> float:
        """Relative cost of twelve person-months of the aged and disabled with the High Needs people [1]."""
        both = [AGED_DISABLED, HIGH_NEEDS]
        return float(self.stationary.cost[0, both].sum() / self.stationary.person_months[0, both].sum() * MONTHS)


def score_log_sds(people: People) -> Array:
    """Return the standard deviations of the logarithm of the raw scores, by category, [c] [1]."""
    if not people.volatility:
        return np.zeros(len(CATEGORIES))
    sds = np.empty(len(CATEGORIES))
    sds[AGED_DISABLED], sds[ESRD], sds[HIGH_NEEDS] = people.score_sd, people.esrd_score_sd, people.concurrent_score_sd
    return np.sqrt(np.log1p(sds * sds))


def entry_age_shares(people: People) -> Array:
    """Share of entrants at each age of ``AGES``, [a] [1]: a mass at 65, uniform to 75, uniform to the oldest."""
    young = people.entry_by_75_share - people.entry_at_65_share
    old = 1 - people.entry_by_75_share
    cdf_at = np.interp(AGES + 1.0, [ENTRY_AGE, ENTRY_BREAK_AGE, people.entry_oldest], [0.0, young, young + old])
    shares: Array = np.diff(cdf_at, prepend=0.0)
    shares[0] += people.entry_at_65_share
    return shares
