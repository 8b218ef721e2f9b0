"""Measure the kernel against NumPy in one go, print a table, and keep the figures with the machine's name.

``python -m benchmarks.run``. The machine may be busy with other things, so the contestants take turns, and their
ratios mean more than their times.
"""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from rich.console import Console
from rich.table import Table

import leadmc
from benchmarks.bench_kernel import TWIN_SCENARIOS, PersonYears, Philox

RESULTS = Path(__file__).parent / "results"
ROUNDS = 7


def measure(people: PersonYears, philox: Philox, rounds: int = ROUNDS) -> dict[str, Any]:
    """Let everybody run in turns; nanoseconds per beneficiary-year (per block of four words), and ratios."""
    people.setup()
    philox.setup()
    one = people.case.person_years
    contestants: dict[str, tuple[Callable[[], None], int]] = {
        "kernel": (people.time_kernel, one),
        "numpy": (people.time_numpy, one),
        "two_threads": (people.time_kernel_on_two_threads, 2 * one),
        "twin": (people.time_twin, one * TWIN_SCENARIOS // people.scenarios),
        "philox": (philox.time_philox, philox.blocks),
    }
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, (run, units) in contestants.items():
            times[name].append(seconds(run) / units * 1e9)
    median = {name: statistics.median(each) for name, each in times.items()}
    best = {name: min(each) for name, each in times.items()}
    return {
        "beneficiaries": people.beneficiaries,
        "scenarios": people.scenarios,
        "rounds": rounds,
        "median_ns": median,
        "best_ns": best,
        "kernel_against_numpy": statistics.median(b / a for a, b in zip(times["kernel"], times["numpy"], strict=True)),
        "two_thread_efficiency": best["kernel"] / (2 * best["two_threads"]),
    }


def seconds(run: Callable[[], None]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def machine() -> dict[str, Any]:
    """Processor, how busy it is, and versions."""
    return {
        "cpu": llvmlite.binding.get_host_cpu_name(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
        "leadmc": leadmc.__version__,
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def table(result: dict[str, Any]) -> Table:
    """Lay the figures out for a terminal."""
    grid = Table(title="Nanoseconds per beneficiary-year (Philox: per block of four words)")
    for heading in ("", "median", "best", "median against kernel"):
        grid.add_column(heading, justify="left" if not heading else "right")
    names = {
        "kernel": "kernel, one thread",
        "two_threads": "kernel, two threads",
        "numpy": "idiomatic NumPy, its own generator",
        "twin": "NumPy twin, same bits as the kernel",
        "philox": "Philox4x32-10 alone",
    }
    median, best = result["median_ns"], result["best_ns"]
    for name, words in names.items():
        grid.add_row(words, f"{median[name]:.2f}", f"{best[name]:.2f}", f"{median[name] / median['kernel']:.2f}")
    return grid


def main() -> None:
    """Measure, print, keep."""
    result = measure(PersonYears(), Philox())
    console = Console()
    console.print(table(result))
    console.print(f"kernel against NumPy, median of paired rounds: {result['kernel_against_numpy']:.2f} times as fast")
    console.print(f"efficiency of two threads: {result['two_thread_efficiency']:.2f}")
    facts = machine()
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{facts['cpu']}-{facts['measured'].replace(':', '')}.json"
    path.write_text(json.dumps(facts | result, indent=1) + "\n", encoding="utf-8")
    console.print(f"kept in {path}")


if __name__ == "__main__":
    main()
