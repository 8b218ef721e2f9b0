"""The report of a run: one page that holds its own figures and style, and needs no network."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import xarray as xr
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from leadmc.measures.risk import ten_year_total
from leadmc.measures.tables import FULL, MILLION, percentile_table, rate_book_table
from leadmc.measures.transition import step_beyond_trend
from leadmc.report import figures, words
from leadmc.report.drawing import palette, styled, svg


class Picture(NamedTuple):
    """A figure on the page: its finding as a title, the drawing, and how to read it."""

    finding: str
    drawing: Markup
    note: str


def write_report(ds: xr.Dataset, record: Mapping[str, Any], manifest: Mapping[str, Any], path: Path) -> None:
    """Write the report of a run as one self-contained HTML file.

    Parameters
    ----------
    ds
        The cube.
    record
        Its summary, from ``measures.summary.summary``.
    manifest
        The run's manifest. ``unverified_terms`` is a list of records with path, title, value, confidence and source;
        ``assumptions`` and ``legend``, where present, a list of sentences and the meaning of tags and source keys;
        everything else is shown as it stands.
    path
        The file to write.
    """
    tracks = list(record["tracks"])
    hidden = ("unverified_terms", "assumptions", "legend")
    page = _environment().get_template("page.html.j2")
    html = page.render(
        record=record,
        verdict=words.verdict(record),
        tracks=[words.describe(record, track) for track in tracks],
        pictures=list(pictures(ds, record)),
        tables=[
            (words.track_title(track), percentile_table(record, track, statistics=FULL, scale=scale))
            for scale in ("usd", "percent_of_benchmark")
            for track in tracks
        ],
        rate_book=[
            (words.track_title(track), rate_book_table(record, track)) for track in tracks if record["transition"]
        ],
        colours=palette(),
        terms=manifest.get("unverified_terms", []),
        assumptions=manifest.get("assumptions", []),
        legend=manifest.get("legend", {}),
        provenance={key: value for key, value in manifest.items() if key not in hidden},
    )
    path.write_text(html, encoding="utf-8")


def pictures(ds: xr.Dataset, record: Mapping[str, Any]) -> Iterator[Picture]:
    """Draw every figure that the cube has the data for; the first is the one to show alone."""
    tracks = list(record["tracks"])
    titles = [words.track_title(track) for track in tracks]
    totals = dict(zip(titles, ten_year_total(ds, "net_result") / MILLION, strict=True))
    edge = f"The outermost {100 * figures.SHOWN[0]:.1g}% of scenarios on either side are not drawn."
    with styled():
        figure = figures.distribution(totals, "Net result over ten years [$ million]")
        finding = words.distribution_finding(record)
        yield Picture(finding, svg(figure, "total", finding), f"Losses are left of zero. {edge}")
        limits = figures.fan_limits([record["tracks"][track]["net_result"] for track in tracks])
        for i, track in enumerate(tracks):
            finding = words.fan_finding(record, track)
            figure = figures.fan(record["tracks"][track]["net_result"], i, limits)
            note = (
                "Half of the scenarios end above P50, nine in ten between P5 and P95. "
                "Each year stands alone: no single scenario follows the edge of a band."
            )
            yield Picture(finding, svg(figure, f"fan-{i}", finding), note)
        compared = record["choice"]
        if compared:
            finding = words.difference_finding(record)
            first, second = (words.track_title(compared[name]) for name in ("first", "second"))
            paired = {f"{first} less {second}": totals[first] - totals[second]}
            figure = figures.distribution(
                paired, "Difference of the net result over ten years [$ million]", len(tracks)
            )
            note = f"Both tracks meet the same people and the same world in every scenario. {edge}"
            yield Picture(finding, svg(figure, "difference", finding), note)
        moved = record["transition"]
        if moved:
            finding = words.step_finding(record)
            steps = dict(zip(titles, step_beyond_trend(ds, moved["switch_year"]), strict=True))
            figure = figures.distribution(steps, "Change of the benchmark beyond its trend [%]")
            note = "Final benchmark per person-month, at the mix of categories of the later year."
            yield Picture(finding, svg(figure, "step", finding), f"{note} {edge}")


def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["typeset"] = typeset
    return made


def typeset(text: str) -> str:
    """Give numbers a true minus sign, and keep them on one line with their errors."""
    unbroken = text.replace(" ± ", "\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}")
    return re.sub(r"(?<![\w-])-(?=\d)", "\N{MINUS SIGN}", unbroken)
