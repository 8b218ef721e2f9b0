"""A national run, planned: what one ACO costs on two distributed workers, and what a thousand of them take.

``python -m benchmarks.scale`` measures, keeps the figures in ``benchmarks/results`` and prints the table of
docs/scale.md; ``python -m benchmarks.scale FILE`` prints it again from the figures kept.
"""

import json
import pickle
import resource
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from leadmc import pipeline
from leadmc.cube.manifest import read_manifest
from leadmc.inputs.config import Config, stated_config
from leadmc.speed import machine
from leadmc.study import prepare, settle_chunk

RESULTS = Path(__file__).parent / "results"
LIVES, SCENARIOS, WORKERS = 13_000, 10_000, 2
FEWER = 10  # times fewer people: what a scenario costs whoever lives in it
YEARS = 13
ACOS = 1_000
CORES = (16, 128, 1_024)


def configured(lives: int) -> Config:
    """Read the configuration of one ACO, with the default assumptions and both tracks of LEAD."""
    return stated_config(
        {
            "name": f"{lives} lives",
            "seed": 2027,
            "scenarios": SCENARIOS,
            "population": {"synthetic": {"beneficiaries": lives}},
        }
    )


def used() -> tuple[float, float]:
    """Processor time [s] and peak memory [MB] of this process."""
    told = resource.getrusage(resource.RUSAGE_SELF)
    return told.ru_utime + told.ru_stime, told.ru_maxrss / 1024


def one_run(lives: int, folder: Path) -> dict[str, Any]:
    """Run one ACO on fresh workers of a local scheduler, reached by its address as a cluster's would be."""
    from distributed import Client, LocalCluster

    config = configured(lives)
    study = prepare(config)
    rows, _ = settle_chunk(study, np.arange(64))
    seen: list[float] = []
    with (
        LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        client.run(settle_chunk, study, np.arange(1))  # a worker that has just started loads the kernel
        at_start, here = {worker: cpu for worker, (cpu, _) in client.run(used).items()}, used()[0]
        out = pipeline.run(
            config,
            out=folder / str(lives),
            scheduler=cluster.scheduler_address,
            progress=lambda *_: seen.append(used()[0]),
        )
        workers, here = client.run(used), used()[0] - here
    return {
        "lives": lives,
        "scenarios": SCENARIOS,
        "stages_seconds": read_manifest(out)["timings_seconds"],
        "workers_cpu_seconds": sum(cpu - at_start[worker] for worker, (cpu, _) in workers.items()),
        "writer_cpu_seconds": seen[-1] - seen[0],
        "alone_cpu_seconds": here - (seen[-1] - seen[0]),
        "worker_peak_mb": max(peak for _, peak in workers.values()),
        "people_bytes": len(pickle.dumps(study)),
        "scenario_bytes": len(pickle.dumps(rows)) / 64,
    }


def measure() -> dict[str, Any]:
    """Run an ACO of the national average size, and one with fewer people."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [one_run(lives, Path(folder)) for lives in (LIVES, LIVES // FEWER)]
    return {"machine": machine(), "workers": WORKERS, "runs": runs}


def unit_costs(found: Mapping[str, Any]) -> dict[str, float]:
    """Split the workers' time into what a person-year costs [ns] and what a scenario costs beside it [ms]."""
    large, small = found["runs"]
    seconds = large["workers_cpu_seconds"] - small["workers_cpu_seconds"]
    person_year = seconds / ((large["lives"] - small["lives"]) * YEARS * SCENARIOS)
    scenario = large["workers_cpu_seconds"] / SCENARIOS - person_year * large["lives"] * YEARS
    return {"person_year_ns": person_year * 1e9, "scenario_ms": scenario * 1e3}


def plan(found: Mapping[str, Any], cores: int) -> dict[str, float]:
    """Extrapolate to a thousand ACOs [s]: one after another on a cluster, or each on a core of its own.

    On a cluster the workers share the scenarios evenly; people, writing, summary and report stay with one process,
    which cannot write faster than it did here. Side by side there is nothing to wait for but the last ACOs.
    """
    large = found["runs"][0]
    scenarios = max(large["workers_cpu_seconds"] / cores, large["writer_cpu_seconds"])
    apart = large["alone_cpu_seconds"] + large["workers_cpu_seconds"]
    return {
        "scenarios": ACOS * scenarios,
        "cluster": ACOS * (large["alone_cpu_seconds"] + scenarios),
        "side_by_side": -(-ACOS // cores) * apart,
    }


def table(found: Mapping[str, Any]) -> str:
    """Write what was measured and what follows as Markdown."""
    large, units = found["runs"][0], unit_costs(found)
    measured = [
        ("a beneficiary-year of a scenario", f"{units['person_year_ns']:.1f} ns"),
        ("a scenario beside its people: drivers, settlement, transport", f"{units['scenario_ms']:.2f} ms"),
        ("one ACO, two workers: wall time of its scenarios", f"{large['stages_seconds']['scenarios']:.0f} s"),
        ("processor time of the workers together", f"{large['workers_cpu_seconds']:.0f} s"),
        ("of the process that writes, meanwhile", f"{large['writer_cpu_seconds']:.1f} s"),
        ("of the same process for people, summary and report", f"{large['alone_cpu_seconds']:.0f} s"),
        ("peak memory of a worker", f"{large['worker_peak_mb']:.0f} MB"),
        ("sent to a worker, once: the people", f"{large['people_bytes'] / 1e6:.1f} MB"),
        ("sent back, each scenario", f"{large['scenario_bytes'] / 1e3:.1f} kB"),
    ]
    lines = ["| Measured | |", "|---|---|", *(f"| {what} | {value} |" for what, value in measured), ""]
    lines += [
        f"| {ACOS:,} ACOs, extrapolated [hours] | one by one on a cluster: scenarios alone | in all | side by side |",
        "|---|---|---|---|",
    ]
    for cores in CORES:
        hours = [f"{seconds / 3600:.2f}" for seconds in plan(found, cores).values()]
        lines.append(f"| {cores:,} cores | {' | '.join(hours)} |")
    volume = f"{ACOS * SCENARIOS * large['scenario_bytes'] / 1e9:.0f} GB"
    lines.append(f"| network; disk | {volume} to one process; {volume} | | none; {volume} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, or read what was measured, and print."""
    if len(sys.argv) > 1:
        found = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    else:
        found = measure()
        place = RESULTS / f"scale-{datetime.now(UTC):%Y-%m-%dT%H%M%S}+0000.json"
        place.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(table(found))


if __name__ == "__main__":
    main()
