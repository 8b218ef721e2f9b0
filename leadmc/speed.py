"""How fast this machine is: the kernel against its generator, threads, sizes, and what a run costs beside the kernel.

Contestants take turns, because a machine is seldom idle: ratios within a round mean more than times, and the best of
many rounds more than their mean. Sizes and rounds are few with ``quick``.
"""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import CATEGORIES, YEARS
from leadmc.base.processor import usable_cores
from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.config import stated_config
from leadmc.inputs.reference import Reference
from leadmc.inputs.synthetic import synthetic_population
from leadmc.paths import kernel, twin
from leadmc.paths.arrays import Nature, Panel, Prices
from leadmc.paths.generator import only_draw
from leadmc.paths.people import gather_people
from leadmc.study import prepare, settle_chunk

COUNTY_COST: Final = ((15_000.0, 98_000.0), (13_000.0, 90_000.0))  # a panel to time, not one to believe
ATTACHMENT: Final = 100_000.0
SEED: Final = (np.uint32(2027), np.uint32(1))
PRECISE: Final = 5e-4  # of the benchmark: the standard error whose price is reported
LENGTH: Final = 1024  # generator blocks in a row
BLOCKS_A_PERSON_YEAR: Final = 7  # take the generator about as long as the kernel takes for a person-year
TWIN_SHARE: Final = 4  # scenarios of the kernel to one of the twin, which is there to be right


START: Final = """
import gc, json, sys, time
from pathlib import Path
import leadmc.cli
gc.set_threshold(leadmc.cli.COLLECT_AFTER)
from leadmc.inputs.config import stated_config
from leadmc import pipeline, terminal
from leadmc.study import prepare
spent = [time.process_time()]
config = stated_config(json.loads(sys.argv[1]))
spent.append(time.process_time())
study = prepare(config)
spent.append(time.process_time())
pipeline.laid_out(study, Path(sys.argv[2]))
spent.append(time.process_time())
print(json.dumps(spent))
"""
"""What ``leadmc run`` does until its first scenario is settled and the rest can begin, timed in its parts."""


class Size(NamedTuple):
    """How much to measure: people, scenarios of the kernel, scenarios of a chunk, rounds, and processes to start."""

    beneficiaries: int
    scenarios: int
    chunk: int
    rounds: int
    starts: int


USUAL: Final = Size(12_000, 16, 400, 15, 5)
QUICK: Final = Size(2_000, 4, 50, 3, 2)


class Case(NamedTuple):
    """Arguments of a simulation, less its seed.

    Parameters
    ----------
    panel, nature
        The people.
    prices
        Levels and attachments, [s, t, c].
    """

    panel: Panel
    nature: Nature
    prices: Prices

    @property
    def person_years(self) -> int:
        """Beneficiary-years in one run."""
        return int(self.panel.age.size * self.prices.level.shape[0] * self.prices.level.shape[1])

    def sums(self) -> npt.NDArray[np.int64]:
        """Empty sums for one run."""
        return np.zeros((*self.prices.level.shape, kernel.SUMS), np.int64)

    def run(self, first_scenario: int = 0) -> None:
        """Simulate."""
        kernel.simulate(*self, SEED, first_scenario, self.sums())


@cache
def the_reference() -> Reference:
    """Solve the reference population of the calibrated assumptions, once."""
    return Reference(load_assumptions().people)


def a_case(beneficiaries: int, scenarios: int) -> Case:
    """Lay out a panel in two counties, with level 1 and an attachment that one person in fifty reaches."""
    population = synthetic_population(
        the_reference(),
        beneficiaries=beneficiaries,
        county_fips=("37063", "37183"),
        county_weight=(1.0, 3.0),
        voluntary_share=0.0,
    )
    people = gather_people(population, np.array(COUNTY_COST), the_reference())
    shape = (scenarios, len(YEARS), len(CATEGORIES))
    prices = Prices(np.ones(shape, np.float32), np.full(shape, ATTACHMENT, dtype=np.float32))
    return Case(people.panels[0], people.nature, prices)


def measure(*, quick: bool = False) -> dict[str, Any]:
    """Measure everything; a record for JSON."""
    size = QUICK if quick else USUAL
    return {
        "machine": machine(),
        "size": size._asdict(),
        "kernel": against_the_generator(size),
        "threads": threads(size),
        "growth": growth(size),
        "run": a_run(size),
        "start": a_start(size),
    }


def machine() -> dict[str, Any]:
    """Processor, caches, how busy it is, and versions."""
    libraries = ("numpy", "numba", "llvmlite", "leadmc")
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "caches": _caches(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        **{name: version(name) for name in libraries},
    }


def _cpu_model() -> str:
    """Name of the processor, as the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()


def _caches() -> dict[str, str]:
    """Sizes of the first core's caches, where the system tells them."""
    found = sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*"))
    return {
        f"L{(each / 'level').read_text().strip()} {(each / 'type').read_text().strip().lower()}": (each / "size")
        .read_text()
        .strip()
        for each in found
    }


def in_turns(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Let everybody run once a round, after one run that does not count, and time it [s]."""
    for run in contestants.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return times


def against_the_generator(size: Size) -> dict[str, Any]:
    """Time the kernel, its NumPy twin, and the generator alone [ns per beneficiary-year; per block of four words]."""
    case = a_case(size.beneficiaries, size.scenarios)
    out = np.empty(LENGTH, np.uint32)
    few = max(1, size.scenarios // TWIN_SHARE // TWIN_SHARE)
    level, attachment, _ = case.prices
    small = case._replace(prices=Prices(level[:few], attachment[:few]))
    blocks = case.person_years // LENGTH * LENGTH
    times = in_turns(
        {
            "kernel": case.run,
            "generator": lambda: only_draw(blocks, SEED, out),
            "twin": lambda: twin.simulate(*small, SEED, 0, small.sums()),
        },
        size.rounds,
    )
    units = {"kernel": case.person_years, "generator": blocks, "twin": small.person_years}
    best = {name: min(each) / units[name] * 1e9 for name, each in times.items()}
    return {
        "best_ns": best,
        "median_ns": {name: float(np.median(each)) / units[name] * 1e9 for name, each in times.items()},
        "kernel_over_generator": best["kernel"] / best["generator"],
        "twin_over_kernel": best["twin"] / best["kernel"],
    }


def threads(size: Size) -> list[dict[str, float]]:
    """Efficiency on 1, 2, 4 ... threads: of the same work cut up (strong), and of as much work for each (weak).

    What the generator alone reaches, with the same work cut up, is what the machine gives: it works in registers only.
    """
    most = usable_cores()
    counts = sorted({min(2**k, most) for k in range(most.bit_length() + 1)})
    part, parts = a_case(size.beneficiaries, size.scenarios), counts[-1]

    def live(piece: int) -> None:
        part.run(piece * size.scenarios)

    def draw(_: int) -> None:
        only_draw(BLOCKS_A_PERSON_YEAR * part.person_years // LENGTH * LENGTH, SEED, np.empty(LENGTH, np.uint32))

    def share(work: Callable[[int], None], count: int, pieces: int) -> None:
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(work, range(pieces)))

    contestants: dict[str, Callable[[], object]] = {}
    for count in counts:
        contestants[f"strong {count}"] = partial(share, live, count, parts)
        contestants[f"weak {count}"] = partial(share, live, count, count)
        contestants[f"generator {count}"] = partial(share, draw, count, parts)
    best = {name: min(each) for name, each in in_turns(contestants, size.rounds).items()}
    return [
        {
            "threads": count,
            "strong": best["strong 1"] / (best[f"strong {count}"] * count),
            "weak": best["weak 1"] / best[f"weak {count}"],
            "generator": best["generator 1"] / (best[f"generator {count}"] * count),
        }
        for count in counts
    ]


def growth(size: Size) -> dict[str, float]:
    """Exponents of the kernel's cost in people and in scenarios; 1 is linear."""
    steps = (1, 2, 4, 8)
    cases = {
        "people": {n: a_case(n, size.scenarios) for n in (size.beneficiaries // 8 * k for k in steps)},
        "scenarios": {s: a_case(size.beneficiaries, s) for s in (size.scenarios * k // 2 for k in steps)},
    }
    found = {}
    for name, family in cases.items():
        best = [min(each) for each in in_turns({str(n): case.run for n, case in family.items()}, size.rounds).values()]
        found[name] = float(np.polyfit(np.log(list(family)), np.log(best), 1)[0])
    return found


def a_run(size: Size) -> dict[str, float]:
    """Time a chunk from drivers to rows: what is not people, and how long a precise mean of the net result takes.

    The mean is that of the ten-year net result of the first track, plain sampling, one thread; storing is not in it.
    """
    study = prepare(stated_config(_stated(size)))
    scenarios = np.arange(size.chunk)
    shape = (size.chunk, len(YEARS), len(CATEGORIES))
    prices = Prices(np.ones(shape, np.float32), np.full(shape, ATTACHMENT, dtype=np.float32))
    people = [Case(each, study.people.nature, prices) for each in study.people.panels]

    def live() -> None:
        for each in people:
            each.run()

    times = in_turns({"chunk": lambda: settle_chunk(study, scenarios), "people": live}, size.rounds)
    chunk, kernel_time = min(times["chunk"]), min(times["people"])
    rows = settle_chunk(study, scenarios)[0]
    share = rows["net_result"][:, 0].sum(axis=1) / rows["benchmark"][:, 0].sum(axis=1).mean()
    needed = (float(share.std(ddof=1)) / PRECISE) ** 2
    return {
        "scenario_ms": chunk / size.chunk * 1e3,
        "share_beside_the_kernel": 1.0 - kernel_time / chunk,
        "precise_scenarios": needed,
        "precise_seconds": needed * chunk / size.chunk,
    }


def _stated(size: Size) -> dict[str, Any]:
    """State the configuration of a run of that size."""
    panel = {"synthetic": {"beneficiaries": size.beneficiaries}}
    return {"name": "bench", "seed": int(SEED[0]), "scenarios": size.chunk, "population": panel}


def a_start(size: Size) -> dict[str, float]:
    """Time processes from nothing to the first scenario, one after another, and take the best [s].

    Where machine code is not cached yet, the first of them compiles; then it is not the best.
    """
    found = []
    for _ in range(size.starts):
        with TemporaryDirectory() as place:
            began = time.perf_counter()
            command = [sys.executable, "-c", START, json.dumps(_stated(size)), place]
            told = subprocess.check_output(command, text=True)
            found.append((time.perf_counter() - began, json.loads(told)))
    spent = min((each for _, each in found), key=max)
    parts = np.diff(spent, prepend=0.0).tolist()
    return {
        "seconds": min(seconds for seconds, _ in found),
        "processor_seconds": spent[-1],
        **dict(zip(("imports", "configuration", "people", "first_scenario"), parts, strict=True)),
    }
