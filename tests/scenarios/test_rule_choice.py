"""Draws of mixed rules: addressed by path and scenario, as often as their weights say, independent of one another."""

import numpy as np
import pytest

from leadmc.contract.mixture import MixedTerm
from leadmc.scenarios.rule_choice import rule_choices

MODE = MixedTerm("rate_book.mode", ("a", "b", "c"), (0, 1, 2), (0.5, 0.25, 0.25))
CAP = MixedTerm("rate_book.yearly_cap", ("a", "b"), (0, 1), (0.3, 0.7))
MANY = np.arange(40_000)


def drawn(*terms, seed=7, scenarios=MANY):
    return rule_choices(terms, seed=seed, scenarios=scenarios)


def test_adding_a_term_moves_no_other_draw():
    np.testing.assert_array_equal(drawn(MODE)[:, 0], drawn(CAP, MODE)[:, 1])


def test_a_scenario_draws_the_same_whatever_is_drawn_with_it():
    np.testing.assert_array_equal(
        drawn(MODE, CAP)[[5, 39_999, 0]], drawn(MODE, CAP, scenarios=np.array([5, 39_999, 0]))
    )


def test_alternatives_come_as_often_as_their_weights_say():
    share = np.bincount(drawn(MODE)[:, 0], minlength=3) / len(MANY)
    error = np.sqrt(np.array(MODE.weights) * (1 - np.array(MODE.weights)) / len(MANY))
    assert (abs(share - MODE.weights) < 4 * error).all()


def test_terms_and_seeds_are_independent():
    mode, cap = drawn(MODE, CAP).T
    other = drawn(MODE, seed=8)[:, 0]
    assert abs(np.corrcoef(mode, cap)[0, 1]) < 4 / np.sqrt(len(MANY))
    assert abs(np.corrcoef(mode, other)[0, 1]) < 4 / np.sqrt(len(MANY))


def test_neighbouring_scenarios_are_independent():
    cap = drawn(CAP)[:, 0]
    assert abs(np.corrcoef(cap[:-1], cap[1:])[0, 1]) < 4 / np.sqrt(len(MANY))


@pytest.mark.parametrize("weights", [(1.0,), (1 / 3, 1 / 3, 1 / 3), (0.1,) * 10])
def test_every_draw_is_an_alternative(weights):
    term = MixedTerm("any.path", tuple("abcdefghij"[: len(weights)]), tuple(range(len(weights))), weights)
    assert set(drawn(term)[:, 0]) == set(range(len(weights)))


def test_nothing_mixed_draws_nothing():
    assert drawn(scenarios=np.arange(3)).shape == (3, 0)


def test_draws_keep_their_values():
    """A draw that moves changes every result that was ever published with a mixture."""
    assert drawn(MODE, CAP, scenarios=np.arange(8)).tolist() == [
        [0, 1],
        [1, 0],
        [0, 1],
        [0, 1],
        [1, 0],
        [1, 0],
        [2, 0],
        [2, 1],
    ]
