"""Commands that simulate and show what came out: ``run``, ``summary``."""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from leadmc.base.errors import StoppedError
from leadmc.commands.answers import Answer, Format, RunDirectory, print_csv, print_json, print_tables

if TYPE_CHECKING:
    from leadmc.inputs.config import Config

SUMMARY: Final = "summary.json"
REPORT: Final = "report.html"


def run(
    configs: Annotated[
        list[Path],
        typer.Argument(metavar="CONFIG...", help="Configuration (YAML); several are the ACOs of one portfolio."),
    ],
    *,
    out: Annotated[Path | None, typer.Option(help="Directory of the run; runs/NAME by default.")] = None,
    scenarios: Annotated[int | None, typer.Option(help="Instead of the configuration's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Instead of the configuration's.")] = None,
    chunk: Annotated[int | None, typer.Option(min=1, help="Scenarios in one task; changes no result.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads or processes; all cores by default.")] = None,
    scheduler: Annotated[
        str, typer.Option(metavar="threads|processes|tcp://HOST:PORT", help="What runs the chunks.")
    ] = "threads",
    resume: Annotated[bool, typer.Option("--resume", help="Continue a run that was stopped or killed.")] = False,
    until: Annotated[
        str | None,
        typer.Option(
            help="Add scenarios until a metric is exact: 'p5(net_result.total, global) se <= 0.1% of benchmark'."
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing unless something is wrong.")] = False,
) -> None:
    """Validate, simulate, settle, store, summarise and report."""
    from leadmc.cube.run_directory import default_directory

    stated = {"scenarios": scenarios, "seed": seed}
    loaded = _loaded(configs, stated, until)
    from leadmc import pipeline  # brings numba: only when the configuration is good

    command = _typed(configs, {"out": out, **stated, "until": until, "chunk": chunk, "workers": workers})
    place = out or default_directory("portfolio" if len(loaded) > 1 else loaded[0].settings.name)

    def run_one(settings: "Config", directory: Path) -> Path:
        from rich.console import Console

        from leadmc import terminal

        with terminal.progress(Console(stderr=True, quiet=quiet)) as progress:
            return pipeline.run(
                settings,
                out=directory,
                chunk=chunk,
                workers=workers,
                scheduler=scheduler,
                resume=resume,
                progress=progress,
                command=command,
            )

    with _kept_when_stopped(place):
        if len(loaded) > 1:
            _run_portfolio(loaded, place, run_one, resume=resume, quiet=quiet)
            return
        done = run_one(loaded[0], place)
    if not quiet:
        _print_result(done)


def _loaded(configs: Sequence[Path], stated: Mapping[str, object], until: str | None) -> list["Config"]:
    """Read the configurations, with what the command line says instead of theirs."""
    from leadmc.inputs.config import load_config, with_goal

    changed = {key: value for key, value in stated.items() if value is not None}
    loaded = [load_config(config, changed) for config in configs]
    return loaded if until is None else [with_goal(config, until) for config in loaded]


def _print_result(done: Path) -> None:
    """Print what a run came to, and where its report is."""
    from leadmc.measures.rule_tables import largest_influence

    record = read_summary(done)
    _print_percentiles(record)
    if told := largest_influence(record):
        typer.echo(told)
    typer.echo(f"Report: {done / REPORT}")


def _typed(configs: Sequence[Path], options: Mapping[str, object]) -> str:
    """Repeat the command for the manifest, names only: places are nobody's business."""
    shown = {key: value.name if isinstance(value, Path) else value for key, value in options.items()}
    given = (f"--{key} {shlex.quote(str(value))}" for key, value in shown.items() if value is not None)
    return " ".join(["leadmc run", *(config.name for config in configs), *given])


def _run_portfolio(
    loaded: Sequence["Config"], place: Path, run_one: Callable[["Config", Path], Path], *, resume: bool, quiet: bool
) -> None:
    """Run several ACOs and say what they come to together."""
    from leadmc import portfolio, terminal

    acos = portfolio.members(loaded, place)
    record = portfolio.run(acos, out=place, resume=resume, run_one=lambda each: run_one(each.config, each.place))
    if not quiet:
        print_tables(terminal.portfolio(record))
        for aco in acos:
            typer.echo(f"Report: {aco.place / REPORT}")
        typer.echo(f"Together: {place / portfolio.PORTFOLIO}")


def summary(run: RunDirectory, answer: Answer = Format.TABLE) -> None:
    """Print percentiles by track with their standard errors."""
    record = read_summary(run)
    if answer is Format.TABLE:
        _print_percentiles(record)
    elif answer is Format.JSON:
        print_json(record)
    else:
        from leadmc.measures.summary import summary_rows

        print_csv(row._asdict() for row in summary_rows(record))


@contextmanager
def _kept_when_stopped(place: Path) -> Iterator[None]:
    """Say after Ctrl-C what is left of a run, and how to go on."""
    from leadmc.cube.run_directory import is_run

    try:
        yield
    except KeyboardInterrupt:
        kept = f"What was finished is kept in {place}; the same command with --resume continues."
        begun = any(map(is_run, (place, *place.glob("*"))))  # of a portfolio, below
        raise StoppedError(f"Stopped. {kept if begun else 'Nothing was kept.'}") from None


def read_summary(run: Path) -> dict[str, Any]:
    """Read the summary of a finished run."""
    from leadmc.cube.run_directory import read_record

    return read_record(run, SUMMARY)


def _print_percentiles(record: Mapping[str, Any]) -> None:
    from rich.console import Console

    from leadmc import terminal

    print_tables(terminal.percentiles(record, Console()))
