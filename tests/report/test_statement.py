"""The statement of a settlement: readable in any width, and complete for a script."""

import json

import numpy as np
import pytest

from leadmc.contract.book import Term
from leadmc.contract.explanation import Entry, Explanation, Identity
from leadmc.report.statement import amount, cited, record, rows, statement

TERM = Term("discount.higher", "Discount", {2027: 0.0175, 2028: 0.02}, "share", "all", "W0", "C", overridden=True)
FIRM = Term("discount.tracks", "Tracks", ("global",), "names", "all", "L1", "B")
SCALAR = Entry(
    2027, "", "Final benchmark", "USD", "Bench (1 - d)", "discount.discounted", (), np.array(11790000.0), (TERM, FIRM)
)
TABLE = Entry(
    2027, "", "Months", "person-months", "given", "", ("category", "alignment"), np.arange(6.0).reshape(3, 2) * 1000, ()
)
FLAG = Entry(2027, "if not", "Paid", "switch", "in a track that has it", "add_on.is_paid_in", (), np.array(True), ())
GOOD = Identity(2027, "gross_savings", 40.0, {"benchmark": 100.0, "expenditure": -60.0})
BAD = Identity(2027, "net_result", 41.0, {"shared_result": 40.0})
FOUND = Explanation("global", (SCALAR, TABLE, FLAG), (GOOD, BAD))


def test_a_statement_reads_line_by_line():
    assert list(statement(FOUND, 80)) == [
        "",
        "global: Performance year 2027",
        "=" * 80,
        "Final benchmark [USD] ............................................ 11,790,000.00",
        "    = Bench (1 - d) (discount.discounted)",
        "    by discount.higher: 0.0175 [W0, C, unverified, yours]",
        "    by discount.tracks: [global] [L1, B]",
        "Months [person-months]",
        "    claims    aged_disabled     0.00  esrd 2,000.00  high_needs 4,000.00",
        "    voluntary aged_disabled 1,000.00  esrd 3,000.00  high_needs 5,000.00",
        "    = given",
        "Paid (if not) [switch] ..................................................... yes",
        "    = in a track that has it (add_on.is_paid_in)",
        "    Check: gross_savings 40.00 = benchmark 100.00 - expenditure 60.00: adds up",
        "    Check: net_result 41.00 = shared_result 40.00: DOES NOT ADD UP, by 1.00",
    ]


@pytest.mark.parametrize("width", [40, 60, 100, 140])
def test_a_statement_fits_the_page(width):
    assert max(map(len, statement(FOUND, width))) <= width


def test_a_record_is_complete():
    found = json.loads(json.dumps(record(FOUND)))
    assert [line["name"] for line in found["lines"]] == ["Final benchmark", "Months", "Paid"]
    assert found["lines"][0]["value"] == 11790000.0
    assert found["lines"][1]["axes"] == ["category", "alignment"]
    assert found["lines"][1]["value"] == [[0.0, 1000.0], [2000.0, 3000.0], [4000.0, 5000.0]]
    assert found["lines"][0]["terms"][0] == {
        "path": "discount.higher",
        "title": "Discount",
        "unit": "share",
        "source": "W0",
        "confidence": "C",
        "value": 0.0175,
        "unverified": True,
        "yours": True,
    }
    assert [(each["name"], each["holds"], each["difference"]) for each in found["identities"]] == [
        ("gross_savings", True, 0.0),
        ("net_result", False, 1.0),
    ]


def test_there_is_a_row_for_every_number():
    found = list(rows(FOUND))
    assert len(found) == 8
    assert found[0]["terms"] == "discount.higher; discount.tracks"
    assert (found[0]["unverified"], found[0]["yours"], found[0]["sources"]) == (
        "discount.higher",
        "discount.higher",
        "W0; L1",
    )
    assert [(row["category"], row["alignment"], row["value"]) for row in found[1:3]] == [
        ("aged_disabled", "claims", 0.0),
        ("aged_disabled", "voluntary", 1000.0),
    ]
    assert found[0]["category"] == ""


def test_sources_are_cited_once():
    assert cited(FOUND) == ("W0", "L1")


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (1234.5, "USD", "1,234.50"),
        (-0.25, "USD per person-month", "-0.25"),
        (1234567.0, "person-months", "1,234,567.00"),
        (0.0175, "share of benchmark", "0.017500"),
        (True, "switch", "yes"),
        (False, "switch", "no"),
    ],
)
def test_numbers_are_written_as_their_unit_is_read(number, unit, text):
    assert amount(number, unit) == text
