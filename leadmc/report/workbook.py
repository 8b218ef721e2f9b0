"""The workbook of a run: everything the report says as numbers that Excel can take further, and what they rest on."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from leadmc.base.variables import VARIABLES
from leadmc.contract.book import PROGRAMMES, printed_terms
from leadmc.contract.explanation import is_unverified
from leadmc.contract.mixture import MIXTURE
from leadmc.contract.programmes import programme_of, rule_book
from leadmc.cube.identity import leaves
from leadmc.inputs.config import rule_overrides
from leadmc.measures.losses import ANY_YEAR
from leadmc.measures.precision import LOSS, MEAN, SD, TVAR
from leadmc.measures.risk import QUANTITIES, SCALES
from leadmc.measures.rule_tables import (
    effect_table,
    influence_table,
    means_table,
    position_table,
    shares_table,
    step_table,
    ways_table,
)
from leadmc.measures.tables import FULL, HEADINGS, MILLION, PERCENT, SCALE_UNITS, Table, cell, percentile_table
from leadmc.measures.tornado_tables import tornado_table, values_table
from leadmc.report import tables
from leadmc.report.basis import GRADES, basis
from leadmc.report.spreadsheet import WHOLE, Block, Row, Sheet, write_sheets
from leadmc.report.statement import number_or_text, text_of
from leadmc.report.words import moved_tracks, ten_year, track_title, verdict

Record = Mapping[str, Any]

SAMPLE: Final = 200
"""Scenarios shown one by one, and fewer where tracks and years would make more rows of them than a reader scrolls."""
SAMPLE_ROWS: Final = 4_000
SHOWN: Final = (
    "benchmark",
    "expenditure",
    "stop_loss_net",
    "gross_savings",
    "shared_result",
    "sequestration",
    "add_on",
    "net_result",
    "net_cash",
)
NAMES: Final = {**HEADINGS, SD.name: "SD", LOSS.name: "Below zero"}
STATISTICS: Final = (MEAN.name, SD.name, *FULL[1:])
ELSEWHERE: Final = ("unverified_terms", "assumptions", "legend")
"""Records of the manifest with a sheet or a table of their own."""
DIGITS: Final = "Every estimate is shown, and stored, to the digits that its standard error (± SE) supports."


def write_workbook(
    ds: xr.Dataset,
    record: Record,
    manifest: Record,
    path: Path,
    *,
    settings: Record | None = None,
    sensitivity: Record | None = None,
) -> None:
    """Write the workbook of a run.

    Parameters
    ----------
    ds, record, manifest, path, settings
        As of ``report.html.write_report``.
    sensitivity
        ``sensitivity.json``, where there is one beside the run.
    """
    sheets = [
        _summary(record),
        *_quantities(record),
        _losses(record),
        _course(record),
        *_choice(record),
        *_transition(record),
        _variance(record),
        *(() if sensitivity is None else (_sensitivity(sensitivity),)),
        *(() if settings is None else (_assumptions(settings), _rules(settings))),
        _unverified(record, manifest),
        _scenarios(ds),
        _provenance(record, manifest),
    ]
    made = datetime.fromisoformat(manifest["finished"]).replace(tzinfo=None)
    write_sheets(path, sheets, title=f"leadmc: {record['name']}", made=made)


def _summary(record: Record) -> Sheet:
    """Lay out the answer: a row a track."""
    losses = record["losses"]["tracks"]

    def row(track: str) -> Row:
        total = ten_year(record, track)
        money = (cell(total["usd"][name], MILLION) for name in (MEAN.name, "p5", "p50", "p95", TVAR.name))
        share = cell(total["percent_of_benchmark"][MEAN.name])
        any_year = next(iter(losses[track][ANY_YEAR].values()))
        best = cell(record["regret"][track]["best"], PERCENT) if record["regret"] else None
        return track_title(track), *money, share, cell(total[LOSS.name], PERCENT), cell(any_year, PERCENT), best

    money = (f"{name} [$ million]" for name in ("Mean", "P5: one in 20 ends below", "P50", "P95", "Mean of worst 5%"))
    chances = ("Net result of ten years < 0 [%]", "Net result of any year < 0 [%]", "Best of all tracks [%]")
    header = ("Ten-year net result", *money, "Mean [% of benchmark]", *chances)
    interval = record["interval"]
    factor, confidence = interval["factor"], 100 * interval["confidence"]
    how = "" if factor is None else f"{factor:.2f} SE to each side of a value make a {confidence:g}% interval. "
    notes = (*verdict(record), f"{record['n_scenarios']:,} scenarios. {how}{DIGITS}")
    return Sheet("Summary", record["name"], notes, (Block("", header, [row(track) for track in record["tracks"]]),))


def _quantities(record: Record) -> tuple[Sheet, Sheet]:
    """Lay out every quantity of every track in every unit: what is made of all performance years, and each of them."""
    rows: list[Row] = [
        (track_title(track), VARIABLES[quantity].long_name, SCALE_UNITS[scale][0], horizon, *cells)
        for track in record["tracks"]
        for quantity in QUANTITIES
        for scale in SCALES
        for horizon, cells in percentile_table(record, track, quantity, STATISTICS, scale).rows
    ]
    headings = (NAMES.get(one, one.upper()) for one in STATISTICS[:-1])
    header = ("Track", "Quantity", "Unit", "Horizon", *headings, "The quantity is below zero [%]")
    together, years = ([row for row in rows if str(row[3]).isdigit() == each] for each in (False, True))
    whole = "Ten years as they are and discounted, and the worst single year of each scenario."
    return (
        Sheet("Percentiles", "Percentiles by track", (whole, DIGITS), (Block("", header, together),), keys=4),
        Sheet("Years", "Percentiles by performance year", (DIGITS,), (Block("", header, years),), keys=4),
    )


def _losses(record: Record) -> Sheet:
    found = ((track_title(track), tables.losses_table(record, track)) for track in record["tracks"])
    blocks = [
        Block("Net result: chance of a loss of more than a share of the benchmark [%]", *_stacked("Horizon", found))
    ]
    calls = [
        (track_title(track), horizon, *(cell(one[name], PERCENT) for name in ("called", "exceeded")))
        for track, found in record["guarantee"].items()
        for horizon, one in {**found["by_year"], "any year": found[ANY_YEAR]}.items()
    ]
    header = ("Track", "Horizon", "A loss calls on it [%]", "The loss is larger than it [%]")
    blocks.append(Block("Financial guarantee", header, calls))
    return Sheet("Losses", "How likely a loss is", (DIGITS,), tuple(blocks), keys=2)


def _course(record: Record) -> Sheet:
    blocks = (
        _block("Falls, lowest points and reserves of the cumulative net result", tables.course_table(record)),
        _block("Year of the deepest fall [% of scenarios]", tables.years_table(record, "drawdown_year")),
        _block("Year from which it stays above zero", tables.years_table(record, "break_even_year")),
    )
    return Sheet("Course", "The cumulative net result over ten years", (DIGITS,), blocks)


def _choice(record: Record) -> Iterator[Sheet]:
    if record["pairs"]:
        blocks = (
            _block("Ten-year net result, paired differences", tables.pairs_table(record)),
            _block("Regret: what is missed against the track that turns out best", tables.regret_table(record)),
        )
        yield Sheet("Choice", "The choice of a track", (DIGITS,), blocks)


def _transition(record: Record) -> Iterator[Sheet]:
    moved = record["transition"]
    if not moved:
        return
    tracks, year = moved_tracks(record), moved["switch_year"]
    effect, position = (
        _stacked(first, ((track_title(track), table(record, track)) for track in tracks))
        for first, table in (("Year", effect_table), ("Group", position_table))
    )
    blocks = [
        _block(f"Benchmark from {year - 1} to {year}, beyond its trend", tables.titled(step_table(record))),
        Block("Benchmark without the rate book, and what it adds [$ million]", *effect),
        Block("By position against the region in the base years, from the cheapest ACOs to the dearest", *position),
    ]
    if record.get("rule_influence"):
        ways = _stacked("Way", ((track_title(track), ways_table(record, track)) for track in tracks))
        n = record["rule_influence"]["n_scenarios"]
        title = f"Ten-year net result under every way to the rate book, {n:,} scenarios settled again [$ million]"
        blocks.append(Block(title, *ways))
    yield Sheet("Transition", "The regional rate book", (DIGITS,), tuple(blocks), keys=2)


def _variance(record: Record) -> Sheet:
    blocks = [_block("Ten-year net result in % of benchmark", tables.split_table(record))]
    if record["rule_uncertainty"]:
        blocks.append(_block("What each mixed rule explains", shares_table(record)))
        means = ((track_title(track), means_table(record, track)) for track in record["tracks"])
        blocks.append(Block("Mean under each alternative of a mixed rule [$ million]", *_stacked("Rule", means)))
    return Sheet("Variance", "What makes the spread", (DIGITS,), tuple(blocks))


def _sensitivity(found: Record) -> Sheet:
    """Lay out a tornado of each track, and what the ACO can choose."""
    moved = _stacked(
        "Rank, driver and value", ((track_title(t), tornado_table(found, t, most=None)) for t in found["base"])
    )
    values = _stacked("With less without", ((track_title(t), values_table(found, t)) for t in found["base"]))
    blocks = (
        Block("Change of the ten-year net result, one driver at a time [$ million]", *moved),
        Block("What the ACO can choose [$ million]", *values),
    )
    same = "Drivers of the same rank cannot be told apart."
    notes = (f"{found['n_scenarios']:,} scenarios, the same for every change. {same}", DIGITS)
    return Sheet("Sensitivity", "What the result hangs on", notes, blocks, keys=2)


def _assumptions(settings: Record) -> Sheet:
    rows = [
        (
            line.path,
            number_or_text(line.value),
            line.unit,
            *(line.range or (None, None)),
            "yours" if line.overridden else "",
            line.grade,
            line.source,
        )
        for line in basis(settings).assumptions
    ]
    header = ("Assumption", "Value", "Unit", "Plausible from", "to", "Stated", "Grade", "Source")
    grades = "; ".join(f"{key}: {meaning}" for key, meaning in GRADES.items())
    return Sheet("Assumptions", "Assumptions", (f"Grades: {grades}.",), (Block("", header, rows),))


def _rules(settings: Record) -> Sheet:
    """List every term of the rule books of the run's tracks; the book's own value where the run has another."""
    overrides = rule_overrides(settings["assumptions"]["preset"], settings["rules"])
    mixed = settings["rules"].get(MIXTURE, {})
    programmes = [one for one in dict.fromkeys(map(programme_of, settings["tracks"])) if one in PROGRAMMES]
    printed = {term.path: term.value for programme in programmes for term in printed_terms(programme)}
    rows = [
        (
            term.path,
            term.title,
            number_or_text(term.value),
            number_or_text(printed[term.path]) if term.overridden else None,
            text_of(mixed[term.path]) if term.path in mixed else None,
            term.unit,
            str(term.years),
            term.source,
            term.confidence,
            "unverified" if is_unverified(term) else "",
            term.note,
        )
        for programme in programmes
        for term in rule_book(programme, overrides)
    ]
    values = ("Value", "Value of the book, where another", "Drawn from")
    header = ("Rule", "Title", *values, "Unit", "Years", "Source", "Confidence", "Verified", "Note")
    notes = ("The terms of the rule books of this run's tracks. Sources and tags are spelled out under Provenance.",)
    return Sheet("Rules", "Rules", notes, (Block("", header, rows),))


def _unverified(record: Record, manifest: Record) -> Sheet:
    terms = [
        (term["path"], term.get("title", ""), number_or_text(term["value"]), term["confidence"], term["source"])
        for term in manifest["unverified_terms"]
    ]
    blocks = [
        Block("Rules that no source confirms", ("Rule", "Title", "Value", "Confidence", "Source"), terms),
    ]
    if record.get("rule_influence"):
        n = record["rule_influence"]["n_scenarios"]
        moved = _stacked("Alternative", ((track_title(t), influence_table(record, t)) for t in record["tracks"]))
        title = f"What each alternative changes in the ten-year net result, {n:,} scenarios settled again [$ million]"
        blocks.append(Block(title, *moved))
    return Sheet("Unverified", "Rules that could be otherwise", (), tuple(blocks))


def _scenarios(ds: xr.Dataset) -> Sheet:
    """Show the first scenarios one by one, every year of every track."""
    each = ds.sizes["track"] * ds.sizes["performance_year"]
    first = ds.isel(scenario=slice(min(SAMPLE, SAMPLE_ROWS // each)))
    whole = ("scenario", "track", "performance_year")
    tracks = [track_title(str(track)) for track in first["track"].to_numpy()]
    numbers, years = first["scenario"].to_numpy().tolist(), first["performance_year"].to_numpy().tolist()
    panel = first["expenditure"].sum("category").expand_dims(track=first["track"])
    amounts = [(panel if name == "expenditure" else first[name]).transpose(*whole).to_numpy() for name in SHOWN]
    table = np.stack(amounts, axis=-1).tolist()
    weights = first["scenario_weight"].to_numpy().tolist()
    rows = [
        (number, track, year, *amounts, weight)
        for number, weight, by_track in zip(numbers, weights, table, strict=True)
        for track, by_year in zip(tracks, by_track, strict=True)
        for year, amounts in zip(years, by_year, strict=True)
    ]
    money = tuple(f"{VARIABLES[name].long_name} [USD]" for name in SHOWN)
    block = Block("", ("Scenario", "Track", "Year", *money, "Weight [1]"), rows, dict.fromkeys(money, WHOLE))
    notes = (
        f"The first {len(numbers):,} of {ds.sizes['scenario']:,} scenarios. Money is positive towards the ACO, but for "
        "expenditure and sequestration. Weight: of the scenario in every mean. `leadmc export` hands on all of them.",
    )
    return Sheet("Scenarios", "Scenarios one by one", notes, (block,), keys=3)


def _provenance(record: Record, manifest: Record) -> Sheet:
    facts = [
        (key, number_or_text(value)) for key, value in leaves({k: v for k, v in manifest.items() if k not in ELSEWHERE})
    ]
    meanings = [(NAMES.get(name, name.upper()), meaning) for name, meaning in record["statistics"].items()]
    blocks = [Block("The run", ("What", "Value"), facts), Block("Statistics", ("Name", "Meaning"), meanings)]
    if manifest.get("legend"):
        blocks.append(Block("Sources and tags", ("Key", "Meaning"), list(manifest["legend"].items())))
    return Sheet("Provenance", "Where the numbers come from", tuple(manifest.get("assumptions", ())), tuple(blocks))


def _block(title: str, table: Table) -> Block:
    return Block(title, table.header, [(name, *cells) for name, cells in table.rows])


def _stacked(first: str, found: Iterable[tuple[str, Table]]) -> tuple[tuple[str, ...], list[Row]]:
    """Put tables of the same columns under one header, the name of each before its rows."""
    rows: list[Row] = []
    header: tuple[str, ...] = ("Track", first)
    for name, table in found:
        header = ("Track", first, *table.header[1:])
        rows += [(name, title, *cells) for title, cells in table.rows]
    return header, rows
