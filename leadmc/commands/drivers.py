"""Commands about what an answer hangs on: ``sensitivity``."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from leadmc.commands.answers import Answer, ConfigFile, Format, print_csv, print_json, print_tables


def sensitivity(
    config: ConfigFile,
    *,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write sensitivity.json and tornado.svg there, also beside a run."),
    ] = None,
    scenarios: Annotated[int | None, typer.Option(help="Of each change, whole groups of 64; 512 by default.")] = None,
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Every assumption with a plausible range, and confirmed rules too: more than ten minutes of "
            "processor time with 12,000 people, most of it to solve the loadings of people for other targets.",
        ),
    ] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; all cores by default.")] = None,
    answer: Answer = Format.TABLE,
) -> None:
    """Move every uncertain assumption and rule, one at a time, on the same people and draws, and split the variance."""
    from rich.console import Console

    from leadmc import terminal
    from leadmc.inputs.config import load_config

    loaded = load_config(config)
    from leadmc import one_at_a_time  # brings numba: only when the configuration is good

    if out is not None:
        one_at_a_time.refuse_taken(out)
    with terminal.progress(Console(stderr=True)) as progress:
        record = one_at_a_time.sensitivity(
            loaded, scenarios=scenarios, everything=everything, workers=workers, progress=progress
        )
    if out is not None:
        one_at_a_time.write(record, out)
    if answer is Format.TABLE:
        print_tables(_tables(record, everything=everything))
        for refused in record["refused"]:
            typer.echo(f"Left out, {refused['path']} = {refused['value']}: {refused['why']}")
    elif answer is Format.JSON:
        print_json(record)
    else:
        from leadmc.measures.tornado_tables import tornado_rows

        print_csv(tornado_rows(record))


def _tables(record: Mapping[str, Any], *, everything: bool) -> Iterator[Any]:
    from leadmc import terminal
    from leadmc.measures.tornado_tables import SHOWN, tornado_table, values_table
    from leadmc.report.tables import split_table

    n, most = record["n_scenarios"], None if everything else SHOWN
    for track in record["base"]:
        title = f"{track}: change of the ten-year net result, {n:,} scenarios; the same rank: cannot be told apart"
        yield terminal.figures(title, tornado_table(record, track, most))
        values = values_table(record, track)
        if values.rows:
            yield terminal.figures(f"{track}: what the ACO can choose", values)
    split = f"Variance of the ten-year net result in % of benchmark, {record['n_scenarios_split']:,} scenarios"
    yield terminal.figures(split, split_table(record))
