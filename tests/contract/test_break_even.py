"""The savings that decide: those that the sources of the rule book print, and what must hold of any."""

from functools import partial

import pytest
from paper import paper_panel, random_panel

from leadmc.contract.break_even import break_even, crossings
from leadmc.contract.experience import AcoFacts
from leadmc.contract.programmes import load_agreements, settle

ALONE = {"sequestration.rate": 0, "regional_adjustment.tracks": [], "rate_book.mode": "NONE"}
"""Discount, corridors and add-on: what the printed arithmetic is about (contract-rules, section 5)."""
LOWER, HIGHER = paper_panel(region=1_010.0), paper_panel(region=990.0)


def asked(track, **overrides):
    terms = load_agreements(ALONE | {name.replace("__", "."): value for name, value in overrides.items()})
    return partial(settle, terms, track, AcoFacts())


@pytest.mark.parametrize(
    ("track", "panel", "year", "printed"),
    [
        ("global", HIGHER, 2027, "0.25%"),
        ("global", LOWER, 2027, "3.00%"),
        ("professional", LOWER, 2027, "0.00%"),
    ],
)
def test_break_even_gross_savings_are_those_printed(track, panel, year, printed):
    assert f"{abs(break_even(asked(track), panel, [year])[year]):.2%}" == printed


@pytest.mark.parametrize(
    ("panel", "year", "savings", "printed"),
    [
        (LOWER, 2027, "book", "7.5%"),
        (LOWER, 2027, "fifty", "6.0%"),
        (HIGHER, 2027, "book", "4.4%"),
        (HIGHER, 2032, "book", "7.5%"),
    ],
)
def test_global_overtakes_professional_where_it_is_printed(panel, year, savings, printed):
    rules = {} if savings == "book" else {"corridors__professional__savings": savings}
    (crossing,) = crossings(asked("professional", **rules), asked("global", **rules), panel, [year])[year]
    assert f"{crossing + 1e-6:.1%}" == printed


@pytest.mark.parametrize(
    ("over", "lower", "higher", "professional"),
    [
        (0.03, "-6.00%", "-3.25%", "-1.50%"),
        (0.00, "-3.00%", "-0.25%", "0.00%"),
        (-0.03, "0.00%", "2.75%", "1.80%"),
        (-0.05, "2.00%", "4.75%", "3.00%"),
        (-0.08, "5.00%", "7.75%", "4.80%"),
        (-0.12, "9.00%", "11.75%", "6.70%"),
    ],
)
def test_net_positions_of_2027_are_those_printed(over, lower, higher, professional):
    """Net result in % of the undiscounted benchmark by spending over it (contract-rules, section 5)."""

    def net(track, region):
        settled = asked(track)(paper_panel(pbpm=1_000.0 * (1.0 + over), region=region))
        return f"{settled.net_result[0, 0] / settled.benchmark_before_discount[0, 0] + 1e-12:.2%}"

    assert net("global", 1_010.0) == lower
    assert net("global", 990.0) == higher
    assert net("professional", 1_010.0) == professional


def test_who_never_earns_has_no_break_even():
    nothing = asked("global", corridors__global__savings=[[float("inf"), 0.0]])
    assert break_even(nothing, LOWER, [2027, 2030]) == {2027: None, 2030: None}


def test_a_minimum_savings_rate_is_where_money_begins():
    settled = asked("mssp-enhanced", mssp__minimum_rate__election=0.015)
    assert break_even(settled, paper_panel(region=1_000.0), [2027])[2027] == pytest.approx(0.015, abs=1e-6)


@pytest.mark.parametrize("track", ["professional", "global"])
def test_at_break_even_nothing_is_left(track):
    panel = random_panel(5, 1)
    settled = asked(track)
    benchmark = settled(panel).benchmark_before_discount[0, 0]
    savings = break_even(settled, panel, [2027])[2027]
    spent = (1.0 - savings) * benchmark
    at = panel._replace(expenditure=panel.expenditure * (spent / panel.expenditure[0, 0].sum()))
    assert abs(settled(at).net_result[0, 0]) < 1e-6 * benchmark


def test_a_track_never_crosses_itself():
    assert crossings(asked("global"), asked("global"), HIGHER, [2027]) == {2027: ()}


def test_years_asked_together_answer_as_alone():
    together = break_even(asked("global"), HIGHER, [2027, 2030, 2032])
    assert together == {year: break_even(asked("global"), HIGHER, [year])[year] for year in together}
    assert [f"{savings:.2%}" for savings in together.values()] == ["0.25%", "1.00%", "1.50%"]
