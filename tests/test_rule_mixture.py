"""A run with mixed rules: same bits however it is cut, every scenario as under its own rules, and what it tells."""

import itertools
import json
import re
import warnings

import numpy as np
import pytest
import xarray as xr
from small_runs import assert_same_bits, configured, prepared, simulated

from leadmc.cli import main
from leadmc.contract.mixture import MixedTerm
from leadmc.cube.store import CUBE
from leadmc.inputs.config import config_hash
from leadmc.measures.rule_tables import largest_influence
from leadmc.measures.summary import summary
from leadmc.rule_influence import influence as influence_of
from leadmc.rule_influence import resettled, rules_record, settled_otherwise
from leadmc.study import settle_chunk

PEOPLE = {"synthetic": {"beneficiaries": 100}}
MIXTURE = {
    "corridors.professional.savings": {"book": 0.5, "fifty": 0.5},
    "rate_book.mode": {"CLIFF": 0.5, "EARLY": 0.25, "NONE": 0.25},
}
SCENARIOS = 80


@pytest.fixture(scope="module")
def under(tmp_path_factory):
    """Give the same people under other rules."""
    folder = tmp_path_factory.mktemp("people")
    stated = {"scenarios": SCENARIOS, "population": PEOPLE}
    study = prepared(folder, **stated)
    return lambda rules=None, **other: study._replace(config=configured(folder, **stated, **other, rules=rules or {}))


@pytest.fixture(scope="module")
def mixed(under, tmp_path_factory):
    study, folder = under({"mixture": MIXTURE}), tmp_path_factory.mktemp("mixed")
    return study, simulated(study, folder), folder


def rows_of(study, scenarios=range(SCENARIOS)):
    return settle_chunk(study, np.array(scenarios))[0]


def assert_rows(found, expected):
    """The same variables, but for the mixed rules themselves, and the same bits."""
    assert found.keys() - {"rule_choice"} == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name, strict=True)


def test_chunks_and_threads_change_no_bit(mixed, tmp_path):
    study, cube, _ = mixed
    assert_same_bits(simulated(study, tmp_path, chunk=17, workers=2), cube)


@pytest.mark.parametrize("rules", [{}, {"mixture": MIXTURE}], ids=["fixed", "mixed"])
def test_a_scenario_by_itself_is_the_scenario_of_the_run(under, rules):
    together = rows_of(under(rules), range(8))
    for scenario in range(8):
        alone = rows_of(under(rules), [scenario])
        assert_rows(alone, {name: together[name][[scenario]] for name in alone.keys() - {"rule_choice"}})


def test_a_scenario_is_that_of_the_run_with_its_rules_fixed(under):
    """Same people, same world, same bits; all tracks of a scenario settle under the same rules."""
    rows = rows_of(under({"mixture": MIXTURE}))
    for k, mode in enumerate(MIXTURE["rate_book.mode"]):
        same = (rows["rule_choice"] == [1, k]).all(axis=1)
        assert same.any()
        fixed = rows_of(under({"rate_book.mode": mode, "corridors.professional.savings": "fifty"}))
        assert_rows({n: v[same] for n, v in rows.items()}, {n: v[same] for n, v in fixed.items()})


def test_one_alternative_is_a_fixed_rule(under):
    certain = rows_of(under({"mixture": {"rate_book.mode": {"LINEAR5": 1}}}))
    assert_rows(certain, rows_of(under({"rate_book.mode": "LINEAR5"})))


def test_attachments_of_stop_loss_are_mixed_before_people_are_simulated(under):
    path, elected = "stop_loss.attachment_multiple", {"stop_loss.elected": True}
    rows = rows_of(under(elected | {"mixture": {path: {2: 0.5, 4: 0.5}}}))
    for k, multiple in enumerate((2, 4)):
        same = rows["rule_choice"][:, 0] == k
        fixed = rows_of(under(elected | {path: multiple}))
        assert_rows({n: v[same] for n, v in rows.items()}, {n: v[same] for n, v in fixed.items()})


def test_the_cube_says_which_alternative_each_scenario_drew(mixed):
    _, cube, _ = mixed
    assert list(cube["rule"].values) == list(MIXTURE)
    assert cube["rule_choice"].attrs["alternatives"] == [["book", "fifty"], ["CLIFF", "EARLY", "NONE"]]
    never = cube["rule_choice"].sel(rule="rate_book.mode").values == 2
    np.testing.assert_array_equal(cube["rate_book_weight"].sum("performance_year").values == 0, never)


def test_plain_xarray_opens_the_rules_in_silence(mixed):
    _, cube, folder = mixed
    (run,) = folder.glob("run-*")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        xr.testing.assert_identical(xr.open_zarr(run / CUBE).load(), cube)


def test_a_run_without_a_mixture_has_no_such_axis(under, tmp_path):
    cube = simulated(under(), tmp_path)
    assert "rule" not in cube.dims
    assert "rule_choice" not in cube


def test_the_configuration_keeps_its_mixture(under):
    config = under({"mixture": {"rate_book.yearly_cap": {None: 0.5, 0.03: 0.5}}}).config
    assert config.mixture == (MixedTerm("rate_book.yearly_cap", ("null", "0.03"), (None, 0.03), (0.5, 0.5)),)
    assert "rate_book.yearly_cap" in {term.path for term in config.unverified_terms()}
    assert config_hash(config) != config_hash(under().config)


def test_terms_of_every_alternative_count_as_rested_on(under):
    path = "rate_book.linear5.first_year"
    rules = {"mixture": {"rate_book.mode": {"CLIFF": 0.5, "LINEAR5": 0.5}}}
    assert path not in {term.path for term in under().config.unverified_terms()}
    assert path in {term.path for term in under(rules).config.unverified_terms()}


@pytest.fixture(scope="module")
def influence(under):
    study = under()
    return study, rows_of(study), rules_record(study)


def net(rows):
    return rows["net_result"][:, 1].sum(axis=1)


def test_an_alternative_changes_what_a_run_with_it_would_change(under, influence):
    _, rows, record = influence
    difference = net(rows_of(under({"rate_book.mode": "LINEAR5"}))) - net(rows)
    (term,) = [t for t in record["terms"] if (t["path"], t["alternative"]) == ("rate_book.mode", "LINEAR5")]
    found = term["tracks"]["global"]["mean_usd"]
    assert found["value"] == pytest.approx(difference.mean())
    assert found["se"] == pytest.approx(difference.std(ddof=1) / np.sqrt(SCENARIOS))
    assert set(term["tracks"]) == {"professional", "global"}


def test_every_unverified_term_with_alternatives_is_listed_by_its_influence(influence):
    study, _, record = influence
    expected = {term.path for term in study.config.unverified_terms() if term.alternatives}
    assert {term["path"] for term in record["terms"]} == expected - {"stop_loss.attachment_multiple"}
    largest = [max(abs(t["mean_usd"]["value"]) for t in term["tracks"].values()) for term in record["terms"]]
    assert largest == sorted(largest, reverse=True)
    assert largest[0] > 0


def test_every_way_to_the_rate_book_stands_beside_the_others(influence):
    _, rows, record = influence
    ways = {(way["mode"], way["path"], way["alternative"]): way["tracks"]["global"] for way in record["rate_book"]}
    assert {mode for mode, path, _ in ways if path is None} == {"CLIFF", "LINEAR5", "EARLY", "NONE"}
    assert [path for mode, path, _ in ways if mode == "NONE"] == [None]
    assert {path for mode, path, _ in ways if mode == "CLIFF" and path} == {
        f"rate_book.{name}" for name in ("yearly_cap", "risk_score", "smoothing_years", "own_people")
    }
    own = ways["CLIFF", None, None]
    assert own["change_usd"] == {"value": 0.0, "se": 0.0}
    assert own["ten_year_usd"]["mean"]["value"] == pytest.approx(net(rows).mean())


def test_a_mixed_run_is_settled_again_at_the_values_of_the_book(mixed, influence):
    again, (_, rows, _) = resettled(mixed[0]), influence
    np.testing.assert_array_equal(again.net(again.study.config.rules(), ["global"])["global"], net(rows))


def test_one_sentence_names_the_largest_influence(influence):
    _, _, record = influence
    sentence = largest_influence({"rule_influence": record})
    assert sentence.startswith(f"Largest unverified rule: {record['terms'][0]['path']} = ")
    amount = r"-?[\d.]+ ± [\d.]+ \$ million"
    assert re.search(rf"by\n  professional: {amount}\n  global: {amount}$", sentence)
    assert largest_influence({"rule_influence": {"n_scenarios": 256, "terms": []}}) == ""


def test_a_run_of_one_scenario_has_values_without_errors(under):
    record = {"terms": list(influence_of_one(under(seed=3)))}
    assert record["terms"][0]["tracks"]["global"]["mean_usd"]["se"] is None
    json.dumps(record, allow_nan=False)


def influence_of_one(study):
    again = resettled(study, 1)
    rules = again.study.config.rules()
    alone = settled_otherwise(again, rules, study.config.unverified_terms())
    return influence_of(again, again.net(rules, study.config.settings.tracks), itertools.islice(alone, 3))


@pytest.fixture(scope="module")
def finished(mixed, influence, tmp_path_factory):
    """The summary of the mixed run, where a finished run has it."""
    run = tmp_path_factory.mktemp("finished")
    record = summary(mixed[1]) | {"rule_influence": influence[2]}
    (run / "summary.json").write_text(json.dumps(record, allow_nan=False))
    return run


def said(capsys, *arguments):
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        main([str(each) for each in arguments])
    assert stopped.value.code == 0
    return capsys.readouterr().out


def test_influence_is_printed_and_written(finished, capsys):
    table = said(capsys, "influence", finished)
    assert "share of the variance" in table
    assert re.search(r"rate_book.mode +-?[\d.]+ ± [\d.]+", table)
    assert "all together" in table
    assert "80 scenarios settled again" in table
    record = json.loads(said(capsys, "influence", finished, "--format", "json"))
    assert set(record) == {"rule_uncertainty", "rule_influence"}
    rows = said(capsys, "influence", finished, "--format", "csv").splitlines()
    assert rows[0] == "path,alternative,confidence,source,track,change,value,se"


@pytest.mark.parametrize("command", ["influence", "transition"])
def test_a_run_of_an_earlier_version_is_refused(command, tmp_path, capsys):
    (tmp_path / "summary.json").write_text("{}")
    with pytest.raises(SystemExit) as stopped:
        main([command, str(tmp_path)])
    assert stopped.value.code == 2
    assert "settled under its own rules only. Allowed: a run of this version. Run it again." in capsys.readouterr().err


def test_transition_is_printed_and_written(finished, capsys):
    table = said(capsys, "transition", finished)
    for words in (
        "Step of the benchmark from 2031 to 2032",
        "benchmark without the rate book",
        "position against the region",
        "LINEAR5",
        "Group 5",
    ):
        assert words in table
    record = json.loads(said(capsys, "transition", finished, "--format", "json"))
    assert set(record) == {"transition", "ways"}
    rows = said(capsys, "transition", finished, "--format", "csv").splitlines()
    assert rows[0] == "mode,path,alternative,track,statistic,value,se"
