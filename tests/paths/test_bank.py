"""The bank of stationary states: a table that stands for the law of the reference population."""

import numpy as np
import pytest
from scipy.special import ndtr

from leadmc.base.axes import AGED_DISABLED, ESRD, HIGH_NEEDS, MONTHS
from leadmc.inputs.mortality import death_probability
from leadmc.inputs.reference import AGES, LOST_MONTHS, Reference
from leadmc.paths.bank import STRETCH, build_bank, sample_law


@pytest.fixture(scope="module")
def bank(reference):
    return build_bank(reference)


def stretch(bank, age, sex, category):
    at = bank.first[age - AGES[0], sex, category]
    return bank.states[at : at + bank.size[age - AGES[0], sex, category]].astype(np.float64)


@pytest.fixture(scope="module")
def mean_cost(reference):
    """Mean relative cost at a latent cost before the year's accident, for (not ESRD, ESRD), on a fine grid."""
    latent = np.linspace(-9.0, 9.0, 8001)
    return latent, [shape.expected(latent, reference.grid.accident) for shape in reference.shapes]


def next_year(reference, mean_cost, states, age, sex, category):
    """Mean relative cost and months of a year that starts from these states, the accidents averaged out."""
    people, hazard = reference.people, reference.hazard
    z, weight = np.polynomial.hermite_e.hermegauss(20)
    weight = weight / weight.sum()
    morbidity = people.persistence * states[:, 1, None] + np.sqrt(1 - people.persistence**2) * z
    latent = people.cost_persistent * states[:, 0, None] + people.cost_morbidity * morbidity
    esrd = int(category == ESRD)
    cost = np.interp(latent, mean_cost[0], mean_cost[1][esrd]) @ weight
    log_hazard = hazard.at(np.array(float(age))) + hazard.sex_shift[sex] + esrd * hazard.esrd_shift
    death = death_probability(log_hazard + hazard.latent * latent, hazard.latent * reference.grid.accident) @ weight
    return cost.mean(), MONTHS - LOST_MONTHS * death.mean()


def test_every_stratum_has_a_whole_stretch(bank):
    assert bank.first.shape == bank.size.shape == (AGES.size, 2, 3)
    assert np.all(bank.size == STRETCH)
    assert bank.first.min() == 0
    assert bank.first.max() + STRETCH == bank.states.shape[0]
    assert np.all(bank.first % STRETCH == 0)
    assert bank.states.dtype == np.float32
    assert bank.states.flags.c_contiguous
    assert np.isfinite(bank.states).all()


def test_the_bank_costs_what_its_law_costs(reference, bank, mean_cost):
    """Next year's mean cost and months over all strata against the quadrature.

    The bank stands for ``start_law``, in which all ages share one law of ESRD; in all, 1e-4 of the population itself.
    """
    shares = reference.start.sum(axis=(3, 4))
    seen = np.zeros((2, 3))
    for a, sex, category in np.ndindex(shares.shape):
        states = stretch(bank, AGES[a], sex, category)
        year = next_year(reference, mean_cost, states, AGES[a], sex, category)
        seen[:, category] += shares[a, sex, category] * np.array(year)
    cost, months = seen
    law = reference.expected(reference.start_law * shares[..., None, None], 1)
    print(f"cost {cost / law.cost[0] - 1}, months {months / law.person_months[0] - 1}")
    assert cost.sum() == pytest.approx(reference.stationary.cost.sum(), rel=1e-4)
    # ESRD rests on one stretch a sex, the others on 36
    assert np.all(np.abs(cost / law.cost[0] - 1) < [2e-4, 5e-4, 2e-4])
    assert np.all(np.abs(months / law.person_months[0] - 1) < [2e-5, 1e-4, 2e-5])
    np.testing.assert_allclose(law.cost, reference.stationary.cost, rtol=1e-3)


@pytest.mark.parametrize("category", [AGED_DISABLED, ESRD, HIGH_NEEDS])
def test_moments_of_a_stretch_are_those_of_its_law(reference, bank, category):
    law = reference.start_law[80 - AGES[0], 1, category]
    states = stretch(bank, 80, 1, category)
    persistent, morbidity = reference.grid.persistent[:, None], reference.grid.morbidity
    for power in (1, 2):
        exact = (law * persistent**power).sum(), (law * morbidity**power).sum()
        np.testing.assert_allclose((states**power).mean(axis=0), exact, atol=4e-3)
    product = (law * persistent * morbidity).sum()
    assert (states[:, 0] * states[:, 1]).mean() == pytest.approx(product, abs=8e-3)


def test_nobody_in_the_bank_should_have_another_label(reference, bank):
    """Aged and disabled are below the threshold of High Needs, for those above have been moved."""
    people = reference.people
    for age in (65, 75, 90):
        states = stretch(bank, age, 0, AGED_DISABLED)
        health = people.concurrent_persistent * states[:, 0] + people.concurrent_morbidity * states[:, 1]
        assert health.max() < reference.grid.threshold + 1e-5
    well = stretch(bank, 75, 0, HIGH_NEEDS)
    below = people.concurrent_persistent * well[:, 0] + people.concurrent_morbidity * well[:, 1]
    law = reference.start_law[10, 0, HIGH_NEEDS]
    share = law[:, ~reference.grid.above].sum()
    assert (below < reference.grid.threshold).mean() == pytest.approx(share, abs=2 / STRETCH)


def test_the_law_of_entrants_is_two_normals(reference):
    """A sample of the law of a newcomer has the normal's quantiles in both directions."""
    states = np.sort(sample_law(reference.grid, reference.grid.entrant, 0.3), axis=0)
    even = (np.arange(STRETCH) + 0.5) / STRETCH
    assert np.abs(ndtr(states) - even[:, None]).max() < 5e-3


def test_without_volatility_all_states_are_the_mean(reference):
    quiet = Reference(reference.people.model_copy(update={"volatility": False}))
    assert np.all(build_bank(quiet).states == 0.0)
