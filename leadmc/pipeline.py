"""The model on one page: configuration -> people and world -> paths -> settlement -> cube -> measures -> report."""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dask
import numpy as np

from leadmc.base.clock import Clock, Tally
from leadmc.contract.book import printed_sources, printed_tags
from leadmc.cube.manifest import RunFacts, describe, write_manifest
from leadmc.cube.run_directory import run_directory
from leadmc.cube.store import CUBE, CubeWriter, create_cube, open_cube
from leadmc.inputs.config import Config, config_hash, in_words, resolved_yaml
from leadmc.study import Study, prepare, settle_chunk

Progress = Callable[[int, int, float], None]


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
