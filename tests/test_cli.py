"""The command line: what it answers, what it refuses, and with which status."""

import csv
import io
import json
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

import leadmc
from leadmc.base.errors import LeadmcError
from leadmc.measures.summary import summary

CONFIG = """\
name: smallest
seed: 7
scenarios: 1000
population: {synthetic: {beneficiaries: 5000}}
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "smallest.yaml"
    path.write_text(CONFIG)
    return path


@pytest.fixture(scope="module")
def record(cube):
    return summary(cube) | {"rule_influence": {"n_scenarios": 256, "terms": [], "rate_book": []}}


@pytest.fixture
def finished(tmp_path, record):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "summary.json").write_text(json.dumps(record))
    return tmp_path / "run"


@pytest.fixture
def pipeline(monkeypatch, finished):
    """A pipeline that only notes what it was asked for."""
    asked = {}

    def run(config, *, progress, **options):
        asked.update(options, config=config)
        for done in range(0, 1001, 250):
            progress(done, 1000, done / 50)
        return finished

    monkeypatch.setattr(leadmc, "pipeline", SimpleNamespace(run=run), raising=False)
    return asked


def test_run_ends_with_the_table_and_the_report(leadmc_says, pipeline, config, finished):
    status, out, err = leadmc_says("run", config)
    assert status == 0
    assert "global: net result, 500 scenarios, value ± standard error" in out
    assert out.splitlines()[-1] == f"Report: {finished}/report.html"
    assert max(map(len, out.splitlines()[:-1])) <= 80
    assert "500 of 1,000 scenarios (50/s), 10 s left" in err
    assert "1,000 of 1,000 scenarios (50/s)" in err


def test_run_hands_on_what_it_was_told(leadmc_says, pipeline, config, tmp_path):
    out = tmp_path / "somewhere" / "else"
    options = ["--scenarios", 64, "--seed", 0, "--chunk", 37, "--workers", 2, "--out", out]
    options += ["--scheduler", "processes", "--resume"]
    assert leadmc_says("run", config, *options)[0] == 0
    settings = pipeline.pop("config").settings
    assert (settings.scenarios, settings.seed) == (64, 0)
    command = "leadmc run smallest.yaml --out else --scenarios 64 --seed 0 --chunk 37 --workers 2"
    how = {"chunk": 37, "workers": 2, "scheduler": "processes", "resume": True}
    assert pipeline == {"out": out, "command": command} | how


def test_run_goes_below_runs_by_default(leadmc_says, pipeline, config):
    config.write_text(CONFIG.replace("smallest", "../Smallest one/2027"))
    leadmc_says("run", config)
    assert str(pipeline["out"]) == "runs/Smallest-one-2027"


def test_quiet_says_nothing(leadmc_says, pipeline, config):
    assert leadmc_says("run", config, "--quiet") == (0, "", "")


def test_every_fault_of_a_configuration_in_one_message(leadmc_says, config, tmp_path):
    config.write_text("name: bad\nseed: -1\nscenario: 10\npopulation: {synthetic: {beneficiaries: 5000}}\n")
    status, out, err = leadmc_says("run", config, "--out", tmp_path / "run")
    assert (status, out) == (2, "")
    assert "faults in the input:" in err
    for fault in ("seed: -1", "scenario: unknown key", "scenarios: missing"):
        assert f"smallest.yaml, {fault}" in err
    assert "Traceback" not in err
    assert not (tmp_path / "run").exists()


def test_an_option_is_checked_like_the_key_that_it_replaces(leadmc_says, config):
    status, _, err = leadmc_says("run", config, "--scenarios", 0)
    assert status == 2
    assert "scenarios: 0" in err


@pytest.mark.parametrize(
    "arguments", [["run"], ["walk"], ["run", "x.yaml", "--chunk", "0"], ["rules", "--format", "xml"]]
)
def test_wrong_usage_has_status_2(leadmc_says, arguments):
    status, out, err = leadmc_says(*arguments)
    assert (status, out) == (2, "")
    assert "Usage: leadmc" in err


def broken(error):
    def run(*_, **__):
        raise error

    return SimpleNamespace(run=run)


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (LeadmcError("the cube is a sphere"), 1, "Failed: the cube is a sphere"),
        (OSError(28, "No space left on device"), 1, "Failed: [Errno 28] No space left on device"),
        (KeyboardInterrupt(), 130, "Stopped. Nothing was kept."),
    ],
)
def test_a_run_that_does_not_end_says_why(leadmc_says, monkeypatch, config, error, status, told):
    monkeypatch.setattr(leadmc, "pipeline", broken(error), raising=False)
    assert leadmc_says("run", config) == (status, "", f"{told}\n")


def test_summary_as_a_table_for_80_columns(leadmc_says, finished, record):
    status, out, _ = leadmc_says("summary", finished)
    assert status == 0
    assert all(f"{track}: net result" in out for track in record["tracks"])
    assert all(word in out for word in ("2027", "2036", "Ten years", "Worst year", "P50", "±"))
    assert max(map(len, out.splitlines())) <= 80
    assert "…" not in out


def test_summary_as_a_table_for_a_wide_terminal(leadmc_says, finished, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    _, out, _ = leadmc_says("summary", finished)
    assert "P25" in out
    assert "Worst 5%" in out


def test_summary_as_json_is_the_summary(leadmc_says, finished, record):
    _, out, _ = leadmc_says("summary", finished, "--format", "json")
    assert json.loads(out) == record


def test_summary_as_csv(leadmc_says, finished, record):
    _, out, _ = leadmc_says("summary", finished, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    wanted = {"track": "global", "quantity": "net_result", "horizon": "2031", "unit": "usd", "statistic": "mean"}
    (row,) = [row for row in rows if wanted.items() <= row.items()]
    mean = record["tracks"]["global"]["net_result"]["by_year"]["2031"]["usd"]["mean"]
    assert (float(row["value"]), float(row["se"])) == (mean["value"], mean["se"])


def test_summary_of_something_else_is_refused(leadmc_says, tmp_path):
    status, _, err = leadmc_says("summary", tmp_path)
    assert status == 2
    assert "no readable summary.json. Allowed: the directory of a finished run. Make one with `leadmc run`." in err


def test_rules_as_a_table(leadmc_says):
    status, out, _ = leadmc_says("rules")
    assert status == 0
    assert "rate_book.mode" in out
    assert "CMS1: " in out


def test_rules_as_json_and_csv_hold_every_term(leadmc_says):
    _, out, _ = leadmc_says("rules", "--format", "json")
    book = json.loads(out)
    _, out, _ = leadmc_says("rules", "lead", "--format", "csv")
    assert [row["path"] for row in csv.DictReader(io.StringIO(out))] == [term["path"] for term in book]
    assert all(term["source"] and term["confidence"] for term in book)


def test_rules_of_an_unknown_programme(leadmc_says):
    status, _, err = leadmc_says("rules", "medicaid")
    assert status == 2
    assert "'medicaid'. Allowed: lead" in err


def test_validate_shows_what_was_given_assumed_and_unverified(leadmc_says, config, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    status, out, _ = leadmc_says("validate", config)
    assert status == 0
    assert "5,000 synthetic beneficiaries" in out
    assert "national_trend" in out
    assert "Unverified rules that a run rests on" in out
    assert "Out of the plausible range: nothing." in out
    assert out.splitlines()[-1] == "smallest.yaml is valid. Nothing was simulated."
    tracks, seed = (
        next(line for line in out.splitlines() if line.strip().startswith(key)) for key in ("tracks", "seed")
    )
    assert "default" in tracks
    assert "default" not in seed


def test_validate_marks_what_the_user_brought(leadmc_says, config, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    people = "beneficiary_id,county_fips,category,age\nA,37183,aged_disabled,70\nB,37063,esrd,60\n"
    (tmp_path / "roster.csv").write_text(people)
    config.write_text(
        "name: mine\nseed: 7\nscenarios: 1000\npopulation: {file: roster.csv}\n"
        "assumptions: {national_trend: {innovation_sd: 0.5}}\nrules: {rate_book.mode: LINEAR5}\n"
    )
    status, out, _ = leadmc_says("validate", config)
    assert status == 0
    assert "2 beneficiaries in 2 counties, read from roster.csv." in out
    assert "sex: " in out  # defaulted
    assert "0.5 OUT OF RANGE" in out
    assert "stated by the user" in out
    assert "LINEAR5 (yours)" in out
    assert "Out of the plausible range: national_trend.innovation_sd." in out


def test_validate_names_every_fault_of_a_roster_and_no_person(leadmc_says, config, tmp_path):
    people = "beneficiary_id,county_fips,category,age\nsecret-1,00000,aged_disabled,70\nsecret-1,37063,esrd,-60\n"
    (tmp_path / "roster.csv").write_text(people)
    config.write_text("name: mine\nseed: 7\nscenarios: 1000\npopulation: {file: roster.csv}\n")
    status, _, err = leadmc_says("validate", config)
    assert status == 2
    assert err.count("roster.csv") >= 3
    assert "secret" not in err


def test_init_makes_a_configuration_that_is_valid(leadmc_says, tmp_path):
    status, out, _ = leadmc_says("init", tmp_path / "new")
    assert status == 0
    assert "Next: leadmc run" in out
    (written,) = (tmp_path / "new").glob("*.yaml")
    status, out, _ = leadmc_says("validate", written)
    assert status == 0
    assert "read from roster.csv" in out


def test_init_keeps_what_is_there(leadmc_says, config, tmp_path):
    status, _, err = leadmc_says("init", tmp_path)
    assert status == 2
    assert "already there and not empty" in err
    assert config.read_text() == CONFIG


def python(*arguments, cwd):
    return subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def test_help_comes_at_once(tmp_path):
    start = time.perf_counter()
    done = python("-m", "leadmc", "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert all(command in done.stdout for command in ("run", "init", "validate", "summary", "rules"))
    assert time.perf_counter() - start < 2.0  # 0.3 s where nothing else runs


def test_bad_input_is_told_without_a_compiler(tmp_path):
    run = "main(['run', 'absent.yaml'])"
    code = f"import sys; from leadmc.cli import main\ntry: {run}\nfinally: print('numba' in sys.modules)"
    done = python("-c", code, cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (2, "False")
    assert "absent.yaml: no such file" in done.stderr
