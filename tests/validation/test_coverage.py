"""Nominal 95% intervals hold the truth as often as they say, for every sampler."""

import numpy as np
import pytest

from leadmc.inputs.settings import SAMPLERS
from leadmc.validation.monte_carlo_error import STATISTICS, coverage_checks
from leadmc.validation.sample import Country


def coverage(runs, scenarios):
    checks = list(coverage_checks(Country(), runs=runs, scenarios=scenarios, seed=1))
    assert len(checks) == len(SAMPLERS) * len(STATISTICS)
    return {check.name: check.result for check in checks}


def test_intervals_cover_in_a_few_runs():
    # 6 runs of 5 samplers and 5 statistics: 150 intervals, which depend on one another within a run
    assert np.mean(list(coverage(6, 512).values())) > 0.85


@pytest.mark.slow
def test_intervals_cover_between_92_and_97_percent():
    # Coverage of one cell is seen with a standard error of 1.5 points, of all 25 together with about half a point:
    # together they must lie in the range, and no cell further outside than two standard errors of its own.
    found = coverage(200, 2048)
    assert 0.92 <= np.mean(list(found.values())) <= 0.97
    assert {name: share for name, share in found.items() if not 0.89 <= share <= 1.0} == {}
    assert np.mean([share < 0.92 for share in found.values()]) <= 0.1
