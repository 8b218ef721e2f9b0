"""Unusual but lawful runs, with warnings as errors: no crash, and every number finite."""

import json

import numpy as np
import pytest
import xarray as xr
from small_runs import prepared, simulated

from leadmc.cli import main

HEADER = "beneficiary_id,county_fips,category,age,alignment\n"
ODD_ROSTERS = {
    "one row": "A,37183,aged_disabled,70,claims\n",
    "ESRD alone": "A,37183,esrd,40,claims\nB,37183,esrd,105,claims\n",
    "voluntary alone": "A,37183,aged_disabled,66,voluntary\nB,37183,high_needs,90,voluntary\n",
    "all of 40": "A,37183,aged_disabled,40,claims\nB,37183,high_needs,40,voluntary\n",
    "all of 105": "A,37183,aged_disabled,105,claims\nB,37183,high_needs,105,claims\n",
    "the extremes of age": "A,37183,aged_disabled,0,claims\nB,37183,aged_disabled,120,claims\n",
    "other scripts": "Zoë ☃,37183,aged_disabled,70,claims\r\n李,37183,aged_disabled,71,claims\r\n",
}
ODD_SETTINGS = {
    "one beneficiary": {"population": {"synthetic": {"beneficiaries": 1}}},
    "three scenarios of Sobol": {"scenarios": 3, "sampler": {"kind": "sobol", "replicates": 2}},
    "no multiple of replicates": {"scenarios": 21, "sampler": "sobol"},
    "fewer scenarios than replicates": {"scenarios": 5, "sampler": "sobol"},
    "one track": {"tracks": ["professional"]},
    "the largest seed": {"seed": 2**64 - 1},
    "stop-loss": {"rules": {"stop_loss.elected": True}},
    "a renewing ACO": {
        "population": {"synthetic": {"beneficiaries": 40}, "aco": {"entering": "renewing", "predecessor": "mssp"}}
    },
    "noise alone": {"assumptions": {"preset": "noise-only"}},
    "no noise": {"assumptions": {"people": {"volatility": False}}},
}


FEW = {"scenarios": 12, "population": {"synthetic": {"beneficiaries": 40}}}


def assert_sound(cube):
    for name, values in cube.data_vars.items():
        assert np.isfinite(values).all(), name


@pytest.mark.parametrize("rows", ODD_ROSTERS.values(), ids=ODD_ROSTERS)
def test_an_odd_roster(tmp_path, rows):
    (tmp_path / "roster.csv").write_bytes((HEADER + rows).encode())
    study = prepared(tmp_path, **FEW | {"population": {"file": "roster.csv"}})
    found = simulated(study, tmp_path, chunk=5)
    assert_sound(found)
    people = len(rows.splitlines())
    assert (found["person_months"].sum("category") <= 12 * people).all()
    assert (found["person_months"].sum("category") > 0).all()


@pytest.mark.parametrize("stated", ODD_SETTINGS.values(), ids=ODD_SETTINGS)
def test_odd_settings(tmp_path, stated):
    assert_sound(simulated(prepared(tmp_path, **FEW | stated), tmp_path, chunk=5))


@pytest.mark.parametrize("scenarios", [1, 3])
def test_the_smallest_run_through_the_whole_program(tmp_path, monkeypatch, capsys, scenarios):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "roster.csv").write_text(HEADER + ODD_ROSTERS["one row"])
    (tmp_path / "a.yaml").write_text(f"name: a\nseed: 7\nscenarios: {scenarios}\npopulation: {{file: roster.csv}}\n")
    with pytest.raises(SystemExit) as stopped:
        main(["run", "a.yaml", "--out", "run"])
    assert not stopped.value.code
    table, report = capsys.readouterr().out.rsplit("Report: ", 1)
    assert max(map(len, table.splitlines())) <= 80
    assert "nan" not in table
    run = tmp_path / report.strip().removesuffix("/report.html")
    assert {path.name for path in run.iterdir()} == {
        "config.yaml",
        "cube.zarr",
        "ledger.jsonl",
        "manifest.json",
        "report.html",
        "summary.json",
        "workbook.xlsx",
    }
    assert "NaN" not in (run / "summary.json").read_text()
    assert json.loads((run / "manifest.json").read_text())["counts"]["scenarios"] == scenarios
    assert_sound(xr.open_zarr(run / "cube.zarr"))
