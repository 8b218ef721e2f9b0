"""One scenario of a run, explained: the rules' own lines, and the cube's own numbers."""

import numpy as np
import pytest
from small_runs import prepared, simulated

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.contract.explanation import explain
from leadmc.contract.programmes import ALL_TRACKS, book_of
from leadmc.replay import explain_again
from leadmc.study import settle_track, simulate

CENT = 0.01
MIXED = {
    "stop_loss.elected": True,
    "mixture": {
        "rate_book.mode": {"book": 0.5, "LINEAR5": 0.5},
        "corridors.professional.savings": {"book": 0.5, "fifty": 0.5},
    },
}


def study_and_cube(folder, people, scenarios):
    stated = {"scenarios": scenarios, "population": {"synthetic": {"beneficiaries": people}}, "rules": MIXED}
    study = prepared(folder, **stated, tracks=list(ALL_TRACKS))
    return study, simulated(study, folder)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return study_and_cube(tmp_path_factory.mktemp("replay"), people=300, scenarios=120)


def check_identities(explanation, cube, scenario):
    """Every sum is made of its parts, and is the cube's to the last bit."""
    t = list(cube["track"].values).index(explanation.track)
    for identity in explanation.identities:
        y = PERFORMANCE_YEARS.index(identity.year)
        assert identity.holds
        assert identity.total == cube[identity.name].values[scenario, t, y]
        for name, amount in identity.parts.items():
            if name == "expenditure":
                assert -amount == pytest.approx(cube[name].values[scenario, y].sum(), abs=CENT)
            else:
                assert abs(amount) == abs(cube[name].values[scenario, t, y])


def check_random_settlements(study, cube, number, seed):
    """Explain random scenarios, a random track of each; what `explain_again` does, but the other tracks."""
    rng = np.random.default_rng(seed)
    for scenario in rng.integers(cube.sizes["scenario"], size=number):
        track = str(rng.choice(ALL_TRACKS))
        done = simulate(study, np.array([scenario]))
        book = book_of(track, study.config.rules().drawn(done.rule_choice[0]))
        _, found = explain(track, lambda t=track, d=done: settle_track(study, t, d), done.judged, book)
        check_identities(found, cube, scenario)


def test_two_hundred_random_settlements_are_those_of_the_cube(small):
    check_random_settlements(*small, number=200, seed=4)


@pytest.mark.slow
def test_random_settlements_of_a_larger_run_are_those_of_its_cube(tmp_path):
    check_random_settlements(*study_and_cube(tmp_path, people=5_000, scenarios=1_000), number=400, seed=5)


@pytest.mark.parametrize("track", ALL_TRACKS)
def test_a_scenario_simulated_alone_is_the_cube_to_the_last_bit(small, track):
    study, cube = small
    found = explain_again(study, cube, scenario=77, track=track)
    assert found.differs == ()
    check_identities(found.explanation, cube, 77)


def test_an_explanation_shows_the_rules_that_its_scenario_drew(small):
    study, cube = small
    drawn, shown = cube["rule_choice"].sel(rule="rate_book.mode").values, {}
    for scenario in range(12):
        found = explain_again(study, cube, scenario=scenario, track="professional")
        entries = (entry for entry in found.explanation.entries if entry.year == 2030)
        (weight,) = (entry for entry in entries if entry.name == "Weight of the rate book (lambda)")
        shown.setdefault(int(drawn[scenario]), set()).add(weight.terms[0].value)
    assert shown == {0: {"LINEAR5"}, 1: {"CLIFF"}}


def test_a_cube_of_other_numbers_is_found_out(small):
    study, cube = small
    other = cube.copy(deep=True)
    other["net_result"].values[3, 1, 4] = np.nextafter(other["net_result"].values[3, 1, 4], np.inf)
    other["deaths"].values[3, 0] += 1
    assert explain_again(study, other, scenario=3, track="global").differs == ("deaths", "net_result")
    assert explain_again(study, other, scenario=2, track="global").differs == ()
