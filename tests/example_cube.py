"""A made-up cube with every variable of the registry: the right shape and plausible money, no model behind it."""

import numpy as np
import xarray as xr

from leadmc.base.axes import CATEGORIES, PERFORMANCE_YEARS
from leadmc.base.variables import COORDINATES, VARIABLES

LIVES = np.array([10_200.0, 150.0, 1_100.0])
PBPM = np.array([1_050.0, 7_500.0, 3_600.0])
SAVED, LOST = np.array([1.0, 0.6]), np.array([1.0, 0.5])


def example_cube(scenarios=500, seed=1, sampler="plain", replicates=1, rate_book=True):
    rng = np.random.default_rng(seed)
    s, y, c = scenarios, len(PERFORMANCE_YEARS), len(CATEGORIES)
    trend = np.cumprod(1.045 + 0.012 * rng.standard_normal((s, y, c)), axis=1)
    months = LIVES * 12 * (1 + 0.01 * rng.standard_normal((s, y, c)))
    effect = 0.025 * rng.standard_normal((s, 1, 1)) + np.cumsum(0.012 * rng.standard_normal((s, y, 1)), axis=1)
    expenditure = months * PBPM * trend * (1 + effect - 0.02 + 0.02 * rng.standard_normal((s, y, c)))
    weight = np.zeros((s, y))
    if rate_book:
        weight[:, 5:] = 1.0
    discount = np.array([[1.0], [0.0]]) * np.r_[np.linspace(0.0175, 0.0275, 5), np.full(5, 0.03)]
    without = (1 - discount)[None, :, :, None] * (PBPM * trend)[:, None]
    step = 1 + weight[:, None, :, None] * (0.01 + 0.03 * rng.standard_normal((s, 1, 1, 1)))
    pbpm = without * step
    total = (pbpm * months[:, None]).sum(axis=-1)
    gross = total - expenditure.sum(axis=-1)[:, None]
    shared = gross * np.where(gross > 0, SAVED[:, None], LOST[:, None])
    sequestration = 0.02 * np.maximum(shared, 0)
    values = {
        "person_months": months,
        "expenditure": expenditure,
        "national_trend": trend,
        "blended_trend": trend,
        "rate_book_weight": weight,
        "benchmark_before_discount": total / (1 - discount),
        "benchmark": total,
        "benchmark_pbpm": pbpm,
        "gross_savings": gross,
        "shared_result": shared,
        "sequestration": sequestration,
        "net_result": shared - sequestration,
        "net_cash": shared - sequestration - 0.01 * total,
        "rate_book_effect": total - (without * months[:, None]).sum(axis=-1),
        "quality_score": rng.beta(17, 3, (s, y)),
    }
    sizes = {"scenario": s, "track": 2} | {name: len(labels) for name, labels in COORDINATES.items()}
    data = {
        name: (one.dims, values.get(name, np.ones([sizes[d] for d in one.dims])).astype(one.dtype), one.attributes)
        for name, one in VARIABLES.items()
        if not one.optional
    }
    coords = {"scenario": np.arange(s), "track": ["global", "professional"]} | {
        k: list(v) for k, v in COORDINATES.items()
    }
    attrs = {
        "name": "example",
        "seed": seed,
        "sampler": sampler,
        "replicates": replicates,
        "control": 0,
        "discount_rate": 0.03,
    }
    return xr.Dataset(data, coords=coords, attrs=attrs)
