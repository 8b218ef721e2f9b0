"""Which drivers make a world worse: slopes of the ten-year net result on the drivers' standard normals.

``python docs/worse_world.py CONFIG SCENARIOS`` prints the table of docs/sampling.md; ``WORSE_WORLD`` in
``leadmc/inputs/settings.py`` is the direction, rounded, of both LEAD tracks together.
"""

import sys
from pathlib import Path

import numpy as np

from leadmc.inputs.config import load_config, with_scenarios
from leadmc.scenarios.draw import Innovations, draw_innovations
from leadmc.scenarios.tilt import spread_over_years
from leadmc.study import prepare, settle, simulate

CHUNK = 250


def summed(z: Innovations) -> dict[str, np.ndarray]:
    """Each driver as one standard normal: its years weighted by how many of the ten they reach."""
    years = spread_over_years()
    yearly = {name: values @ years for name, values in z.yearly.items()}
    return yearly | {"aco_start": z.aco_start, "ai_score": z.ai_score, "parameter": z.parameter[:, 0]}


def main(path: str, scenarios: str) -> None:
    """Simulate, regress, and print the slopes of each track, largest first [SD of the result per SD of the driver]."""
    config = with_scenarios(load_config(Path(path)), int(scenarios))
    study, drivers, results = prepare(config), [], []
    for first in range(0, config.settings.scenarios, CHUNK):
        numbers = np.arange(first, min(first + CHUNK, config.settings.scenarios))
        sampler = config.settings.sampler
        z = draw_innovations(config.assumptions, seed=config.settings.seed, scenarios=numbers, sampler=sampler)
        drivers.append(summed(z))
        settled = settle(study, simulate(study, numbers))
        results.append({track: one.net_result.sum(axis=1) for track, one in settled.items()})
    names = list(drivers[0])
    x = np.column_stack([np.concatenate([each[name] for each in drivers]) for name in names])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    for track in config.settings.tracks:
        y = np.concatenate([each[track] for each in results])
        slopes, *_ = np.linalg.lstsq(x, y - y.mean(), rcond=None)
        explained = 1 - (y - y.mean() - x @ slopes).var() / y.var()
        sys.stdout.write(f"{track}: {100 * explained:.0f}% explained\n")
        for name, slope in sorted(zip(names, slopes / y.std(), strict=True), key=lambda each: -abs(each[1])):
            sys.stdout.write(f"  {name:10} {slope:+.2f}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
