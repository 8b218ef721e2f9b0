"""What the run says of the result: ten years and each of them, their course, the choice of a track, the rate book."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import xarray as xr

from leadmc.measures.exceedance import exceedance
from leadmc.measures.histogram import histogram
from leadmc.measures.precision import PERCENTILE, Array
from leadmc.measures.rule_tables import effect_table, position_table, step_table, ways_table
from leadmc.measures.tables import FULL, MILLION, SCALE_UNITS, percentile_table
from leadmc.report import figures, tables, words
from leadmc.report.drawing import svg
from leadmc.report.figures import Line, Range
from leadmc.report.page import Picture, Section, Sheet
from leadmc.report.paper import Paper
from leadmc.report.reading import by_year, chances, spread
from leadmc.report.words import track_title

Record = Mapping[str, Any]

ALONE: Final = (
    "Half of the scenarios end above P50, nine in ten between P5 and P95. "
    "Each year stands alone: no single scenario follows the edge of a band."
)
RANGE: Final = "Thin: nine in ten scenarios. Thick: half of them. Dot: the middle. The mark at the left end: one in 20."
SHOWN: Final = "The outermost scenario in a hundred on either side may lie outside."
EFFECT: Final = "Effect on the benchmark [$ million]"
TOTAL: Final = "Net result over ten years [$ million]"
POINTS: Final = 101
PERCENTILES: Final = frozenset(one.name for one in PERCENTILE)


def lead_picture(paper: Paper, record: Record, scale: str) -> Picture:
    """Draw the one figure of the first screen: where the ten-year result of every track lies."""
    unit, size = SCALE_UNITS[scale]
    rows = [
        Range(track_title(track), i, spread(words.ten_year(record, track)[scale], size))
        for i, track in enumerate(record["tracks"])
    ]
    finding = words.total_finding(record, scale)
    drawing = figures.ranges(paper, rows, f"Net result over ten years [{unit}]")
    return Picture(finding, svg(drawing, f"lead-{scale}", finding), RANGE, unit=scale)


def result(paper: Paper, ds: xr.Dataset, record: Record) -> Section:
    """Show the net result over ten years and in each of them."""
    sheets = [
        Sheet(
            f"{track_title(track)}: net result, {unit}",
            percentile_table(record, track, statistics=FULL, scale=scale),
            tuple(one if one in PERCENTILES else "" for one in FULL),
            track,
            scale,
        )
        for scale, (unit, _) in SCALE_UNITS.items()
        for track in record["tracks"]
    ]
    sheets += [
        Sheet(
            f"{track_title(track)}: chance of a net result below zero", tables.losses_table(record, track), track=track
        )
        for track in record["tracks"]
    ]
    rate = 100 * record["discount_rate"]
    intro = (
        "P5 is the result that 5 scenarios in 100 stay below; worst 5% is the mean of those. Worst year is the lowest "
        "of the ten in each scenario; its last column is the chance of a loss in any year. Discounted: in the money of "
        f"the first performance year, at {rate:g}% a year. Percent of benchmark and dollars per person-month are those "
        "of the same scenario and years.",
    )
    pictures = (*_ten_years(paper, ds, record), *_fans(paper, record))
    return Section("result", "The result, over ten years and year by year", intro, pictures, tuple(sheets))


def histograms(ds: xr.Dataset, record: Record) -> tuple[Array, list[Line], list[float]]:
    """Lay out histograms of the ten-year net result: edges of the bars, a line and a P5 a track [$ million]."""
    ends = [words.ten_year(record, track)["usd"] for track in record["tracks"]]
    low, high = (pick(one[name]["value"] for one in ends) for pick, name in ((min, "p1"), (max, "p99")))
    edges = figures.bin_edges(low / MILLION, high / MILLION, record["n_scenarios"])
    shares = histogram(ds, edges * MILLION)["share"]
    lines = [Line(track_title(t), i, shares.sel(track=t).to_numpy()) for i, t in enumerate(record["tracks"])]
    return edges, lines, [one["p5"]["value"] / MILLION for one in ends]


def _ten_years(paper: Paper, ds: xr.Dataset, record: Record) -> list[Picture]:
    edges, samples, marks = histograms(ds, record)
    above = exceedance(ds, at=list(np.linspace(edges[0], edges[-1], POINTS) * MILLION))["probability"]
    curves = [
        each._replace(values=above.sel(track=track).to_numpy())
        for track, each in zip(record["tracks"], samples, strict=True)
    ]
    finding = words.loss_finding(record)
    figure = figures.curves(paper, above["amount"].to_numpy() / MILLION, curves, TOTAL)
    note = f"Where a curve crosses zero, it shows the chance of a gain. {SHOWN}"
    pictures = [Picture(finding, svg(figure, "exceedance", finding), note)]
    for track, sample, mark in zip(record["tracks"], samples, marks, strict=True):
        finding = words.spread_finding(record, track)
        figure = figures.distribution(paper, edges, [sample], [mark], TOTAL)
        drawing = svg(figure, f"total-{sample.colour}", finding)
        pictures.append(Picture(finding, drawing, f"Losses are left of zero. {SHOWN}", track))
    return pictures


def _fans(paper: Paper, record: Record) -> list[Picture]:
    pictures = []
    years = {track: one["net_result"]["by_year"] for track, one in record["tracks"].items()}
    for scale, (unit, size) in SCALE_UNITS.items():
        lines = {track: by_year({y: one[scale] for y, one in found.items()}, size) for track, found in years.items()}
        limits = figures.limits(list(lines.values()))
        for i, (track, found) in enumerate(years.items()):
            finding = words.fan_finding(record, track, scale)
            axis = f"Net result [{unit}]"
            figure = figures.fan(paper, [int(year) for year in found], lines[track], colour=i, axis=axis, limits=limits)
            pictures.append(Picture(finding, svg(figure, f"fan-{scale}-{i}", finding), ALONE, track, scale))
    return pictures


def course(paper: Paper, record: Record) -> Section:
    """Show how deep the cumulative result falls, and when it is back."""
    tracks = record["course"]["tracks"]
    rows = [
        Range(track_title(track), i, spread(found["drawdown_usd"], MILLION))
        for i, (track, found) in enumerate(tracks.items())
    ]
    finding = words.fall_finding(record)
    drawing = figures.ranges(paper, rows, "Deepest fall from the height so far [$ million]")
    pictures = [Picture(finding, svg(drawing, "fall", finding), RANGE)]
    for i, (track, found) in enumerate(tracks.items()):
        finding = words.when_finding(record, track)
        names = {"drawdown_year": "deepest fall", "break_even_year": "above zero from then on"}
        deep, back = (Line(label, i, chances(found[name])) for name, label in names.items())
        figure = figures.when(paper, list(found["drawdown_year"]), deep, back)
        note = "Never: no fall at all, or still below zero after the last year."
        pictures.append(Picture(finding, svg(figure, f"when-{i}", finding), note, track))
    sheets = [
        Sheet("Cumulative net result: falls, lowest points and reserves", tables.course_table(record)),
        Sheet("Year of the deepest fall", tables.years_table(record, "drawdown_year")),
        Sheet("Year from which the cumulative result stays above zero", tables.years_table(record, "break_even_year")),
    ]
    sheets += [
        Sheet(f"{track_title(track)}: the financial guarantee", tables.guarantee_table(record, track), track=track)
        for track in tracks
    ]
    intro = (
        "The net results of the years, added up from the start. A fall is measured from the highest point so far, the "
        "lowest point from zero. A reserve at a ruin probability is what must be there at the start so that all of it "
        "is used up with that probability at most.",
    )
    return Section("course", "The course of ten years", intro, tuple(pictures), tuple(sheets))


def choice(paper: Paper, record: Record) -> Section:
    """Show tracks against one another, scenario by scenario."""
    best = words.ranked(record)[0]
    colour = {track: i for i, track in enumerate(record["tracks"])}
    paired = [pair for pair in record["pairs"] if best in (pair["first"], pair["second"])]
    rows = [
        Range(
            f"{track_title(pair['first'])}\nless {track_title(pair['second'])}",
            colour[pair["second"] if pair["first"] == best else pair["first"]],
            spread(pair["ten_year"]["difference_usd"], MILLION),
        )
        for pair in paired
    ]
    finding = words.choice_finding(record, best)
    drawing = svg(figures.ranges(paper, rows, "Difference over ten years [$ million]"), "choice", finding)
    note = f"All tracks meet the same people and world in every scenario. Right of zero the first is better. {RANGE}"
    missed = [
        Range(track_title(track), colour[track], spread(found["regret_usd"], MILLION))
        for track, found in record["regret"].items()
    ]
    sorry = words.regret_finding(record)
    regret = svg(figures.ranges(paper, missed, "Missed against the best track [$ million]"), "regret", sorry)
    hindsight = f"How much better the best track of the scenario is: the price of not knowing the future. {RANGE}"
    sheets = (
        Sheet("Net result over ten years, paired differences", tables.pairs_table(record)),
        Sheet("Regret: what is missed against the track that turns out best", tables.regret_table(record)),
    )
    return Section(
        "choice",
        "The choice of a track",
        (),
        (Picture(finding, drawing, note), Picture(sorry, regret, hindsight)),
        sheets,
    )


def rate_book(paper: Paper, record: Record) -> Section:
    """Show what the switch to the regional rate book does."""
    moved, year = record["transition"], record["transition"]["switch_year"]
    tracks = words.moved_tracks(record)
    colour = {track: i for i, track in enumerate(record["tracks"])}
    finding = words.step_finding(record)
    rows = [Range(track_title(t), colour[t], spread(moved["tracks"][t]["step_percent"], 1.0)) for t in tracks]
    step = svg(figures.ranges(paper, rows, "Change of the benchmark beyond its trend [%]"), "step", finding)
    fixed = "Final benchmark per person-month, at the mix of categories of the later year."
    pictures = [Picture(finding, step, f"{fixed} {RANGE}")]
    lines = {track: by_year(moved["tracks"][track]["effect_usd"]["by_year"], MILLION) for track in tracks}
    limits = figures.limits(list(lines.values()))
    sheets = [Sheet(f"Benchmark from {year - 1} to {year}, beyond its trend", tables.titled(step_table(record)))]
    for track in tracks:
        title, finding = track_title(track), words.effect_finding(record, track)
        years = [int(each) for each in moved["tracks"][track]["effect_usd"]["by_year"]]
        figure = figures.fan(paper, years, lines[track], colour=colour[track], axis=EFFECT, limits=limits)
        pictures.append(Picture(finding, svg(figure, f"effect-{colour[track]}", finding), ALONE, track))
        sheets.append(
            Sheet(
                f"{title}: benchmark without the rate book, and what it adds", effect_table(record, track), track=track
            )
        )
        place = f"{title}: ten years, by position against the region in the base years"
        sheets.append(Sheet(place, position_table(record, track), track=track))
        if record.get("rule_influence"):
            n = record["rule_influence"]["n_scenarios"]
            ways = f"{title}: ten-year net result under every way to the rate book, {n:,} scenarios settled again"
            sheets.append(Sheet(ways, ways_table(record, track), track=track))
    return Section("rate-book", "The regional rate book", (), tuple(pictures), tuple(sheets))
