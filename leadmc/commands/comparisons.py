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
    from leadmc.base.errors import InputError
    from leadmc.cube.store import open_cube
    from leadmc.measures.comparison import compare as compared
    from leadmc.measures.comparison import difference_rows, people_faults, setting_differences, sharing_faults

    cubes = [open_cube(run) for run in (first, second)]
    changed = setting_differences(*(_settings(run) for run in (first, second)))
    if not unpaired and (faults := [*sharing_faults(*cubes), *people_faults(changed)]):
        raise InputError(faults)
    found = compared(*cubes, unpaired=unpaired)
    if answer is Format.TABLE:
        _print_comparison(found, changed)
    elif answer is Format.JSON:
        settings = [{"setting": path, "first": left, "second": right} for path, left, right in changed]
        rows = [row._asdict() for row in difference_rows(found)]
        print_json({"unpaired": unpaired, "settings": settings, "differences": rows})
    else:
        print_csv(row._asdict() for row in difference_rows(found))


def _settings(run: Path) -> dict[str, Any]:
    """Read the resolved configuration of a run; a file that it names counts by its content."""
    from leadmc.cube.identity import CONFIG
    from leadmc.cube.run_directory import read_record
    from leadmc.inputs.yaml_text import read_yaml

    hashes = read_record(run, "manifest.json")["inputs_sha256"]
    settings = read_yaml(run / CONFIG)
    for section, key in (("population", "file"), ("region", "rate_book")):
        file = (settings.get(section) or {}).get(key)
        if file:
            settings[section][key] = f"{Path(file).name}, SHA-256 {hashes.get(Path(file).name)}"
    return settings


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
