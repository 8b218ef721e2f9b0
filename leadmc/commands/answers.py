"""How every command takes arguments and answers: the same options, tables, JSON and CSV, one way to fail."""

import csv
import json
import math
import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

FAILED: Final = 1
BAD_INPUT: Final = 2
STOPPED: Final = 130


class Format(StrEnum):
    """How a command answers."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


ConfigFile = Annotated[Path, typer.Argument(metavar="CONFIG", help="Configuration file (YAML).")]
RunDirectory = Annotated[Path, typer.Argument(metavar="RUN", help="Directory of a finished run.")]
Answer = Annotated[Format, typer.Option("--format", help="A table to read, JSON or CSV for scripts.")]


def print_tables(tables: Iterable[Any]) -> None:
    """Print tables of rich, as wide as the terminal."""
    from rich.console import Console

    console = Console(highlight=False)
    for table in tables:
        console.print(table)


def print_json(value: Any) -> None:
    """Print one JSON document; numbers without end as texts."""
    typer.echo(json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False))


def print_csv(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows under the names of the first one's keys."""
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


def fail(message: object, status: int) -> NoReturn:
    """Say what is wrong on standard error and exit."""
    typer.echo(message, err=True)
    sys.exit(status)
