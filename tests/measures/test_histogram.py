import numpy as np
import pytest
from example_cube import example_cube

from leadmc.measures.histogram import histogram
from leadmc.measures.losses import loss_probabilities

EDGES = np.array([-1e12, 0.0, 1e12])


def test_shares_below_zero_are_the_chance_of_a_loss():
    ds = example_cube(300)
    lost = loss_probabilities(ds)["probability"].sel(horizon="ten_year", share=0.0)
    assert histogram(ds, EDGES)["share"].values[:, 0] == pytest.approx(lost.values)


def test_nothing_is_no_loss():
    ds = example_cube(50)
    ds["net_result"][:] = 0.0
    assert histogram(ds, EDGES)["share"].values.tolist() == [[0.0, 1.0]] * 2


def test_weights_count():
    ds = example_cube(128, sampler="importance")
    ds["scenario_weight"][:] = np.where(np.arange(128) < 64, 1.5, 0.5)
    ds["net_result"][:] = np.where(np.arange(128) < 64, -1.0, 1.0)[:, None, None]
    assert histogram(ds, EDGES)["share"].values[0] == pytest.approx([0.75, 0.25])
