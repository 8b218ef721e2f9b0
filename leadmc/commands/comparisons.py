"""Commands that set runs side by side: ``compare``."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from leadmc.commands.answers import Answer, Format, print_csv, print_json, print_tables


def compare(
    first: Annotated[Path, typer.Argument(metavar="RUN_A", help="Directory of a finished run.")],
    second: Annotated[Path, typer.Argument(metavar="RUN_B", help="Another; differences are B less A.")],
    *,
    unpaired: Annotated[bool, typer.Option("--unpaired", help="Compare runs that do not share their draws.")] = False,
    answer: Answer = Format.TABLE,
) -> None:
    """Show what differs between two runs, with paired errors; refuse runs that do not share their draws."""
    from leadmc.measures.comparison import compare_runs, difference_rows

    found, changed = compare_runs(first, second, unpaired=unpaired)
    if answer is Format.TABLE:
        _print_comparison(found, changed)
    elif answer is Format.JSON:
        settings = [{"setting": path, "first": left, "second": right} for path, left, right in changed]
        rows = [row._asdict() for row in difference_rows(found)]
        print_json({"unpaired": unpaired, "settings": settings, "differences": rows})
    else:
        print_csv(row._asdict() for row in difference_rows(found))


def _print_comparison(found: Any, changed: Sequence[tuple[str, Any, Any]]) -> None:
    from leadmc import terminal
    from leadmc.measures.tables import comparison_table

    for path, left, right in changed:
        typer.echo(f"{path}: {left} in the first, {right} in the second.")
    if not changed:
        typer.echo("The two runs have the same configuration.")
    how = "unpaired" if found.attrs["unpaired"] else "paired"
    print_tables(
        terminal.figures(f"{track}: net result over ten years, {how}", comparison_table(found, track))
        for track in map(str, found["track"].to_numpy())
    )
