"""What stands behind the result: how the mean comes about, what makes the spread, doubtful rules, enough scenarios."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import xarray as xr

from leadmc.measures.attribution import BETWEEN
from leadmc.measures.convergence import convergence
from leadmc.measures.mean_path import SUBTOTALS
from leadmc.measures.mean_path import mean_path as amounts_of
from leadmc.measures.precision import LOSS, Estimate
from leadmc.measures.rule_tables import influence_table, means_table, shares_table
from leadmc.measures.tables import MILLION, PERCENT
from leadmc.measures.tornado_tables import tornado_table, values_table
from leadmc.report import figures, tables, words
from leadmc.report.drawing import svg
from leadmc.report.figures import Bar
from leadmc.report.page import Picture, Section, Sheet
from leadmc.report.paper import Paper
from leadmc.report.reading import factor, with_error
from leadmc.report.tornado import tornado, tornado_finding
from leadmc.report.words import track_title

Record = Mapping[str, Any]

WIDEST: Final = 10
"""Bars in the figure of the rules; the table has all."""
WATCHED: Final = {
    "mean": ("Mean [$ million]", MILLION),
    "p5": ("P5 [$ million]", MILLION),
    LOSS.name: ("Ten-year loss [%]", PERCENT),
}
LONGEST: Final = 18
"""Letters of an alternative's name in that figure."""


def mean_path(paper: Paper, ds: xr.Dataset, record: Record) -> Section:
    """Show how the mean net result comes about."""
    path = amounts_of(ds)
    pictures, sheets = [], []
    for i, track in enumerate(record["tracks"]):
        amounts = {
            str(name): path["amount"].sel(track=track, line=name).item() / MILLION for name in path["line"].values
        }
        after = list(amounts)[list(amounts).index("gross_savings") :]
        rows = [
            Bar(tables.line_name(name), amounts[name], 0.0, total=name in SUBTOTALS)
            for name in after
            if amounts[name] or name in SUBTOTALS
        ]
        gross = tables.pair(path, "amount", track=track, line="gross_savings")
        finding = words.path_finding(record, track, gross)
        figure = figures.waterfall(paper, rows, "Mean over ten years [$ million]", i)
        note = (
            "From gross savings on; the table begins with the benchmark. Solid bars are sums of what stands above them."
        )
        pictures.append(Picture(finding, svg(figure, f"path-{i}", finding), note, track))
        sheets.append(
            Sheet(
                f"{track_title(track)}: from the benchmark to the net result",
                tables.path_table(path, track),
                track=track,
            )
        )
    intro = (
        "Means of all scenarios, signed as they enter the sums: the final benchmark is the sum of the lines above it, "
        "and so are gross savings, the shared result and the net result. The lines add up exactly; each is printed to "
        "the digits that its own error supports.",
    )
    return Section("path", "From the benchmark to the net result", intro, tuple(pictures), tuple(sheets))


def variance(paper: Paper, record: Record) -> Section:
    """Show what makes the spread."""
    pictures = []
    for i, (track, parts) in enumerate(record["variance_split"].items()):
        known = {part: share for part, share in parts.items() if share["value"] is not None}
        if known:
            rows = [Bar(part.replace(BETWEEN, "\nand "), *with_error(share, PERCENT)) for part, share in known.items()]
            finding = words.split_finding(record, track)
            figure = figures.bars(paper, rows, "Share of the variance [%]", i, factor(record))
            note = "With 95% intervals. A part of two causes is what they do together beyond what each does alone."
            pictures.append(Picture(finding, svg(figure, f"split-{i}", finding), note, track))
    intro = (
        "What the drivers that the run keeps explain of the ten-year net result, in percent of benchmark; claim noise, "
        "the luck of single people, is what none of them explains.",
    )
    sheet = Sheet("Share of the variance of the ten-year net result", tables.split_table(record))
    return Section("variance", "Where the spread comes from", intro, tuple(pictures), (sheet,))


def rules(paper: Paper, record: Record) -> Section:
    """Show what each rule that no source confirms would change."""
    influence = record["rule_influence"]
    pictures, sheets = [], []
    for i, track in enumerate(record["tracks"]):
        found = [(term, term["tracks"][track]) for term in influence["terms"] if track in term["tracks"]]
        moved = [(term, by["mean_usd"]) for term, by in found if by["mean_usd"]["value"]]
        moved.sort(key=lambda each: -abs(each[1]["value"]))
        if not moved:
            continue
        finding = words.rule_finding(track, *moved[0])
        rows = [Bar(_short(term), *with_error(mean, MILLION)) for term, mean in moved[:WIDEST]]
        figure = figures.bars(paper, rows, "Change of the mean [$ million]", i, factor(record))
        note = f"One rule at a time, all else equal; at most {WIDEST} are drawn, with their 95% intervals."
        pictures.append(Picture(finding, svg(figure, f"rules-{i}", finding), note, track))
        sheets.append(
            Sheet(
                f"{track_title(track)}: change of the ten-year net result under other rules",
                influence_table(record, track),
                track=track,
            )
        )
    if record["rule_uncertainty"]:
        sheets.append(Sheet("Mixed rules: share of the variance of the ten-year net result", shares_table(record)))
        sheets += [
            Sheet(f"{track_title(track)}: net result by alternative", means_table(record, track), track=track)
            for track in record["tracks"]
        ]
    intro = (
        f"{influence['n_scenarios']:,} scenarios of the run are settled again under every alternative of every rule "
        "that no source confirms. Differences are paired. The letter is the confidence in the value that the run used.",
    )
    return Section("rules", "Rules that no source confirms", intro, tuple(pictures), tuple(sheets))


def sensitivity(found: Record) -> Section:
    """Show what moves the result of each track when drivers and rules are moved one at a time.

    Parameters
    ----------
    found
        From ``leadmc.one_at_a_time.sensitivity``.
    """
    pictures, sheets = [], []
    for i, track in enumerate(found["base"]):
        finding = tornado_finding(found, track)
        note = (
            "Bars run from the lowest to the highest result, with 95% intervals. One rank: they cannot be told apart."
        )
        pictures.append(Picture(finding, svg(tornado(found, track), f"tornado-{i}", finding), note, track, wide=True))
        moved = f"{track_title(track)}: change of the ten-year net result, a driver at a time"
        worth = f"{track_title(track)}: what stop-loss and management programmes are worth"
        sheets += [
            Sheet(moved, tornado_table(found, track), track=track),
            Sheet(worth, values_table(found, track), track=track),
        ]
    intro = (
        f"Every uncertain assumption at either end of its plausible range, every rule under its alternatives, all else "
        f"equal, on the same {found['n_scenarios']:,} scenarios.",
    )
    kept = tuple(sheet for sheet in sheets if sheet.table.rows)
    return Section("sensitivity", "What moves the result", intro, tuple(pictures), kept)


def _short(term: Record) -> str:
    heading, _, name = term["path"].rpartition(".")
    value = str(term["alternative"]).replace("_", " ")
    return f"{heading.replace('_', ' ')}:\n{name.replace('_', ' ')} {value[:LONGEST]}"


def enough(paper: Paper, ds: xr.Dataset, record: Record) -> Section:
    """Show what fewer scenarios would have said."""
    found = convergence(ds)
    pictures, sheets = [], []
    for i, track in enumerate(record["tracks"]):
        one = found.sel(track=track)
        panels = {
            label: Estimate(*(one[part].sel(statistic=name).to_numpy() / unit for part in ("value", "value_se")))
            for name, (label, unit) in WATCHED.items()
        }
        finding = words.enough_finding(record, track)
        figure = figures.convergence(paper, found["scenarios"].to_numpy().astype(np.float64), panels, i, factor(record))
        note = "What the run would have said with its first scenarios alone; bands are 95% intervals."
        pictures.append(Picture(finding, svg(figure, f"enough-{i}", finding), note, track))
        sheets.append(
            Sheet(
                f"{track_title(track)}: estimates by number of scenarios",
                tables.convergence_table(found, track),
                track=track,
            )
        )
    return Section("convergence", "Are there enough scenarios", (), tuple(pictures), tuple(sheets))
