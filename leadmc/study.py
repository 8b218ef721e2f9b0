"""One run without its records: the people once, then any scenarios of it, simulated and settled on request."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import MONTHS, YEARS
from leadmc.contract import programmes, stop_loss
from leadmc.contract.experience import Experience, Settlement
from leadmc.cube import assemble
from leadmc.inputs.config import Config
from leadmc.inputs.panel import Rates, panel, rates, roster
from leadmc.inputs.population import Population
from leadmc.inputs.reference import Reference
from leadmc.inputs.roster import Roster
from leadmc.paths.aggregates import experience, with_known_benchmark, with_observed_base_years
from leadmc.paths.bank import build_bank
from leadmc.paths.kernel import CAPPED
from leadmc.paths.observed import Observed, observe
from leadmc.paths.people import People, expected_path, gather_people
from leadmc.paths.sweep import sweep
from leadmc.scenarios.draw import draw_world
from leadmc.scenarios.world import World

Array = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]


class Study(NamedTuple):
    """What is the same in every scenario of a run.

    Parameters
    ----------
    config
        The validated configuration.
    population, people, rates
        The slots, the kernel's view of them, and what people cost where they live.
    known
        Expected person-months and cost, [t, c] each, where the benchmark shall be the true expected spend; else None.
    observed
        What the roster's base years tell, where they make the benchmark; else None.
    """

    config: Config
    population: Population
    people: People
    rates: Rates
    known: tuple[Array, Array] | None
    observed: Observed | None


class Simulated(NamedTuple):
    """A chunk of scenarios before anybody settles it.

    Parameters
    ----------
    world
        The chunk's drivers.
    sums
        Integer sums of the panel, as of ``sweep``, [a, s, t, c, 7].
    seen
        Aggregates as they happened.
    judged
        Aggregates as the settlement sees them: the same, but where the benchmark shall be the true expected spend.
    """

    world: World
    sums: Int64
    seen: Experience
    judged: Experience


def prepare(config: Config) -> Study:
    """Build the people of a run: reference population, panel, rates, kernel inputs."""
    reference = Reference(config.assumptions.people)
    if config.settings.population.base_years == "observed":
        return _with_history(config, roster(config), reference)
    population = panel(config, reference)
    costs = rates(population, config.rate_book, reference)
    people = gather_people(population, costs.county_cost, reference)
    known = None
    if config.assumptions.benchmark_basis == "true_expected":
        known = expected_path(population, costs.county_cost, reference, len(YEARS))
    return Study(config, population, people, costs, known, None)


def _with_history(config: Config, everybody: Roster, reference: Reference) -> Study:
    """Build the people of a run whose base years are over: a benchmark from the roster, people as it suggests."""
    population = everybody.still_aligned().population
    costs = rates(population, config.rate_book, reference)
    people, observed = observe(everybody, build_bank(reference), costs.county_cost, reference, config.assumptions)
    return Study(config, population, people, costs, None, observed)


def simulate(study: Study, scenarios: Int64) -> Simulated:
    """Take consecutive scenarios, [s], through world and paths."""
    config = study.config
    world = draw_world(
        config.assumptions,
        seed=config.settings.seed,
        scenarios=scenarios,
        sampler=config.settings.sampler,
        beneficiaries=study.population.age.size,
        aco_start=(0.0, 1.0) if study.observed is None else study.observed.aco_start,
    )
    predicted = study.rates.regional_pbpm * MONTHS * world.prospective_trend
    sums = sweep(
        study.people,
        world,
        stop_loss.attachments(config.terms.lead.stop_loss, predicted),
        seed=config.settings.seed,
        first_scenario=int(scenarios[0]),
    )
    seen = experience(sums, world, study.rates, aco_share=config.settings.region.aco_share)
    if study.observed is not None:
        seen = with_observed_base_years(seen, study.observed.base_years)
    judged = seen if study.known is None else with_known_benchmark(seen, *study.known)
    return Simulated(world, sums, seen, judged)


def settle(study: Study, judged: Experience) -> list[Settlement]:
    """Settle every track of the run on the same people and the same world, in the order of the configuration."""
    facts = study.config.settings.population.aco.facts()
    return [programmes.settle(study.config.terms, track, facts, judged) for track in study.config.settings.tracks]


def settle_chunk(study: Study, scenarios: Int64) -> tuple[assemble.Rows, int]:
    """Take consecutive scenarios through world, paths and settlement: rows of the cube, and the capped costs."""
    done = simulate(study, scenarios)
    rows = assemble.rows(done.sums, done.world, done.seen, settle(study, done.judged))
    return rows, int(done.sums[..., CAPPED].sum())
