"""One driver at a time: every change is that of two runs, people are simulated no more often than they must be."""

import json
from unittest import mock

import numpy as np
import pytest
import small_runs
import yaml

import leadmc
from leadmc import cli, one_at_a_time
from leadmc import study as study_module
from leadmc.base.errors import InputError
from leadmc.inputs import otherwise
from leadmc.inputs.config import load_config, with_assumption
from leadmc.measures.precision import estimate
from leadmc.measures.tornado import STATISTICS
from leadmc.one_at_a_time import FOR_THE_SPLIT, sensitivity, write
from leadmc.paths import people
from leadmc.study import prepare, priced, settle, simulate

N = 64
MOVED = ("quality.mean", "aco_level.start_sd", "national_trend.mu.aged_disabled")
PROGRAMME = {
    "service": "snf", "start_year": 2028, "full_year": 2030, "size": 0.2, "execution": [0.2, 0.6, 1.0],
    "programme_cost_pbpm": 3.0,
}  # fmt: skip
STATED = {
    "name": "hinges", "seed": 3, "scenarios": 10, "population": {"synthetic": {"beneficiaries": 100}},
    "tracks": ["global", "mssp-basic-e"], "assumptions": {"management": {"interventions": [PROGRAMME]}},
    "rules": {"mixture": {"rate_book.mode": {"CLIFF": 0.5, "NONE": 0.5}}},
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def quickly():
    """Make the reference population, its bank and the truncation points once, and move few drivers."""
    with (
        mock.patch.object(study_module, "Reference", small_runs.reference),
        mock.patch.object(one_at_a_time, "Reference", small_runs.reference),
        mock.patch.object(people, "build_bank", small_runs._bank),
        mock.patch.object(otherwise, "MAIN", MOVED),
        mock.patch.object(study_module, "truncation", mock.Mock(return_value=None)),
    ):
        yield


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("config") / "hinges.yaml"
    path.write_text(yaml.safe_dump(STATED))
    return load_config(path)


@pytest.fixture(scope="module")
def swept():
    with mock.patch.object(study_module, "sweep", wraps=study_module.sweep) as sweep:
        yield sweep


@pytest.fixture(scope="module")
def record(config, swept):
    seen = []
    found = sensitivity(config, scenarios=N, workers=2, progress=lambda done, total, _: seen.append((done, total)))
    found["seen"], found["swept"] = seen, swept.call_count
    return found


def ten_years(config):
    study = prepare(otherwise.unmixed(config))
    done = simulate(study, np.arange(N))
    return {track: one.net_result.sum(axis=1) for track, one in settle(study, done).items()}


@pytest.fixture(scope="module")
def as_it_is(config):
    return ten_years(config)


def mean(values):
    return estimate(values, STATISTICS).value[0]


@pytest.mark.parametrize("path", MOVED)
def test_an_assumption_changes_what_a_run_of_its_own_would_change(record, config, as_it_is, path):
    driver = next(one for one in record["drivers"] if one["path"] == path)
    for setting in driver["settings"]:
        other = ten_years(with_assumption(config, path, float(setting["value"])))
        for track, changes in setting["tracks"].items():
            assert changes["mean"]["value"] == pytest.approx(mean(other[track]) - mean(as_it_is[track]), abs=1e-6)


def test_a_rule_changes_what_a_run_under_it_would_change(record, config, as_it_is):
    driver = next(one for one in record["drivers"] if one["path"] == "rate_book.mode")
    other = ten_years(otherwise.under(otherwise.unmixed(config), {"rate_book.mode": "NONE"}))
    none = next(setting for setting in driver["settings"] if setting["value"] == "NONE")
    assert set(none["tracks"]) == {"global"}
    assert none["tracks"]["global"]["mean"]["value"] == pytest.approx(mean(other["global"] - as_it_is["global"]))


def test_people_at_other_prices_are_those_of_a_run_of_its_own(config):
    other = with_assumption(otherwise.unmixed(config), "national_trend.mu.esrd", 0.02)
    found = priced(prepare(otherwise.unmixed(config)), other, small_runs.reference(config.assumptions.people))
    again = prepare(other)
    for one, two in zip(found.people.panels, again.people.panels, strict=True):
        for left, right in zip(one, two, strict=True):
            np.testing.assert_array_equal(left, right, strict=True)
    np.testing.assert_array_equal(found.rates.regional_pbpm, again.rates.regional_pbpm)


def test_people_are_simulated_only_where_they_cost_something_else(record):
    """As it is, without the programme, two ends of two assumptions; and the split. Not for quality, not for rules."""
    split = -(-N * FOR_THE_SPLIT // one_at_a_time.CHUNK)
    assert record["swept"] == 1 + 1 + 2 * 2 + split


def test_the_base_is_the_run_itself(record, as_it_is):
    for track, net in as_it_is.items():
        assert record["base"][track]["mean"]["value"] == pytest.approx(mean(net))
        assert record["base"][track]["p_loss"]["value"] == (net < 0).mean()


def test_stop_loss_is_elected_less_not_where_it_is_offered(record, config, as_it_is):
    other = ten_years(otherwise.under(otherwise.unmixed(config), {"stop_loss.elected": True}))
    assert set(record["stop_loss"]) == {"global"}
    assert record["stop_loss"]["global"]["mean"]["value"] == pytest.approx(mean(other["global"] - as_it_is["global"]))


def test_programmes_are_with_less_without_and_their_cost_stays_apart(record, config, as_it_is):
    without = ten_years(with_assumption(config, "management.interventions", []))
    found = record["management"]
    for track, changes in found["tracks"].items():
        assert changes["net"]["mean"]["value"] == pytest.approx(mean(as_it_is[track] - without[track]))
        after = changes["net"]["mean"]["value"] - found["programme_cost_usd"]["value"]
        assert changes["after_cost"]["mean"]["value"] == pytest.approx(after)
    assert found["programme_cost_usd"]["value"] == pytest.approx(3.0 * 12 * 100 * 9, rel=0.1)  # from 2028 on


def test_the_largest_swing_comes_first_and_progress_ends_at_all(record):
    swings = [max(one["mean"]["swing"]["value"] for one in d["tracks"].values()) for d in record["drivers"]]
    assert swings == sorted(swings, reverse=True)
    assert record["seen"][-1][0] == record["seen"][-1][1]


def test_threads_change_no_number(record, config):
    again = sensitivity(config, scenarios=N, workers=1)
    assert json.dumps(again) == json.dumps({key: record[key] for key in again})


def test_what_is_not_possible_is_told_and_left_out(config):
    one = otherwise.Driver(
        "assumption", "quality.sd", "", "1", 0.08, "", "", ("global",), (otherwise.Setting("0.9", 0.9),)
    )
    with mock.patch.object(one_at_a_time, "drivers", return_value=[one]):
        found = sensitivity(config, scenarios=N)
    assert found["refused"][0]["path"] == "quality.sd"
    assert "sd^2 < mean (1 - mean)" in found["refused"][0]["why"]
    assert found["drivers"][0]["settings"] == []


def test_broken_groups_are_refused(config):
    with pytest.raises(InputError, match=r"--scenarios: 65\. Allowed: a multiple of 64"):
        sensitivity(config, scenarios=65)


def test_files_are_written_once(record, tmp_path):
    write({key: value for key, value in record.items() if key not in ("seen", "swept")}, tmp_path / "out")
    kept = json.loads((tmp_path / "out" / "sensitivity.json").read_text(), parse_constant=pytest.fail)
    assert kept["base"] == record["base"]
    assert (tmp_path / "out" / "tornado.svg").read_text().startswith("<svg")
    with pytest.raises(InputError, match=r"sensitivity\.json: already there"):
        write(record, tmp_path / "out")


@pytest.fixture
def told(monkeypatch, record, tmp_path, capsys):
    """Run the command on a record that is there already."""
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(STATED))
    whole = {key: value for key, value in record.items() if key not in ("seen", "swept")}
    monkeypatch.setattr(one_at_a_time, "sensitivity", lambda *_, **__: whole)

    def tell(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main(["sensitivity", str(path), *arguments])
        out, err = capsys.readouterr()
        return end.value.code or 0, out, err

    return tell


def test_the_command_answers_in_every_form(told, record, tmp_path):
    status, out, _ = told("--out", str(tmp_path / "there"))
    assert status == 0
    for text in ("global: change of the ten-year net result, 64 scenarios", "Stop-loss, elected less not", "Variance"):
        assert text in out
    assert (tmp_path / "there" / "sensitivity.json").is_file()
    status, _, err = told("--out", str(tmp_path / "there"))
    assert status == 2
    assert "sensitivity.json: already there. Allowed: a place for a new file" in err
    assert json.loads(told("--format", "json")[1])["base"] == record["base"]
    header, first, *_ = told("--format", "csv")[1].splitlines()
    assert header == "kind,path,unit,confidence,value,track,statistic,rank,change,se"
    assert first.startswith(("rule,", "assumption,"))


def test_from_python_it_is_the_same(monkeypatch, record, tmp_path):
    asked = {}
    monkeypatch.setattr(one_at_a_time, "sensitivity", lambda config, **options: asked.update(options) or record)
    found = leadmc.sensitivity(STATED, out=tmp_path / "api", scenarios=N, everything=True)
    assert found is record
    assert asked == {"scenarios": N, "everything": True, "workers": None}
    assert (tmp_path / "api" / "tornado.svg").is_file()
