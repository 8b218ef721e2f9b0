"""Bad input: status 2, one short message that names every fault, no traceback, and nothing on disk has changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from leadmc.cli import main

HEADER = "beneficiary_id,county_fips,category,age"
GOOD = f"{HEADER}\nA,37183,aged_disabled,70\nB,37063,esrd,60\n"
CONFIG = "name: a\nseed: 7\nscenarios: 20\npopulation: {file: roster.csv}\n"
SYNTHETIC = "name: a\nseed: 7\nscenarios: 20\npopulation: {synthetic: {beneficiaries: 50}}\n"

CONFIGS = {
    "wrong key": (SYNTHETIC + "trackz: [global]\n", ["a.yaml, trackz: unknown key", "Did you mean tracks?"]),
    "negative seed": (SYNTHETIC.replace("seed: 7", "seed: -7"), ["seed: -7. Allowed: greater than or equal to 0"]),
    "no scenarios": (SYNTHETIC.replace("scenarios: 20", "scenarios: 0"), ["scenarios: 0. Allowed: greater than"]),
    "huge": (SYNTHETIC.replace("scenarios: 20", f"scenarios: {10**30}"), ["Allowed: less than or equal to 4294967295"]),
    "half a person": (SYNTHETIC.replace("50", "0.5"), ["population.synthetic.beneficiaries: 0.5"]),
    "not a number": (SYNTHETIC.replace("20", ".nan"), ["scenarios: nan"]),
    "no people": (SYNTHETIC.replace("{synthetic: {beneficiaries: 50}}", "{}"), ["population"]),
    "unknown county": (SYNTHETIC.replace("50", "50, counties: ['00000']"), ["00000"]),
    "unknown track": (SYNTHETIC + "tracks: [platinum]\n", ["tracks.0: 'platinum'"]),
    "unknown preset": (SYNTHETIC + "assumptions: {preset: lucky}\n", ["lucky"]),
    "unknown driver": (SYNTHETIC + "assumptions: {luck: {mean: 1}}\n", ["luck"]),
    "unknown rule": (SYNTHETIC + "rules: {discount.rate: 1}\n", ["discount.rate"]),
    "weights": (
        SYNTHETIC + "rules: {mixture: {rate_book.mode: {CLIFF: 0.5, NONE: 0.4}}}\n",
        ["a.yaml, rules: mixture, rate_book.mode: CLIFF: 0.5, NONE: 0.4. Allowed: positive weights that sum to one."],
    ),
    "negative rate": (SYNTHETIC + "assumptions: {people: {exit_hazard: -1}}\n", ["exit_hazard", "-1"]),
    "syntax": ("name: a\n  seed: [\n", ["a.yaml, line 2, column 7"]),
    "twice": (SYNTHETIC + "seed: 8\n", ["key seed stands twice (first in line 2)"]),
    "a list": ("- 1\n- 2\n", ["a.yaml: a list. Allowed: a map of settings"]),
    "nothing": ("", ["a.yaml: empty. Allowed: a map of settings"]),
    "no such roster": (CONFIG.replace("roster.csv", "absent.csv"), ["absent.csv", "a file that exists"]),
    "a directory as roster": (CONFIG.replace("roster.csv", "folder.csv"), ["folder.csv", "a file that exists"]),
    "roster of another kind": (CONFIG.replace("roster.csv", "a.yaml"), ["a.yaml", ".csv or .parquet"]),
    "several": (
        "name: ''\nseed: -1\nscenario: 5\npopulation: {synthetic: {beneficiaries: 50, counties: ['1']}}\n"
        "assumptions: {luck: 1}\nrules: {nowhere: 2}\n",
        ["a.yaml, name", "seed: -1", "scenario: unknown key", "counties.0", "luck", "nowhere", "scenarios: missing"],
    ),
}

ROSTERS = {
    "negative cost": (f"{HEADER},spend_2025\nA,37183,esrd,60,-0.01\n", ["row 1, spend_2025: -0.01", "not negative"]),
    "unknown county": (f"{HEADER}\nA,99999,esrd,60\n", ["row 1, county_fips: 99999"]),
    "duplicated id": (f"{HEADER}\nA,37183,esrd,60\nA,37183,esrd,61\n", ["rows 1, 2, beneficiary_id: duplicated id"]),
    "empty": ("", ["roster.csv: empty file"]),
    "header alone": (HEADER + "\n", ["roster.csv: no rows"]),
    "a NaN": (f"{HEADER}\nA,37183,esrd,NaN\n", ["row 1, age: blank"]),
    "an infinite cost": (f"{HEADER},spend_2025\nA,37183,esrd,60,inf\n", ["row 1, spend_2025: not a number"]),
    "a ragged row": (f"{HEADER}\nA,37183\n", ["roster.csv"]),
    "semicolons": (GOOD.replace(",", ";"), ["roster.csv: columns not separated by commas. Allowed: commas"]),
    "NUL": (b"\x00" * 100, ["roster.csv"]),
    "UTF-16": (GOOD.encode("utf-16"), ["roster.csv"]),
    "several": (
        f"{HEADER},spend_2025\nA,37183,esrd,60,-5\nA,00000,gold,x,1\n",
        ["beneficiary_id: duplicated", "county_fips: 00000", "row 2, category", "row 2, age", "spend_2025: -5"],
    ),
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a good roster, where the user stands."""
    (tmp_path / "roster.csv").write_text(GOOD)
    (tmp_path / "folder.csv").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder):
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.fixture
def refused(place, capsys):
    """Run a configuration that must be refused; give the message."""

    def call(*options):
        before = contents(place)
        with pytest.raises(SystemExit) as stopped:
            main(["run", "a.yaml", *map(str, options)])
        out, err = capsys.readouterr()
        assert (stopped.value.code, out) == (2, "")
        assert "Traceback" not in err
        assert contents(place) == before
        return err

    return call


@pytest.mark.parametrize(("text", "told"), CONFIGS.values(), ids=CONFIGS)
def test_a_bad_configuration(place, refused, text, told):
    (place / "a.yaml").write_text(text)
    message = refused("--out", "new/run")
    assert [each for each in told if each not in message] == []
    assert max(map(len, message.splitlines())) < 1000


@pytest.mark.parametrize(("text", "told"), ROSTERS.values(), ids=ROSTERS)
def test_a_bad_roster(place, refused, text, told):
    (place / "roster.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    (place / "a.yaml").write_text(CONFIG)
    message = refused("--out", "new/run")
    assert [each for each in told if each not in message] == []


def test_a_parquet_file_cut_in_half(place, refused):
    pd.DataFrame({"beneficiary_id": ["A"] * 1000}).to_parquet(place / "roster.parquet")
    whole = (place / "roster.parquet").read_bytes()
    (place / "roster.parquet").write_bytes(whole[: len(whole) // 2])
    (place / "a.yaml").write_text(CONFIG.replace(".csv", ".parquet"))
    assert "roster.parquet: damaged, cut short or of another kind. Allowed: complete Parquet" in refused()


def test_a_place_that_is_taken(place, refused):
    (place / "a.yaml").write_text(SYNTHETIC)
    (place / "run").mkdir()
    (place / "run" / "summary.json").write_text("precious")
    assert "run: already there and not empty" in refused("--out", "run")


@pytest.mark.parametrize("out", ["roster.csv/run", "/proc/run", "/dev/null"])
def test_a_place_where_nothing_can_be_made(place, refused, out):
    (place / "a.yaml").write_text(SYNTHETIC)
    assert f"{out}: " in refused("--out", out)


@pytest.mark.parametrize(
    "options",
    [
        ["--scenarios", "0"],
        ["--scenarios", "1e3"],
        ["--seed", "-1"],
        ["--seed", str(2**64)],
        ["--chunk", "0"],
        ["--workers", "-2"],
        ["--scheduler", "slurm"],
        ["--until", "precise"],
        ["--luck"],
    ],
)
def test_a_bad_option(place, refused, options):
    (place / "a.yaml").write_text(SYNTHETIC)
    assert options[0] in refused(*options) or options[0][2:] in refused(*options)


def test_the_real_command(place):
    """Everything above through the installed program, once: warnings are errors there."""
    (place / "a.yaml").write_text(CONFIG + "trackz: 1\n")
    command = [sys.executable, "-W", "error", "-m", "leadmc", "run", "a.yaml", "--out", "new/run"]
    for told in ("trackz: unknown key", "row 1, age: blank"):
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place)
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr
        assert "Traceback" not in done.stderr
        assert not (place / "new").exists()
        (place / "a.yaml").write_text(CONFIG)
        (place / "roster.csv").write_text(f"{HEADER}\nA,37183,esrd,NaN\n")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_that_is_write_protected(place, refused):
    (place / "a.yaml").write_text(SYNTHETIC)
    (place / "locked").mkdir(mode=0o500)
    assert "Permission denied" in refused("--out", Path("locked") / "run")
    shutil.rmtree(place / "locked")
