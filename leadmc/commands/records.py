"""Commands about a finished run as a record: ``verify`` proves it, ``export`` hands it on."""

from pathlib import Path
from typing import Annotated, Final

import typer

from leadmc.commands.answers import FAILED, RunDirectory, fail

SAMPLED: Final = 4  # chunks, of about a second each


def verify(
    run: RunDirectory,
    *,
    sample: Annotated[int, typer.Option(min=0, help="Chunks to simulate again, chosen at random.")] = SAMPLED,
    everything: Annotated[bool, typer.Option("--all", help="Simulate all scenarios again.")] = False,
) -> None:
    """Check stored files by their hashes, and sampled chunks by simulating them again; exit with 1 if any differs."""
    import numpy as np
    from rich.console import Console

    from leadmc import terminal
    from leadmc.verify import verify as verified

    with terminal.progress(Console(stderr=True)) as progress:
        found = verified(run, sample=None if everything else sample, rng=np.random.default_rng(), progress=progress)
    if found.differences:
        fail("\n".join([f"{run} is not what leadmc made:", *(f"  - {line}" for line in found.differences)]), FAILED)
    typer.echo(
        f"{found.files:,} files have the right hash; {found.scenarios:,} scenarios simulated again, every bit equal."
    )


def export(
    run: RunDirectory,
    file: Annotated[Path, typer.Argument(metavar="FILE.nc", help="A new netCDF file.")],
) -> None:
    """Write the cube of a finished run as one netCDF file."""
    from leadmc.cube.netcdf import export_netcdf

    export_netcdf(run, file)
    typer.echo(f"Wrote {file}.")
