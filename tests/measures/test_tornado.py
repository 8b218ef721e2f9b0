"""Swings and ranks by hand: what is ahead beyond doubt, what shares a rank, what does not move at all."""

import numpy as np
import pytest

from leadmc.measures.draws import Draws
from leadmc.measures.paired import moving
from leadmc.measures.tornado import STATISTICS, ranks, swing
from leadmc.measures.tornado_tables import ranked, tornado_rows, tornado_table, values_table

DRAWN = Draws(400)
RNG = np.random.default_rng(5)
BASE = RNG.normal(size=400) * 1e6


def moved(*results):
    return swing([moving(each, STATISTICS, DRAWN) for each in (BASE, *results)])


def test_a_swing_is_the_largest_less_the_smallest():
    found = moved(BASE - 2e6, BASE + 1e6, BASE + 0.5e6).estimate(DRAWN)
    assert found.value[:2] == pytest.approx([3e6, 3e6])  # mean and P5 alike
    assert found.se[:2] == pytest.approx([0.0, 0.0], abs=1e-3)
    assert found.value[2] == pytest.approx(((BASE - 2e6) < 0).mean() - ((BASE + 1e6) < 0).mean())


def test_a_driver_with_one_other_value_swings_from_none():
    assert moved(BASE + 1e6).value[0] == pytest.approx(1e6)
    assert moved(BASE - 1e6).value[0] == pytest.approx(1e6)


def test_neighbours_that_cannot_be_told_apart_share_a_rank():
    noise = RNG.normal(size=(3, 400)) * 1e6
    large, small = moved(BASE + 5e6), moved(BASE + 1e3)
    alike = [moved(BASE + 1e6 + each) for each in noise]  # swings of 1 million, known to 5%
    assert ranks([small, *alike, large], 0, DRAWN) == [5, 2, 2, 2, 1]


def test_what_does_not_move_has_no_rank():
    assert ranks([moved(BASE), moved(BASE + 1.0), moved()], 0, DRAWN) == [None, 1, None]


def test_a_common_part_of_the_noise_does_not_hide_an_order():
    """Both swing with the same noise of 1 million: their difference of 0.02 million is certain all the same."""
    noise = RNG.normal(size=400) * 1e6
    first, second = moved(BASE + 1e6 + noise), moved(BASE + 0.98e6 + noise)
    assert second.estimate(DRAWN).se[0] > 0.02e6
    assert ranks([second, first], 0, DRAWN) == [2, 1]


def estimate(value, se=0.1):
    return {"value": value, "se": se}


def driver(path, mean, rank, **said):
    changes = {"mean": estimate(mean * 1e6, 1e5), "p5": estimate(mean * 2e6, 2e5), "p_loss": estimate(-0.01, 0.002)}
    swings = {name: {"swing": estimate(abs(pair["value"])), "rank": rank} for name, pair in changes.items()}
    return {
        "kind": "rule", "path": path, "title": path, "unit": "1", "confidence": "E", "source": "leadmc", "value": 1.0,
        "settings": [{"value": "0.5", "tracks": {"global": changes}}], "tracks": {"global": swings}, **said,
    }  # fmt: skip


RECORD = {
    "drivers": [driver("a.b", 2.0, 1), driver("c.d", 0.0, None), driver("e.f", -1.0, 2)],
    "stop_loss": {"global": driver("x", -0.5, 1)["settings"][0]["tracks"]["global"]},
    "management": None,
}


def test_tables_have_the_largest_first_and_leave_out_what_does_not_move():
    assert [(place.rank, place.driver["path"]) for place in ranked(RECORD, "global")] == [(1, "a.b"), (2, "e.f")]
    assert ranked(RECORD, "professional") == []
    assert [place.rank for place in ranked(RECORD, "global", most=1)] == [1]
    (first, cells), (second, _) = tornado_table(RECORD, "global").rows
    assert (first, second) == ("1  a.b = 0.5", "2  e.f = 0.5")
    assert [str(cell) for cell in cells] == ["2.0 ± 0.1", "4.0 ± 0.2", "-1.0 ± 0.2"]
    ((choice, worth),) = values_table(RECORD, "global").rows
    assert (choice, str(worth[0])) == ("Stop-loss, elected less not", "-0.5 ± 0.1")
    assert values_table(RECORD, "mssp-enhanced").rows == ()


def test_management_is_told_before_and_after_its_cost():
    both = {"net": driver("x", 3.0, 1)["settings"][0]["tracks"]["global"]}
    both["after_cost"] = driver("x", 1.0, 1)["settings"][0]["tracks"]["global"]
    found = values_table(RECORD | {"management": {"tracks": {"global": both}}}, "global").rows
    assert [(name, str(cells[0])) for name, cells in found[1:]] == [
        ("Management programmes, with less without", "3.0 ± 0.1"),
        ("The same after their own cost", "1.0 ± 0.1"),
    ]


def test_rows_have_every_estimate_with_its_rank():
    rows = list(tornado_rows(RECORD))
    assert len(rows) == 3 * 3
    assert rows[0] == {
        "kind": "rule", "path": "a.b", "unit": "1", "confidence": "E", "value": "0.5", "track": "global",
        "statistic": "mean", "rank": 1, "change": 2e6, "se": 1e5,
    }  # fmt: skip
