"""The report of a run: one page that holds its own figures, style and switches, and needs no network."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import xarray as xr
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from leadmc.cube.run_directory import write_whole
from leadmc.measures.precision import PERCENTILE
from leadmc.measures.rounding import NO_ESTIMATE
from leadmc.measures.tables import SCALE_UNITS
from leadmc.report.basis import GRADES, Basis, basis
from leadmc.report.board import ENDS_BELOW, board
from leadmc.report.drawing import palette, styled
from leadmc.report.results import lead_picture
from leadmc.report.sections import sections
from leadmc.report.words import ranked, track_title

TOLD: Final = ("unverified_terms", "assumptions", "legend")
"""Records of the manifest that have a place of their own on the page."""


def write_report(
    ds: xr.Dataset,
    record: Mapping[str, Any],
    manifest: Mapping[str, Any],
    path: Path,
    *,
    settings: Mapping[str, Any] | None = None,
    sensitivity: Mapping[str, Any] | None = None,
) -> None:
    """Write the report of a run as one self-contained HTML file.

    Parameters
    ----------
    ds
        The cube; numbers are read as they are needed.
    record
        Its summary, from ``measures.summary.summary``, with ``rule_influence`` where there is one.
    manifest
        The run's manifest. ``unverified_terms`` is a list of records with path, title, value, confidence and source;
        ``assumptions`` and ``legend``, where present, a list of sentences and the meaning of tags and source keys;
        everything else is shown as it stands.
    path
        The file to write.
    settings
        The run's ``config.yaml``, for its assumptions and rules; without it they are not listed.
    sensitivity
        What ``leadmc sensitivity`` found; without it the page names the command.
    """
    with styled() as paper:
        lead = [lead_picture(paper, record, scale) for scale in SCALE_UNITS]
        parts = list(sections(paper, ds, record, sensitivity))
    page = (
        _environment()
        .get_template("page.html.j2")
        .render(
            record=record,
            board=board(record),
            lead=lead,
            sections=parts,
            tracks={track: track_title(track) for track in record["tracks"]},
            first=ranked(record)[0],
            units={scale: unit for scale, (unit, _) in SCALE_UNITS.items()},
            percentiles={one.name: ENDS_BELOW[one.name] for one in PERCENTILE},
            colours=palette(),
            basis=basis(settings) if settings else Basis((), ()),
            grades=GRADES,
            terms=manifest.get("unverified_terms", []),
            assumptions=manifest.get("assumptions", []),
            legend=manifest.get("legend", {}),
            manifest={key: value for key, value in manifest.items() if key not in TOLD},
        )
    )
    write_whole(path, page)


def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["typeset"] = typeset
    made.globals["no_estimate"] = NO_ESTIMATE
    return made


def typeset(text: str) -> str:
    """Give numbers a true minus sign, and keep them on one line with their errors."""
    unbroken = text.replace(" ± ", "\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}")
    return re.sub(r"(?<![\w-])-(?=\d)", "\N{MINUS SIGN}", unbroken)
