"""The command line: parse, call the pipeline, print. The only place of leadmc that prints or exits.

Exit status: 0 done, 1 failed, 2 bad input, 130 stopped by the user. What a command needs is imported when it runs, so
that help and complaints come at once.
"""

import csv
import json
import math
import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from leadmc.base.errors import Fault, InputError, LeadmcError

app = typer.Typer(
    name="leadmc",
    help="Monte Carlo risk analysis for the CMS LEAD model.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

FAILED, BAD_INPUT, STOPPED = 1, 2, 130
SUMMARY: Final = "summary.json"
REPORT: Final = "report.html"

EXAMPLE_CONFIG: Final = "config.yaml"
EXAMPLE_ROSTER: Final = "roster.csv"
EXAMPLE_PEOPLE: Final = 2000
EXAMPLE_SLOTS: Final = 1000  # with a past: six in ten are held by a second person within three years
EXAMPLE: Final[Mapping[str, Any]] = {
    "name": "example",
    "seed": 1,
    "scenarios": 1000,
    "population": {"file": EXAMPLE_ROSTER},
}


class Format(StrEnum):
    """How a command answers."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


ConfigFile = Annotated[Path, typer.Argument(metavar="CONFIG", help="Configuration file (YAML).")]
RunDirectory = Annotated[Path, typer.Argument(metavar="RUN", help="Directory of a finished run.")]
Answer = Annotated[Format, typer.Option("--format", help="A table to read, JSON or CSV for scripts.")]


@app.command()
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


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or an empty directory.")],
    *,
    observed: Annotated[bool, typer.Option("--observed", help="A roster whose base years make the benchmark.")] = False,
) -> None:
    """Write a commented configuration and a small synthetic roster to start from."""
    from leadmc.cube.run_directory import run_directory
    from leadmc.inputs.assumptions import load_assumptions
    from leadmc.inputs.rate_book import load_rate_book, price_growth
    from leadmc.inputs.reference import Reference
    from leadmc.inputs.roster import write_roster
    from leadmc.inputs.settings import Synthetic
    from leadmc.inputs.template import config_text

    assumptions = load_assumptions()
    rate_book = load_rate_book(None, price_growth(assumptions.national_trend))
    reference = Reference(assumptions.people)
    example: dict[str, Any] = dict(EXAMPLE)
    if observed:
        from leadmc.paths.observed import base_level  # brings numba
        from leadmc.paths.past import roster_with_past

        example["population"] = {**EXAMPLE["population"], "base_years": "observed"}
        slots, level = Synthetic(beneficiaries=EXAMPLE_SLOTS), base_level(assumptions)
        people = roster_with_past(slots, rate_book, reference, level=level, seed=EXAMPLE["seed"])
    else:
        from leadmc.inputs.panel import synthetic_roster

        people = synthetic_roster(Synthetic(beneficiaries=EXAMPLE_PEOPLE), rate_book, reference)
    with run_directory(directory) as partial:
        write_roster(partial / EXAMPLE_ROSTER, people)
        (partial / EXAMPLE_CONFIG).write_text(config_text(example), encoding="utf-8")
    typer.echo(f"Wrote {directory / EXAMPLE_CONFIG} and {directory / EXAMPLE_ROSTER}.")
    typer.echo(f"Next: leadmc run {directory / EXAMPLE_CONFIG}")


@app.command()
def validate(config: ConfigFile) -> None:
    """Show what was read, what was defaulted, what is out of range and what is unverified; simulate nothing."""
    from leadmc import terminal
    from leadmc.inputs.config import load_config
    from leadmc.inputs.presets import assumption_table
    from leadmc.inputs.solved_people import with_solved_values

    loaded = load_config(config)
    stated = dict(loaded.settings.assumptions)
    preset = stated.pop("preset")
    lines = with_solved_values(assumption_table(preset, stated), loaded.assumptions.people)
    doubtful = loaded.unverified_terms()
    outside = [line.path for line in lines if line.outside_range]
    _print_tables([terminal.settings(loaded.settings)])
    for note in _people(loaded):
        typer.echo(note)
    _print_tables([terminal.assumptions(lines)])
    if loaded.assumptions.people.volatility:
        _print_tables([terminal.moments(_moments(loaded, preset, stated))])
    _print_tables([terminal.terms("Unverified rules that a run rests on", doubtful)])
    typer.echo(f"Out of the plausible range: {', '.join(outside) or 'nothing'}.")
    typer.echo(f"{config.name} is valid. Nothing was simulated.")


@app.command()
def summary(run: RunDirectory, answer: Answer = Format.TABLE) -> None:
    """Print percentiles by track with their standard errors."""
    record = _read_summary(run)
    if answer is Format.TABLE:
        _print_percentiles(record)
    elif answer is Format.JSON:
        _print_json(record)
    else:
        from leadmc.measures.summary import summary_rows

        _print_csv(row._asdict() for row in summary_rows(record))


@app.command()
def rules(
    programme: Annotated[str, typer.Argument(metavar="[lead]", help="The programme.")] = "lead",
    answer: Answer = Format.TABLE,
) -> None:
    """Print the rule book: every term with its years, source and confidence."""
    from leadmc import terminal
    from leadmc.contract.terms import printed_sources, rule_book

    book = rule_book(programme)
    if answer is Format.TABLE:
        _print_tables([terminal.terms(f"Rule book: {programme}", book)])
        for key, source in printed_sources(programme).items():
            typer.echo(f"{key}: {source}")
    elif answer is Format.JSON:
        _print_json([term._asdict() for term in book])
    else:
        _print_csv(term._asdict() for term in book)


@app.command()
def reproduce(
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Small samples, under a minute.")] = False,
    answer: Answer = Format.TABLE,
) -> None:
    """Check the model against outside facts; exit with 1 if a fact is missed."""
    from rich.console import Console

    from leadmc import terminal
    from leadmc.validation.reproduce import reproduce as checked

    with terminal.progress(Console(stderr=True), "checks") as progress:
        records = [check.record() for check in checked(quick=quick, progress=progress)]
    if answer is Format.TABLE:
        _print_tables(terminal.checks(records))
    elif answer is Format.JSON:
        _print_json(records)
    else:
        _print_csv(records)
    missed = [record["name"] for record in records if record["verdict"] == "FAIL"]
    if missed:
        _fail(f"{len(missed)} of {len(records)} checks failed: {'; '.join(missed)}.", FAILED)


@app.command()
def backtest(
    panel: Annotated[Path, typer.Argument(metavar="PANEL.csv", help="Real ACO results, one row an ACO and year.")],
    *,
    first: Annotated[int, typer.Option("--from", help="Year in which the first forecast is made.")],
    last: Annotated[int, typer.Option("--to", help="Last year forecast; all are forecast one year ahead.")],
    answer: Answer = Format.TABLE,
    figure: Annotated[Path | None, typer.Option(help="Draw calibration and coverage, .svg or .png.")] = None,
) -> None:
    """Forecast real ACOs' savings rates one year ahead, and score the forecasts."""
    from leadmc.inputs.assumptions import load_assumptions
    from leadmc.validation.backtest import backtest as tested
    from leadmc.validation.backtest import result_rows
    from leadmc.validation.panel_file import read_panel

    if figure is not None:
        from leadmc.report.backtest_figure import check_extension, write_figure

        check_extension(figure)
    found = tested(read_panel(panel), first=first, last=last, assumptions=load_assumptions())
    if answer is Format.TABLE:
        from leadmc import terminal

        _print_tables(terminal.backtest(result_rows(found)))
    elif answer is Format.JSON:
        _print_json(found)
    else:
        _print_csv(result_rows(found))
    if figure is not None:
        write_figure(found, figure)


@app.command()
def calibrate(
    *,
    national: Annotated[Path | None, typer.Option(help="Spending of the nation by year.")] = None,
    states: Annotated[Path | None, typer.Option(help="Spending of the states by year.")] = None,
    counties: Annotated[Path | None, typer.Option(help="Spending of counties in two years.")] = None,
    panel: Annotated[Path | None, typer.Option(help="Results of ACOs by year.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write an assumptions file for a configuration to include.")] = None,
    answer: Answer = Format.TABLE,
) -> None:
    """Fit the drivers to CMS files, the packaged ones or yours of the same form, with their standard errors."""
    from leadmc.inputs.calibration.assumptions_file import estimate_rows, write_assumptions
    from leadmc.inputs.calibration.fitting import fit_all, read_public_files
    from leadmc.inputs.presets import assumption_table

    stated = {"national": national, "states": states, "counties": counties, "panel": panel}
    fitted = fit_all(read_public_files({kind: path for kind, path in stated.items() if path is not None}))
    defaults = {line.path: line.value for line in assumption_table()}
    if out is not None:
        write_assumptions(out, fitted)
    if answer is Format.TABLE:
        from leadmc import terminal

        _print_tables([terminal.estimates(fitted, defaults)])
        if out is not None:
            typer.echo(f"Wrote {out}. A configuration includes it with `assumptions: {{file: {out.name}}}`.")
    elif answer is Format.JSON:
        _print_json(list(estimate_rows(fitted, defaults)))
    else:
        _print_csv(estimate_rows(fitted, defaults))


def _refuse_what_is_to_come(scheduler: str, resume: bool) -> None:
    faults = []
    if scheduler != "threads":
        faults.append(Fault("--scheduler", scheduler, "threads", "This version runs on the threads of one machine."))
    if resume:
        faults.append(Fault("--resume", "", "a new run", "This version cannot continue a run; leave --resume out."))
    if faults:
        raise InputError(faults)


def _moments(loaded: Any, preset: str, stated: Mapping[str, Any]) -> Iterable[Any]:
    """Lay the moments of the reference population beside what is known of people."""
    from leadmc.inputs.achieved import achieved_beside_target
    from leadmc.inputs.moments import moments
    from leadmc.inputs.reference import Reference

    people = loaded.assumptions.people
    found = moments(Reference(people), esrd_rate=loaded.rate_book.national_esrd_rate)
    return achieved_beside_target(people, found, preset=preset, stated=stated)


def _people(loaded: Any) -> Iterable[str]:
    """Say who the people are and what was filled in for them."""
    source = loaded.settings.population
    if source.synthetic is not None:
        return [f"People: {source.synthetic.beneficiaries:,} synthetic beneficiaries."]
    from leadmc.inputs.base_years import in_words
    from leadmc.inputs.panel import roster

    found = roster(loaded)
    people, path = found.population, Path(source.file)
    head = f"People: {len(people.age):,} beneficiaries in {len(people.county_fips)} counties, read from {path.name}."
    past = in_words(found) if source.base_years == "observed" else ()
    return [
        head,
        *(f"  {note}" for note in (found.notes or ("nothing was defaulted",))),
        *(f"  {line}" for line in past),
    ]


def _read_summary(run: Path) -> dict[str, Any]:
    from leadmc.cube.run_directory import read_record

    return read_record(run, SUMMARY)


def _print_percentiles(record: Mapping[str, Any]) -> None:
    from rich.console import Console

    from leadmc import terminal

    _print_tables(terminal.percentiles(record, Console()))


def _print_tables(tables: Iterable[Any]) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    for table in tables:
        console.print(table)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False))


def _print_csv(rows: Iterable[Mapping[str, Any]]) -> None:
    writer = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(sys.stdout, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow(row)


def _finite(value: Any) -> Any:
    """Write no limit as a text, as in a rule book: JSON has no infinity."""
    if isinstance(value, Mapping):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _fail(message: object, status: int) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(status)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its status; a user's mistake gives a message and never a traceback."""
    try:
        app(args=arguments, prog_name="leadmc")
    except InputError as error:
        _fail(error, BAD_INPUT)
    except LeadmcError as error:
        _fail(f"Failed: {error}", FAILED)
    except OSError as error:
        _fail(f"Failed: {error}", FAILED)
    except SystemExit as end:  # Typer has made it of Ctrl-C
        if end.code == STOPPED:
            typer.echo("Stopped. Nothing was kept.", err=True)
        raise
