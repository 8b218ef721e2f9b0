"""What all benchmarks simulate: a stationary panel with everything on, and where their arrays come from."""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import CATEGORIES, YEARS
from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.reference import Reference
from leadmc.inputs.synthetic import synthetic_population
from leadmc.paths.kernel import SUMS, Nature, Panel
from leadmc.paths.people import gather_people

COUNTY_COST = np.array([[15_000.0, 98_000.0], [13_000.0, 90_000.0]])
ATTACHMENT = 100_000.0


class Case(NamedTuple):
    """Arguments of a simulation, less its seed.

    Parameters
    ----------
    panel, nature
        The people.
    level, attachment
        Prices, [s, t, c].
    """

    panel: Panel
    nature: Nature
    level: npt.NDArray[np.float32]
    attachment: npt.NDArray[np.float32]

    @property
    def person_years(self) -> int:
        """Beneficiary-years in one run."""
        return int(self.panel.age.size * self.level.shape[0] * self.level.shape[1])

    def sums(self) -> npt.NDArray[np.int64]:
        """Empty sums for one run."""
        return np.zeros((*self.level.shape, SUMS), np.int64)


@cache
def the_reference() -> Reference:
    """Solve the reference population of the calibrated assumptions, once."""
    return Reference(load_assumptions().people)


def a_case(beneficiaries: int = 12_000, scenarios: int = 20) -> Case:
    """Lay out a panel in two counties, with level 1 and an attachment that one person in fifty reaches."""
    reference = the_reference()
    population = synthetic_population(
        reference,
        beneficiaries=beneficiaries,
        county_fips=("37063", "37183"),
        county_weight=(1.0, 3.0),
        voluntary_share=0.0,
    )
    people = gather_people(population, COUNTY_COST, reference)
    shape = (scenarios, len(YEARS), len(CATEGORIES))
    return Case(
        people.panels[0], people.nature, np.ones(shape, np.float32), np.full(shape, ATTACHMENT, dtype=np.float32)
    )
