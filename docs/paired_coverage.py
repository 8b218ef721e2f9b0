"""How often the interval around a difference of two 5th percentiles holds the truth, and how large its error is.

``python docs/paired_coverage.py RUNS`` prints the table of docs/sampling.md: a standard normal, and what a change makes
of it in the same scenarios.
"""

import sys

import numpy as np

from leadmc.measures.draws import Draws
from leadmc.measures.paired import paired
from leadmc.measures.precision import PERCENTILE

P5 = tuple(each for each in PERCENTILE if each.name == "p5")
SIZES = (256, 1024)
LARGE = 4_000_000
CHANGES = {
    "correlation .9": lambda x, z: 0.9 * x + np.sqrt(1 - 0.9**2) * z,
    "correlation .995": lambda x, z: 0.995 * x + np.sqrt(1 - 0.995**2) * z,
    "correlation .9999": lambda x, z: 0.9999 * x + np.sqrt(1 - 0.9999**2) * z,
    "correlation .999999": lambda x, z: 0.999999 * x + np.sqrt(1 - 0.999999**2) * z,
    "1.3 times": lambda x, _: 1.3 * x,
    "1.01 times, little noise": lambda x, z: 1.01 * x + 0.01 * z,
    "a tenth of scenarios": lambda x, z: x + 0.5 * z * (np.abs(np.sin(1e4 * x)) < np.sin(np.pi / 20)),
    "one SE beyond a kink": lambda x, _: x + 0.5 * np.maximum(-1.5 - x, 0),
    "beside an atom": lambda x, _: np.where(x < -1.2, np.minimum(x + 0.6, -1.2), x),
    "rounded to .1": lambda x, _: np.round(x, 1),
}


def main(runs: str) -> None:
    """Count, and print a row for each change: percent held, and reported over true error, for each size."""
    rng = np.random.default_rng(1)
    large = rng.standard_normal((2, LARGE))
    for name, change in CHANGES.items():
        truth = np.quantile(change(*large), 0.05) - np.quantile(large[0], 0.05)
        truth = 0.0 if name.startswith("correlation") else truth
        row = ""
        for size in SIZES:
            x, z = rng.standard_normal((2, int(runs), size))
            value, se = paired(x, change(x, z), P5, Draws(size))
            held = np.mean(np.abs(value - truth) <= Draws(size).factor() * se)
            row += f"{100 * held:8.1f} {np.sqrt(np.square(se).mean()) / value.std():6.2f}"
        sys.stdout.write(f"{name:26}{row}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
