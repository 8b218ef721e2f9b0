"""What leadmc shows on a terminal: tables of estimates, settings, assumptions and rules, and how far a run has come."""

import itertools
import math
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    from pydantic import BaseModel

    from leadmc.contract.book import Term
    from leadmc.inputs.achieved import Comparison
    from leadmc.inputs.calibration.fitting import Fitted
    from leadmc.inputs.presets import AssumptionLine
    from leadmc.measures.tables import Table as Figures

Report = Callable[[int, int, float], None]
"""Called with scenarios done, scenarios in all, and time since the first one began [s]."""

PLAIN_INTERVAL: Final = 10.0  # seconds between lines where no bar can be drawn
NARROW: Final = ("mean", "p5", "p50", "p95", "p_loss")  # what an ordinary terminal has room for
UNBOUNDED: Final = 10_000  # columns
VALUES: Final = 18  # columns; more than that goes on the next line, to leave room for the names
YEARS_ABREAST: Final = 5
HEADING: Final = 10  # columns; a longer heading of numbers goes on the next line


def percentiles(record: Mapping[str, Any], console: Console) -> Iterator[Table]:
    """Lay out the net result of each track of a summary: as much as fits, every estimate with its standard error."""
    from leadmc.measures.tables import SHORT

    beside, below = "{} ± {}", "{}\n± {}"
    layouts = ((SHORT, beside), (NARROW, beside), (SHORT, below), (NARROW, below))
    unbounded = console.options.update(max_width=UNBOUNDED)
    for track in record["tracks"]:
        tables = [_percentiles(record, track, *layout) for layout in layouts]
        yield next(
            (one for one in tables if console.measure(one, options=unbounded).maximum <= console.width), tables[-1]
        )


def _percentiles(record: Mapping[str, Any], track: str, statistics: Sequence[str], cell: str) -> Table:
    from leadmc.measures.tables import percentile_table

    estimates = percentile_table(record, track, statistics=statistics)
    return figures(f"{track}: net result, {record['n_scenarios']:,} scenarios, value ± standard error", estimates, cell)


def figures(title: str, estimates: "Figures", cell: str = "{} ± {}") -> Table:
    """Draw a table of estimates, each with its standard error."""
    table = _table(title, estimates.header, numbers=True)
    table.columns[0].min_width = HEADING
    for name, cells in estimates.rows:
        table.add_row(escape(name), *(cell.format(*each) for each in cells))
    return table


def portfolio(record: Mapping[str, Any]) -> Iterator[Table]:
    """Lay out what ACOs come to together: the sum of their net results, and how far they go together."""
    million = 1e6
    for track, found in record["tracks"].items():
        title = f"{track}: net result of {len(record['acos'])} ACOs, {record['n_scenarios']:,} scenarios [$ million]"
        table = _table(f"{title}, value ± standard error", ("", *NARROW[:-1], "tvar95"), numbers=True)
        for horizon, cell in found["net_result"].items():
            pairs = [cell[name] for name in (*NARROW[:-1], "tvar95")]
            cells = (f"{pair['value'] / million:.2f}\n± {(pair['se'] or math.nan) / million:.2f}" for pair in pairs)
            table.add_row(horizon.replace("_", " "), *cells)
        yield table
        matrix = _table(f"{track}: correlation of ten-year net results", ("", *record["acos"]), numbers=True)
        correlation = found["correlation"]
        for name, values, errors in zip(record["acos"], correlation["value"], correlation["se"], strict=True):
            cells = (f"{value:.2f} ± {error or 0.0:.2f}" for value, error in zip(values, errors, strict=True))
            matrix.add_row(name, *cells)
        yield matrix


def backtest(rows: Sequence[Mapping[str, Any]]) -> Iterator[Table]:
    """Lay out the scores of forecasts: by model, then those of the bottom-up model by year and by the ACO's size."""
    levels = [key for key in rows[0] if key.startswith("coverage_") and not key.endswith("_se")]
    header = ("", "n", *(f"{key.removeprefix('coverage_')}%" for key in levels))
    table = _table("All forecasts: results inside their interval [%]", (*header, "CRPS", "KS p"), numbers=True)
    parts: dict[str, dict[str, list[Mapping[str, Any]]]] = {"year": {}, "size": {}}
    for row in rows:
        if row["scope"] == "all":
            known = "" if row["programme_mean"] == "realised" else ",\nprogramme mean forecast"
            table.add_row(row["model"].replace("_", " ") + known, *_coverage(row, levels), _crps(row), _p_value(row))
        elif row["programme_mean"] == "realised":
            parts[row["scope"]].setdefault(row["part"], []).append(row)
    yield table
    for scope, title in (("year", "year"), ("size", "assigned beneficiaries")):
        groups = parts[scope]
        others = [each["model"].replace("_", " ") for each in next(iter(groups.values()))][1:]
        last = ("KS p",) if scope == "year" else ()  # sizes leave no room for it
        columns = (*header, "CRPS", *(f"CRPS {model}" for model in others), *last)
        table = _table(f"Bottom-up forecasts by {title}", columns, numbers=True)
        for part, group in groups.items():
            cells = (*_coverage(group[0], levels), *map(_crps, group), _p_value(group[0]))
            table.add_row(part, *cells[: len(columns) - 1])
        yield table


def _coverage(row: Mapping[str, Any], levels: Iterable[str]) -> Iterator[str]:
    yield f"{row['n']:,}"
    for level in levels:
        yield f"{row[level]:.1f}\n± {row[level + '_se']:.1f}"


def _crps(row: Mapping[str, Any]) -> str:
    return f"{row['crps']:.2f}\n± {row['crps_se']:.2f}"


def _p_value(row: Mapping[str, Any]) -> str:
    return f"{row['pit_ks_p']:.3f}" if row["pit_ks_p"] >= 0.001 else "<.001"


def settings(model: "BaseModel") -> Table:
    """List every key of a configuration with its value, and whether the user gave it."""
    table = _table("Configuration", ("Key", "Value", ""))
    for key, value, given in _leaves(model, ""):
        table.add_row(key, _text(value), "" if given else "default")
    return table


def assumptions(lines: Iterable["AssumptionLine"]) -> Table:
    """List assumptions with their evidence; mark what the user stated and what lies outside its plausible range."""
    table = _table("Assumptions", ("Assumption, unit, source", "Value", "Plausible", "Grade"))
    for line in lines:
        plausible = "" if line.range is None else f"{line.range[0]:g} to {line.range[1]:g}"
        flag = " OUT OF RANGE" if line.outside_range else ""
        table.add_row(_entry(line.path, line.unit, line.source), _text(line.value) + flag, plausible, line.grade)
    return table


def moments(comparisons: Iterable["Comparison"]) -> Table:
    """List what the reference population achieves beside what is known of people."""
    table = _table("People: achieved beside target", ("Moment, meaning", "Target", "Plausible", "Achieved", "Verdict"))
    for each in comparisons:
        plausible = f"{each.low:.3g} to {each.high:.3g}"
        name = f"{escape(each.name)}\n[dim]{escape('; '.join(filter(None, [each.meaning, each.why])))}"
        table.add_row(name, f"{each.target:.3g}", plausible, f"{each.achieved:.3g}", each.verdict)
    return table


def estimates(fitted: Iterable["Fitted"], defaults: Mapping[str, object]) -> Table:
    """List fitted drivers with their standard errors beside the packaged defaults."""
    header = ("Estimate, unit, assumption, source", "Value", "SE", "Default", "n")
    table = _table("Drivers fitted to public files", header)
    for each in fitted:
        prose = "; ".join(filter(None, [each.path, each.source, each.note]))
        value, se, n = each.estimate
        default = _text(defaults[each.path]) if each.path else ""
        table.add_row(_entry(each.name, each.unit, prose), f"{value:.3g}", f"{se:.2g}", default, f"{n:,}")
    return table


def checks(records: Iterable[Mapping[str, Any]]) -> Iterator[Table]:
    """Lay out what was to be reproduced, a table a section, every result with its standard error and verdict."""
    header = ("Fact", "Target", "Passes", "Result", "± error", "Verdict")
    for section, group in itertools.groupby(records, key=lambda each: each["section"]):
        table = _table(section, header)
        for each in group:
            error = f"{each['se']:.2g}" if each["se"] else "none"
            name = escape(each["name"]) + (f"\n[dim]{escape(each['note'])}" if each["note"] else "")
            passes = " to ".join(f"{end:.4g}" for end in each["passes"])
            table.add_row(name, f"{each['target']:.4g}", passes, f"{each['result']:.4g}", error, each["verdict"])
        yield table


def terms(title: str, book: Iterable["Term"], remarks: Mapping[str, str] | None = None) -> Table:
    """List terms of a rule book with the years, the source and the confidence of each, and a remark by path."""
    table = _table(title, ("Term, unit, title", "Value", "Years", "Source", "Tag"))
    said = remarks or {}
    for term in book:
        mark = f" ({said.get(term.path, 'yours')})" if term.overridden or term.path in said else ""
        name = _entry(term.path, term.unit, term.title)
        table.add_row(name, _text(term.value) + mark, str(term.years), term.source, term.confidence)
    return table


def settlement(rows: Sequence[Mapping[str, Any]]) -> Iterator[Table]:
    """Lay out the money of one track, five years side by side; what is 0 in every year is left out."""
    from leadmc.base.variables import VARIABLES

    names = [name for name in rows[0] if name in VARIABLES and any(row[name] for row in rows)]
    for first in range(0, len(rows), YEARS_ABREAST):
        abreast = rows[first : first + YEARS_ABREAST]
        years = (str(row["performance_year"]) for row in abreast)
        table = _table("", (f"{rows[0]['track']} [USD]", *years), numbers=True)
        for name in names:
            table.add_row(VARIABLES[name].long_name, *(_amount(row[name]) for row in abreast))
        for name, share in (("Savings", "savings_share"), ("Net result", "net_share")):
            label = f"{name}, % of the benchmark before discount"
            table.add_row(label, *(f"{100 * row[share]:.2f}%" for row in abreast))
        yield table


def decisive_savings(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Lay out the savings from which a track pays, and at which tracks change places, in % of the benchmark."""
    names = [name for name in (rows[0] if rows else ()) if name != "performance_year"]
    table = _table("", ("", *names), numbers=True)
    for row in rows:
        cells = (", ".join(f"{100 * each:.3f}" for each in row[name]) or "none" for name in names)
        table.add_row(str(row["performance_year"]), *cells)
    return table


def samplers(track: str, rows: Sequence[Mapping[str, Any]], scenarios: int) -> Table:
    """Lay out what each sampler is worth: variance-reduction factors of the ten-year net result, and times."""
    own = [row for row in rows if row["track"] == track]
    statistics = list(dict.fromkeys(row["statistic"] for row in own))
    title = f"{track}: variance of plain sampling over each sampler's, {scenarios:,} scenarios; time to P5 ± 0.05%"
    table = _table(title, ("Sampler", *statistics, "Time"), numbers=True)
    for name in dict.fromkeys(row["sampler"] for row in own):
        by_statistic = {row["statistic"]: row for row in own if row["sampler"] == name}
        factors = (f"{row['factor']:.1f}±{row['factor_se']:.1f}" for row in by_statistic.values())
        table.add_row(name, *factors, f"{by_statistic['p5']['seconds']:,.0f} s")
    return table


def _amount(value: float | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.0f}"


@contextmanager
def progress(console: Console, unit: str = "scenarios") -> Iterator[Report]:
    """Show how far a run has come: a bar with rate and time left on a terminal, a line now and then elsewhere."""
    if not console.is_terminal:
        yield _plain_lines(console, unit)
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn(unit + " {task.fields[rate]}"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(unit, total=None, rate="")

        def report(done: int, total: int, seconds: float) -> None:
            bar.update(task, completed=done, total=total, rate=_rate(done, seconds))

        yield report


def _plain_lines(console: Console, unit: str) -> Report:
    printed = 0.0

    def report(done: int, total: int, seconds: float) -> None:
        nonlocal printed
        if done < total and seconds - printed < PLAIN_INTERVAL:
            return
        printed = seconds
        left = f", {seconds * (total - done) / done:,.0f} s left" if 0 < done < total else ""
        console.print(f"{done:,} of {total:,} {unit} {_rate(done, seconds)}{left}", highlight=False)

    return report


def _rate(done: int, seconds: float) -> str:
    return f"({done / seconds:,.0f}/s)" if done and seconds > 0 else ""


def _table(title: str, header: Sequence[str], *, numbers: bool = False) -> Table:
    """Start a table; the first column names the rows, the others hold texts or numbers."""
    padding = (0, 1, 0, 0) if numbers else (0, 1)
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=padding)
    table.add_column(header[0], overflow="fold")  # where room is short, long names give way and not numbers
    for name in header[1:]:
        if numbers:
            table.add_column(textwrap.fill(name, HEADING, break_long_words=False), justify="right", no_wrap=True)
        else:
            table.add_column(name, overflow="fold", max_width=VALUES)
    return table


def _entry(path: str, unit: str, prose: str) -> str:
    """Name a row: path and unit, and what there is to say about it below, dimmed."""
    return escape(f"{path} [{unit}]") + f"\n[dim]{escape(prose)}"


def _leaves(model: "BaseModel", prefix: str) -> Iterator[tuple[str, Any, bool]]:
    """Every key below a model with its value and whether it was given."""
    for key in type(model).model_fields:
        value = getattr(model, key)
        given = key in model.model_fields_set
        if hasattr(value, "model_fields_set"):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value, given


def _text(value: Any) -> str:
    """Read a value in one line, numbers to six digits."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_text(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(f"({_text(each)})" if isinstance(each, list | tuple) else _text(each) for each in value)
    return "" if value is None else str(value)
