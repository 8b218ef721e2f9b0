"""Truncation: the annual cost above which a programme does not count what a person costs.

The Shared Savings Program annualises each person's cost over the months enrolled and cuts it at the nation's 99th
percentile for the enrolment type, in base years as in performance years (42 CFR 425.652(a)(4) and 425.605(a)(3)). Here
the nation is the reference population at its average cost: it has no counties, and its four enrolment types are two,
end-stage renal disease and all others. So High Needs people have the threshold of the aged and disabled.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from leadmc.base.axes import AGED_DISABLED, CATEGORIES, ESRD, HIGH_NEEDS, MONTHS
from leadmc.contract.book import printed_value
from leadmc.inputs.cost_shape import CostShape
from leadmc.inputs.reference import AGES, Reference

Array = npt.NDArray[np.float64]

PERCENTILE: Final = float(printed_value("mssp", "truncation.percentile"))
"""Of the nation's assignable people."""


class Truncation(NamedTuple):
    """Thresholds of annualised cost by category, [c] each; infinite where people without spread have no tail.

    Parameters
    ----------
    relative
        In multiples of the cost of a person with relative cost 1 [1].
    dollars
        At the nation's average in 2026 [USD].
    """

    relative: Array
    dollars: Array


def truncation(reference: Reference, national_pbpm: Array, *, percentile: float) -> Truncation:
    """Find the thresholds.

    Parameters
    ----------
    reference
        The reference population.
    national_pbpm
        What its people cost by category, 2026, [c] [USD per person-month].
    percentile
        Share of person-months at an annualised cost below the threshold [1].
    """
    relative = relative_thresholds(reference, percentile=percentile)
    return Truncation(relative, relative * MONTHS * national_pbpm / reference.annual_cost)


def relative_thresholds(reference: Reference, *, percentile: float) -> Array:
    """Find the thresholds in multiples of the cost of a person with relative cost 1, [c] [1]; as of ``truncation``."""
    relative = np.full(len(CATEGORIES), np.inf)
    if reference.people.volatility:
        for shape, group in zip(reference.shapes, ([AGED_DISABLED, HIGH_NEEDS], [ESRD]), strict=True):
            relative[group] = _percentile(reference, shape, group, percentile)
    return relative


def thresholds(dollars: Array, national_level: Array) -> Array:
    """Let thresholds grow with the nation, High Needs people's with that of the aged and disabled [USD].

    Parameters
    ----------
    dollars
        In 2026, [c] [USD].
    national_level
        Relative to 2026, [..., c] [1].
    """
    group = np.arange(len(CATEGORIES))
    group[HIGH_NEEDS] = AGED_DISABLED
    return np.asarray(dollars * national_level[..., group])


def _percentile(reference: Reference, shape: CostShape, group: list[int], percentile: float) -> float:
    """Solve for the annualised relative cost that a share of the group's person-months exceeds.

    Who lives through the year counts twelve months at his cost; who dies counts m months at ``12 / m`` times it, m
    uniform on 1..12.
    """
    latent = np.asarray(shape.origin + shape.width * np.arange(shape.value.size), dtype=np.float64)
    survives, dies = _beyond(reference, latent, group)
    month = np.arange(1, MONTHS + 1)
    exceed = (1.0 - percentile) * float(reference.stationary.person_months[0, group].sum())
    if exceed == 0.0:
        return np.inf

    def excess(cost: float) -> float:
        alive = np.interp(np.interp(cost, shape.value, latent), latent, survives)
        dead = np.interp(np.interp(cost * month / MONTHS, shape.value, latent), latent, dies)
        return float(MONTHS * alive + (month * dead).mean()) - exceed

    return float(brentq(excess, shape.value[0], shape.value[-1]))


def _beyond(reference: Reference, latent: Array, group: list[int]) -> tuple[Array, Array]:
    """Mass of the stationary population beyond each latent cost: who survives the year, and who dies in it, [w]."""
    grid, hazard = reference.grid, reference.hazard
    lived = np.einsum("pkj,axcpj->axpk", grid.transition, reference.start[:, :, group], optimize=True)
    z = (latent - grid.latent_mean.reshape(-1, 1)) / grid.accident
    density = np.exp(-0.5 * z * z) / (np.sqrt(2.0 * np.pi) * grid.accident)
    mass = lived.reshape(*lived.shape[:2], -1) @ density  # a x w
    log_hazard = hazard.at(AGES.astype(np.float64))[:, None] + np.asarray(hazard.sex_shift)
    log_hazard = log_hazard + (hazard.esrd_shift if group == [ESRD] else 0.0)
    death = np.exp(np.minimum(0.0, log_hazard[..., None] + hazard.latent * latent))
    step = latent[1] - latent[0]
    beyond = (np.cumsum(each.sum(axis=(0, 1))[::-1])[::-1] * step for each in (mass * (1.0 - death), mass * death))
    survives, dies = beyond
    return survives, dies
