"""People to look at: a synthetic panel of any size in the stationary state, at the nation's cost, and its sums.

One county with the national rates, the people of the calibrated assumptions. Geography would only blur what is
compared here.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import CATEGORIES, ESRD, MONTHS, YEARS
from leadmc.base.philox import split_seed
from leadmc.base.processor import usable_cores
from leadmc.inputs.assumptions import Assumptions, load_assumptions
from leadmc.inputs.panel import Rates
from leadmc.inputs.population import Population
from leadmc.inputs.rate_book import RateBook, load_rate_book, price_growth
from leadmc.inputs.reference import Reference
from leadmc.inputs.synthetic import synthetic_population
from leadmc.paths.arrays import Prices
from leadmc.paths.kernel import SUMS, simulate
from leadmc.paths.people import People, expected_path, gather_people

Array = npt.NDArray[np.float64]

ANYWHERE = ("00000",)
PERSON_YEARS_A_TASK = 5_000_000
UNINSURED = 1e9  # stop-loss attachment beyond every cost [USD]


class Country:
    """The calibrated assumptions, their reference population, and national prices; made once, used by every check."""

    def __init__(self) -> None:
        self.assumptions: Assumptions = load_assumptions()
        self.rate_book: RateBook = load_rate_book(None, price_growth(self.assumptions.national_trend))

    @cached_property
    def reference(self) -> Reference:
        """The stationary reference population."""
        return Reference(self.assumptions.people)

    @cached_property
    def county_cost(self) -> Array:
        """Annual cost of a person with relative cost 1, for (not ESRD, ESRD), [1, 2] [USD]."""
        mean = np.array([self.reference.combined_cost, self.reference.annual_cost[ESRD]])
        return np.asarray((MONTHS * self.rate_book.national_pbpm / mean)[None, :])

    @cached_property
    def rates(self) -> Rates:
        """What people cost in a region that is the nation."""
        group = self.county_cost[0][[0, 1, 0]]
        pbpm = np.asarray(group * self.reference.annual_cost / MONTHS)
        return Rates(self.county_cost, pbpm, pbpm)

    def panel(self, beneficiaries: int) -> tuple[Population, People]:
        """Lay out a panel of claims-aligned people."""
        population = synthetic_population(
            self.reference, beneficiaries=beneficiaries, county_fips=ANYWHERE, county_weight=(1.0,), voluntary_share=0.0
        )
        return population, gather_people(population, self.county_cost, self.reference)

    def expected(self, population: Population) -> tuple[Array, Array]:
        """Solve the true expected person-months and cost of a panel, [t, c] each [person-month, USD]."""
        return expected_path(population, self.county_cost, self.reference, len(YEARS))


def sums_of(people: People, *, scenarios: int, seed: int) -> npt.NDArray[np.int64]:
    """Simulate claims at level 1 in every year: claim noise alone, [s, t, c, 8]; as of ``kernel.simulate``."""
    panel = people.panels[0]
    sums = np.zeros((scenarios, len(YEARS), len(CATEGORIES), SUMS), np.int64)
    size = max(1, PERSON_YEARS_A_TASK // (panel.age.size * len(YEARS)))

    def task(first: int) -> None:
        part = sums[first : first + size]
        level = np.ones(part.shape[:3], np.float32)
        prices = Prices(level, level * np.float32(UNINSURED))
        simulate(panel, people.nature, prices, split_seed(seed), first, part)

    in_parallel(task, range(0, scenarios, size))
    return sums


def in_parallel(task: Callable[[int], object], parts: Iterable[int]) -> None:
    """Run tasks on all cores; the kernel lets other threads work."""
    with ThreadPoolExecutor(usable_cores()) as threads:
        list(threads.map(task, parts))


def batches(n: int, count: int) -> Iterator[slice]:
    """Cut n scenarios or people into batches of equal size, each a fair sample of the whole."""
    for b in range(count):
        yield slice(b, n - n % count, count)
