"""A portfolio: ACOs share what is the nation's and the region's, and nothing else."""

import json

import numpy as np
import pytest
from small_runs import configured

from leadmc import pipeline, portfolio
from leadmc.base.errors import InputError
from leadmc.cube.store import CUBE, labelled
from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.settings import Sampler
from leadmc.measures.portfolio import portfolio as together
from leadmc.scenarios.draw import draw_world
from leadmc.scenarios.roots import OWN, roots
from leadmc.scenarios.streams import Driver

SEED = 7
RALEIGH, DURHAM, LOS_ANGELES = "37183", "37063", "06037"


def world(root, sampler="plain"):
    return draw_world(
        load_assumptions(),
        seed=SEED,
        scenarios=np.arange(400),
        sampler=Sampler(kind=sampler, **({"replicates": 4} if sampler == "sobol" else {})),
        beneficiaries=5000,
        apart=root,
    )


def same(one, other, name):
    return np.array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("sampler", ["plain", "antithetic", "lhs", "sobol"])
def test_acos_share_the_nation_and_their_region_alone(sampler):
    north, south, west = (
        world(roots(SEED, key, county), sampler)
        for key, county in (("north", RALEIGH), ("south", RALEIGH), ("west", LOS_ANGELES))
    )
    for other in (south, west):
        assert same(north, other, "national_level")
        assert same(north, other, "prospective_trend")
        for name in ("aco_level", "coding", "quality_score", "ai_score_effect"):
            a, b = (np.asarray(getattr(each, name)).reshape(400, -1)[:, -1] for each in (north, other))
            assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(400), name
    assert same(north, south, "regional_level")
    assert not same(north, west, "regional_level")


def test_counties_of_one_state_share_its_walk():
    one, other = roots(SEED, "a", RALEIGH), roots(SEED, "b", DURHAM)
    assert one.state == other.state
    assert len({one.county, other.county, one.aco, other.aco, one.state, SEED}) == 6


def test_a_run_by_itself_draws_everything_from_its_seed():
    assert set(roots(SEED, None, RALEIGH)) == {SEED}
    alone = world(None)
    for name in alone._fields:
        np.testing.assert_array_equal(getattr(world(roots(SEED, None, RALEIGH)), name), getattr(alone, name))


def test_every_driver_is_the_nations_or_has_a_root():
    nation = {Driver.PARAMETER, Driver.NATIONAL, Driver.FORECAST, Driver.PANDEMIC, Driver.POLICY_EVENT}
    assert set(Driver) - set(OWN) == nation | {Driver.POLICY_SIZE, Driver.TILT}


@pytest.fixture(autouse=True)
def no_report(monkeypatch):
    monkeypatch.setattr(pipeline, "_summarise_and_report", lambda *_: None)


def aco(folder, place, **stated):
    (folder / place).mkdir(exist_ok=True)
    people = {"synthetic": {"beneficiaries": 30, "counties": [RALEIGH]}}
    return configured(folder / place, **{"name": place, "scenarios": 64, "population": people} | stated)


def taken(members, out, **how):
    def run_one(member):
        pipeline.run(member.config, out=member.place, workers=1, **how)

    return portfolio.run(members, out=out, resume=how.get("resume", False), run_one=run_one)


def test_a_portfolio_is_the_sum_of_its_acos(tmp_path):
    members = portfolio.members([aco(tmp_path, "north"), aco(tmp_path, "south")], tmp_path / "out")
    record = taken(members, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "portfolio.json").read_text()) == record
    cubes = {name: labelled(tmp_path / "out" / name / CUBE).load() for name in ("north", "south")}
    north, south = (cube["net_result"].sel(track="global").sum("performance_year") for cube in cubes.values())
    found = record["tracks"]["global"]
    assert found["net_result"]["ten_year"]["mean"]["value"] == pytest.approx(float((north + south).mean()))
    assert found["net_result"]["ten_year"]["p5"]["value"] == pytest.approx(float((north + south).quantile(0.05)))
    assert found["correlation"]["value"][0][1] == pytest.approx(float(np.corrcoef(north, south)[0, 1]))
    assert found["correlation"]["value"][0][0] == pytest.approx(1.0)
    assert found["correlation"]["se"][0][0] == pytest.approx(0.0, abs=1e-9)
    assert found["diversification"] > 0, "two ACOs are seldom bad at once"
    assert not np.array_equal(cubes["north"]["expenditure"], cubes["south"]["expenditure"]), "people of their own"
    np.testing.assert_array_equal(cubes["north"]["national_trend"], cubes["south"]["national_trend"])
    assert taken(members, tmp_path / "out", resume=True) == record


def test_an_aco_of_a_portfolio_is_the_same_run_by_itself(tmp_path):
    (member, _) = portfolio.members([aco(tmp_path, "north"), aco(tmp_path, "south")], tmp_path)
    assert member.config.settings.population.aco.key == "north"
    stated = {"population": {"synthetic": {"beneficiaries": 30, "counties": [RALEIGH]}, "aco": {"key": "north"}}}
    assert aco(tmp_path, "north", **stated).settings == member.config.settings


def test_an_aco_twice_is_wholly_correlated(cube):
    found = together({"one": cube, "two": cube})["tracks"]["global"]
    assert found["correlation"]["value"][0][1] == pytest.approx(1.0)
    assert found["correlation"]["se"][0][1] == pytest.approx(0.0, abs=1e-9)
    assert found["diversification"] == pytest.approx(0.0, abs=1e-3)


def test_all_that_keeps_acos_apart_is_told_at_once(tmp_path):
    first = aco(tmp_path, "north", tracks=["global"])
    stated = {"seed": 1, "scenarios": 65, "assumptions": {"national_trend": {"innovation_sd": 0.03}}}
    other = aco(tmp_path, "south", name="north", tracks=["professional"], **stated)
    with pytest.raises(InputError) as caught:
        portfolio.members([first, other], tmp_path)
    told = str(caught.value)
    for fault in (
        "6 faults",
        "north, seed: 1. Allowed: 2027, as of north: scenarios are added up",
        "north, scenarios: 65. Allowed: 64",
        "north, assumptions.national_trend: differs. Allowed: as of north: there is one nation",
        "name: north. Allowed: another one for each ACO",
        "population.aco.key: north. Allowed: another one",
        "tracks: none in common",
    ):
        assert fault in told


def test_a_portfolio_does_not_go_over_anything(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.txt").write_text("precious")
    with pytest.raises(InputError, match="already there and not empty"):
        taken([], tmp_path / "out")
