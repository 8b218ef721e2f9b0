"""Loadings solved from moments have those moments, and moments that cannot be are refused with those that can."""

import pytest
import yaml
from small_runs import CONFIG, reference

from leadmc.base.errors import InputError
from leadmc.inputs import reference as population
from leadmc.inputs import solved_people
from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.config import load_config
from leadmc.inputs.moments import moments
from leadmc.inputs.presets import assumption_table
from leadmc.inputs.solved_people import UNKNOWNS, solve_people, with_solved_values

ESRD_RATE = 7.2
SCORES = ("score_persistent", "score_morbidity")
NO_TARGETS = dict.fromkeys(load_assumptions().people.targets.model_dump())


@pytest.fixture
def _coarse(monkeypatch):
    """A grid with a fifth of the nodes: moments differ in the third digit, a search takes a second instead of ten."""
    monkeypatch.setattr(population, "PERSISTENT_NODES", 12)
    monkeypatch.setattr(population, "MORBIDITY_NODES", 12)


def aimed_at(**targets):
    """Assumptions about people with these targets only."""
    return load_assumptions(overrides={"people": {"targets": NO_TARGETS | targets}}).people


def all_but(*free):
    """Keys of people that count as stated, so that only ``free`` is solved for."""
    return dict.fromkeys(set(UNKNOWNS) - set(free))


@pytest.mark.usefixtures("_coarse")
def test_perturbed_targets_are_reached_and_what_is_stated_stays():
    people = aimed_at(prospective_r2=0.13, score_persistence=0.81)
    solved = solve_people(people, stated=all_but(*SCORES), esrd_rate=ESRD_RATE)
    found = moments(population.Reference(solved), esrd_rate=ESRD_RATE)
    assert found["prospective_r2"] == pytest.approx(0.13, abs=0.001)
    assert found["score_persistence"] == pytest.approx(0.81, abs=0.002)
    assert {name for name in UNKNOWNS if getattr(solved, name) != getattr(people, name)} == set(SCORES)


@pytest.mark.usefixtures("_coarse")
def test_targets_that_cannot_be_are_refused_with_the_nearest():
    # a score that persists that well hardly moves with health, and explains little of next year's cost
    people = aimed_at(prospective_r2=0.2, score_persistence=0.95)
    with pytest.raises(InputError) as caught:
        solve_people(people, stated=all_but(*SCORES), esrd_rate=ESRD_RATE)
    text = str(caught.value)
    assert "assumptions.people.targets.prospective_r2: 0.2. Allowed: 0.1" in text
    assert "the nearest value that goes with the other targets" in text
    assert "State that value, give up another target (null), or state fewer loadings." in text


def test_without_targets_nothing_is_solved():
    people = aimed_at()
    assert solve_people(people, stated={}, esrd_rate=ESRD_RATE) == people


def test_without_volatility_nothing_is_solved():
    people = load_assumptions(overrides={"people": {"volatility": False}}).people
    assert solve_people(people, stated={}, esrd_rate=ESRD_RATE) == people


def test_the_packaged_loadings_have_the_packaged_targets():
    people = load_assumptions().people
    found = moments(reference(people), esrd_rate=ESRD_RATE)
    for name, target in people.targets.model_dump().items():
        assert found[name] == pytest.approx(target, rel=0.01), name


def test_a_list_of_assumptions_shows_what_was_solved():
    people = load_assumptions(overrides={"people": {"persistence": 0.55}}).people
    lines = {line.path: line for line in with_solved_values(assumption_table(), people)}
    assert lines["people.persistence"].value == 0.55
    assert lines["people.persistence"].grade == "solved"
    assert lines["people.cost_morbidity"].grade != "solved"


@pytest.mark.slow
def test_the_packaged_loadings_are_those_that_the_search_finds():
    people = load_assumptions().people
    solved = solve_people(people, stated={}, esrd_rate=ESRD_RATE)
    for name in UNKNOWNS:
        assert getattr(solved, name) == pytest.approx(getattr(people, name), abs=0.01), name


def test_a_configuration_with_targets_is_solved_and_one_without_is_not(tmp_path, monkeypatch):
    asked = []

    def solve(people, *, stated, esrd_rate):
        asked.append((dict(stated), round(esrd_rate, 1)))
        return people

    monkeypatch.setattr(solved_people, "solve_people", solve)
    path = tmp_path / "config.yaml"
    stated = {"targets": {"cost_lag_1": 0.31}, "persistence": 0.55}
    for assumptions in ({}, {"people": {"persistence": 0.55}}, {"people": stated}):
        path.write_text(yaml.safe_dump(CONFIG | {"assumptions": assumptions}))
        load_config(path)
    assert asked == [(stated, 7.2)]


def test_faults_of_targets_name_the_file(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(CONFIG | {"assumptions": {"people": {"targets": {"cost_lag": 0.3, "top_5": 3}}}}))
    with pytest.raises(InputError) as caught:
        load_config(path)
    assert "config.yaml, assumptions.people.targets.cost_lag: unknown key" in str(caught.value)
    assert "config.yaml, assumptions.people.targets.top_5: 3. Allowed: less than 1" in str(caught.value)
