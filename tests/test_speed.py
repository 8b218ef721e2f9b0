"""What ``leadmc bench`` measures and says, at sizes whose figures mean nothing."""

import csv
import io
import json
import subprocess
import sys

import pytest

from leadmc import speed
from leadmc.cli import main


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(speed, "QUICK", speed.Size(beneficiaries=64, scenarios=2, chunk=4, rounds=1, starts=1))


def bench(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(["bench", "--quick", *arguments])
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_everything_is_measured_and_kept(small, tmp_path, capsys):
    kept = tmp_path / "figures.json"
    status, out, _ = bench(capsys, "--format", "json", "--out", str(kept))
    assert status == 0
    found = json.loads(out)
    assert json.loads(kept.read_text()) == found
    assert set(found) == {"machine", "size", "kernel", "threads", "growth", "run", "start"}
    assert min(found["kernel"]["best_ns"].values()) > 0
    assert found["kernel"]["kernel_over_generator"] > 1
    assert found["threads"][0]["threads"] == 1
    assert found["threads"][0] == {"threads": 1, "strong": 1, "weak": 1, "generator": 1}
    assert set(found["growth"]) == {"people", "scenarios"}
    assert found["run"]["precise_seconds"] > 0
    start = found["start"]
    parts = [start[part] for part in ("imports", "configuration", "people", "first_scenario")]
    assert min(parts) > 0
    assert sum(parts) == pytest.approx(start["processor_seconds"])
    assert {"cpu", "caches", "numpy", "numba", "leadmc"} <= set(found["machine"])


def test_table_and_csv_say_the_same(small, monkeypatch, capsys):
    started = dict.fromkeys(("seconds", "processor_seconds", "imports", "configuration", "people", "first_scenario"), 1)
    monkeypatch.setattr(speed, "a_start", lambda size: started)
    status, table, _ = bench(capsys)
    assert status == 0
    assert "[ns per beneficiary-year]" in table.replace("\n", "")
    _, rows, _ = bench(capsys, "--format", "csv")
    measured = [row["measured"] for row in csv.DictReader(io.StringIO(rows))]
    assert "kernel over Philox alone" in measured
    assert len(measured) == len(set(measured))


def test_figures_never_replace_a_file(tmp_path, capsys):
    kept = tmp_path / "figures.json"
    kept.write_text("mine")
    status, _, err = bench(capsys, "--out", str(kept))
    assert status == 2
    assert "a file that does not exist yet" in err
    assert kept.read_text() == "mine"


def test_no_scenario_waits_for_libraries_that_only_read_results():
    code = "import sys, leadmc.pipeline; sys.exit(str({'xarray', 'dask', 'matplotlib'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert told.stderr.strip() == "set()"
