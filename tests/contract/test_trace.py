"""The trace: what the rules say while they settle, and that asking changes nothing."""

import inspect
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from paper import random_panel

from leadmc.contract import programmes
from leadmc.contract.experience import AcoFacts
from leadmc.contract.trace import aside, in_year, rule, tracing

TRACKS = programmes.ALL_TRACKS


@rule("Twice", unit="USD", formula="2 x", terms=("some.heading",))
def twice(x):
    """Double."""
    return 2.0 * x


@rule("Parts", unit=("USD", "1"), formula=("whole", "rest"), returns=("Whole", "Rest"))
def parts(x):
    """Split."""
    return np.floor(x), x - np.floor(x)


def test_a_line_says_what_a_rule_made():
    with tracing() as lines, in_year(2028):
        answer = twice(np.array([1.5]))
    (line,) = lines
    assert line[:8] == (0, 2028, "", "Twice", "USD", "2 x", ("some.heading",), "test_trace.twice")
    np.testing.assert_array_equal(line.value, answer)


def test_a_rule_with_several_outputs_has_a_line_for_each():
    with tracing() as lines:
        parts(np.array([2.25]))
    assert [(line.name, line.unit, line.formula, line.value.item()) for line in lines] == [
        ("Whole", "USD", "whole", 2.0),
        ("Rest", "1", "rest", 0.25),
    ]


def test_what_stands_beside_the_settlement_is_labelled():
    with tracing() as lines:
        with aside("if not"):
            twice(1.0)
        twice(1.0)
    assert [line.aside for line in lines] == ["if not", ""]


def test_a_line_keeps_its_value_when_the_array_changes():
    values = np.array([1.0])
    with tracing() as lines:
        twice(values)[:] = 0.0
        values[:] = 5.0
    assert lines[0].value[0] in (0.0, 2.0)
    assert lines[0].value[0] == 2.0


def test_nothing_is_recorded_outside_and_after():
    with tracing() as lines:
        pass
    assert twice(3.0) == 6.0
    assert lines == []


def test_a_failure_ends_the_trace():
    with pytest.raises(ZeroDivisionError), tracing():
        raise ZeroDivisionError
    with tracing() as lines:
        twice(1.0)
    assert len(lines) == 1


def test_threads_do_not_see_each_others_lines():
    def count(n):
        with tracing() as lines:
            for _ in range(n):
                twice(1.0)
        return len(lines)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(count, range(1, 40))) == list(range(1, 40))


def test_a_rule_keeps_its_name_and_signature():
    assert twice.__name__ == "twice"
    assert twice.__doc__ == "Double."
    assert list(inspect.signature(twice).parameters) == ["x"]


@pytest.mark.parametrize("track", TRACKS)
def test_tracing_changes_no_bit_of_a_settlement(track):
    terms, panel = programmes.load_agreements(), random_panel(3, 5, empty=0.2)
    plain = programmes.settle(terms, track, AcoFacts(), panel)
    with tracing():
        traced = programmes.settle(terms, track, AcoFacts(), panel)
    for name in plain._fields:
        assert np.asarray(getattr(plain, name)).tobytes() == np.asarray(getattr(traced, name)).tobytes(), name
