"""The reference population: does it stand still, add up, die at the right rate, and not depend on its grid?"""

import numpy as np
import pytest

from leadmc.base.axes import AGED_DISABLED, ESRD, HIGH_NEEDS, MONTHS, YEARS
from leadmc.inputs import reference as module
from leadmc.inputs.reference import AGES, Reference, entry_age_shares, score_log_sds

NOT_ESRD = [AGED_DISABLED, HIGH_NEEDS]


@pytest.fixture(scope="module")
def lived_and_died(reference):
    """People and deaths of a year, [a, x, c]."""
    lived = np.einsum("pkj,axcpj->axcpk", reference.grid.transition, reference.start, optimize=True)
    death = reference._death(reference.hazard, AGES.astype(np.float64))[:, :, [0, 1, 0]]
    return lived.sum(axis=(3, 4)), (lived * death).sum(axis=(3, 4))


def test_a_slot_holds_one_person(reference):
    assert reference.start.min() >= 0.0
    assert reference.start.sum() == pytest.approx(1.0, abs=1e-12)
    female = reference.people.female_share
    np.testing.assert_allclose(reference.start.sum(axis=(0, 2, 3, 4)), [female, 1 - female], atol=1e-12)
    np.testing.assert_allclose(reference.grid.transition.sum(axis=1), 1.0, atol=1e-12)
    assert reference.grid.entrant.sum() == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(reference.start_law.sum(axis=(-2, -1)), 1.0, atol=1e-12)


def test_high_needs_begins_at_the_seam(reference):
    """On 1 January nobody beyond the threshold is still called aged and disabled."""
    assert reference.start[:, :, AGED_DISABLED][..., reference.grid.above].sum() == 0.0
    assert reference.start[:, :, HIGH_NEEDS][..., ~reference.grid.above].sum() > 0.0  # absorbing: some are well again
    crossing = (reference.grid.entrant * reference.grid.above).sum()
    assert crossing == pytest.approx(reference.people.high_needs_threshold_share, rel=1e-4)


def test_the_population_stands_still(reference):
    for sums in reference.expected(reference.start, len(YEARS)):
        np.testing.assert_allclose(sums, np.broadcast_to(sums[0], sums.shape), rtol=1e-4)


def test_categories_have_their_usual_sizes(reference):
    """8 to 12% meet the criteria of High Needs, and 0.5 to 1% have ESRD (calibration facts, section 1)."""
    shares = reference.start.sum(axis=(0, 1, 3, 4))
    print(f"shares {np.round(shares, 4)}, relative cost {np.round(reference.annual_cost, 3)}")
    assert 0.08 < shares[HIGH_NEEDS] < 0.12
    assert 0.005 < shares[ESRD] < 0.01
    assert 2.0 < reference.annual_cost[HIGH_NEEDS] < 4.0


def test_mortality_by_age_is_near_its_targets(reference, lived_and_died):
    lived, died = lived_and_died
    targets = reference.people.mortality_by_age
    for band, target in targets.items():
        ages = (band <= AGES) & ((band + 5 > AGES) | (band == max(targets)))
        seen = died[ages][..., NOT_ESRD].sum() / lived[ages][..., NOT_ESRD].sum()
        print(f"{band}: {seen:.4f} against {target}")
        assert seen == pytest.approx(target, rel=0.10)


def test_mortality_of_all_and_of_esrd(reference, lived_and_died):
    lived, died = lived_and_died
    assert died.sum() / lived.sum() == pytest.approx(0.047, abs=0.002)  # FFS 65+, calibration facts, section 1.3
    esrd = died[..., ESRD].sum() / lived[..., ESRD].sum()
    print(f"all {died.sum() / lived.sum():.4f}, ESRD {esrd:.4f}")
    assert esrd == pytest.approx(reference.people.esrd_mortality, rel=0.03)


def test_men_die_earlier(reference):
    female, male = reference.hazard.sex_shift
    assert np.exp(male - female) == pytest.approx(reference.people.male_hazard_ratio)


def test_who_leaves_is_replaced(reference):
    """Any panel drifts towards the stationary one, as far as turnover takes it; no slot is lost on the way."""
    scattered = np.zeros_like(reference.start)
    scattered[3, 0, HIGH_NEEDS] = 0.56 * reference.start_law[3, 0, HIGH_NEEDS]
    scattered[-1, 1, ESRD] = 0.44 * reference.start_law[-1, 1, ESRD]
    months = reference.expected(scattered, len(YEARS)).person_months
    distance = np.abs(months - reference.stationary.person_months).sum(axis=1)
    assert np.all(np.diff(distance) < 0)
    assert distance[-1] < distance[0] * (1 - reference.people.exit_hazard) ** (len(YEARS) - 1)
    assert np.all(months.sum(axis=1) < MONTHS)


def test_expectations_are_linear_in_people(reference):
    one = reference.expected(reference.start, 2)
    for sums, twice in zip(one, reference.expected(2 * reference.start, 2), strict=True):
        np.testing.assert_allclose(twice, 2 * sums, rtol=1e-13)


def test_scores_have_mean_one(reference):
    stationary = reference.stationary
    scaled = stationary.score_months[0] * np.exp(reference.score_scale) / stationary.person_months[0]
    np.testing.assert_allclose(scaled, 1.0, rtol=1e-13)


def test_a_finer_grid_gives_the_same_population(reference, monkeypatch):
    monkeypatch.setattr(module, "PERSISTENT_NODES", 32)
    monkeypatch.setattr(module, "MORBIDITY_NODES", 40)
    fine = Reference(reference.people)
    for name in ("person_months", "cost", "score_months"):
        np.testing.assert_allclose(
            getattr(fine.stationary, name), getattr(reference.stationary, name), rtol=1e-5, err_msg=name
        )


def test_entry_ages_have_their_quantiles(reference):
    shares = entry_age_shares(reference.people)
    assert shares.sum() == pytest.approx(1.0)
    assert shares[AGES < 75].sum() == pytest.approx(reference.people.entry_by_75_share)
    assert shares[reference.people.entry_oldest <= AGES].sum() == 0.0
    assert shares[0] > reference.people.entry_at_65_share


def test_without_volatility_nobody_moves(reference):
    quiet = Reference(reference.people.model_copy(update={"volatility": False}))
    people = np.zeros_like(quiet.start)
    people[:2] = quiet.start_law[:2] * np.array([5.0, 2.0, 1.0])[:, None, None]
    sums = quiet.expected(people, 4)
    np.testing.assert_allclose(sums.person_months, np.full((4, 1), MONTHS) * [20.0, 8.0, 4.0], rtol=1e-8)
    np.testing.assert_allclose(sums.cost, np.full((4, 1), 1.0) * [20.0, 8.0, 4.0], rtol=1e-8)
    np.testing.assert_allclose(quiet.annual_cost, 1.0, rtol=1e-12)
    np.testing.assert_array_equal(score_log_sds(quiet.people), 0.0)
    np.testing.assert_allclose(quiet.score_scale, 0.0, atol=1e-12)


@pytest.mark.parametrize("change", [{"esrd_hazard": 0.0}, {"death_slope": 0.0}])
def test_assumptions_at_their_limits_leave_everything_finite(reference, change):
    edge = Reference(reference.people.model_copy(update=change))
    for values in (edge.annual_cost, edge.score_scale, edge.start_law, edge.combined_cost):
        assert np.all(np.isfinite(values))
    sums = edge.expected(edge.start, 2)
    np.testing.assert_allclose(sums.person_months[1], sums.person_months[0], rtol=1e-4, atol=1e-12)
