"""The tornado: bars from the lowest result to the highest, a title that states the finding, always the same bytes."""

import xml.etree.ElementTree as ET

import pytest

from leadmc.report.drawing import styled
from leadmc.report.tornado import BARS, tornado, tornado_file, tornado_finding


def estimate(value):
    return {"value": value * 1e6, "se": 2e5}


def driver(path, ends, rank, title=""):
    settings = [{"value": name, "tracks": {"global": {"mean": estimate(change)}}} for name, change in ends.items()]
    every = [0.0, *ends.values()]
    swing = {"mean": {"swing": estimate(max(every) - min(every)), "rank": rank}}
    return {"path": path, "title": title, "settings": settings, "tracks": {"global": swing}}


@pytest.fixture(scope="module")
def record():
    drivers = [
        driver("aco_level.start_mean", {"-0.1": 50.0, "0.1": -40.0}, 1),
        driver("rate_book.mode", {"LINEAR5": 7.0, "NONE": 12.0}, 2, "Transition to the regional rate book"),
        driver("a.b", {"x": 11.0}, 2, "A rule whose title is too long to stand beside its bar in a figure"),
        driver("c.d", {"y": 0.0}, None),
    ]
    return {"base": {"professional": {}, "global": {}}, "interval": {"factor": 1.96}, "drivers": drivers}


def test_bars_go_from_the_lowest_result_to_the_highest(record):
    with styled():
        (axes,) = tornado(record, "global").axes
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    assert spans == [pytest.approx((-40, 50)), pytest.approx((0, 12)), pytest.approx((0, 11))]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[:2] == ["aco level: start mean  1", "Transition to the regional rate book  2"]
    assert names[2].endswith("…  2")
    assert [text.get_text() for text in axes.texts] == ["0.1", "-0.1", "NONE", "x"]  # ends of bars only


def test_the_title_states_the_finding(record):
    assert (
        tornado_finding(record, "global") == "LEAD Global: aco level: start mean swings the mean by $90.0 ± 0.2 million"
    )
    tied = record | {"drivers": record["drivers"][1:]}
    assert tornado_finding(tied, "global").endswith("and cannot be told apart from 1 more")
    assert tornado_finding(record, "professional") == "Nothing moves LEAD Professional"


def test_the_file_stands_alone_and_is_the_same_each_time(record):
    text = tornado_file(record, "global")
    assert text == tornado_file(record, "global")
    assert "var(--" not in text
    assert ET.fromstring(text).tag.endswith("svg")
    assert ET.fromstring(tornado_file(record, "professional")).tag.endswith("svg")


def test_no_more_bars_than_can_be_read(record):
    many = record | {"drivers": [driver(f"a.b{k}", {"x": float(k + 1)}, 1) for k in range(BARS + 5)]}
    with styled():
        assert len(tornado(many, "global").axes[0].patches) == BARS
