"""Everything that the model must reproduce, checked in one go: outside facts, results, errors and verdicts."""

import time
from collections.abc import Iterator
from typing import Final, NamedTuple

from leadmc.validation.aco_spread import spread_checks
from leadmc.validation.check import Check, Progress, facts
from leadmc.validation.monte_carlo_error import coverage_checks, normal_checks
from leadmc.validation.people_over_time import people_checks
from leadmc.validation.sample import Country
from leadmc.validation.savings_noise import noise_checks

SEED: Final = 2027


class Effort(NamedTuple):
    """How much to simulate.

    Parameters
    ----------
    person_years
        For each size of the minimum savings rates, and for each size band of real ACOs [person-year].
    most, fewest
        Limits of the scenarios that this makes.
    slots
        People to follow over the years.
    normal_samples, runs, run_scenarios
        Samples for theory, and replicate runs for coverage with their scenarios.
    """

    person_years: float
    most: int
    fewest: int
    slots: int
    normal_samples: int
    runs: int
    run_scenarios: int


QUICK: Final = Effort(3e7, 600, 60, 100_000, 30, 16, 1024)
FULL: Final = Effort(3e8, 8000, 400, 500_000, 200, 200, 1024)
YEARS_SIMULATED: Final = 13


def reproduce(*, quick: bool, progress: Progress) -> tuple[Check, ...]:
    """Run all checks.

    Parameters
    ----------
    quick
        The judged sizes only, with small samples; else everything.
    progress
        Called with checks done, checks in all (an estimate), and seconds since the start.
    """
    effort, sizes, bands = (QUICK, *_quick_sizes()) if quick else (FULL, *_all_sizes())
    start = time.perf_counter()
    done: list[Check] = []
    expected = 2 * len(sizes) + 60 + len(bands)
    for check in _checks(effort, sizes, bands):
        done.append(check)
        progress(len(done), max(expected, len(done) + 1), time.perf_counter() - start)
    progress(len(done), len(done), time.perf_counter() - start)
    return tuple(done)


def _checks(effort: Effort, sizes: tuple[int, ...], bands: dict[int, int]) -> Iterator[Check]:
    country = Country()
    yield from noise_checks(country, {size: _scenarios(effort, size) for size in sizes}, seed=SEED)
    yield from people_checks(country, effort.slots, seed=SEED)
    yield from spread_checks(country, {low: _scenarios(effort, size) for low, size in bands.items()}, seed=SEED)
    yield from normal_checks(effort.normal_samples, seed=SEED)
    yield from coverage_checks(country, runs=effort.runs, scenarios=effort.run_scenarios, seed=SEED)


def _scenarios(effort: Effort, size: int) -> int:
    """Scenarios that the effort allows for panels of a size."""
    return int(min(effort.most, max(effort.fewest, effort.person_years / (size * YEARS_SIMULATED))))


def _all_sizes() -> tuple[tuple[int, ...], dict[int, int]]:
    return tuple(facts()["minimum_savings_rate"]["value"]), dict(facts()["published_spread"]["sizes"])


def _quick_sizes() -> tuple[tuple[int, ...], dict[int, int]]:
    """Return the sizes that are judged, and the smallest, a middle and the largest but one of the bands."""
    every = list(facts()["published_spread"]["sizes"].items())
    return tuple(facts()["minimum_savings_rate"]["judged"]), dict(every[:5:2])
