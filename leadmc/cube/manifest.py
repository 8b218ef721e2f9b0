"""The manifest of a run: what went in, what it ran on, how long it took, so that a result can be traced and repeated.

It names no person, no user, no host and no place outside the run.
"""

import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import leadmc
from leadmc.cube.run_directory import MANIFEST, read_record, write_whole

LIBRARIES: Final = ("dask", "llvmlite", "numba", "numpy", "pandas", "pydantic", "scipy", "xarray", "zarr")


class RunFacts(NamedTuple):
    """What only the run itself knows.

    Parameters
    ----------
    name, command
        Name of the run, and the command that made it with file names only.
    seed
        Root of all random numbers.
    tracks
        Names of the tracks.
    config_hash
        Fingerprint of what can change a result, from ``inputs.config.config_hash``.
    inputs
        Hash of each file that was read, by its name.
    engine
        What did the work: scheduler, workers. No result depends on it.
    unverified_terms
        Terms that the result rests on and no published source confirms: path, value, confidence and source of each.
    counts
        Scenarios, beneficiaries, costs that met the limit of the integer sums, and the like.
    timings
        Wall time of each stage [s].
    started, finished
        Moments with their time zone.
    """

    name: str
    command: str
    seed: int
    tracks: Sequence[str]
    config_hash: str
    inputs: Mapping[str, str]
    engine: Mapping[str, str | int]
    unverified_terms: Sequence[Mapping[str, Any]]
    counts: Mapping[str, int]
    timings: Mapping[str, float]
    started: datetime
    finished: datetime


def describe(facts: RunFacts) -> dict[str, Any]:
    """Complete the facts of a run with versions and the machine.

    Returns
    -------
    dict
        Ready for JSON.
    """
    return {
        "name": facts.name,
        "command": facts.command,
        "seed": facts.seed,
        "tracks": list(facts.tracks),
        "started": facts.started.isoformat(timespec="seconds"),
        "finished": facts.finished.isoformat(timespec="seconds"),
        "config_sha256": facts.config_hash,
        "inputs_sha256": dict(facts.inputs),
        "engine": dict(facts.engine),
        "counts": dict(facts.counts),
        "unverified_terms": [dict(term) for term in facts.unverified_terms],
        "timings_seconds": {stage: round(seconds, 3) for stage, seconds in facts.timings.items()},
        "versions": {
            "leadmc": leadmc.__version__,
            "python": platform.python_version(),
            **{library: importlib.metadata.version(library) for library in LIBRARIES},
        },
        "machine": {"cpu": cpu_model(), "cores": os.cpu_count(), "system": platform.system()},
    }


def write_manifest(run: Path, manifest: Mapping[str, Any]) -> None:
    """Write ``manifest.json`` into the run directory: the last file, which makes the run a finished one."""
    write_whole(run / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def read_manifest(run: Path) -> dict[str, Any]:
    """Read the manifest of a finished run; InputError if there is none."""
    return read_record(run, MANIFEST)


def cpu_model() -> str:
    """Name of the processor, as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())
