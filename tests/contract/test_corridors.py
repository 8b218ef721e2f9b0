"""Corridors: the published vectors, the edges of every band, and what must hold for any schedule."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadmc.contract.corridors import of_track, shared
from leadmc.contract.programmes import load_lead
from leadmc.contract.terms import TrackCorridors

CORRIDORS = load_lead().corridors
FIFTY = load_lead({"corridors.professional.savings": "fifty"}).corridors


def share_in_percent(terms, percent):
    """Percent of benchmark that the ACO keeps of ``percent`` gross."""
    return float(shared(terms, gross=np.array([percent / 100]), benchmark=np.array([1.0]))[0]) * 100


# Percent of benchmark retained; W0 bands, table of docs/worked-settlements.md
@pytest.mark.parametrize(
    ("gross", "in_global", "in_professional"),
    [
        (5, 5.00, 3.00),
        (12, 12.00, 6.70),
        (20, 17.50, 8.50),
        (-5, -5.00, -2.50),
        (-12, -12.00, -5.70),
        (-20, -17.50, -7.50),
        # the upper edge of each band, and beyond the last
        (0, 0, 0),
        (10, 10.0, 6.0),
        (15, 15.0, 7.75),
        (35, 25.0, 9.25),
        (50, 28.75, 10.0),
        (60, 29.75, 10.5),
        (-10, -10.0, -5.0),
        (-15, -15.0, -6.75),
        (-35, -25.0, -8.25),
        (-50, -28.75, -9.0),
        (-60, -29.75, -9.5),
    ],
)
def test_share_of_savings_and_losses(gross, in_global, in_professional):
    assert share_in_percent(of_track(CORRIDORS, "global"), gross) == pytest.approx(in_global, abs=1e-12)
    assert share_in_percent(of_track(CORRIDORS, "professional"), gross) == pytest.approx(in_professional, abs=1e-12)


def test_professional_at_fifty_percent_mirrors_its_losses():
    terms = of_track(FIFTY, "professional")
    for percent in (5, 12, 20, 60):
        assert share_in_percent(terms, percent) == pytest.approx(-share_in_percent(terms, -percent), abs=1e-12)


def test_nothing_is_shared_on_no_benchmark():
    assert shared(CORRIDORS.global_, gross=np.array([-5.0, 0.0]), benchmark=np.array([0.0, 0.0])).tolist() == [0.0, 0.0]


@st.composite
def schedules(draw):
    edges = sorted(draw(st.lists(st.floats(0.01, 0.9), min_size=1, max_size=4, unique=True)))
    return tuple((edge, draw(st.floats(0.0, 1.0))) for edge in [*edges, math.inf])


@given(schedules(), schedules(), st.floats(-1.5, 1.5), st.floats(0.0, 0.5))
def test_the_share_rises_with_the_result_and_never_faster(savings, losses, gross, more):
    terms = TrackCorridors(savings=savings, losses=losses)
    low, high = shared(terms, gross=np.array([gross, gross + more]), benchmark=np.ones(2))
    # continuous (Lipschitz with constant 1) and monotone
    assert -1e-12 <= high - low <= more + 1e-12


@given(schedules(), st.floats(-1.5, 1.5))
def test_the_share_is_odd_where_both_schedules_agree(bands, gross):
    terms = TrackCorridors(savings=bands, losses=bands)
    gain, loss = shared(terms, gross=np.array([gross, -gross]), benchmark=np.ones(2))
    assert gain == -loss


@given(schedules(), st.floats(0.0, 1.5))
def test_the_share_agrees_with_the_published_formula(bands, p):
    terms = TrackCorridors(savings=bands, losses=bands)
    edges = [0.0, *(edge for edge, _ in bands)]
    naive = sum(rate * max(0.0, min(p, edge) - edges[k]) for k, (edge, rate) in enumerate(bands))
    assert shared(terms, gross=np.array([7.0 * p]), benchmark=np.array([7.0]))[0] == pytest.approx(7 * naive, abs=1e-12)
