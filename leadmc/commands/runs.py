"""Commands that simulate and show what came out: ``run``, ``summary``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from leadmc.base.errors import Fault, InputError
from leadmc.commands.answers import Answer, ConfigFile, Format, RunDirectory, print_csv, print_json, print_tables

SUMMARY: Final = "summary.json"
REPORT: Final = "report.html"


def run(
    config: ConfigFile,
    *,
    out: Annotated[Path | None, typer.Option(help="Directory of the run; runs/NAME by default.")] = None,
    scenarios: Annotated[int | None, typer.Option(help="Instead of the configuration's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Instead of the configuration's.")] = None,
    chunk: Annotated[int | None, typer.Option(min=1, help="Scenarios in one task; changes no result.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; all cores by default.")] = None,
    scheduler: Annotated[str, typer.Option(help="Only threads as yet.")] = "threads",
    resume: Annotated[bool, typer.Option("--resume", help="Not yet possible.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing unless something is wrong.")] = False,
) -> None:
    """Validate, simulate, settle, store, summarise and report."""
    _refuse_what_is_to_come(scheduler, resume)
    from rich.console import Console

    from leadmc import terminal
    from leadmc.cube.run_directory import default_directory
    from leadmc.inputs.config import load_config

    stated = {"scenarios": scenarios, "seed": seed}
    settings = load_config(config, {key: value for key, value in stated.items() if value is not None})
    from leadmc import pipeline  # brings numba: only when the configuration is good

    options = {"out": out and out.name, **stated, "chunk": chunk, "workers": workers}
    given = (f"--{key} {value}" for key, value in options.items() if value is not None)
    place = out or default_directory(settings.settings.name)
    with terminal.progress(Console(stderr=True, quiet=quiet)) as progress:
        done = pipeline.run(
            settings,
            out=place,
            chunk=chunk,
            workers=workers,
            progress=progress,
            command=" ".join(["leadmc run", config.name, *given]),  # names only: places are nobody's business
        )
    if not quiet:
        _print_percentiles(_read_summary(done))
        typer.echo(f"Report: {done / REPORT}")


def summary(run: RunDirectory, answer: Answer = Format.TABLE) -> None:
    """Print percentiles by track with their standard errors."""
    record = _read_summary(run)
    if answer is Format.TABLE:
        _print_percentiles(record)
    elif answer is Format.JSON:
        print_json(record)
    else:
        from leadmc.measures.summary import summary_rows

        print_csv(row._asdict() for row in summary_rows(record))


def _refuse_what_is_to_come(scheduler: str, resume: bool) -> None:
    faults = []
    if scheduler != "threads":
        faults.append(Fault("--scheduler", scheduler, "threads", "This version runs on the threads of one machine."))
    if resume:
        faults.append(Fault("--resume", "", "a new run", "This version cannot continue a run; leave --resume out."))
    if faults:
        raise InputError(faults)


def _read_summary(run: Path) -> dict[str, Any]:
    from leadmc.cube.run_directory import read_record

    return read_record(run, SUMMARY)


def _print_percentiles(record: Mapping[str, Any]) -> None:
    from rich.console import Console

    from leadmc import terminal

    print_tables(terminal.percentiles(record, Console()))
