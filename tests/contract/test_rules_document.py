"""docs/rules.md: the map from every known rule to the books, and the break-even table worked by hand."""

import re
from pathlib import Path

import pytest
from paper import paper_panel, settled

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.contract.book import PROGRAMMES
from leadmc.contract.programmes import rule_book

DOCUMENT = Path(__file__).parents[2] / "docs" / "rules.md"
TERMS = {term.path for programme in PROGRAMMES for term in rule_book(programme)}
HEADINGS = {path.rsplit(".", depth)[0] for path in TERMS for depth in range(1, path.count(".") + 1)}
REGION = {"higher": 900.0, "lower": 1_100.0}


def tables(number_of_columns):
    """Rows of all tables with so many columns, without heads and rules."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in rows if len(row) == number_of_columns and not set(row[0]) <= {"-"}]


MAP = [row for row in tables(4) if row[0] != "§"]
BREAK_EVEN = [row for row in tables(9) if row[0] != "Year"]


def paths(row):
    return re.findall(r"`([^`]+)`", row[2])


def test_the_map_covers_every_section():
    sections = {int(row[0].partition(".")[0]) for row in MAP}
    assert sections >= set(range(1, 12))


@pytest.mark.parametrize("row", MAP, ids=lambda row: f"{row[0]} {row[1]}")
def test_every_rule_has_terms_in_a_book_or_a_reason(row):
    _, rule, _, reason = row
    assert rule
    assert [path for path in paths(row) if path not in TERMS | HEADINGS] == []
    assert paths(row) or reason


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_term_of_a_book_is_on_the_map(programme):
    named = {path for row in MAP for path in paths(row)}
    missing = [
        term.path
        for term in rule_book(programme)
        if not any(term.path == path or term.path.startswith(f"{path}.") for path in named)
    ]
    assert missing == []


def years(text):
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def net_in_percent(track, spending, percent, year, **overrides):
    """Net result in percent of the undiscounted benchmark, with spending ``percent`` below it."""
    before = settled(track, paper_panel(region=REGION[spending]), regional_adjustment__tracks=[], **overrides)
    y = PERFORMANCE_YEARS.index(year)
    benchmark = before.benchmark_before_discount[0, y]
    pbpm = (1.0 - percent / 100) * benchmark / 12_000
    panel = paper_panel(region=REGION[spending], pbpm=pbpm)
    result = settled(track, panel, regional_adjustment__tracks=[], **overrides)
    return 100 * result.net_result[0, y] / benchmark


def test_professional_breaks_even_at_nothing_or_at_half_the_add_on():
    assert net_in_percent("professional", "lower", 0.0, 2027) == pytest.approx(0.0, abs=1e-9)
    assert net_in_percent("professional", "higher", -3.0, 2027) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("row", BREAK_EVEN, ids=lambda row: row[0])
@pytest.mark.parametrize("spending", ["higher", "lower"])
def test_break_even_and_crossing_are_what_settlements_say(row, spending):
    _, break_even, sixty, fifty = (float(cell) for cell in (row[1:5] if spending == "higher" else row[5:9]))
    for year in {years(row[0])[0], years(row[0])[-1]}:
        assert net_in_percent("global", spending, break_even, year) == pytest.approx(0.0, abs=1e-9)
        for crossing, overrides in ((sixty, {}), (fifty, {"corridors__professional__savings": "fifty"})):
            ahead = net_in_percent("global", spending, crossing, year, **overrides)
            assert ahead == pytest.approx(net_in_percent("professional", spending, crossing, year, **overrides))
