"""Drawdown, break-even and reserve on a constructed distribution with atoms, worked by hand."""

import numpy as np
import pytest
from example_cube import example_cube

from leadmc.measures.cumulative import NEVER, break_even, course, drawdown, low_point

YEARS = 10

# Yearly results of five kinds of ten years [USD million], and what they come to.
#   a  +3 every year: 3, 6 .. 30. Never below zero, never down.
#   b  -4, then +2: -4, -2, 0, 2 .. 14. Low -4 in year 1; at zero again in year 3.
#   c  +5, -9, +4, then 0: 5, -4, 0, 0 .. Low -4, down 9 from its peak in year 2; never negative from year 3.
#   d  0 for nine years, -7 in the last: low -7, down 7 in year 10; still negative at the end.
#   e  +2, -1, +2, -1 ..: 2, 1, 3, 2, 4 .. Down 1, first in year 2.
RESULTS = {
    "a": [3.0] * 10,
    "b": [-4.0] + [2.0] * 9,
    "c": [5.0, -9.0, 4.0] + [0.0] * 7,
    "d": [0.0] * 9 + [-7.0],
    "e": [2.0, -1.0] * 5,
}
LOW = {"a": 0, "b": -4, "c": -4, "d": -7, "e": 0}
DOWN = {"a": (0, YEARS), "b": (-4, 0), "c": (-9, 1), "d": (-7, 9), "e": (-1, 1)}
BACK = {"a": 0, "b": 2, "c": 2, "d": YEARS, "e": 0}


@pytest.mark.parametrize("kind", RESULTS)
def test_one_course_by_hand(kind):
    cumulative = np.cumsum(np.array(RESULTS[kind]))[None, :, None]
    deepest, year = drawdown(cumulative)
    assert low_point(cumulative).item() == LOW[kind]
    assert (deepest.item(), year.item()) == DOWN[kind]
    assert break_even(cumulative).item() == BACK[kind]


@pytest.fixture(scope="module")
def measured():
    """Forty scenarios: 20 of a, 8 of b, 6 of c, 2 of d, 4 of e."""
    kinds = ["a"] * 20 + ["b"] * 8 + ["c"] * 6 + ["d"] * 2 + ["e"] * 4
    order = np.random.default_rng(3).permutation(40)
    ds = example_cube(40)
    ds["net_result"].loc[{"track": "global"}] = np.array([RESULTS[kinds[i]] for i in order])
    return course(ds, ruin=(0.01, 0.05, 0.2, 0.4, 0.5)).sel(track="global")


def test_distribution_of_the_low_point(measured):
    assert measured["low_point"].sel(statistic="mean") == pytest.approx(-(14 * 4 + 2 * 7) / 40)
    assert measured["low_point"].sel(statistic="p5") == pytest.approx(-4 - 3 * 0.05)  # rank 2.95 of -7, -7, -4
    assert measured["low_point"].sel(statistic="p50") == 0
    assert measured["drawdown"].sel(statistic="mean") == pytest.approx(-(8 * 4 + 6 * 9 + 2 * 7 + 4) / 40)


def test_reserves(measured):
    # 2 of 40 need 7, 14 more need 4: ruin in 5% leaves the two out, in 40% the fourteen as well
    assert measured["reserve"].to_numpy().tolist() == [7.0, 4.0, 4.0, 0.0, 0.0]
    assert np.isnan(measured["reserve_se"].sel(ruin=0.01))  # no scenario lies beyond
    assert np.isfinite(measured["reserve_se"].sel(ruin=0.2))


def test_years(measured):
    down, back = measured["drawdown_year"], measured["break_even_year"]
    assert list(down["year"].to_numpy()) == [*map(str, range(2027, 2037)), NEVER]
    assert down.sel(year=["2027", "2028", "2036", NEVER]).to_numpy() == pytest.approx([0.2, 0.25, 0.05, 0.5])
    assert back.sel(year=["2027", "2029", NEVER]).to_numpy() == pytest.approx([0.6, 0.35, 0.05])
    assert down.sum() == pytest.approx(1)
    assert back.sum() == pytest.approx(1)


def test_more_money_up_front_is_never_worse(cube):
    found = course(cube)
    assert (np.diff(found["reserve"].to_numpy(), axis=-1) <= 0).all()
    assert (found["drawdown"] <= found["low_point"] + 1e-6).sel(statistic="mean").all()
    assert found.attrs["quantity"] == "net_result"
