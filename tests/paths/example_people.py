"""A panel with everybody in it, for the tests of paths: all categories and ages, both sexes, several counties."""

import numpy as np

from leadmc.base.axes import CATEGORIES, YEARS
from leadmc.inputs.population import Population
from leadmc.paths.arrays import Panel, Prices
from leadmc.paths.kernel import SUMS

COUNTY_COST = np.array([[11000.0, 96000.0], [14500.0, 120000.0], [9000.0, 80000.0]])
SEED = np.uint32(2027), np.uint32(3)


def everybody(n, seed=1):
    """``n`` slots, a tenth with ESRD and a tenth with High Needs; all aligned by claims."""
    rng = np.random.default_rng(seed)
    return Population(
        person_key=rng.integers(0, 2**64, n, dtype=np.uint64),
        age=rng.integers(60, 111, n).astype(np.int32),
        sex=rng.integers(0, 2, n).astype(np.int32),
        category=rng.choice(3, n, p=[0.8, 0.1, 0.1]).astype(np.int32),
        alignment=np.zeros(n, np.int32),
        county=rng.integers(0, 3, n).astype(np.int32),
        county_fips=("01001", "01003", "01005"),
    )


def prices(scenarios, *, low=0.5, high=2.0, attachment=60000.0):
    """Levels and attachments that differ in every scenario, year and category."""
    rng = np.random.default_rng(9)
    shape = (scenarios, len(YEARS), len(CATEGORIES))
    level = rng.uniform(low, high, shape).astype(np.float32)
    return level, (attachment * rng.uniform(0.5, 2.0, shape)).astype(np.float32)


def simulated(simulate, panel, nature, level, attachment, truncation=None, *, seed=SEED, first_scenario=0):
    """Sums of a kernel or of its twin."""
    sums = np.zeros((*level.shape, SUMS), np.int64)
    simulate(panel, nature, Prices(level, attachment, truncation), seed, first_scenario, sums)
    return sums


def rows(panel, which):
    """Some slots of a panel."""
    return Panel(*(np.ascontiguousarray(column[which]) for column in panel))
