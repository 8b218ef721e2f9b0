"""``leadmc compare``: two runs side by side, from the outside."""

import csv
import io
import json

import pytest
import yaml
from example_cube import example_cube

import leadmc
from leadmc import cli
from leadmc.base.errors import InputError
from leadmc.cube import store

POPULATION = {"synthetic": {"beneficiaries": 5000}, "aco": {"entering": "new"}}
BASE = {
    "name": "base", "seed": 1, "scenarios": 40, "sampler": {"kind": "plain"}, "population": POPULATION,
    "tracks": ["global", "professional"], "assumptions": {"preset": "calibrated"}, "rules": {},
}  # fmt: skip


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Three runs as their records: one, the same under another rule, and one of another seed and size."""
    cubes = {}

    def made(name, cube, **stated):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.yaml").write_text(yaml.safe_dump(BASE | stated))
        (folder / "manifest.json").write_text(json.dumps({"inputs_sha256": {}}))
        cubes[folder] = cube
        return folder

    one = example_cube(40)
    other = one.copy(deep=True)
    other["net_result"] += 1e6
    monkeypatch.setattr(store, "open_cube", lambda run: cubes[run])
    return (
        made("one", one),
        made("other", other, rules={"stop_loss.elected": True}),
        made("apart", example_cube(30, seed=2), seed=2, population={"synthetic": {"beneficiaries": 9000}}),
    )


@pytest.fixture
def leadmc_says(capsys):
    def say(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main([str(one) for one in arguments])
        out, err = capsys.readouterr()
        return end.value.code, out, err

    return say


def test_table(leadmc_says, runs):
    status, out, _ = leadmc_says("compare", runs[0], runs[1])
    assert status == 0
    assert "rules.stop_loss.elected: False (rule book) in the first, True in the second." in out
    assert "global: net result over ten years, paired" in out
    assert out.count("10.0000 ± 0") >= 2  # the mean of both tracks


def test_what_a_configuration_leaves_out_is_told_with_its_origin(leadmc_says, runs):
    stated = yaml.safe_load((runs[1] / "config.yaml").read_text())
    stated["assumptions"]["quality"] = {"mean": 0.9}
    stated["rules"] = {"mixture": {"add_on.duration": {"book": 0.5, 10: 0.5}}}
    (runs[1] / "config.yaml").write_text(yaml.safe_dump(stated))
    _, out, _ = leadmc_says("compare", runs[0], runs[1])
    assert "assumptions.quality.mean: 0.85 (preset) in the first, 0.9 in the second." in out
    assert "rules.mixture.add_on.duration.10: nothing in the first, 0.5 in the second." in out


def test_json_and_csv_tell_the_same(leadmc_says, runs):
    _, out, _ = leadmc_says("compare", runs[0], runs[1], "--format", "json")
    told = json.loads(out)
    assert told["settings"] == [{"setting": "rules.stop_loss.elected", "first": None, "second": True}]
    _, out, _ = leadmc_says("compare", runs[0], runs[1], "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == len(told["differences"])
    assert float(rows[0]["difference"]) == told["differences"][0]["difference"]
    wanted = {"track": "global", "quantity": "net_result", "horizon": "ten_year", "unit": "usd", "statistic": "p5"}
    (row,) = (row for row in rows if wanted.items() <= row.items())
    assert float(row["difference"]) == pytest.approx(1e7)


def test_runs_of_other_draws_are_refused_with_every_reason(leadmc_says, runs):
    status, out, err = leadmc_says("compare", runs[0], runs[2])
    assert (status, out) == (2, "")
    for reason in ("seed: 1 and 2.", "scenarios: 40 and 30.", "population.synthetic.beneficiaries: 5000 and 9000."):
        assert reason in err
    assert "--unpaired" in err


def test_unpaired_runs_are_compared_all_the_same(leadmc_says, runs):
    status, out, _ = leadmc_says("compare", runs[0], runs[2], "--unpaired")
    assert status == 0
    assert "net result over ten years, unpaired" in out


def test_a_roster_counts_by_its_content(leadmc_says, runs):
    for run, folder in zip(runs[:2], ("/here", "/there"), strict=True):
        settings = yaml.safe_load((run / "config.yaml").read_text())
        settings["population"] = {"file": f"{folder}/roster.csv"}
        (run / "config.yaml").write_text(yaml.safe_dump(settings))
        (run / "manifest.json").write_text(json.dumps({"inputs_sha256": {"roster.csv": "ab" * 32}}))
    assert leadmc_says("compare", *runs[:2])[0] == 0
    (runs[1] / "manifest.json").write_text(json.dumps({"inputs_sha256": {"roster.csv": "cd" * 32}}))
    status, _, err = leadmc_says("compare", *runs[:2])
    assert status == 2
    assert "population.file: roster.csv, SHA-256 abab" in err


def test_the_same_run_twice(leadmc_says, runs):
    _, out, _ = leadmc_says("compare", runs[0], runs[0])
    assert "The two runs have the same configuration." in out


def test_from_python_it_is_the_same(runs):
    total = {"quantity": "net_result", "scale": "usd", "track": "global", "horizon": "ten_year", "statistic": "mean"}
    found = leadmc.compare(runs[0], str(runs[1])).sel(total)
    assert found["difference"].item() == pytest.approx(1e7)
    assert found["difference_se"].item() == pytest.approx(0, abs=1e-3)
    with pytest.raises(InputError, match=r"population\.synthetic\.beneficiaries: 5000 and 9000"):
        leadmc.compare(runs[0], runs[2])
    assert leadmc.compare(runs[0], runs[2], unpaired=True).attrs["unpaired"] == 1
