"""Same seed, same bits: whatever the chunks, the threads, the tracks, the order of the roster and its format.

A person's draws are addressed by the person, so a panel's sums are the sums of its parts.
"""

import numpy as np
import pandas as pd
import pytest
from small_runs import PEOPLE, assert_same_bits, configured, prepared, reference, simulated

from leadmc.base.axes import ALIGNMENTS
from leadmc.base.variables import VARIABLES
from leadmc.inputs.panel import synthetic_roster
from leadmc.inputs.roster import write_roster
from leadmc.inputs.settings import Synthetic
from leadmc.paths.kernel import SUMS
from leadmc.paths.sweep import sweep
from leadmc.scenarios.draw import draw_world
from leadmc.study import settle_chunk

SCENARIOS = 530  # two chunks of 500, fifteen of 37; neither divides it
SAMPLERS = ("plain", {"kind": "sobol", "replicates": 2})


@pytest.mark.parametrize("sampler", SAMPLERS, ids=["plain", "sobol"])
def test_chunks_and_threads_change_no_bit(tmp_path, sampler):
    study = prepared(tmp_path, sampler=sampler, scenarios=SCENARIOS, population={"synthetic": {"beneficiaries": 100}})
    whole = simulated(study, tmp_path, chunk=SCENARIOS, workers=1)
    for chunk, workers in ((37, 1), (37, 2), (500, 1), (500, 2)):
        assert_same_bits(simulated(study, tmp_path, chunk=chunk, workers=workers), whole)


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["plain", "sobol"])
def test_chunks_and_threads_change_no_bit_at_full_size(tmp_path, sampler):
    study = prepared(tmp_path, sampler=sampler, scenarios=2000, population={"synthetic": {"beneficiaries": 12_000}})
    whole = simulated(study, tmp_path)
    for chunk, workers in ((37, 2), (500, 2), (None, 1)):
        assert_same_bits(simulated(study, tmp_path, chunk=chunk, workers=workers), whole)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    return simulated(prepared(folder), folder)


def test_a_second_run_is_the_first(small, tmp_path):
    assert_same_bits(simulated(prepared(tmp_path), tmp_path), small)


def test_another_seed_is_another_run(small, tmp_path):
    other = simulated(prepared(tmp_path, seed=2028), tmp_path)
    assert not np.isclose(other["expenditure"], small["expenditure"], rtol=1e-12).any()


def test_more_scenarios_leave_the_first_ones_alone(small, tmp_path):
    more = simulated(prepared(tmp_path, scenarios=small.sizes["scenario"] + 30), tmp_path)
    assert_same_bits(more.isel(scenario=slice(small.sizes["scenario"])), small)


@pytest.mark.parametrize("tracks", [["global"], ["professional"], ["global", "professional"]])
def test_a_track_changes_no_other_number(small, tmp_path, tracks):
    assert_same_bits(simulated(prepared(tmp_path, tracks=tracks), tmp_path), small.sel(track=tracks))


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    """Rows of the panel of the small configuration."""
    folder = tmp_path_factory.mktemp("roster")
    config = configured(folder)
    return synthetic_roster(Synthetic(beneficiaries=PEOPLE), config.rate_book, reference(config.assumptions.people))


def of_roster(folder, rows, name="roster.csv"):
    write_roster(folder / name, rows)
    return prepared(folder, population={"file": name})


def test_a_roster_of_the_same_people_is_the_same_panel(small, roster, tmp_path):
    assert_same_bits(simulated(of_roster(tmp_path, roster), tmp_path), small)


@pytest.mark.parametrize("name", ["roster.csv", "roster.parquet"])
def test_the_order_and_the_format_of_a_roster_change_nothing(small, roster, tmp_path, name):
    shuffled = roster.sample(frac=1.0, random_state=3)
    assert_same_bits(simulated(of_roster(tmp_path, shuffled, name), tmp_path), small)


def person_sums(study, scenarios=40, workers=1):
    """Integer sums of the panel, [a, s, t, c, 8]: people at the prices of the drivers, before any settlement."""
    config = study.config
    world = draw_world(
        config.assumptions,
        seed=config.settings.seed,
        scenarios=np.arange(scenarios),
        sampler=config.settings.sampler,
        beneficiaries=PEOPLE,  # the scale of over-dispersion is the panel's, not a person's
    )
    attachment = np.full((scenarios, 10, 3), 150_000.0)
    return sweep(study.people, world, attachment, seed=config.settings.seed, first_scenario=0, workers=workers)


def test_threads_within_a_chunk_change_no_sum(roster, tmp_path):
    study = of_roster(tmp_path, roster)
    alone = person_sums(study, 5)
    for workers in (2, 3, 16):  # two parts that are not equal, three, more threads than scenarios
        np.testing.assert_array_equal(person_sums(study, 5, workers), alone)


def test_people_do_not_feel_one_another(roster, tmp_path):
    everybody = person_sums(of_roster(tmp_path, roster))
    assert everybody.shape == (len(ALIGNMENTS), 40, 13, 3, SUMS)
    counties = roster.drop_duplicates("county_fips").index  # one of each, so that both parts have all counties
    newcomer = roster.drop(counties).iloc[[123]]
    without = person_sums(of_roster(tmp_path, roster.drop(newcomer.index)))
    alone = person_sums(of_roster(tmp_path, newcomer))
    np.testing.assert_array_equal(everybody - without, alone)
    assert (alone[..., 0].sum(axis=(0, 3)) <= 12).all()


def test_a_panel_is_the_sum_of_its_parts_in_every_scenario(roster, tmp_path):
    parts = [person_sums(of_roster(tmp_path, part)) for part in (roster.iloc[:300], roster.iloc[300:])]
    np.testing.assert_array_equal(sum(parts), person_sums(of_roster(tmp_path, roster)))


def test_a_person_of_another_id_lives_another_life(roster, tmp_path):
    renamed = roster.assign(beneficiary_id=pd.Series("X" + roster["beneficiary_id"].str[1:], index=roster.index))
    assert (person_sums(of_roster(tmp_path, renamed)) != person_sums(of_roster(tmp_path, roster))).any()


def test_a_chunk_holds_every_variable_of_the_cube(tmp_path):
    study = prepared(tmp_path)
    rows, capped = settle_chunk(study, np.arange(5, 8))
    assert set(rows) == {name for name, variable in VARIABLES.items() if not variable.optional}
    assert {len(values) for values in rows.values()} == {3}
    assert capped >= 0
