"""A made-up panel of ACO results with a known law, in the form of the public files."""

import numpy as np
import pandas as pd

from leadmc.inputs.calibration.persistent_effect import Law
from leadmc.validation.claim_noise import ClaimNoise
from leadmc.validation.panel_file import PERSON_YEARS, Panel

LAW = Law(6.0, 10.0, 0.84, 0.7, None)
NOISE = ClaimNoise(np.array([0.6, 3.0, 3.0, 3.0]), np.array([85_000.0, 11_000.0, 17_000.0, 10_000.0]), 1.4)
MIX = np.array([0.007, 0.11, 0.06, 0.80])  # person-years of an assigned beneficiary
YEARS = np.arange(2018, 2024)
PROGRAMME = np.array([1.5, 2.4, 3.9, 3.4, 3.7, 4.2])


def made_panel(acos=400, *, seed=1, missing=0.15, law=LAW):
    """Draw results from the law; an ACO drops in and out, and 2019 has no person-years."""
    rng = np.random.default_rng(seed)
    size = np.round(np.exp(rng.normal(9.5, 0.8, (acos, 1)) + rng.normal(0, 0.1, (acos, YEARS.size))))
    person_years = size[..., None] * MIX * np.exp(rng.normal(0, 0.2, (acos, YEARS.size, MIX.size)))
    scale = np.sqrt(law.effect_variance(size))
    correlation = law.correlation(YEARS, YEARS, 2020)
    effect = scale * rng.multivariate_normal(np.zeros(YEARS.size), correlation, acos)
    noise = np.sqrt(NOISE.variance(person_years)) * rng.standard_normal(size.shape)
    savings = PROGRAMME + effect + noise
    gone = rng.random(size.shape) < missing
    gone[:, 1:][gone.all(axis=1)] = False
    savings[gone], size[gone], person_years[gone] = np.nan, np.nan, np.nan
    person_years[:, YEARS == 2019] = np.nan
    names = np.array([f"A{i:04d}" for i in range(acos)])
    seen = ~gone.all(axis=1)
    return Panel(names[seen], YEARS.astype(np.int64), savings[seen], size[seen], person_years[seen])


def written(panel, path):
    """Write a panel as a file: one row an ACO and year, with a column that is not read."""
    i, t = np.nonzero(np.isfinite(panel.savings))
    table = pd.DataFrame({"ACO_ID": panel.aco[i], "year": panel.years[t]})
    table["sav"], table["N_AB"] = panel.savings[i, t], panel.beneficiaries[i, t].astype(int)
    table["MinSavPerc"] = 0.02
    for e, column in enumerate(PERSON_YEARS):
        table[column] = panel.person_years[i, t, e]
    table.to_csv(path, index=False)
    return path
