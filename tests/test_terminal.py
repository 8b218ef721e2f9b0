"""What a terminal shows while a run is under way."""

import io

import pytest
from rich.console import Console

from leadmc import terminal
from leadmc.measures.summary import summary


def test_a_bar_shows_rate_and_time_left_and_leaves_no_trace():
    screen = io.StringIO()
    with terminal.progress(Console(file=screen, force_terminal=True, width=100)) as report:
        report(250, 1000, 5.0)
        report(500, 1000, 10.0)
    shown = screen.getvalue()
    assert "500/1000" in shown
    assert "(50/s)" in shown
    assert shown.endswith("\x1b[2K")  # the line is cleared


def test_elsewhere_a_line_every_ten_seconds_and_one_at_the_end():
    log = io.StringIO()
    with terminal.progress(Console(file=log, width=100)) as report:
        for second in range(1, 26):
            report(40 * second, 1000, float(second))
    assert log.getvalue().splitlines() == [
        "400 of 1,000 scenarios (40/s), 15 s left",
        "800 of 1,000 scenarios (40/s), 5 s left",
        "1,000 of 1,000 scenarios (40/s)",
    ]


def test_nothing_done_in_no_time_is_no_rate():
    log = io.StringIO()
    with terminal.progress(Console(file=log, width=100)) as report:
        report(0, 1000, 0.0)
        report(0, 1000, 12.0)
    assert log.getvalue().split() == ["0", "of", "1,000", "scenarios"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (True, "True"),
        (None, ""),
        (((0.05, 1.0), (float("inf"), 0.5)), "(0.05, 1), (inf, 0.5)"),
        ({"2027": 0.5, "2028": [1, 2]}, "2027: 0.5, 2028: 1, 2"),
    ],
)
def test_values_read_in_one_line(value, text):
    assert terminal._text(value) == text


def page_of(record, width):
    page = io.StringIO()
    console = Console(file=page, width=width)
    for table in terminal.percentiles(record, console):
        console.print(table)
    lines = page.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert "…" not in page.getvalue()
    return [line for line in lines if line.strip().startswith(("20", "Ten", "Discounted", "Worst year"))], lines


@pytest.mark.parametrize(("width", "estimates"), [(80, 5), (140, 8)])
def test_an_estimate_and_its_error_stay_on_one_line(cube, width, estimates):
    years, _ = page_of(summary(cube), width)
    assert [line.count("±") for line in years] == [estimates] * 2 * 13


def test_errors_go_below_their_estimates_where_there_is_no_room_beside_them(cube):
    years, lines = page_of(summary(cube), 70)
    assert [line.count("±") for line in years] == [0] * 2 * 13
    assert sum(line.count("±") for line in lines) == 2 * (13 * 5 + 1)  # and one in the title
