"""Commands that write what people read: ``report``."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from leadmc.commands.answers import RunDirectory
from leadmc.commands.runs import REPORT, SUMMARY
from leadmc.cube.run_directory import SENSITIVITY

WORKBOOK: Final = "workbook.xlsx"
PARTS: Final = (
    "tracks",
    "losses",
    "course",
    "guarantee",
    "transition",
    "variance_split",
    "rule_uncertainty",
    "choice",
    "pairs",
    "regret",
    "rule_influence",
)
"""Of the summary, that a report shows."""


class Page(StrEnum):
    """What is written."""

    HTML = "html"
    XLSX = "xlsx"


def report(
    run: RunDirectory,
    *,
    form: Annotated[
        Page, typer.Option("--format", help="A page for the browser and for paper, or a workbook.")
    ] = Page.HTML,
    out: Annotated[
        Path | None, typer.Option(help="File to write; report.html or workbook.xlsx of the run by default.")
    ] = None,
) -> None:
    """Write the report of a finished run anew: one self-contained page, or a workbook with the same numbers."""
    from leadmc.base.errors import Fault, InputError
    from leadmc.cube.identity import CONFIG
    from leadmc.cube.manifest import read_manifest
    from leadmc.cube.run_directory import read_record
    from leadmc.cube.store import open_cube
    from leadmc.inputs.yaml_text import read_yaml

    cube, record, manifest = open_cube(run), read_record(run, SUMMARY), read_manifest(run)
    if missing := list(_missing(record)):
        seen = f"without {', '.join(missing)}"
        raise InputError([Fault(str(run / SUMMARY), seen, "a summary of this version of leadmc", "Run it again.")])
    settings = read_yaml(run / CONFIG)
    moved = read_record(run, SENSITIVITY) if (run / SENSITIVITY).is_file() else None
    if form is Page.HTML:
        from leadmc.report.html import write_report

        path = out or run / REPORT
        write_report(cube, record, manifest, path, settings=settings, sensitivity=moved)
    else:
        from leadmc.report.workbook import write_workbook

        path = out or run / WORKBOOK
        write_workbook(cube, record, manifest, path, settings=settings, sensitivity=moved)
    typer.echo(f"Wrote {path}.")


def _missing(record: Mapping[str, Any]) -> Iterator[str]:
    """Name what a report shows and a summary, of an earlier version, does not have."""
    from leadmc.measures.summary import TURNING_POINT

    yield from (part for part in PARTS if part not in record)
    pairs = record.get("pairs") or []
    yield from (f"pairs.{name}" for name in TURNING_POINT if any(name not in pair for pair in pairs))
