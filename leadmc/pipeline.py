"""The model on one page: configuration -> people and world -> paths -> settlement -> cube -> measures -> report."""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import dask
import numpy as np
import numpy.typing as npt

from leadmc.base.axes import MONTHS, YEARS
from leadmc.base.clock import Clock, Tally
from leadmc.contract import lead, stop_loss
from leadmc.contract.book import printed_sources, printed_tags
from leadmc.cube import assemble
from leadmc.cube.manifest import RunFacts, describe, write_manifest
from leadmc.cube.run_directory import run_directory
from leadmc.cube.store import CUBE, CubeWriter, create_cube, open_cube
from leadmc.inputs.config import Config, config_hash, in_words, resolved_yaml
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

Array = npt.NDArray[np.float64]
Progress = Callable[[int, int, float], None]


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


def run(
    config: Config,
    *,
    out: Path,
    chunk: int | None,
    workers: int | None,
    progress: Progress,
    command: str,
) -> Path:
    """Run the model and leave a finished run directory.

    Parameters
    ----------
    config
        From ``inputs.config.load_config``.
    out
        Directory of the run; must be absent or empty.
    chunk, workers
        Scenarios in one task and number of threads; neither changes a bit of the result. None for the configuration's
        chunk and for all cores.
    progress
        Called with scenarios done, scenarios in all, and seconds since the first one began.
    command
        What the user typed, for the manifest.

    Raises
    ------
    InputError
        Faults of the roster, or of the place for the run.
    """
    clock = Clock()
    with run_directory(out) as place:
        with clock.stage("people"):
            study = prepare(config)
        with clock.stage("scenarios"):
            writer = create_cube(
                place / CUBE, scenarios=config.settings.scenarios, tracks=config.settings.tracks, attrs=_about(config)
            )
            capped = simulate_and_settle(study, writer, chunk=chunk, workers=workers, progress=progress)
            writer.finish()
        (place / "config.yaml").write_text(resolved_yaml(config), encoding="utf-8")
        manifest = _manifest(study, clock, command=command, capped=capped)
        with clock.stage("summary and report"):
            _summarise_and_report(place, manifest)
        write_manifest(place, manifest | {"timings_seconds": clock.seconds})
    return out


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


def simulate_and_settle(
    study: Study, writer: CubeWriter, *, chunk: int | None, workers: int | None, progress: Progress
) -> int:
    """Take all scenarios through the model in chunks on Dask threads; return the number of capped costs."""
    total = study.config.settings.scenarios
    size = chunk or study.config.settings.output.chunk
    tally = Tally(total, progress)

    def task(first: int) -> None:
        scenarios = np.arange(first, min(first + size, total))
        rows, capped = settle_chunk(study, scenarios)
        writer.write_chunk(first, rows)
        tally.add(len(scenarios), capped)

    settle_chunk(study, np.arange(1))  # compiles or loads the kernel in this thread, before others ask for it
    tasks = [dask.delayed(task)(first) for first in range(0, total, size)]
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:  # waits for the tasks under way, whatever happens
        dask.compute(*tasks, scheduler="threads", pool=pool)
    return tally.capped


def settle_chunk(study: Study, scenarios: npt.NDArray[np.int64]) -> tuple[assemble.Rows, int]:
    """Take consecutive scenarios through world, paths and settlement: rows of the cube, and the capped costs."""
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
        stop_loss.attachments(config.terms.stop_loss, predicted),
        seed=config.settings.seed,
        first_scenario=int(scenarios[0]),
    )
    seen = experience(sums, world, study.rates, aco_share=config.settings.region.aco_share)
    if study.observed is not None:
        seen = with_observed_base_years(seen, study.observed.base_years)
    judged = seen if study.known is None else with_known_benchmark(seen, *study.known)
    facts = config.settings.population.aco.facts()
    settlements = [lead.settle(config.terms, track, facts, judged) for track in config.settings.tracks]
    return assemble.rows(sums, world, seen, settlements), int(sums[..., CAPPED].sum())


def _about(config: Config) -> dict[str, str | int]:
    """Say about the whole cube what a reader of standard errors must know."""
    settings = config.settings
    return {
        "name": settings.name,
        "seed": settings.seed,
        "sampler": settings.sampler.kind,
        "replicates": settings.sampler.replicates,
    }


def _manifest(study: Study, clock: Clock, *, command: str, capped: int) -> dict[str, Any]:
    settings = study.config.settings
    stated = (settings.population.file, settings.region.rate_book)
    facts = describe(
        RunFacts(
            name=settings.name,
            command=command,
            seed=settings.seed,
            tracks=settings.tracks,
            config_hash=config_hash(study.config),
            inputs=[Path(file) for file in stated if file],
            unverified_terms=[
                {name: getattr(term, name) for name in ("path", "title", "value", "confidence", "source")}
                for term in study.config.unverified_terms()
            ],
            counts={
                "scenarios": settings.scenarios,
                "beneficiaries": study.population.age.size,
                "capped_costs": capped,
            },
            timings=clock.seconds,
            started=clock.started,
            finished=clock.now(),
        )
    )
    legend = {**printed_tags("lead"), **printed_sources("lead")}
    return facts | {"assumptions": in_words(study.config), "legend": legend}


def _summarise_and_report(place: Path, manifest: dict[str, Any]) -> None:
    from leadmc.measures.summary import summary
    from leadmc.report.html import write_report  # draws with matplotlib, which is slow to import

    cube = open_cube(place).load()
    record = summary(cube)
    (place / "summary.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    write_report(cube, record, manifest, place / "report.html")
