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
    try:
        with terminal.progress(Console(stderr=True, quiet=quiet)) as progress:
            done = pipeline.run(
                settings,
                out=place,
                chunk=chunk,
                workers=workers,
                progress=progress,
                command=" ".join(["leadmc run", config.name, *given]),  # names only: places are nobody's business
            )
    except KeyboardInterrupt:
        _fail("Stopped. Nothing was kept.", STOPPED)
    if not quiet:
        _print_percentiles(_read_summary(done))
        typer.echo(f"Report: {done / REPORT}")


@app.command()
def init(directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or an empty directory.")]) -> None:
    """Write a commented configuration and a small synthetic roster to start from."""
    from leadmc.cube.run_directory import run_directory
    from leadmc.inputs.assumptions import load_assumptions
    from leadmc.inputs.panel import synthetic_roster
    from leadmc.inputs.rate_book import load_rate_book, price_growth
    from leadmc.inputs.reference import Reference
    from leadmc.inputs.roster import write_roster
    from leadmc.inputs.settings import Synthetic
    from leadmc.inputs.template import config_text

    assumptions = load_assumptions()
    rate_book = load_rate_book(None, price_growth(assumptions.national_trend))
    people = synthetic_roster(Synthetic(beneficiaries=EXAMPLE_PEOPLE), rate_book, Reference(assumptions.people))
    with run_directory(directory) as partial:
        write_roster(partial / EXAMPLE_ROSTER, people)
        (partial / EXAMPLE_CONFIG).write_text(config_text(EXAMPLE), encoding="utf-8")
    typer.echo(f"Wrote {directory / EXAMPLE_CONFIG} and {directory / EXAMPLE_ROSTER}.")
    typer.echo(f"Next: leadmc run {directory / EXAMPLE_CONFIG}")


@app.command()
def validate(config: ConfigFile) -> None:
    """Show what was read, what was defaulted, what is out of range and what is unverified; simulate nothing."""
    from leadmc import terminal
    from leadmc.inputs.config import load_config
    from leadmc.inputs.presets import assumption_table

    loaded = load_config(config)
    stated = dict(loaded.settings.assumptions)
    preset = stated.pop("preset")
    lines = assumption_table(preset, stated)
    doubtful = loaded.unverified_terms()
    outside = [line.path for line in lines if line.outside_range]
    _print_tables([terminal.settings(loaded.settings)])
    for note in _people(loaded):
        typer.echo(note)
    _print_tables([terminal.assumptions(lines), terminal.terms("Unverified rules that a run rests on", doubtful)])
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


def _refuse_what_is_to_come(scheduler: str, resume: bool) -> None:
    faults = []
    if scheduler != "threads":
        faults.append(Fault("--scheduler", scheduler, "threads", "This version runs on the threads of one machine."))
    if resume:
        faults.append(Fault("--resume", "", "a new run", "This version cannot continue a run; leave --resume out."))
    if faults:
        raise InputError(faults)


def _example_roster() -> Any:
    """Lay out a small panel of nobody in the default service area, as the rows of a roster file."""
    from leadmc.inputs.assumptions import load_assumptions
    from leadmc.inputs.rate_book import load_rate_book, price_growth
    from leadmc.inputs.reference import Reference
    from leadmc.inputs.settings import Synthetic
    from leadmc.inputs.synthetic import roster_of, synthetic_population

    assumptions, panel = load_assumptions(), Synthetic(beneficiaries=EXAMPLE_PEOPLE)
    book = load_rate_book(None, price_growth(assumptions.national_trend))
    people = synthetic_population(
        Reference(assumptions.people),
        beneficiaries=panel.beneficiaries,
        county_fips=panel.counties,
        county_weight=tuple(book.person_years[book.rows(panel.counties), 0]),
        voluntary_share=panel.voluntary_share,
    )
    return roster_of(people)


def _people(loaded: Any) -> Iterable[str]:
    """Say who the people are and what was filled in for them."""
    source = loaded.settings.population
    if source.synthetic is not None:
        return [f"People: {source.synthetic.beneficiaries:,} synthetic beneficiaries."]
    from leadmc.inputs.roster import read_roster

    path = Path(source.file)
    roster = read_roster(path, loaded.rate_book, female_share=loaded.assumptions.people.female_share)
    people = roster.population
    head = f"People: {len(people.age):,} beneficiaries in {len(people.county_fips)} counties, read from {path.name}."
    return [head, *(f"  {note}" for note in roster.notes or ("nothing was defaulted",))]


def _read_summary(run: Path) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads((run / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        allowed = "the directory of a finished run"
        fault = Fault(str(run), f"no readable {SUMMARY}", allowed, "Make one with `leadmc run`.")
        raise InputError([fault]) from error
    return record


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
