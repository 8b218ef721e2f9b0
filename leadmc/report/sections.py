"""The part for the actuary: what the run says, section by section, in figures with their tables."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import xarray as xr

from leadmc.measures.attribution import BETWEEN
from leadmc.measures.convergence import convergence
from leadmc.measures.exceedance import exceedance
from leadmc.measures.histogram import histogram
from leadmc.measures.mean_path import SUBTOTALS, mean_path
from leadmc.measures.precision import LOSS, PERCENTILE
from leadmc.measures.rule_tables import (
    effect_table,
    influence_table,
    position_table,
    step_table,
    ways_table,
)
from leadmc.measures.tables import FULL, MILLION, PERCENT, SCALE_UNITS, percentile_table
from leadmc.report import figures, tables, words
from leadmc.report.drawing import svg
from leadmc.report.figures import Bar, Line, Range
from leadmc.report.page import Picture, Section, Sheet
from leadmc.report.words import track_title

Record = Mapping[str, Any]

ALONE: Final = (
    "Half of the scenarios end above P50, nine in ten between P5 and P95. "
    "Each year stands alone: no single scenario follows the edge of a band."
)
RANGE: Final = "Thin: nine in ten scenarios. Thick: half of them. Dot: the middle. The mark at the left end: one in 20."
SHOWN: Final = "The outermost scenario in a hundred on either side is not drawn."
WIDEST: Final = 12
"""Bars in the figure of the rules; the table has all."""


def sections(ds: xr.Dataset, record: Record) -> Iterator[Section]:
    """Lay out everything that the cube and its summary have the data for."""
    yield _by_year(record)
    yield _ten_years(ds, record)
    yield _course(record)
    if record["pairs"]:
        yield _choice(record)
    if record["transition"]:
        yield _rate_book(record)
    yield _mean_path(ds, record)
    yield _variance(record)
    if record.get("rule_influence"):
        yield _rules(record)
    yield _convergence(ds, record)


def lead_picture(record: Record, scale: str) -> Picture:
    """Draw the one figure of the first screen: where the ten-year result of every track lies."""
    unit, size = SCALE_UNITS[scale]
    rows = [
        Range(track_title(track), i, _numbers(words.ten_year(record, track)[scale], size))
        for i, track in enumerate(record["tracks"])
    ]
    finding = words.total_finding(record, scale)
    drawing = figures.ranges(rows, f"Net result over ten years [{unit}]")
    return Picture(finding, svg(drawing, f"lead-{scale}", finding), RANGE, unit=scale)


def _by_year(record: Record) -> Section:
    pictures = []
    for scale, (unit, size) in SCALE_UNITS.items():
        years = {track: one["net_result"]["by_year"] for track, one in record["tracks"].items()}
        lines = {track: _paths({y: one[scale] for y, one in found.items()}, size) for track, found in years.items()}
        limits = figures.limits(list(lines.values()))
        for i, (track, found) in enumerate(years.items()):
            finding = words.fan_finding(record, track, scale)
            axis = f"Net result of the year [{unit}]"
            figure = figures.fan([int(year) for year in found], lines[track], i, axis, limits)
            pictures.append(Picture(finding, svg(figure, f"fan-{scale}-{i}", finding), ALONE, track, scale))
    sheets = [
        Sheet(
            f"{track_title(track)}: net result, {unit}",
            percentile_table(record, track, statistics=FULL, scale=scale),
            tuple(one if one in _PERCENTILES else "" for one in FULL),
            track,
            scale,
        )
        for scale, (unit, _) in SCALE_UNITS.items()
        for track in record["tracks"]
    ]
    rate = record["discount_rate"]
    intro = (
        "P5 is the result that 5 scenarios in 100 stay below; worst 5% is the mean of those. Worst year is the lowest of "
        "the ten in each scenario; its last column is the chance of a loss in any year. Discounted: in the money of the "
        f"first performance year, at {100 * rate:g}% a year. Percent of benchmark and dollars per person-month are those "
        "of the same scenario and years.",
    )
    return Section("years", "Year by year", intro, tuple(pictures), tuple(sheets))


def _ten_years(ds: xr.Dataset, record: Record) -> Section:
    tracks = record["tracks"]
    ends = [words.ten_year(record, track)["usd"] for track in tracks]
    low = min(one["p1"]["value"] for one in ends) / MILLION
    high = max(one["p99"]["value"] for one in ends) / MILLION
    edges = figures.bin_edges(low, high, record["n_scenarios"])
    above = exceedance(ds, at=list(np.linspace(edges[0], edges[-1], 101) * MILLION))
    axis = "Net result over ten years [$ million]"
    lines = [Line(track_title(t), i, above["probability"].sel(track=t).to_numpy()) for i, t in enumerate(tracks)]
    finding = words.loss_finding(record)
    curves = figures.curves(above["amount"].to_numpy() / MILLION, lines, axis)
    note = "Where a curve crosses zero, it shows the chance to end with a gain. The exceedance curve holds all percentiles."
    pictures = [Picture(finding, svg(curves, "exceedance", finding), f"{note} {SHOWN}")]
    shares = histogram(ds, edges * MILLION)["share"]
    for i, track in enumerate(tracks):
        finding = words.spread_finding(record, track)
        line, mark = Line(track_title(track), i, shares.sel(track=track).to_numpy()), ends[i]["p5"]["value"] / MILLION
        figure = figures.distribution(edges, [line], [mark], axis)
        note = f"Losses are left of zero. {SHOWN}"
        pictures.append(Picture(finding, svg(figure, f"total-{i}", finding), note, track))
    sheets = [
        Sheet(f"{track_title(track)}: chance of a loss (net result below zero)", tables.losses_table(record, track), track=track)
        for track in tracks
    ]
    return Section("total", "Ten years together", (), tuple(pictures), tuple(sheets))


def _course(record: Record) -> Section:
    tracks = record["course"]["tracks"]
    rows = [
        Range(track_title(track), i, _numbers(found["drawdown_usd"], MILLION))
        for i, (track, found) in enumerate(tracks.items())
    ]
    finding = words.fall_finding(record)
    drawing = figures.ranges(rows, "Deepest fall from the height so far [$ million]")
    pictures = [Picture(finding, svg(drawing, "fall", finding), RANGE)]
    for i, (track, found) in enumerate(tracks.items()):
        finding = words.when_finding(record, track)
        names = {"drawdown_year": "deepest fall", "break_even_year": "above zero from then on"}
        deep, back = (Line(label, i, _values(found[name])) for name, label in names.items())
        figure = figures.when(list(found["drawdown_year"]), deep, back)
        note = "Never: no fall at all, or still below zero after the last year."
        pictures.append(Picture(finding, svg(figure, f"when-{i}", finding), note, track))
    sheets = (
        Sheet("Cumulative net result: falls, lowest points and reserves", tables.course_table(record)),
        Sheet("Year of the deepest fall", tables.years_table(record, "drawdown_year")),
        Sheet("Year from which the cumulative result stays above zero", tables.years_table(record, "break_even_year")),
    )
    intro = (
        "The net results of the years, added up from the start. A fall is measured from the highest point so far, the "
        "lowest point from zero. A reserve at a ruin probability is what must be there at the start so that all of it is "
        "used up with that probability at most.",
    )
    return Section("course", "The course of ten years", intro, tuple(pictures), sheets)


def _choice(record: Record) -> Section:
    best = words.ranked(record)[0]
    colour = {track: i for i, track in enumerate(record["tracks"])}
    paired = [pair for pair in record["pairs"] if best in (pair["first"], pair["second"])]
    rows = [
        Range(
            f"{track_title(pair['first'])}\nless {track_title(pair['second'])}",
            colour[pair["second"] if pair["first"] == best else pair["first"]],
            _numbers(pair["ten_year"]["difference_usd"], MILLION),
        )
        for pair in paired
    ]
    finding = words.choice_finding(record, best)
    drawing = svg(figures.ranges(rows, "Difference over ten years [$ million]"), "choice", finding)
    note = f"Every track meets the same people and the same world in every scenario. Right of zero the first pays more. {RANGE}"
    missed = [
        Range(track_title(track), colour[track], _numbers(found["regret_usd"], MILLION))
        for track, found in record["regret"].items()
    ]
    sorry = words.regret_finding(record)
    regret = svg(figures.ranges(missed, "Missed against the best track [$ million]"), "regret", sorry)
    hindsight = f"How much more the best track of the scenario pays: the price of not knowing the future. {RANGE}"
    sheets = (
        Sheet("Net result over ten years, paired differences", tables.pairs_table(record)),
        Sheet("Regret: what is missed against the track that turns out best", tables.regret_table(record)),
    )
    return Section(
        "choice", "The choice of a track", (), (Picture(finding, drawing, note), Picture(sorry, regret, hindsight)), sheets
    )


def _rate_book(record: Record) -> Section:
    moved, year = record["transition"], record["transition"]["switch_year"]
    tracks = words.moved_tracks(record)
    colour = {track: i for i, track in enumerate(record["tracks"])}
    finding = words.step_finding(record)
    rows = [Range(track_title(t), colour[t], _numbers(moved["tracks"][t]["step_percent"], 1.0)) for t in tracks]
    step = svg(figures.ranges(rows, "Change of the benchmark beyond its trend [%]"), "step", finding)
    fixed = "Final benchmark per person-month, at the mix of categories of the later year."
    pictures = [Picture(finding, step, f"{fixed} {RANGE}")]
    lines = {track: _paths(moved["tracks"][track]["effect_usd"]["by_year"], MILLION) for track in tracks}
    limits = figures.limits(list(lines.values()))
    sheets = [Sheet(f"Benchmark from {year - 1} to {year}, beyond its trend", step_table(record))]
    for track in tracks:
        title, finding = track_title(track), words.effect_finding(record, track)
        years = [int(each) for each in moved["tracks"][track]["effect_usd"]["by_year"]]
        figure = figures.fan(years, lines[track], colour[track], "Effect on the benchmark [$ million]", limits)
        pictures.append(Picture(finding, svg(figure, f"effect-{colour[track]}", finding), ALONE, track))
        sheets.append(Sheet(f"{title}: benchmark without the rate book, and what it adds", effect_table(record, track), track=track))
        place = f"{title}: ten years, by position against the region in the base years"
        sheets.append(Sheet(place, position_table(record, track), track=track))
        if record.get("rule_influence"):
            n = record["rule_influence"]["n_scenarios"]
            ways = f"{title}: ten-year net result under every way to the rate book, {n:,} scenarios settled again"
            sheets.append(Sheet(ways, ways_table(record, track), track=track))
    return Section("rate-book", "The regional rate book", (), tuple(pictures), tuple(sheets))


def _mean_path(ds: xr.Dataset, record: Record) -> Section:
    path = mean_path(ds)
    pictures, sheets = [], []
    for i, track in enumerate(record["tracks"]):
        amounts = {str(name): path["amount"].sel(track=track, line=name).item() / MILLION for name in path["line"].values}
        after = list(amounts)[list(amounts).index("gross_savings") :]
        rows = [
            Bar(tables.line_name(name), amounts[name], 0.0, total=name in SUBTOTALS)
            for name in after
            if amounts[name] or name in SUBTOTALS
        ]
        gross = path.sel(track=track, line="gross_savings")
        pair = {"value": gross["amount"].item(), "se": gross["amount_se"].item()}
        finding = words.path_finding(record, track, pair)
        figure = figures.waterfall(rows, "Mean over ten years [$ million]", i)
        note = "From gross savings on; the table begins with the benchmark. Solid bars are sums of what stands above them."
        pictures.append(Picture(finding, svg(figure, f"path-{i}", finding), note, track))
        sheets.append(Sheet(f"{track_title(track)}: from the benchmark to the net result", tables.path_table(path, track), track=track))
    intro = (
        "Means of all scenarios, signed as they enter the sums: the final benchmark is the sum of the lines above it, and so "
        "are gross savings, the shared result and the net result. The lines add up exactly; each is printed to the digits "
        "that its own error supports.",
    )
    return Section("path", "From the benchmark to the net result", intro, tuple(pictures), tuple(sheets))


def _variance(record: Record) -> Section:
    pictures = []
    for i, (track, parts) in enumerate(record["variance_split"].items()):
        known = {part: share for part, share in parts.items() if share["value"] is not None}
        if known:
            rows = [Bar(part.replace(BETWEEN, "\nand "), *_pair(share, PERCENT)) for part, share in known.items()]
            finding = words.split_finding(record, track)
            figure = figures.bars(rows, "Share of the variance [%]", i)
            note = "Bars with 95% intervals. Parts between two causes say what they do together beyond what each does alone."
            pictures.append(Picture(finding, svg(figure, f"split-{i}", finding), note, track))
    intro = (
        "What the drivers that the run keeps explain of the ten-year net result, in percent of benchmark; claim noise, the "
        "luck of single people, is what none of them explains.",
    )
    sheet = Sheet("Share of the variance of the ten-year net result", tables.split_table(record))
    return Section("variance", "Where the spread comes from", intro, tuple(pictures), (sheet,))


def _rules(record: Record) -> Section:
    influence = record["rule_influence"]
    pictures, sheets = [], []
    for i, track in enumerate(record["tracks"]):
        found = [(term, term["tracks"][track]) for term in influence["terms"] if track in term["tracks"]]
        moved = [(term, by["mean_usd"]) for term, by in found if by["mean_usd"]["value"]]
        moved.sort(key=lambda each: -abs(each[1]["value"]))
        if not moved:
            continue
        finding = words.rule_finding(track, *moved[0])
        rows = [Bar(_short(term), *_pair(mean, MILLION)) for term, mean in moved[:WIDEST]]
        figure = figures.bars(rows, "Change of the mean [$ million]", i)
        note = f"One rule at a time, all else equal; at most {WIDEST} are drawn, with their 95% intervals."
        pictures.append(Picture(finding, svg(figure, f"rules-{i}", finding), note, track))
        sheets.append(
            Sheet(
                f"{track_title(track)}: change of the ten-year net result under other rules",
                influence_table(record, track),
                track=track,
            )
        )
    intro = (
        f"{influence['n_scenarios']:,} scenarios of the run are settled again under every alternative of every rule that "
        "no source confirms. Differences are paired. The letter is the confidence in the value that the run used.",
    )
    return Section("rules", "Rules that nobody has confirmed", intro, tuple(pictures), tuple(sheets))


def _short(term: Record) -> str:
    heading, _, name = term["path"].rpartition(".")
    value = str(term["alternative"]).replace("_", " ")
    return f"{heading.replace('_', ' ')}:\n{name.replace('_', ' ')} {value[:18]}"


def _convergence(ds: xr.Dataset, record: Record) -> Section:
    found = convergence(ds)
    names = {"mean": ("Mean [$ million]", MILLION), "p5": ("P5 [$ million]", MILLION), LOSS.name: ("Ten-year loss [%]", PERCENT)}
    pictures, sheets = [], []
    for i, track in enumerate(record["tracks"]):
        one = found.sel(track=track)
        panels = {
            label: tuple(one[each].sel(statistic=name).to_numpy() / unit for each in ("value", "value_se"))
            for name, (label, unit) in names.items()
        }
        finding = words.enough_finding(record, track)
        figure = figures.convergence(found["scenarios"].to_numpy().astype(np.float64), panels, i)
        note = "What the run would have said with its first scenarios alone; bands are 95% intervals."
        pictures.append(Picture(finding, svg(figure, f"enough-{i}", finding), note, track))
        sheets.append(Sheet(f"{track_title(track)}: estimates by number of scenarios", tables.convergence_table(found, track), track=track))
    return Section("convergence", "Are there enough scenarios", (), tuple(pictures), tuple(sheets))


_PERCENTILES: Final = frozenset(one.name for one in PERCENTILE)


def _numbers(statistics: Mapping[str, Any], unit: float) -> dict[str, float]:
    return {name: statistics[name]["value"] / unit for name in ("p5", "p25", "p50", "p75", "p95")}


def _paths(by_year: Mapping[str, Any], unit: float) -> dict[str, Any]:
    names = ("p1", "p5", "p25", "p50", "p75", "p95", "p99")
    return {name: np.array([one[name]["value"] for one in by_year.values()]) / unit for name in names}


def _values(chances: Mapping[str, Any]) -> Any:
    return np.array([pair["value"] for pair in chances.values()])


def _pair(pair: Mapping[str, float], unit: float) -> tuple[float, float]:
    return pair["value"] / unit, (pair["se"] or 0.0) / unit
