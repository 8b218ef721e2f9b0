"""How often a nominal 95% interval holds the truth, for every sampler and statistic, over many runs.

``python docs/coverage.py RUNS SCENARIOS`` prints the table of docs/sampling.md; ``leadmc reproduce`` asks the same of
200 runs.
"""

import sys

import numpy as np

from leadmc.inputs.settings import SAMPLERS
from leadmc.validation.monte_carlo_error import STATISTICS, coverage_checks
from leadmc.validation.sample import Country


def main(runs: str, scenarios: str) -> None:
    """Count, and print a row for each sampler [% of runs]."""
    checks = coverage_checks(Country(), runs=int(runs), scenarios=int(scenarios), seed=1)
    held = np.array([check.result for check in checks]).reshape(len(SAMPLERS), len(STATISTICS))
    sys.stdout.write(f"{'':12}" + "".join(f"{each.name:>8}" for each in STATISTICS) + "\n")
    for sampler, row in zip(SAMPLERS, held, strict=True):
        sys.stdout.write(f"{sampler:12}" + "".join(f"{100 * share:8.1f}" for share in row) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
