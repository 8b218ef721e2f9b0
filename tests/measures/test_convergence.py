import numpy as np
import pytest
from example_cube import example_cube

from leadmc.measures.convergence import convergence, looks
from leadmc.measures.risk import risk


@pytest.mark.parametrize(
    ("scenarios", "numbers"),
    [(1, [1]), (63, [63]), (64, [64]), (65, [64, 65]), (128, [64, 128]), (500, [64, 128, 256, 500])],
)
def test_looks_are_doublings_and_all(scenarios, numbers):
    assert looks(scenarios).tolist() == numbers


@pytest.mark.parametrize(("sampler", "replicates"), [("plain", 1), ("sobol", 16), ("lhs", 1), ("antithetic", 1)])
def test_the_last_look_is_the_summary(sampler, replicates):
    ds = example_cube(256, sampler=sampler, replicates=replicates)
    last = convergence(ds).sel(scenarios=256)
    whole = risk(ds).sel(quantity="net_result", scale="usd", horizon="ten_year", statistic=last["statistic"].values)
    np.testing.assert_allclose(last["value"], whole["value"])
    np.testing.assert_allclose(last["value_se"], whole["se"])


def test_fewer_scenarios_are_the_first_ones():
    ds = example_cube(300)
    early = convergence(ds).sel(scenarios=128)
    assert early["value"].values == pytest.approx(convergence(ds.isel(scenario=slice(128)))["value"].sel(scenarios=128))
