"""Commands about the precision of a run: ``samplers``."""

from typing import Annotated

import typer

from leadmc.commands.answers import Answer, ConfigFile, Format, print_csv, print_json, print_tables


def samplers(
    config: ConfigFile,
    *,
    scenarios: Annotated[int, typer.Option(min=64, help="Of each run; whole groups of 64.")] = 1024,
    runs: Annotated[int, typer.Option(min=2, help="Independent runs of each sampler.")] = 4,
    answer: Answer = Format.TABLE,
) -> None:
    """Compare samplers: the standard error of each, its variance-reduction factor, its time to a given error."""
    from rich.console import Console

    from leadmc import terminal
    from leadmc.base.errors import Fault, InputError
    from leadmc.inputs.config import load_config
    from leadmc.inputs.settings import LHS_POINTS

    if scenarios % LHS_POINTS:
        raise InputError([Fault("--scenarios", str(scenarios), f"a multiple of {LHS_POINTS}")])
    loaded = load_config(config)
    from leadmc.efficiency import efficiency  # brings numba: only when the configuration is good

    with terminal.progress(Console(stderr=True)) as progress:
        rows = efficiency(loaded, scenarios=scenarios, runs=runs, progress=progress)
    if answer is Format.TABLE:
        print_tables([terminal.samplers(track, rows, scenarios) for track in loaded.settings.tracks])
    elif answer is Format.JSON:
        print_json(rows)
    else:
        print_csv(rows)
