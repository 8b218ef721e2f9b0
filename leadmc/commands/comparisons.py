"""Commands that set runs side by side: ``compare``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadmc.commands.answers import Answer, Format, print_csv, print_json, print_tables

if TYPE_CHECKING:
    from leadmc.measures.comparison import RunsCompared


def compare(
    first: Annotated[Path, typer.Argument(metavar="RUN_A", help="Directory of a finished run.")],
    second: Annotated[Path, typer.Argument(metavar="RUN_B", help="Another; differences are B less A.")],
    *,
    unpaired: Annotated[bool, typer.Option("--unpaired", help="Compare runs that do not share their draws.")] = False,
    answer: Answer = Format.TABLE,
) -> None:
    """Show what differs between two runs, with paired errors; refuse runs that do not share their draws."""
    from leadmc.measures.comparison import compare_runs, difference_rows

    runs = compare_runs(first, second, unpaired=unpaired)
    rows = (row._asdict() for row in difference_rows(runs.compared))
    if answer is Format.TABLE:
        _print_comparison(runs)
    elif answer is Format.JSON:
        settings = [{"setting": path, "first": left, "second": right} for path, left, right in runs.settings]
        print_json({"unpaired": unpaired, "settings": settings, "differences": list(rows)})
    else:
        print_csv(rows)


def _print_comparison(runs: "RunsCompared") -> None:
    from leadmc import terminal
    from leadmc.measures.tables import comparison_table

    found = runs.compared
    for sentence in runs.in_words():
        typer.echo(sentence)
    if not runs.settings:
        typer.echo("The two runs have the same configuration.")
    how = "unpaired" if found.attrs["unpaired"] else "paired"
    print_tables(
        terminal.figures(f"{track}: net result over ten years, {how}", comparison_table(found, track))
        for track in map(str, found["track"].to_numpy())
    )
