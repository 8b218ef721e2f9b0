"""`leadmc verify` and `export`: what is stored is what leadmc makes, or it is said what is not."""

import json

import numpy as np
import pytest
import xarray as xr
from small_runs import configured

from leadmc import pipeline
from leadmc.base.errors import InputError
from leadmc.cli import main
from leadmc.cube.run_directory import LEDGER
from leadmc.cube.store import CUBE
from leadmc.verify import verify

SMALL = {"scenarios": 40, "population": {"synthetic": {"beneficiaries": 20}}}


@pytest.fixture(autouse=True)
def no_report(monkeypatch):
    monkeypatch.setattr(pipeline, "_summarise_and_report", lambda *_: None)


@pytest.fixture
def run(tmp_path):
    return pipeline.run(configured(tmp_path, **SMALL), out=tmp_path / "run", workers=1)


def verdict(run, sample=None):
    return verify(run, sample=sample, rng=np.random.default_rng(1), progress=lambda *_: None)


def rehashed(run, variable):
    """Make the ledger believe what is stored, as somebody would who wants to deceive."""
    from leadmc.cube.store import reopen_cube

    lines = [json.loads(line) for line in (run / LEDGER).read_text().splitlines()]
    lines[1]["sha256"][variable] = reopen_cube(run / CUBE).hashes(0)[variable]
    (run / LEDGER).write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_what_is_stored_is_what_leadmc_makes(run, capsys):
    found = verdict(run)
    assert found.differences == ()
    assert found.scenarios == 40
    assert verdict(run, sample=0).scenarios == 0
    with pytest.raises(SystemExit) as ended:
        main(["verify", str(run), "--all"])
    assert not ended.value.code
    assert "40 scenarios simulated again, every bit equal." in capsys.readouterr().out


def test_an_altered_file_is_named_and_resume_repairs_it(run, tmp_path, capsys):
    file = run / CUBE / "net_result" / "c" / "0" / "0" / "0"
    right = file.read_bytes()
    file.write_bytes(right[:-1] + bytes([right[-1] ^ 1]))
    with pytest.raises(SystemExit) as ended:
        main(["verify", str(run)])
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert "is not what leadmc made:" in told
    assert "scenarios 0..39: lost or altered on the disk: net_result" in told
    pipeline.run(configured(tmp_path, **SMALL), out=run, resume=True)
    assert file.read_bytes() == right
    assert verdict(run).differences == ()


def test_a_number_that_leadmc_would_not_make_is_named_though_its_hash_is_right(run):
    file = run / CUBE / "net_result" / "c" / "0" / "0" / "0"
    numbers = np.frombuffer(file.read_bytes()).copy()
    numbers[0] = np.nextafter(numbers[0], np.inf)
    file.write_bytes(numbers.tobytes())
    rehashed(run, "net_result")
    (line,) = verdict(run).differences
    assert line.endswith("net_result differs in 1")


def test_a_finished_run_is_left_alone_by_resume(run, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in run.glob("*.*")}
    pipeline.run(configured(tmp_path, **SMALL), out=run, resume=True)
    after = {path: path.stat().st_mtime_ns for path in run.glob("*.*")}
    assert {path.name for path in before if before[path] != after[path]} <= {LEDGER, CUBE}


def test_all_differences_from_the_run_that_is_continued_are_told(run, tmp_path):
    other = configured(tmp_path, **SMALL | {"seed": 8, "scenarios": 41, "tracks": ["global"]})
    with pytest.raises(InputError) as caught:
        pipeline.run(other, out=run, resume=True)
    told = str(caught.value)
    assert "3 faults" in told
    assert "seed: 8. Allowed: 2027, as in the run that is continued" in told
    assert "scenarios: 41. Allowed: 40" in told
    assert "tracks: ['global']. Allowed: ['professional', 'global']" in told


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("leadmc", "leadmc: 0.1.0. Allowed: version other, with which the run was begun"),
        ("config_sha256", "assumptions and rules: changed in this copy of leadmc"),
        ("first_scenario_sha256", "this machine: other bits of the first scenario. Allowed: .*Its libraries"),
    ],
)
def test_another_leadmc_or_another_machine_is_refused(run, tmp_path, key, told):
    lines = (run / LEDGER).read_text().splitlines(keepends=True)
    head = json.loads(lines[0]) | {key: "other"}
    (run / LEDGER).write_text("".join([json.dumps(head) + "\n", *lines[1:]]))
    with pytest.raises(InputError, match=told):
        pipeline.run(configured(tmp_path, **SMALL), out=run, resume=True)


def test_a_changed_roster_is_refused(tmp_path):
    rows = "beneficiary_id,county_fips,category,age\nA,37183,aged_disabled,70\n"
    (tmp_path / "roster.csv").write_text(rows)
    stated = SMALL | {"population": {"file": "roster.csv"}}
    run = pipeline.run(configured(tmp_path, **stated), out=tmp_path / "run")
    (tmp_path / "roster.csv").write_text(rows + "B,37183,aged_disabled,71\n")
    for again in (lambda: pipeline.run(configured(tmp_path, **stated), out=run, resume=True), lambda: verdict(run)):
        with pytest.raises(InputError, match=r"roster\.csv: changed\. Allowed: the file with which the run was begun"):
            again()


def test_the_cube_as_netcdf(run, tmp_path, capsys):
    file = tmp_path / "cube.nc"
    with pytest.raises(SystemExit) as ended:
        main(["export", str(run), str(file)])
    assert not ended.value.code
    with xr.open_dataset(file, engine="h5netcdf") as exported, xr.open_zarr(run / CUBE) as stored:
        xr.testing.assert_identical(exported.load(), stored.load())
    with pytest.raises(SystemExit) as ended:
        main(["export", str(run), str(file)])
    assert ended.value.code == 2
    assert "cube.nc: already there. Allowed: a new file. Nothing was overwritten." in capsys.readouterr().err
    assert [path.name for path in tmp_path.glob("*.partial")] == []
