"""What could be otherwise: ends of ranges and alternatives, as a configuration would state them."""

import pytest

from leadmc.base.errors import InputError
from leadmc.inputs.config import stated_config, with_assumption
from leadmc.inputs.otherwise import ASSUMPTION, ELECTED, MAIN, RULE, SOLVED, Setting, drivers, under, unmixed
from leadmc.inputs.presets import assumption_table


def config(**stated):
    population = {"synthetic": {"beneficiaries": 100}}
    return stated_config({"name": "a", "seed": 1, "scenarios": 10, "population": population} | stated)


@pytest.fixture(scope="module")
def plain():
    return config()


@pytest.fixture(scope="module")
def main(plain):
    return {driver.path: driver for driver in drivers(plain, everything=False)}


def test_the_main_assumptions_exist_and_have_two_ends_each(main):
    ranges = {line.path: line.range for line in assumption_table()}
    for path in MAIN:
        assert main[path].kind == ASSUMPTION
        assert [each.name for each in main[path].settings] == [f"{end:g}" for end in ranges[path]]


def test_every_number_of_a_map_moves(main):
    low, high = main["national_trend.known_growth"].settings
    assert (low.value, high.value) == ({2025: 0.06}, {2025: 0.1})


def test_unverified_rules_of_the_tracks_of_the_run_have_their_alternatives(main):
    mode = main["rate_book.mode"]
    assert (mode.kind, mode.tracks) == (RULE, ("professional", "global"))
    assert [each.name for each in mode.settings] == ["LINEAR5", "EARLY", "NONE"]
    assert main["cara.episodes"].tracks == ("global",)
    assert not any(path.startswith(("mssp.", "reach.")) for path in main)
    assert not set(ELECTED) & set(main)


def test_everything_has_confirmed_rules_and_people_but_nothing_that_is_solved(plain, main):
    every = {driver.path for driver in drivers(plain, everything=True)}
    assert every > set(main)
    assert "people.exit_hazard" in every
    assert "people.targets.cost_lag_1" in every
    assert not every & SOLVED


def test_a_value_at_the_end_of_its_range_moves_to_the_other_end_alone():
    changed = config(assumptions={"quality": {"mean": 0.88}})
    found = {driver.path: driver for driver in drivers(changed, everything=False)}
    assert found["quality.mean"].settings == (Setting("0.82", 0.82),)
    assert found["quality.mean"].confidence == "user"


def test_a_driver_is_moved_as_if_the_user_had_stated_it(plain, main):
    quality, mode = main["quality.mean"], main["rate_book.mode"]
    assert quality.at(plain, quality.settings[0]) == config(assumptions={"quality": {"mean": 0.82}})
    assert mode.at(plain, mode.settings[2]) == config(rules={"rate_book.mode": "NONE"})


def test_what_is_not_possible_beside_the_rest_says_why(plain):
    with pytest.raises(InputError, match=r"sd\^2 < mean \(1 - mean\)"):
        with_assumption(plain, "quality.sd", 0.9)
    with pytest.raises(InputError, match=r"rate_book\.mode: 'LATER'"):
        under(plain, {"rate_book.mode": "LATER"})


def test_mixed_rules_have_the_value_of_the_book(plain):
    mixed = config(rules={"mixture": {"rate_book.mode": {"CLIFF": 0.5, "NONE": 0.5}}})
    assert mixed.mixture
    assert unmixed(mixed) == plain
