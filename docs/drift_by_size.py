"""Measure what the estimator of drift finds in simulated ACOs: a table of docs/calibration.md.

Run: python docs/drift_by_size.py (some minutes).
"""

import sys

import numpy as np

from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.calibration.public_files import choices
from leadmc.inputs.calibration.savings import drift
from leadmc.validation.aco_spread import PERCENT, simulate_acos
from leadmc.validation.check import facts
from leadmc.validation.sample import Country

ACOS = {0: 487, 7500: 457, 10000: 648, 15000: 345, 20000: 301, 30000: 162, 50000: 103}  # by lower end of the size band
YEARS = 4  # of one agreement: changes over one to three years, as in the panel
SEED = 21
TRIED = ((0.0, 1.0), (2.53, 1.1), (3.4, 1.2))  # innovation_per_person, over_dispersion.factor


def main() -> None:
    """Print what is found for each pair of assumptions."""
    country = Country()
    sizes = facts()["published_spread"]["sizes"]
    people = np.concatenate([np.full((acos, YEARS), float(sizes[low])) for low, acos in ACOS.items()])
    for by_size, factor in TRIED:
        stated = {"aco_level": {"innovation_per_person": by_size}, "over_dispersion": {"factor": factor}}
        country.assumptions = load_assumptions(overrides=stated)
        parts = [simulate_acos(country, sizes[low], scenarios=n, seed=SEED).savings for low, n in ACOS.items()]
        savings = np.concatenate(parts)[:, :YEARS] / PERCENT
        one_agreement = np.ones(savings.shape, np.int64)
        found = drift(savings, people, one_agreement, outlier_sds=choices()["outlier_sds"])
        sys.stdout.write(f"drift by size {by_size}, factor {factor}:\n")
        for name, each in zip("Cab", (found.noise_per_person, *found.innovation[:2]), strict=True):
            sys.stdout.write(f"  {name} = {each.value:.3g} +- {each.se:.2g}\n")


if __name__ == "__main__":
    main()
