"""Runs that begin in 2027: the same people go on, in the compiled loop as in its twin."""

import numpy as np
import pytest
from example_people import COUNTY_COST, SEED, everybody, prices, rows, simulated

from leadmc.base.axes import AGED_DISABLED, BASE_YEARS, ESRD, HIGH_NEEDS
from leadmc.inputs.reference import OLDEST, YOUNGEST
from leadmc.paths import kernel, twin
from leadmc.paths.arrays import Nature, Panel
from leadmc.paths.kernel import BLOCK, PERSON_MONTHS
from leadmc.paths.lives import lives
from leadmc.paths.people import gather_people, gather_people_with_history

FIRST = len(BASE_YEARS)


@pytest.fixture(scope="module")
def people(reference):
    return gather_people(everybody(BLOCK + 37), COUNTY_COST, reference)


def known_in_2027(panel: Panel, nature: Nature, scenario: int) -> tuple[Panel, Nature]:
    """The people that a scenario has on 1 January 2027, each with a single state to start from."""
    *_, year = lives(panel, nature, seed=SEED, scenario=scenario, years=FIRST + 1)
    n = panel.age.size
    now = panel._replace(
        age=year.age,
        category=year.category,
        first_state=np.arange(n, dtype=np.int32),
        state_count=np.ones(n, np.int32),
    )
    return now, nature._replace(states=year.state, own_spread=np.float32(0.0), first_year=np.int32(FIRST))


@pytest.mark.parametrize("scenario", [0, 5])
def test_who_is_known_in_2027_lives_on_as_in_the_run_of_thirteen_years(people, scenario):
    panel, nature = people.panels[0], people.nature
    level, attachment = prices(1)
    whole = simulated(kernel.simulate, panel, nature, level, attachment, first_scenario=scenario)
    now, known = known_in_2027(panel, nature, scenario)
    level, attachment = (np.ascontiguousarray(each[:, FIRST:]) for each in (level, attachment))
    for simulate in (kernel.simulate, twin.simulate):
        rest = simulated(simulate, now, known, level, attachment, first_scenario=scenario)
        np.testing.assert_array_equal(rest, whole[:, FIRST:])


@pytest.mark.parametrize("n", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1])
def test_kernel_and_twin_agree_where_each_person_has_a_stretch(reference, n):
    population = everybody(n)
    states = np.random.default_rng(2).normal(size=(8 * n, 3)).astype(np.float32)
    if n:
        people = gather_people_with_history(population, states, COUNTY_COST, reference)
    else:
        people = gather_people(population, COUNTY_COST, reference)
    panel = people.panels[0]
    level, attachment = (np.ascontiguousarray(each[:, FIRST:]) for each in prices(3))
    sums = simulated(kernel.simulate, panel, people.nature, level, attachment, first_scenario=7)
    np.testing.assert_array_equal(
        sums, simulated(twin.simulate, panel, people.nature, level, attachment, first_scenario=7)
    )
    assert sums[:, 0, [AGED_DISABLED, ESRD, HIGH_NEEDS], PERSON_MONTHS].sum() <= 3 * 12 * n


def test_three_years_have_passed_for_everybody(reference):
    population = everybody(40)
    people = gather_people_with_history(population, np.zeros((40, 3), np.float32), COUNTY_COST, reference)
    np.testing.assert_array_equal(people.panels[0].age, np.clip(population.age + 3, YOUNGEST, OLDEST))
    assert people.nature.first_year == 3
    assert rows(people.panels[0], slice(0, 2)).first_state.tolist() == [0, 1]
