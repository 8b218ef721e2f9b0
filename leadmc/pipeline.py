"""The model on one page: configuration -> people and world -> paths -> settlement -> cube -> measures -> report."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from leadmc.base.clock import Clock
from leadmc.base.errors import InputError, LeadmcError
from leadmc.contract.book import legend
from leadmc.cube.growth import begun_with, grown, whole_blocks
from leadmc.cube.identity import CONFIG, differences, identity, input_hashes
from leadmc.cube.landing import Landing, read_ledger
from leadmc.cube.landing import begin as begun
from leadmc.cube.landing import resume as continued
from leadmc.cube.manifest import RunFacts, describe, write_manifest
from leadmc.cube.run_directory import MANIFEST, claimed, is_finished, is_run, write_whole
from leadmc.cube.store import BLOCK, CUBE, Cube, create_cube, labelled
from leadmc.engine import Engine, Scheduler, first_scenario, refuse_unknown, settle_missing
from leadmc.inputs.config import Config, config_hash, in_words, resolved_yaml, with_scenarios
from leadmc.inputs.yaml_text import read_yaml
from leadmc.measures.goal import Goal, read_goal, scenarios_needed, standard_error
from leadmc.rule_influence import rules_record
from leadmc.study import Study, prepare

Progress = Callable[[int, int, float], None]

MOST_SCENARIOS: Final = 488 * BLOCK
"""Where a goal of precision gives up: a million scenarios."""


def run(
    config: Config,
    *,
    out: Path,
    chunk: int | None = None,
    workers: int | None = None,
    scheduler: Scheduler = "threads",
    resume: bool = False,
    progress: Progress = lambda *_: None,
    command: str = "",
) -> Path:
    """Run the model and leave a finished run directory.

    Parameters
    ----------
    config
        From ``inputs.config.load_config``.
    out
        Directory of the run; must be absent or empty, unless ``resume``.
    chunk, workers, scheduler
        Scenarios in one task, number of threads or processes, and what runs them, as of ``engine.settle_missing``; none
        changes a bit of the result. The configuration's chunk counts where none is given here.
    resume
        Whether to continue a run that was begun in ``out``; where there is none, a new one begins.
    progress
        Called with scenarios done, scenarios in all, and seconds since the first one began.
    command
        What the user typed, for the manifest.

    Raises
    ------
    InputError
        Faults of the goal, of the roster, of the place for the run, or of its scheduler; all differences from the run
        that shall be continued.
    LeadmcError
        If the disk is full or the workers fail: what was finished is kept.
    """
    refuse_unknown(scheduler)
    clock = Clock()
    asked = config.settings.sampler.until
    goal = None if asked is None else read_goal(asked, config.settings.tracks)

    def settled(study: Study, landing: Landing) -> Engine:
        size = chunk or config.settings.output.chunk
        return settle_missing(study, landing, scheduler=scheduler, workers=workers, chunk=size, progress=progress)

    try:
        with claimed(out, resume=resume) as place:
            if goal is not None:
                config = with_scenarios(config, begun_with(place, whole_blocks(config.settings.scenarios)))
            with clock.stage("people"):
                study = prepare(config)
            with clock.stage("scenarios"):
                study, landing, engine = _simulated(study, place, goal, settled)
            landing.finish()
            if engine.workers or not is_finished(place):
                _tell(study, landing, clock, command=command, engine=engine)
    except OSError as error:
        kept = f" What was finished is kept in {out}; the same command with --resume continues." if is_run(out) else ""
        raise LeadmcError(f"{error}.{kept}") from error
    return out


def _simulated(
    study: Study, place: Path, goal: Goal | None, settled: Callable[[Study, Landing], Engine]
) -> tuple[Study, Landing, Engine]:
    """Take all scenarios through the model; where there is a goal, add scenarios until it is reached."""
    landing = laid_out(study, place)
    engine = settled(study, landing)
    while goal is not None and (wanted := _scenarios_wanted(place, goal, study)):
        study = study._replace(config=with_scenarios(study.config, wanted))
        landing = _grown(study, place)
        engine = settled(study, landing)
    return study, landing, engine


def _scenarios_wanted(place: Path, goal: Goal, study: Study) -> int:
    """Say how many scenarios a run needs for its goal; 0 where it has reached it, or has as many as it may."""
    scenarios = study.config.settings.scenarios
    se = standard_error(labelled(place / CUBE), goal)
    if se <= goal.se or scenarios >= MOST_SCENARIOS:
        return 0
    return min(whole_blocks(scenarios_needed(scenarios, se, goal)), MOST_SCENARIOS)


def _grown(study: Study, place: Path) -> Landing:
    """Lay the run out for more scenarios; those that it has stay."""
    config = study.config
    (place / MANIFEST).unlink(missing_ok=True)  # nothing is finished any more
    cube = lay_out(config, place / CUBE)
    return grown(place, cube, identity(config, first_scenario(study)), resolved_yaml(config))


def laid_out(study: Study, place: Path) -> Landing:
    """Lay out a new run in a directory, or find what is there of one that was begun.

    Raises
    ------
    InputError
        With all differences, if the run that was begun is another one.
    """
    config = study.config
    here = identity(config, first_scenario(study))
    known = is_run(place)
    if known and (faults := differences(place, read_ledger(place).identity, config, here)):
        raise InputError(faults)
    cube = lay_out(config, place / CUBE)
    if known:
        landing = continued(place, cube)
        if any(landing.missing()):
            (place / MANIFEST).unlink(missing_ok=True)  # nothing is finished any more
        return landing
    write_whole(place / CONFIG, resolved_yaml(config))
    return begun(place, cube, here)


def _tell(study: Study, landing: Landing, clock: Clock, *, command: str, engine: Engine) -> None:
    """Summarise, report, and declare the run finished."""
    manifest = _manifest(study, clock, command=command, engine=engine, capped=landing.capped)
    if asked := study.config.settings.sampler.until:
        goal = read_goal(asked, study.config.settings.tracks)
        se = standard_error(labelled(landing.run / CUBE), goal)
        manifest["precision"] = {"asked": asked, "standard_error": se, "reached": bool(se <= goal.se)}
    with clock.stage("summary and report"):
        _summarise_and_report(study, landing.run, manifest)
    write_manifest(landing.run, manifest | {"timings_seconds": clock.seconds})


def lay_out(config: Config, path: Path) -> Cube:
    """Lay out the cube of a run, without its numbers."""
    return create_cube(
        path,
        scenarios=config.settings.scenarios,
        tracks=config.settings.tracks,
        attrs=_about(config),
        rules={term.path: term.alternatives for term in config.mixture},
    )


def _about(config: Config) -> dict[str, str | int | float]:
    """Say about the whole cube what a reader of standard errors must know."""
    settings = config.settings
    return {
        "name": settings.name,
        "seed": settings.seed,
        "sampler": settings.sampler.kind,
        "replicates": settings.sampler.replicates,
        "control": int(settings.sampler.control),
        "discount_rate": settings.output.discount_rate,
    }


def _manifest(study: Study, clock: Clock, *, command: str, engine: Engine, capped: int) -> dict[str, Any]:
    settings = study.config.settings
    facts = describe(
        RunFacts(
            name=settings.name,
            command=command,
            seed=settings.seed,
            tracks=settings.tracks,
            config_hash=config_hash(study.config),
            inputs=input_hashes(study.config),
            engine=engine._asdict(),
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
    return facts | {"assumptions": in_words(study.config), "legend": legend(settings.tracks)}


def _summarise_and_report(study: Study, place: Path, manifest: dict[str, Any]) -> None:
    from leadmc.measures.summary import summary
    from leadmc.report.html import write_report  # draws with matplotlib, which is slow to import
    from leadmc.report.workbook import write_workbook

    cube = labelled(place / CUBE)
    record = summary(cube) | {"rule_influence": rules_record(study)}
    write_whole(place / "summary.json", json.dumps(record, indent=1) + "\n")
    settings = read_yaml(place / CONFIG)
    write_report(cube, record, manifest, place / "report.html", settings=settings)
    write_workbook(cube, record, manifest, place / "workbook.xlsx", settings=settings)
