"""One run without its records: the people once, then any scenarios of it, simulated and settled on request."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import MONTHS, YEARS
from leadmc.base.processor import one_blas_thread
from leadmc.contract import programmes, stop_loss
from leadmc.contract.experience import Experience, Settlement, over_scenarios
from leadmc.contract.mixture import Rows, of_scenarios, together
from leadmc.cube import assemble
from leadmc.inputs.config import Config
from leadmc.inputs.panel import Rates, panel, rates, roster
from leadmc.inputs.population import Population
from leadmc.inputs.reference import Reference
from leadmc.inputs.roster import Roster
from leadmc.inputs.truncation import PERCENTILE, Truncation, thresholds, truncation
from leadmc.paths.aggregates import experience, with_known_benchmark, with_observed_base_years
from leadmc.paths.bank import build_bank
from leadmc.paths.kernel import CAPPED
from leadmc.paths.observed import Observed, observe
from leadmc.paths.people import People, expected_path, gather_people, repriced
from leadmc.paths.sweep import sweep
from leadmc.scenarios.draw import draw_world
from leadmc.scenarios.own_driver import OwnDriver, changed
from leadmc.scenarios.roots import Roots, roots
from leadmc.scenarios.rule_choice import rule_choices
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
    truncation
        Where the cost of single people is cut, if a track of the run asks for that; else None.
    drivers
        The user's own, after those of the configuration.
    """

    config: Config
    population: Population
    people: People
    rates: Rates
    known: tuple[Array, Array] | None
    observed: Observed | None
    truncation: Truncation | None = None
    drivers: tuple[OwnDriver, ...] = ()


class Simulated(NamedTuple):
    """A chunk of scenarios before anybody settles it.

    Parameters
    ----------
    world
        The chunk's drivers.
    sums
        Integer sums of the panel, as of ``sweep``, [a, s, t, c, 8].
    seen
        Aggregates as they happened.
    judged
        Aggregates as the settlement sees them: the same, but where the benchmark shall be the true expected spend.
    rule_choice
        Alternatives of the mixed rules that the scenarios drew, [s, r].
    under
        The scenarios by the rules under which they settle: rows, and the terms.
    attachments
        Where stop-loss attaches, [s, y, c] [USD].
    """

    world: World
    sums: Int64
    seen: Experience
    judged: Experience
    rule_choice: Int64
    under: tuple[tuple[Rows, programmes.Agreements], ...]
    attachments: Array


@one_blas_thread()
def prepare(config: Config, reference: Reference | None = None) -> Study:
    """Build the people of a run: reference population, where it is not given, panel, rates, kernel inputs."""
    reference = reference or Reference(config.assumptions.people)
    if config.settings.population.base_years == "observed":
        return _with_history(config, roster(config), reference)
    population = panel(config, reference)
    costs = rates(population, config.rate_book, reference)
    people = gather_people(population, costs.county_cost, reference)
    known = None
    if config.assumptions.benchmark_basis == "true_expected":
        known = expected_path(population, costs.county_cost, reference, len(YEARS))
    return Study(config, population, people, costs, known, None, _truncation(config, costs, reference))


def priced(study: Study, config: Config, reference: Reference) -> Study:
    """Give a study a configuration with other prices of the same people, whose base years are simulated.

    Parameters
    ----------
    study
        Prepared for a configuration with the same roster and the same assumptions about people.
    config
        The other configuration; its benchmark rests on base years.
    reference
        The reference population of both.
    """
    costs = rates(study.population, config.rate_book, reference)
    people = repriced(study.people, study.population, costs.county_cost)
    cut = _truncation(config, costs, reference)
    return study._replace(config=config, people=people, rates=costs, truncation=cut)


def _with_history(config: Config, everybody: Roster, reference: Reference) -> Study:
    """Build the people of a run whose base years are over: a benchmark from the roster, people as it suggests."""
    population = everybody.still_aligned().population
    costs = rates(population, config.rate_book, reference)
    cut = _truncation(config, costs, reference)
    bank = build_bank(reference)
    people, observed = observe(everybody, bank, costs.county_cost, reference, config.assumptions, cut)
    return Study(config, population, people, costs, None, observed, cut)


def _truncation(config: Config, costs: Rates, reference: Reference) -> Truncation | None:
    """Find where costs are truncated; None where no track of the run truncates, for it costs time."""
    asked = any(track.startswith("mssp") for track in config.settings.tracks)
    return truncation(reference, costs.national_pbpm, percentile=PERCENTILE) if asked else None


def simulate(study: Study, scenarios: Int64, before: Simulated | None = None, *, workers: int = 1) -> Simulated:
    """Take consecutive scenarios, [s], through world and paths.

    Parameters
    ----------
    study
        The people and the configuration.
    scenarios
        Absolute numbers.
    before
        The same scenarios of the same people under another configuration, where they have been simulated: whoever lives
        and costs there as here to the last bit is not simulated again.
    workers
        Threads, as of ``sweep``.
    """
    config = study.config
    apart = _roots(study)
    world = draw_world(
        config.assumptions,
        seed=config.settings.seed,
        scenarios=scenarios,
        sampler=config.settings.sampler,
        beneficiaries=study.population.age.size,
        aco_start=(0.0, 1.0) if study.observed is None else study.observed.aco_start,
        apart=apart,
    )
    world = changed(world, study.drivers, seed=config.settings.seed, scenarios=scenarios)
    drawn = rule_choices(config.mixture, seed=config.settings.seed, scenarios=scenarios)
    everything = ((np.arange(scenarios.size), config.terms),)
    under = tuple(config.rules().apart(drawn)) if config.mixture else everything
    predicted = study.rates.regional_pbpm * MONTHS * world.prospective_trend
    attachments = _attachments(under, predicted)
    if before is not None and _cost_alike(before, world, attachments):
        sums = before.sums
    else:
        cut = study.truncation
        sums = sweep(
            study.people,
            world,
            attachments,
            seed=apart.aco,
            first_scenario=int(scenarios[0]),
            truncation=None if cut is None else thresholds(cut.dollars, world.national_level),
            workers=workers,
        )
    seen = experience(sums, world, study.rates, aco_share=config.settings.region.aco_share)
    if study.observed is not None:
        seen = with_observed_base_years(seen, study.observed.base_years)
    judged = seen if study.known is None else with_known_benchmark(seen, *study.known)
    return Simulated(world, sums, seen, over_scenarios(judged), drawn, under, attachments)


def _cost_alike(before: Simulated, world: World, attachments: Array) -> bool:
    """Whether the world gives people the same prices, and stop-loss attaches where it did."""
    levels = ("national_level", "regional_level", "aco_level")
    same = (np.array_equal(getattr(before.world, level), getattr(world, level)) for level in levels)
    return np.array_equal(before.attachments, attachments) and all(same)


def _roots(study: Study) -> Roots:
    """Where the random numbers of the run come from: its place is the county with most of its people."""
    population, settings = study.population, study.config.settings
    where = int(np.bincount(population.county).argmax())
    return roots(settings.seed, settings.population.aco.key, population.county_fips[where])


def _attachments(under: Iterable[tuple[Rows, programmes.Agreements]], predicted: Array) -> Array:
    """Find where stop-loss attaches, under each scenario's own rules, [s, y, c] [USD]."""
    points = np.empty_like(predicted)
    for rows, terms in under:
        points[rows] = stop_loss.attachments(terms.lead.stop_loss, predicted[rows])
    return points


def settle(study: Study, done: Simulated) -> dict[str, Settlement]:
    """Settle every track of the run on the same people and the same world, in the order of the configuration."""
    return {track: settle_track(study, track, done) for track in study.config.settings.tracks}


def settle_track(study: Study, track: str, done: Simulated) -> Settlement:
    """Settle one track, each scenario under its own rules."""
    facts = study.config.settings.population.aco.facts()
    return together(
        [(rows, programmes.settle(terms, track, facts, of_scenarios(done.judged, rows))) for rows, terms in done.under]
    )


def settle_chunk(study: Study, scenarios: Int64) -> tuple[assemble.Rows, int]:
    """Take consecutive scenarios through world, paths and settlement: rows of the cube, and the capped costs."""
    done = simulate(study, scenarios)
    return settled_rows(done, settle(study, done)), int(done.sums[..., CAPPED].sum())


def settled_rows(done: Simulated, settlements: Mapping[str, Settlement]) -> assemble.Rows:
    """Label simulated scenarios and their settlements by track, in the order of the configuration."""
    return assemble.rows(done.sums, done.world, done.seen, settlements, done.rule_choice)
