"""The numbers of the rivals in docs/rules.md, worked by hand there, against settlements."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from paper import paper_panel
from rivals import of_year, settled
from scipy.optimize import brentq

DOCUMENT = Path(__file__).parents[2] / "docs" / "rules.md"
BY_NAME = {"2": "two", "3": "three", "3.5": [0.035] * 10, "5": "five"}
TRACKS = ("reach-global", "reach-professional", "mssp-enhanced", "mssp-basic-e")


def table(first_column):
    """Rows of the table whose first column has this head."""
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    start = next(k for k, row in enumerate(cells) if row[0] == first_column)
    width = len(cells[start])
    rows = []
    for row in cells[start + 2 :]:
        if len(row) != width:
            break
        rows.append(row)
    return rows


def shared(track, percent, overrides=None):
    """Shared result in percent of the undiscounted benchmark, with spending ``percent`` below it."""
    result = settled(track, paper_panel(pbpm=1_000.0 - 10.0 * percent), overrides=overrides)
    return 100 * of_year(result, "shared_result", 2027) / 12_000_000


@pytest.mark.parametrize("row", table("Discount"), ids=lambda row: row[0])
def test_break_even_and_crossing_of_reach(row):
    discount, by_hand, break_even, crossing_by_hand, crossing = row
    value = BY_NAME[discount]
    by_year = dict(zip(range(2027, 2037), value, strict=True)) if isinstance(value, list) else value
    overrides = {"reach.discount.global": by_year}

    def lead_of_global(percent):
        return shared("reach-global", percent, overrides) - shared("reach-professional", percent, overrides)

    settled_break_even = brentq(lambda percent: shared("reach-global", percent, overrides), 0.0, 10.0, xtol=1e-9)
    settled_crossing = brentq(lead_of_global, 0.0, 10.0, xtol=1e-9)
    assert (f"{settled_break_even:.4f}", f"{settled_crossing:.4f}") == (break_even, crossing)
    assert settled_break_even == pytest.approx(float(Fraction(by_hand)))
    assert settled_crossing == pytest.approx(float(Fraction(crossing_by_hand)))


@pytest.mark.parametrize("row", table("Gross"), ids=lambda row: row[0])
def test_what_the_corridors_leave(row):
    gross = float(row[0])
    whole = {f"reach.corridors.global.{side}": "until_2025" for side in ("savings", "losses")}
    none = {"reach.discount.global": dict.fromkeys(range(2027, 2037), 0.0), "discount.tracks": []}
    found = (
        shared("global", gross, none),
        shared("professional", gross, none),
        -shared("professional", -gross, none),
        shared("reach-global", gross, none | whole),
        shared("reach-global", gross, none),
        shared("reach-professional", gross, none),
    )
    assert [f"{share:.2f}" for share in found] == row[1:]


@pytest.mark.parametrize("row", table("Spending"), ids=lambda row: row[0])
def test_results_by_what_was_spent(row):
    size, side = row[0].split()
    percent = float(size) * (1 if side == "under" else -1)
    assert np.array(row[1:], float) == pytest.approx([shared(track, percent) for track in TRACKS], abs=1e-9)
