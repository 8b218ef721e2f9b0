"""From county rates to what single people cost: the reference population in a county costs just the county's rate."""

import numpy as np
import pytest

from leadmc.base.axes import AGED_DISABLED, ESRD, HIGH_NEEDS
from leadmc.inputs.panel import rates, synthetic_panel, synthetic_roster
from leadmc.inputs.population import Population
from leadmc.inputs.rate_book import RateBook
from leadmc.inputs.settings import Synthetic

NOT_ESRD = [AGED_DISABLED, HIGH_NEEDS]
BOOK = RateBook(
    county_fips=("01001", "01003", "01005"),
    county_name=("Autauga", "Baldwin", "Barbour"),
    state=("AL", "AL", "AL"),
    pbpm=np.array([[1000.0, 8000.0], [1200.0, 9000.0], [900.0, 7000.0]]),
    person_years=np.array([[300.0, 3.0], [100.0, 1.0], [1.0, 1.0]]),
    national_pbpm=np.array([1100.0, 8500.0]),
    provenance="made up",
)


def people(county, county_fips):
    n = len(county)
    zeros = np.zeros(n, np.int32)
    keys = np.arange(n, dtype=np.uint64)
    return Population(keys, zeros + 70, zeros, zeros, zeros, np.array(county, np.int32), county_fips)


class PaperReference:
    """Relative costs of twelve person-months: 0.8, 2 for ESRD, 2.4; together 0.96 where a tenth has High Needs."""

    annual_cost = np.array([0.8, 2.0, 2.4])
    combined_cost = 0.96


def test_rates_on_paper():
    """Three people in a county at 1,000 and 8,000 a month, one in a county at 1,200 and 9,000."""
    paper = rates(people([0, 0, 1, 0], ("01001", "01003")), BOOK, PaperReference())
    # county: 12 x 1,000 / 0.96 and 12 x 8,000 / 2
    np.testing.assert_allclose(paper.county_cost, [[12500.0, 48000.0], [15000.0, 54000.0]])
    # region: (3 x 1,000 + 1,200) / 4 = 1,050 and 8,250; times 0.8 / 0.96 and 2.4 / 0.96
    np.testing.assert_allclose(paper.regional_pbpm, [875.0, 8250.0, 2625.0])
    np.testing.assert_allclose(paper.national_pbpm, [1100 * 0.8 / 0.96, 8500.0, 2750.0])


def test_the_reference_population_costs_just_the_rate(reference):
    seen = rates(people([0, 1], ("01001", "01003")), BOOK, reference)
    months, cost = reference.stationary.person_months[0], reference.stationary.cost[0]
    for county in (0, 1):
        together = seen.county_cost[county, 0] * cost[NOT_ESRD].sum() / months[NOT_ESRD].sum()
        esrd = seen.county_cost[county, 1] * cost[ESRD] / months[ESRD]
        assert together == pytest.approx(BOOK.pbpm[county, 0], rel=1e-12)
        assert esrd == pytest.approx(BOOK.pbpm[county, 1], rel=1e-12)
    # the region's rates by category, weighted by the months of the reference population, are its rate
    mean = (seen.regional_pbpm * months)[NOT_ESRD].sum() / months[NOT_ESRD].sum()
    assert mean == pytest.approx((1000.0 + 1200.0) / 2, rel=1e-12)
    assert seen.regional_pbpm[ESRD] == pytest.approx(8500.0, rel=1e-12)


def test_rates_follow_the_scale_of_the_book(reference):
    area = people([0, 1], ("01001", "01003"))
    doubled = BOOK._replace(pbpm=2 * BOOK.pbpm, national_pbpm=2 * BOOK.national_pbpm)
    for one, two in zip(rates(area, BOOK, reference), rates(area, doubled, reference), strict=True):
        np.testing.assert_allclose(two, 2 * one, rtol=1e-14)


def synthetic(**changes):
    return Synthetic(beneficiaries=400, counties=("01003", "01001"), **changes)


def test_a_synthetic_panel_is_spread_by_person_years(reference):
    panel = synthetic_panel(synthetic(), BOOK, reference)
    assert panel.county_fips == ("01001", "01003")
    np.testing.assert_allclose(np.bincount(panel.county) / 400, [0.75, 0.25], atol=0.01)


def test_stated_weights_go_first(reference):
    panel = synthetic_panel(synthetic(weights=(0.9, 0.1)), BOOK, reference)
    np.testing.assert_allclose(np.bincount(panel.county) / 400, [0.1, 0.9], atol=0.01)


def test_a_synthetic_roster_lists_the_panel(reference):
    panel, roster = synthetic_panel(synthetic(), BOOK, reference), synthetic_roster(synthetic(), BOOK, reference)
    assert len(roster) == 400
    assert roster["beneficiary_id"].is_unique
    np.testing.assert_array_equal(roster["age"], panel.age)
    np.testing.assert_array_equal(roster["county_fips"], np.array(panel.county_fips)[panel.county])
