"""``leadmc calibrate``: a table, JSON, and a file that a configuration includes."""

import json

import pytest

from leadmc.cli import main
from leadmc.inputs.config import load_config


@pytest.fixture
def leadmc_says(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")

    def call(*arguments):
        with pytest.raises(SystemExit) as stopped:
            main(["calibrate", *map(str, arguments)])
        captured = capsys.readouterr()
        return stopped.value.code or 0, captured.out, captured.err

    return call


def test_the_table_shows_estimate_error_and_default_and_the_file_can_be_included(leadmc_says, tmp_path):
    fitted = tmp_path / "fitted.yaml"
    status, out, _ = leadmc_says("--out", fitted)
    assert status == 0
    line = next(line for line in out.splitlines() if "national AR(1) persistence, with its prior" in line)
    assert line.split()[-4:] == ["0.684", "0.2", "0.6", "9"]
    assert "A configuration includes it with `assumptions: {file: fitted.yaml}`." in out
    config = tmp_path / "config.yaml"
    config.write_text(
        "name: a\nseed: 1\nscenarios: 10\npopulation: {synthetic: {beneficiaries: 500}}\n"
        "assumptions: {file: fitted.yaml}\n"
    )
    assert load_config(config).assumptions.national_trend.persistence == 0.684
    status, _, err = leadmc_says("--out", fitted)
    assert status == 2
    assert "fitted.yaml: is already there. Allowed: a new file." in err
    assert "no such folder" in leadmc_says("--out", tmp_path / "nowhere" / "fitted.yaml")[2]


def test_json_holds_every_estimate(leadmc_says):
    status, out, _ = leadmc_says("--format", "json")
    assert status == 0
    rows = {row["name"]: row for row in json.loads(out)}
    county = rows["county growth within its state, SD"]
    assert (county["path"], county["default"], county["n"]) == ("county_level.innovation_sd", 0.008, 126)
    assert rows["snf with ambulance, correlation"]["default"] is None


def test_faults_of_files_are_a_message(leadmc_says, tmp_path):
    status, out, err = leadmc_says("--states", tmp_path / "none.csv")
    assert (status, out) == (2, "")
    assert "none.csv: no such file" in err
    assert "Traceback" not in err
