"""An experience as a settlement lays it out: one number of scenarios, side by side in memory, with the same bits."""

import numpy as np
import pytest
from paper import random_panel

from leadmc.contract.experience import AcoFacts, over_scenarios
from leadmc.contract.programmes import ALL_TRACKS, load_agreements, settle


def arrays(panel):
    return {name: array for name, array in panel._asdict().items() if name != "aco_share"}


def test_scenarios_lie_side_by_side():
    panel = random_panel(5, 4)
    shared = panel._replace(quality_score=panel.quality_score[:1])
    laid_out = over_scenarios(shared)
    for name, array in arrays(laid_out).items():
        assert array.strides[0] == array.itemsize, name
        expected = np.broadcast_to(getattr(shared, name), array.shape)
        np.testing.assert_array_equal(array, expected, err_msg=name, strict=True)
    assert laid_out.aco_share is panel.aco_share


def test_what_lies_side_by_side_is_not_copied():
    once = over_scenarios(random_panel(5, 4))
    for name, array in arrays(over_scenarios(once)).items():
        assert np.shares_memory(array, getattr(once, name)), name


@pytest.mark.parametrize("track", ALL_TRACKS)
def test_how_an_experience_lies_in_memory_changes_no_bit(track):
    panel, terms = random_panel(6, 12, empty=0.2), load_agreements()
    columns = panel._replace(**{name: np.asfortranarray(array) for name, array in arrays(panel).items()})
    expected = settle(terms, track, AcoFacts(), panel)
    for other in (columns, over_scenarios(panel)):
        for name, values in settle(terms, track, AcoFacts(), other)._asdict().items():
            np.testing.assert_array_equal(values, getattr(expected, name), err_msg=name, strict=True)
