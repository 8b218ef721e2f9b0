"""An explanation: every line with its axes and its sources, and sums that add up to the settlement."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import paper_panel, random_panel

from leadmc.base.axes import ALIGNMENTS, BASE_YEARS, CATEGORIES, PERFORMANCE_YEARS
from leadmc.base.variables import BY_RESULT, VARIABLES
from leadmc.contract import programmes
from leadmc.contract.book import PROGRAMMES, STAY_OUT, TRACKS_OF, printed_terms
from leadmc.contract.experience import AcoFacts, Experience
from leadmc.contract.explanation import explain, is_unverified, value_in
from leadmc.contract.given import GIVEN
from leadmc.contract.trace import tracing

SIGNED = tuple(track for track in programmes.ALL_TRACKS if track != STAY_OUT)


def explained(track, panel, **overrides):
    paths = {name.replace("__", "."): value for name, value in overrides.items()}
    terms = programmes.load_agreements(paths)
    return explain(
        track,
        lambda: programmes.settle(terms, track, AcoFacts(), panel),
        panel,
        programmes.book_of(track, paths),
    )


def line(explanation, year, name):
    (entry,) = [each for each in explanation.entries if (each.year, each.name, each.aside) == (year, name, "")]
    return entry


def test_everything_that_is_given_has_a_name_and_its_axes():
    assert tuple(GIVEN) == Experience._fields
    sizes = {
        "base_year": len(BASE_YEARS),
        "performance_year": len(PERFORMANCE_YEARS),
        "category": len(CATEGORIES),
        "alignment": len(ALIGNMENTS),
    }
    panel = random_panel(1, 7)
    for name, about in GIVEN.items():
        shape = getattr(panel, name).shape[name != "aco_share" :]
        assert shape == tuple(sizes[axis] for axis in about.axes), name


def test_a_worked_settlement_is_explained_line_by_line():
    """Case 3 of docs/worked-settlements.md."""
    _, found = explained("global", paper_panel(pbpm=950.0, region=950.0))
    worked = {
        "Benchmark before the discount": 12_000_000,
        "Discounted benchmark": 11_790_000,
        "Final benchmark": 11_790_000,
        "Expenditure": 11_400_000,
        "Gross savings": 390_000,
        "Shared savings or losses": 390_000,
        "Sequestration": 7_800,
        "Add-on capitation": 180_000,
        "Net result": 562_200,
        "Net cash of the calendar year": 632_264.40,
    }
    for name, amount in worked.items():
        entries = [each for each in found.entries if each.name == name and each.year == 2027 and not each.aside]
        assert entries[-1].value == pytest.approx(amount, rel=1e-12), name
    designation = line(found, 2027, "Designated lower-spending")
    assert designation.value.dtype == np.bool_
    assert not designation.value
    discount = line(found, 2027, "Discount")
    assert [(term.path, value_in(term, 2027)) for term in discount.terms] == [
        ("discount.tracks", ["global"]),
        ("discount.higher_spending", 0.0175),
        ("discount.lower_spending", 0.03),
    ]
    assert [term.source for term in discount.terms] == ["L1", "W0", "W0"]
    assert [is_unverified(term) for term in discount.terms] == [False, True, True]


def test_terms_that_do_not_matter_to_the_track_or_the_choice_are_left_out():
    _, found = explained("professional", paper_panel(), rate_book__mode="EARLY")
    assert [term.path for term in line(found, 2029, "Weight of the rate book (lambda)").terms] == [
        "rate_book.mode",
        "rate_book.early.first_year",
        "rate_book.early.years_to_full",
    ]
    assert [term.path for term in line(found, 2029, "Shared savings or losses").terms] == [
        "corridors.professional.savings",
        "corridors.professional.losses",
    ]
    assert [term.overridden for term in line(found, 2029, "Weight of the rate book (lambda)").terms] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("track", SIGNED)
def test_every_year_has_its_sums_and_its_lines(track):
    settlement, found = explained(track, random_panel(2, 1))
    assert {entry.year for entry in found.entries} == {None, *PERFORMANCE_YEARS}
    assert [(each.year, each.name) for each in found.identities] == [
        (year, name) for year in PERFORMANCE_YEARS for name in ("gross_savings", "net_result")
    ]
    for y, year in enumerate(PERFORMANCE_YEARS):
        last = "Net result" if track in TRACKS_OF["lead"] else "Settlement payment"
        assert line(found, year, last).value == settlement.net_result[0, y]
    backed = [entry for entry in found.entries if entry.terms]
    assert len(backed) > len(PERFORMANCE_YEARS)
    assert all(term.source and term.confidence for entry in backed for term in entry.terms)


@pytest.mark.parametrize("track", SIGNED)
def test_every_amount_of_a_settlement_is_the_value_of_a_line(track):
    settlement, found = explained(track, random_panel(8, 1), stop_loss__elected=True)
    for name in (name for name, variable in VARIABLES.items() if variable.dims == BY_RESULT and variable.unit == "USD"):
        for y, year in enumerate(PERFORMANCE_YEARS):
            amount = getattr(settlement, name)[0, y]
            told = [entry.value for entry in found.entries if entry.year == year and not entry.axes]
            assert amount == 0.0 or amount in told, (name, year)


@given(st.integers(0, 2**32), st.sampled_from(SIGNED), st.booleans())
@settings(max_examples=25, deadline=None)
def test_parts_make_their_totals(seed, track, elected):
    _, found = explained(track, random_panel(seed, 1, empty=0.3), stop_loss__elected=elected)
    for identity in found.identities:
        assert identity.holds
        assert abs(identity.difference) <= 1e-6


def test_who_stays_out_has_nothing_but_what_was_given():
    settlement, found = explained(STAY_OUT, random_panel(2, 1))
    assert not settlement.net_result.any()
    assert found.identities == ()
    assert {entry.formula for entry in found.entries} == {"given"}


def test_a_year_and_an_end_can_be_chosen():
    _, found = explained("global", random_panel(2, 1))
    assert {entry.year for entry in found.of_year(2030).entries} == {2030}
    assert [each.year for each in found.of_year(2030).identities] == [2030, 2030]
    assert {entry.year for entry in found.until(2028).entries} == {None, 2027, 2028}
    assert {each.year for each in found.until(2028).identities} == {2027, 2028}


def test_cells_carry_their_labels():
    panel = random_panel(2, 1)
    _, found = explained("professional", panel)
    months = next(entry for entry in found.entries if entry.name == "Person-months" and entry.year == 2029)
    told = {(cell["category"], cell["alignment"]): number for cell, number in months.cells()}
    assert told["esrd", "voluntary"] == panel.person_months[0, 2, 1, 1]
    assert len(told) == 6


@pytest.mark.parametrize("track", SIGNED)
def test_every_term_that_a_rule_names_stands_in_a_book(track):
    places = {term.place for programme in PROGRAMMES for term in printed_terms(programme)}
    with tracing() as lines:
        programmes.settle(programmes.load_agreements(), track, AcoFacts(), random_panel(1, 1))
    named = {(name, each.function) for each in lines for name in each.terms}
    unknown = [
        (name, function)
        for name, function in named
        if not any(place == name or place.startswith(f"{name}.") for place in places)
    ]
    assert unknown == []
