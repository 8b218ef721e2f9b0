"""What base years say about people, against people whose health is known because the model made them."""

import numpy as np
import pytest

from leadmc.base.axes import AGED_DISABLED, ESRD, HIGH_NEEDS
from leadmc.inputs.synthetic import synthetic_ids, synthetic_population
from leadmc.paths.bank import build_bank
from leadmc.paths.history import OWN_STRETCH, own_stretches, seen
from leadmc.paths.past import past
from leadmc.paths.people import gather_people

PRICE = np.array([[12000.0, 100000.0]])


@pytest.fixture(scope="module")
def bank(reference):
    return build_bank(reference)


def a_past(reference, slots, *, scenario=0):
    population = synthetic_population(
        reference, beneficiaries=slots, county_fips=("01001",), county_weight=(1.0,), voluntary_share=0.0
    )
    people = gather_people(population, PRICE, reference)
    ids = synthetic_ids(slots)
    return past(population, ids, people.panels[0], people.nature, level=np.ones((3, 3)), seed=3, scenario=scenario)


def expected(roster):
    return PRICE[0][(roster.category_then == ESRD).astype(int)]


def health(roster, bank, reference):
    """States drawn for each person, [n, k, 3], and the history they were drawn for."""
    history = seen(roster, expected(roster), reference)
    return own_stretches(roster, history, bank, reference).reshape(-1, OWN_STRETCH, 3).astype(np.float64), history


@pytest.fixture(scope="module")
def known(reference, bank):
    """The people of 2027, their true states, what was drawn for them, and their history."""
    found = a_past(reference, 6000)
    roster = found.roster.still_aligned()
    return roster, found.state[found.roster.aligned], *health(roster, bank, reference)


def directions(reference):
    """Latent cost and prospective score expected for 2027, and the state's parts, each of it a direction."""
    people = reference.people
    return {
        "persistent health": (1.0, 0.0, 0.0),
        "morbidity": (0.0, 1.0, 0.0),
        "own coding": (0.0, 0.0, 1.0),
        "cost": (people.cost_persistent, people.cost_morbidity * people.persistence, 0.0),
        "score": (people.score_persistent, people.score_morbidity, reference.prospective_own),
    }


@pytest.mark.parametrize("name", ["persistent health", "morbidity", "own coding", "cost", "score"])
def test_the_true_state_regresses_on_its_posterior_mean_with_slope_one(reference, known, name):
    """Fixed seed; the slope's standard error is 0.01 to 0.02, the ratio of variances' 0.02."""
    _, truth, drawn, _ = known
    direction = np.array(directions(reference)[name])
    mean, spread, true = (drawn @ direction).mean(axis=1), (drawn @ direction).var(axis=1), truth @ direction
    slope, _ = np.polyfit(mean, true, 1)
    miss = true - mean
    z = miss.mean() / (miss.std() / np.sqrt(miss.size))
    print(
        f"{name}: slope {slope:.3f}, variance of the miss over the posterior's {(miss**2).mean() / spread.mean():.3f}"
    )
    assert slope == pytest.approx(1.0, abs=0.05)
    assert (miss**2).mean() == pytest.approx(spread.mean(), rel=0.05)
    assert abs(z) < 3.0


def next_year(reference, states, category):
    """Mean relative cost of 2027 given states, the year's luck averaged out."""
    people = reference.people
    luck = np.hypot(people.cost_morbidity * np.sqrt(1 - people.persistence**2), reference.grid.accident)
    latent = people.cost_persistent * states[..., 0] + people.cost_morbidity * people.persistence * states[..., 1]
    others, esrd = (shape.expected(latent, luck) for shape in reference.shapes)
    return np.where((category == ESRD).reshape(-1, *[1] * (latent.ndim - 1)), esrd, others)


def test_by_decile_of_predicted_cost_the_next_year_costs_what_was_predicted(reference, known):
    roster, truth, drawn, _ = known
    category = roster.population.category
    aged = category == AGED_DISABLED
    predicted = next_year(reference, drawn, category).mean(axis=1)[aged]
    realised = next_year(reference, truth, category)[aged]
    order = np.argsort(predicted)
    for decile in np.array_split(order, 10):
        miss = realised[decile] - predicted[decile]
        assert abs(miss.mean()) < 3.5 * miss.std() / np.sqrt(decile.size)
    top, bottom = (predicted[part].mean() for part in (order[-order.size // 10 :], order[: order.size // 10]))
    assert top > 5 * bottom


def test_last_years_spending_regresses_to_the_mean(reference, known):
    roster, _, drawn, _ = known
    aged = (roster.category_then == AGED_DISABLED).all(axis=1) & (roster.population.category == AGED_DISABLED)
    aged &= np.isfinite(roster.spend).all(axis=1)
    last = (roster.spend[:, -1] / PRICE[0, 0])[aged]
    predicted = next_year(reference, drawn[aged], roster.population.category[aged]).mean(axis=1)
    dear = last > np.quantile(last, 0.95)
    assert last[dear].mean() > 5 * last.mean()
    assert predicted.mean() < predicted[dear].mean() < 0.5 * last[dear].mean()


def test_labels_hold_on_the_first_day(reference, known):
    roster, _, drawn, _ = known
    people = reference.people
    now = people.concurrent_persistent * drawn[..., 0] + people.concurrent_morbidity * drawn[..., 1]
    aged = roster.population.category == AGED_DISABLED
    assert now[aged].max() < reference.grid.threshold
    fresh = (roster.population.category == HIGH_NEEDS) & (roster.category_then[:, -1] == AGED_DISABLED)
    assert (now[fresh] > reference.grid.threshold).mean() > 0.95


def test_nobody_is_judged_by_the_company_or_the_order(reference, bank, known):
    roster, _, drawn, _ = known
    order = np.random.default_rng(1).permutation(roster.aligned.size)[:300]
    some = roster._replace(
        population=roster.population.take(order),
        **{
            name: getattr(roster, name)[order] for name in ("aligned", "spend", "months", "risk_score", "category_then")
        },
    )
    np.testing.assert_allclose(health(some, bank, reference)[0], drawn[order], atol=1e-6)


def test_who_came_after_the_base_years_starts_as_an_entrant(reference, known):
    _, _, drawn, history = known
    new = history.first == 3
    assert new.sum() > 500
    assert drawn[new, :, 2].std() == pytest.approx(1.0, abs=0.03)
    assert drawn[new].mean() == pytest.approx(0.0, abs=0.1)
    assert np.isnan(history.cost[new]).all()


def test_a_known_cost_is_read_back_as_its_normal_score(reference, bank):
    found = a_past(reference, 50)
    roster = found.roster
    shape = reference.shapes[0]
    latent = np.array([-1.0, 0.5, 3.0])
    relative = np.interp(latent, shape.origin + shape.width * np.arange(shape.value.size), shape.value)
    one = roster._replace(
        spend=np.tile(relative * 2000.0, (roster.aligned.size, 1)),
        months=np.full(roster.spend.shape, 12.0),
        category_then=np.zeros_like(roster.category_then),
        risk_score=np.full(roster.spend.shape, np.nan),
    )
    history = seen(one, np.full(roster.spend.shape, 2000.0), reference)
    np.testing.assert_allclose(history.cost, np.tile(latent, (roster.aligned.size, 1)), atol=1e-9)
    assert np.isnan(history.score).all()
    half = seen(
        one._replace(months=one.months / 2, spend=one.spend / 2), np.full(roster.spend.shape, 2000.0), reference
    )
    np.testing.assert_allclose(half.cost, history.cost)
    assert np.isneginf(seen(one._replace(spend=0.0 * one.spend), one.spend + 1.0, reference).cost).all()
