"""Claim luck in a savings rate, from the bottom up: what one person's year does to expenditure less benchmark.

The people are those of the reference population: their annual cost, its truncation at the national 99th percentile,
months lived, and the risk score that moves the benchmark with them. Nothing here has seen an ACO's result. For a
person of enrolment type e with cost x [mean-one shape], months m [years], normalised prospective score s::

    y = min(x / m, T_e) m                        truncated on the annualised cost, as the programme does
    d = y - r s m,     r = E y / E s m           expenditure less its share of a risk-adjusted benchmark
    c_e^2 = (E d^2 / E m) / (E y / E m)^2        variance of one person-year relative to its mean

    Var(savings rate) = factor sum_e P_e L_e^2 c_e^2 / (sum_e P_e L_e)^2

with P_e person-years, L_e the nation's cost per person-year of the type, and the over-dispersion factor. The sums run
on the quadrature grid of the reference population; over the year's accident they are a fine even grid.
"""

from collections.abc import Callable
from importlib import resources
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadmc.base.axes import AGED_DISABLED, ESRD, HIGH_NEEDS, MONTHS
from leadmc.inputs.assumptions import Assumptions
from leadmc.inputs.reference import AGES, Reference, score_log_sds
from leadmc.inputs.truncation import PERCENTILE, relative_thresholds

Array = npt.NDArray[np.float64]

TYPES: Final = ("ESRD", "DIS", "AGDU", "AGND")
"""Enrolment types: renal disease, disabled, aged dual, aged non-dual; the last three share one law of people."""
PER_CENT: Final = 100.0
ACCIDENTS: Final = np.linspace(-5.5, 5.5, 111)
LIVED: Final = np.arange(1, MONTHS + 1) / MONTHS  # in the year of death, each as likely [year]


class ClaimNoise(NamedTuple):
    """Variance of a savings rate from who falls ill.

    Parameters
    ----------
    relative_variance
        Of one person-year's truncated expenditure less its benchmark, by enrolment type, [e] [1].
    level
        The nation's truncated cost per person-year, [e] [USD].
    factor
        Over-dispersion: variance over that of independent people [1].
    """

    relative_variance: Array
    level: Array
    factor: float

    def variance(self, person_years: Array) -> Array:
        """Return the sampling variance of gross savings rates, [...] [%^2], of person-years by type, [..., e]."""
        cost = person_years * self.level
        spread = (cost * self.level * self.relative_variance).sum(axis=-1)
        return np.asarray(self.factor * PER_CENT**2 * spread / np.square(cost.sum(axis=-1)))


def claim_noise(assumptions: Assumptions) -> ClaimNoise:
    """Derive the claim luck of savings rates from the assumptions about people.

    Parameters
    ----------
    assumptions
        People and over-dispersion.
    """
    reference = Reference(assumptions.people)
    renal = relative_variance(reference, (ESRD,), PERCENTILE)
    others = relative_variance(reference, (AGED_DISABLED, HIGH_NEEDS), PERCENTILE)
    return ClaimNoise(np.array([renal, others, others, others]), national_level(), assumptions.over_dispersion.factor)


def national_level() -> Array:
    """Read the nation's truncated cost per person-year by enrolment type, [e] [USD], from the packaged county file."""
    with (resources.files("leadmc.inputs") / "data" / "county_rates_2018.csv").open(encoding="utf-8") as file:
        counties = pd.read_csv(file)
    people = [counties[f"py_{each}"].fillna(0.0) for each in TYPES]
    cost = [counties[f"pc_{each}"].fillna(0.0) for each in TYPES]
    return np.array([(n * c).sum() / n.sum() for n, c in zip(people, cost, strict=True)])


def relative_variance(reference: Reference, categories: tuple[int, ...], percentile: float) -> float:
    """Return ``c_e^2`` of the people of these categories, who share one cost shape, cut at that percentile [1]."""
    is_renal = categories == (ESRD,)
    score = _score_moments(reference, is_renal)
    law = reference.start[:, :, list(categories)].sum(axis=2)  # a x p j
    lived = np.einsum("pkj,naxpj->naxpk", reference.grid.transition, law * score[:, None, None], optimize=True)
    latent = reference.grid.latent_mean[..., None] + reference.grid.accident * ACCIDENTS  # p k z
    cost = reference.shapes[int(is_renal)].expected(latent, 0.0)
    alive, dying = _survivors_and_decedents(reference, is_renal, latent, lived)  # n p k z
    ceiling = float(relative_thresholds(reference, percentile=percentile)[categories[0]])

    def mean(order: int, value: Callable[[Array, float], Array]) -> float:
        """Sum a function of truncated cost and years lived over all people, weighted by a power of the score."""
        whole = (alive[order] * value(np.minimum(cost, ceiling), 1.0)).sum()
        parts = [(dying[order] * value(np.minimum(cost, ceiling * m), m)).sum() for m in LIVED]
        return float(whole + sum(parts) / LIVED.size)

    spent, years = mean(0, lambda y, m: y), mean(0, lambda y, m: np.full_like(y, m))
    rate = spent / mean(1, lambda y, m: np.full_like(y, m))
    square = mean(0, lambda y, m: y * y) - 2 * rate * mean(1, lambda y, m: y * m)
    square += rate**2 * mean(2, lambda y, m: np.full_like(y, m * m))
    return square / years / (spent / years) ** 2


def _score_moments(reference: Reference, is_renal: bool) -> Array:
    """Mean of the prospective score's powers 0, 1, 2 given the state on 1 January, over own coding, [3, p, j] [1]."""
    people, grid = reference.people, reference.grid
    latent = people.score_persistent * grid.persistent[:, None] + people.score_morbidity * grid.morbidity
    sd = float(score_log_sds(people)[ESRD if is_renal else AGED_DISABLED])
    own = sd * reference.prospective_own
    return np.stack([np.exp(n * sd * latent + 0.5 * (n * own) ** 2) for n in range(3)])


def _survivors_and_decedents(reference: Reference, is_renal: bool, latent: Array, lived: Array) -> tuple[Array, Array]:
    """Split weights by age and sex, [n, a, x, p, k], into those who live on and those who die, [n, p, k, z]."""
    hazard = reference.hazard
    base = hazard.at(AGES.astype(np.float64))[:, None] + np.asarray(hazard.sex_shift) + is_renal * hazard.esrd_shift
    relative = np.exp(hazard.latent * latent)
    dying = np.zeros((len(lived), *latent.shape))
    for a, x in np.ndindex(base.shape):
        dying += lived[:, a, x, :, :, None] * np.minimum(1.0, np.exp(base[a, x]) * relative)
    density = np.exp(-0.5 * ACCIDENTS**2)
    density /= density.sum()
    everybody = lived.sum(axis=(1, 2))[..., None]
    return (everybody - dying) * density, dying * density
