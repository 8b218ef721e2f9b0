import numpy as np
import pytest
from example_cube import example_cube

from leadmc.measures.size import loss_by_size


def of_size(lives, losses, scenarios=100):
    """A cube of some lives in which a number of scenarios lose over ten years, alike in both tracks."""
    ds = example_cube(scenarios)
    ds["person_months"][:] = lives * 12 / 3
    ds["net_result"][:] = np.where(np.arange(scenarios) < losses, -1.0, 1.0)[:, None, None]
    return ds


def test_crossing_by_hand():
    # 40% at 1,000, 20% at 4,000: 30% half way in the logarithm, at 2,000; 25% at three quarters.
    found = loss_by_size([of_size(4000, 20), of_size(1000, 40)], limits=(0.3, 0.25, 0.1)).sel(track="global")
    assert found["lives"].to_numpy() == pytest.approx([1000, 4000])
    assert found["probability"].to_numpy() == pytest.approx([0.4, 0.2])
    assert found["needed"].to_numpy()[:2] == pytest.approx([2000, 1000 * 4**0.75])
    assert np.isnan(found["needed"][2])  # no size looked at is enough
    # d ln lives / d p = ln 4 / .2; half of each error: sqrt(.0477^2 + .0403^2) / 2
    error = found["probability_se"].to_numpy()
    assert found["needed_se"][0] == pytest.approx(2000 * np.log(4) / 0.2 * np.hypot(*error) / 2)


def test_a_loss_may_become_more_likely_with_size():
    found = loss_by_size([of_size(1000, 60), of_size(4000, 80)], limits=(0.7,))
    assert found["needed"].sel(track="global").item() == pytest.approx(2000)
