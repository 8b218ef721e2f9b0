"""Measure the kernel against what else one could have written, print a table, and keep the figures.

``python -m benchmarks.run``. The machine may be busy with other things, so the contestants take turns, and their
ratios mean more than their times. The machine itself is measured by ``leadmc bench``.
"""

import json
import statistics
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.bench_kernel import TWIN_SCENARIOS, PersonYears, Philox
from leadmc.speed import in_turns, machine

RESULTS = Path(__file__).parent / "results"
ROUNDS = 7
NAMES = {
    "kernel": "kernel, one thread",
    "truncating": "kernel that truncates too",
    "two_threads": "kernel, two threads",
    "numpy": "idiomatic NumPy, its own generator",
    "numba": "idiomatic numba, its own generator",
    "jax": "idiomatic JAX, its own generator",
    "twin": "NumPy twin, same bits as the kernel",
    "philox": "Philox4x32-10 alone",
}


def measure(people: PersonYears, philox: Philox, rounds: int = ROUNDS) -> dict[str, Any]:
    """Let everybody run in turns; nanoseconds per beneficiary-year (per block of four words), and ratios."""
    people.setup()
    philox.setup()
    one = people.case.person_years
    contestants: dict[str, tuple[Callable[[], None], int]] = {
        "kernel": (people.time_kernel, one),
        "truncating": (people.time_kernel_truncating, one),
        "numpy": (people.time_numpy, one),
        "numba": (people.time_numba, one),
        "two_threads": (people.time_kernel_on_two_threads, 2 * one),
        "twin": (people.time_twin, one * TWIN_SCENARIOS // people.scenarios),
        "philox": (philox.time_philox, philox.blocks),
    }
    if people.run_jax is not None:
        contestants["jax"] = (people.time_jax, one)
    seconds = in_turns({name: run for name, (run, _) in contestants.items()}, rounds)
    times = {name: [each / contestants[name][1] * 1e9 for each in found] for name, found in seconds.items()}
    best = {name: min(each) for name, each in times.items()}
    return {
        "beneficiaries": people.beneficiaries,
        "scenarios": people.scenarios,
        "rounds": rounds,
        "median_ns": {name: statistics.median(each) for name, each in times.items()},
        "best_ns": best,
        "against_kernel": {
            name: statistics.median(b / a for a, b in zip(times["kernel"], each, strict=True))
            for name, each in times.items()
        },
        "two_thread_efficiency": best["kernel"] / (2 * best["two_threads"]),
    }


def table(result: dict[str, Any]) -> Table:
    """Lay the figures out for a terminal."""
    grid = Table(title="Nanoseconds per beneficiary-year (Philox: per block of four words)")
    for heading in ("", "median", "best", "against kernel, median of rounds"):
        grid.add_column(heading, justify="left" if not heading else "right")
    for name, words in NAMES.items():
        if name in result["best_ns"]:
            figures = (result[column][name] for column in ("median_ns", "best_ns", "against_kernel"))
            grid.add_row(words, *(f"{figure:.2f}" for figure in figures))
    return grid


def main() -> None:
    """Measure, print, keep."""
    result = measure(PersonYears(), Philox())
    console = Console()
    console.print(table(result))
    console.print(f"efficiency of two threads: {result['two_thread_efficiency']:.2f}")
    measured = datetime.now(UTC).isoformat(timespec="seconds")
    facts = machine() | {"measured": measured}
    if "jax" in result["best_ns"]:
        facts |= {"jax": version("jax")}
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"baselines-{measured.replace(':', '')}.json"
    path.write_text(json.dumps(facts | result, indent=1) + "\n", encoding="utf-8")
    console.print(f"kept in {path}")


if __name__ == "__main__":
    main()
