"""A panel that was never a file: representative at any size, the same every time, and the same people as a file."""

import numpy as np
import pytest

from leadmc.base.axes import CLAIMS, VOLUNTARY
from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.rate_book import load_rate_book, price_growth
from leadmc.inputs.reference import AGES
from leadmc.inputs.roster import read_roster, write_roster
from leadmc.inputs.synthetic import roster_of, synthetic_ids, synthetic_population

AREA = {"county_fips": ("55025", "01001", "06037"), "county_weight": (3.0, 1.0, 4.0), "voluntary_share": 0.15}


@pytest.fixture(scope="module")
def panel(reference):
    return synthetic_population(reference, beneficiaries=12_000, **AREA)


def assert_same(a, b):
    for name, left, right in zip(a._fields, a, b, strict=True):
        np.testing.assert_array_equal(left, right, err_msg=name)
        assert np.asarray(left).dtype == np.asarray(right).dtype, name


@pytest.mark.parametrize("beneficiaries", [1, 37, 5000])
def test_shares_are_those_of_the_reference_population(reference, beneficiaries):
    """Even sampling: no stretch of cells in a row is off by more than one person."""
    panel = synthetic_population(reference, beneficiaries=beneficiaries, **AREA)
    shares = reference.start.sum(axis=(3, 4))
    cell = np.ravel_multi_index((panel.age - AGES[0], panel.sex, panel.category), shares.shape)
    seen = np.cumsum(np.bincount(cell, minlength=shares.size))
    assert np.abs(seen - beneficiaries * np.cumsum(shares)).max() <= 0.5 + 1e-9


def test_margins_of_a_panel_of_usual_size(reference, panel):
    shares = reference.start.sum(axis=(3, 4))
    np.testing.assert_allclose(np.bincount(panel.category) / 12_000, shares.sum(axis=(0, 1)), atol=0.004)
    np.testing.assert_allclose(np.bincount(panel.sex) / 12_000, shares.sum(axis=(0, 2)), atol=0.01)
    assert panel.age.mean() == pytest.approx((shares.sum(axis=(1, 2)) * AGES).sum(), abs=0.02)


def test_counties_and_alignment_have_their_weights_whatever_the_age(panel):
    assert panel.county_fips == ("01001", "06037", "55025")
    for who in (slice(None), panel.age < 70, panel.age > 80, panel.sex == 1):
        people = panel.county[who].size
        np.testing.assert_allclose(np.bincount(panel.county[who]) / people, [1 / 8, 4 / 8, 3 / 8], atol=0.02)
        assert (panel.alignment[who] == VOLUNTARY).mean() == pytest.approx(0.15, abs=0.015)
    both = (panel.alignment == VOLUNTARY) & (panel.county == 1)
    assert both.mean() == pytest.approx(0.15 / 2, abs=0.01)
    assert set(panel.alignment) == {CLAIMS, VOLUNTARY}


def test_the_same_panel_every_time(reference, panel):
    assert_same(panel, synthetic_population(reference, beneficiaries=12_000, **AREA))


def test_order_of_counties_does_not_matter(reference, panel):
    turned = AREA | {"county_fips": AREA["county_fips"][::-1], "county_weight": AREA["county_weight"][::-1]}
    assert_same(panel, synthetic_population(reference, beneficiaries=12_000, **turned))


def test_everybody_has_an_address_of_their_own(panel):
    assert np.unique(panel.person_key).size == panel.person_key.size
    assert synthetic_ids(2).tolist() == ["S0000001", "S0000002"]


@pytest.mark.parametrize("extension", [".csv", ".parquet"])
def test_a_written_roster_holds_the_same_people(tmp_path, panel, extension):
    path = tmp_path / f"roster{extension}"
    write_roster(path, roster_of(panel, synthetic_ids(panel.age.size)))
    assumptions = load_assumptions()
    book = load_rate_book(None, price_growth(assumptions.national_trend))
    roster = read_roster(path, book, female_share=assumptions.people.female_share)
    assert_same(panel, roster.population)
    assert roster.notes == ()
