"""Where annualised cost is truncated: the 99th percentile of simulated people, and how thresholds grow."""

import numpy as np
import pytest

from leadmc.base.axes import AGED_DISABLED, CATEGORIES, ESRD, HIGH_NEEDS
from leadmc.inputs.reference import Reference
from leadmc.inputs.synthetic import synthetic_population
from leadmc.inputs.truncation import PERCENTILE, thresholds, truncation
from leadmc.paths.lives import annual_cost, lives
from leadmc.paths.people import gather_people

PEOPLE = 200_000


def test_one_person_month_in_a_hundred_costs_more(reference):
    """Share of person-months above, within 4 standard errors of independent people."""
    found = truncation(reference, np.ones(len(CATEGORIES)), percentile=PERCENTILE)
    slots = synthetic_population(
        reference, beneficiaries=PEOPLE, county_fips=("",), county_weight=(1.0,), voluntary_share=0.0
    )
    people = gather_people(slots, np.ones((1, 2)), reference)
    (year,) = lives(people.panels[0], people.nature, seed=(np.uint32(5), np.uint32(6)), scenario=0, years=1)
    annualised = annual_cost(people.panels[0], people.nature, year) * 12.0 / year.months
    above = annualised > found.relative[year.category]
    for group in ([AGED_DISABLED, HIGH_NEEDS], [ESRD]):
        here = np.isin(year.category, group)
        share = np.average(above[here], weights=year.months[here])
        assert abs(share - (1 - PERCENTILE)) < 4 * np.sqrt(PERCENTILE * (1 - PERCENTILE) / here.sum())


def test_a_higher_percentile_is_a_higher_threshold(reference):
    low, high = (truncation(reference, np.ones(len(CATEGORIES)), percentile=p).relative for p in (0.98, 0.995))
    assert np.all(low < high)


def test_dollars_follow_the_nation_and_high_needs_people_have_no_threshold_of_their_own(reference):
    """National rates at a relative cost of 1 of $12,000 and $90,000 a year, whatever the category's own mean."""
    annual = np.array([12_000.0, 90_000.0, 12_000.0])
    found = truncation(reference, annual * reference.annual_cost / 12.0, percentile=PERCENTILE)
    np.testing.assert_allclose(found.dollars, found.relative * annual)
    assert found.dollars[HIGH_NEEDS] == pytest.approx(found.dollars[AGED_DISABLED])
    level = np.array([[1.1, 1.2, 1.5]])
    np.testing.assert_allclose(thresholds(found.dollars, level), found.dollars * [[1.1, 1.2, 1.1]])


def test_people_without_spread_have_no_tail(reference):
    quiet = Reference(reference.people.model_copy(update={"volatility": False}))
    assert np.all(truncation(quiet, np.ones(len(CATEGORIES)), percentile=PERCENTILE).dollars == np.inf)
