"""Commands about rules that nobody has published: ``influence``, ``transition``."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from leadmc.base.errors import Fault, InputError
from leadmc.commands.answers import Answer, Format, RunDirectory, print_csv, print_json, print_tables
from leadmc.commands.runs import read_summary


def influence(run: RunDirectory, answer: Answer = Format.TABLE) -> None:
    """Show how much of the spread is rules, and what each unverified rule would change if it were otherwise."""
    from leadmc.measures.rule_tables import influence_rows

    record = _summary(run)
    if answer is Format.TABLE:
        print_tables(_influence(record))
    elif answer is Format.JSON:
        print_json({key: record[key] for key in ("rule_uncertainty", "rule_influence")})
    else:
        print_csv(influence_rows(record))


def transition(run: RunDirectory, answer: Answer = Format.TABLE) -> None:
    """Show what the regional rate book does, to whom, and every published way to it side by side."""
    from leadmc.measures.rule_tables import ways_rows

    record = _summary(run)
    if answer is Format.TABLE:
        print_tables(_transition(record))
        if record["transition"] is None:
            typer.echo("The rate book has no weight in this run.")
    elif answer is Format.JSON:
        print_json({"transition": record["transition"], "ways": record["rule_influence"]["rate_book"]})
    else:
        print_csv(ways_rows(record))


def _summary(run: Path) -> dict[str, Any]:
    """Read a summary that knows of other rules; a run of an earlier version does not."""
    record = read_summary(run)
    if "rule_influence" not in record:
        raise InputError(
            [Fault(str(run), "settled under its own rules only", "a run of this version", "Run it again.")]
        )
    return record


def _influence(record: Mapping[str, Any]) -> Iterator[Any]:
    from leadmc import terminal
    from leadmc.measures.rule_tables import influence_table, means_table, shares_table

    if record["rule_uncertainty"] is not None:
        yield terminal.figures("Mixed rules: share of the variance of the ten-year net result", shares_table(record))
        for track in record["tracks"]:
            yield terminal.figures(f"{track}: ten-year net result by alternative", means_table(record, track))
    n = record["rule_influence"]["n_scenarios"]
    for track in record["tracks"]:
        title = f"{track}: change of the ten-year net result, {n:,} scenarios settled again"
        yield terminal.figures(title, influence_table(record, track))


def _transition(record: Mapping[str, Any]) -> Iterator[Any]:
    from leadmc import terminal
    from leadmc.measures.rule_tables import effect_table, position_table, step_table, ways_table

    ways = record["rule_influence"]
    moved = record["transition"]
    if moved is not None:
        year = moved["switch_year"]
        yield terminal.figures(f"Step of the benchmark from {year - 1} to {year} beyond its trend", step_table(record))
    for track in dict.fromkeys(track for way in ways["rate_book"] for track in way["tracks"]):
        if moved is not None:
            yield terminal.figures(
                f"{track}: benchmark without the rate book, and what it adds", effect_table(record, track)
            )
            title = f"{track}: ten years, by position against the region in the base years"
            yield terminal.figures(title, position_table(record, track))
        title = f"{track}: ten-year net result, {ways['n_scenarios']:,} scenarios settled again"
        yield terminal.figures(title, ways_table(record, track))
