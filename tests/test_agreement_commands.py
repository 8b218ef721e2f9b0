"""``leadmc rules``, ``explain`` and ``settle`` from the command line."""

import csv
import io
import json
from pathlib import Path
from unittest import mock

import pytest
import yaml
from small_runs import _bank, reference

from leadmc import study as study_module
from leadmc.cube.store import CUBE, open_cube
from leadmc.paths import people

SETTLE = Path(__file__).parents[1] / "configs" / "settle"
CONFIG = {
    "name": "explained",
    "seed": 11,
    "scenarios": 6,
    "population": {"file": "roster.csv"},
    "tracks": ["professional", "global", "reach-global"],
    "rules": {"sequestration.rate": 0.01, "mixture": {"rate_book.mode": {"book": 0.5, "LINEAR5": 0.5}}},
}
ROSTER = "beneficiary_id,county_fips,category,age\n" + "".join(
    f"x{k},37063,{('aged_disabled', 'esrd', 'high_needs')[k % 7 % 3]},{66 + k % 25}\n" for k in range(80)
)


@pytest.fixture(autouse=True)
def _wide_terminal(leadmc_says, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture(autouse=True)
def _made_once():
    """Make the reference population and its bank once for all tests."""
    with (
        mock.patch.object(study_module, "Reference", reference),
        mock.patch.object(people, "build_bank", _bank),
    ):
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("explained")
    (place / "config.yaml").write_text(yaml.safe_dump(CONFIG))
    (place / "roster.csv").write_text(ROSTER)
    return place


@pytest.fixture
def run(folder, leadmc_says):
    place = folder / "run"
    if not place.exists():
        assert leadmc_says("run", folder / "config.yaml", "--out", place, "--quiet") == (0, "", "")
    return place


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_explain_prints_a_statement_that_adds_up(leadmc_says, run):
    status, out, err = leadmc_says("explain", run, "--scenario", 4, "--track", "global", "--year", 2031)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[1] == "global: Performance year 2031"
    assert max(map(len, lines[: lines.index("", 1)])) <= 100
    assert sum(line.endswith("adds up") for line in lines) == 2
    assert "    by sequestration.rate: 0.01 [W0, C, unverified, yours]" in lines
    assert any(line.startswith("CMS1: ") for line in lines)
    assert lines[-1] == "Every number of scenario 4 is that of the run, to the last bit."
    assert "2030" not in {word.strip(":") for word in out.split()}


def test_explain_as_json_holds_every_line_and_the_cube_s_numbers(leadmc_says, run):
    status, out, _ = leadmc_says("explain", run, "--scenario", 2, "--track", "reach-global", "--format", "json")
    found = json.loads(out)
    assert status == 0
    assert (found["run"], found["scenario"], found["track"]) == ("run", 2, "reach-global")
    assert found["same_as_cube"] is True
    cube = open_cube(run).isel(scenario=2).sel(track="reach-global")
    net = {each["year"]: each["total"] for each in found["identities"] if each["name"] == "net_result"}
    assert list(net.values()) == cube["net_result"].values.tolist()
    assert {line["year"] for line in found["lines"]} == {None, *range(2027, 2037)}
    assert all({"path", "source", "confidence"} <= term.keys() for line in found["lines"] for term in line["terms"])


def test_explain_as_csv_has_a_row_for_every_number(leadmc_says, run):
    arguments = ("explain", run, "--scenario", 0, "--track", "professional", "--year", 2028, "--format", "csv")
    status, out, _ = leadmc_says(*arguments)
    found = read(out)
    assert status == 0
    assert {row["year"] for row in found} == {"2028"}
    (net,) = (float(row["value"]) for row in found if row["name"] == "Net result")
    assert net == open_cube(run)["net_result"].values[0, 0, 1]


def test_explain_tells_every_fault_at_once(leadmc_says, run, tmp_path):
    status, out, err = leadmc_says("explain", run, "--scenario", 6, "--track", "globl", "--year", 2037)
    assert (status, out) == (2, "")
    assert err.splitlines() == [
        "3 faults in the input:",
        "  - --year: 2037. Allowed: 2027 to 2036.",
        "  - --scenario: 6. Allowed: 0 to 5.",
        "  - --track: 'globl'. Allowed: professional or global or reach-global.",
    ]
    status, _, err = leadmc_says("explain", tmp_path, "--scenario", 0, "--track", "global", "--year", 1)
    assert status == 2
    assert err.startswith("2 faults in the input:")
    assert "no readable manifest.json" in err


def test_explain_refuses_a_roster_that_has_changed(leadmc_says, run, folder):
    try:
        (folder / "roster.csv").write_text(ROSTER.replace("37063", "37183", 1))
        status, out, err = leadmc_says("explain", run, "--scenario", 0, "--track", "global")
    finally:
        (folder / "roster.csv").write_text(ROSTER)
    assert (status, out) == (2, "")
    assert "roster.csv: changed. Allowed: the file with which the run was begun." in err
    assert "x0" not in err


def test_explain_refuses_a_roster_that_is_gone(leadmc_says, run, folder):
    try:
        (folder / "roster.csv").rename(folder / "away.csv")
        status, _, err = leadmc_says("explain", run, "--scenario", 0, "--track", "global")
    finally:
        (folder / "away.csv").rename(folder / "roster.csv")
    assert status == 2
    assert "config.yaml, population.file: " in err
    assert "Allowed: a file that exists." in err


def test_explain_refuses_a_configuration_that_was_not_run(leadmc_says, run):
    config = run / "config.yaml"
    kept = config.read_text()
    try:
        config.write_text(kept.replace("seed: 11", "seed: 12"))
        status, _, err = leadmc_says("explain", run, "--scenario", 0, "--track", "global")
    finally:
        config.write_text(kept)
    assert status == 2
    assert "assumptions and rules: changed in this copy of leadmc." in err


def test_explain_fails_where_the_cube_has_other_numbers(leadmc_says, run, monkeypatch):
    other = open_cube(run).load()
    other["net_result"].values[1, 1, 0] += 0.01
    monkeypatch.setattr("leadmc.replay.open_cube", lambda _: other)
    status, out, err = leadmc_says("explain", run, "--scenario", 1, "--track", "global", "--year", 2027)
    assert status == 1
    assert err.startswith("Not the numbers of the run: net_result of scenario 1 differ from the cube.")
    assert "to the last bit" not in out
    assert (run / CUBE).exists()


def test_rules_shows_what_a_configuration_says_as_such(leadmc_says, folder):
    status, out, _ = leadmc_says("rules", "--config", folder / "config.yaml", "--format", "csv")
    found = {row["path"]: row for row in read(out)}
    assert status == 0
    assert [found["sequestration.rate"][key] for key in ("value", "book_value", "origin")] == ["0.01", "0.02", "yours"]
    assert found["rate_book.mode"]["origin"] == "mixed: LINEAR5 0.5, book 0.5"
    assert found["discount.tracks"]["origin"] == "book"
    _, table, _ = leadmc_says("rules", "--config", folder / "config.yaml", "--track", "global")
    assert "(yours; the" in table
    assert "book: 0.02)" in table


def test_rules_of_a_rival_are_filtered(leadmc_says):
    status, out, _ = leadmc_says(
        "rules", "--track", "mssp-enhanced", "--unverified", "--year", 2030, "--format", "json"
    )
    found = json.loads(out)
    assert status == 0
    assert found
    assert all(term["path"].startswith("mssp.") and "mssp-enhanced" in term["tracks"] for term in found)
    assert all(term["confidence"] not in "AB" for term in found)


def test_settle_prints_the_money_of_every_track(leadmc_says):
    status, out, err = leadmc_says("settle", SETTLE / "terms.yaml", SETTLE / "experience.csv")
    assert (status, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 100
    assert out.startswith("no column alignment: everybody is aligned by claims\n")
    for word in ("professional [USD]", "global [USD]", "2036", "Net result", "Savings, % of the benchmark"):
        assert word in out


def test_settle_gives_the_same_numbers_in_every_form(leadmc_says):
    files = ("settle", SETTLE / "terms.yaml", SETTLE / "experience.csv", "--track", "global", "--track", "stay-out")
    table = read(leadmc_says(*files, "--format", "csv")[1])
    record = json.loads(leadmc_says(*files, "--explain", "--format", "json")[1])
    lines = read(leadmc_says(*files, "--explain", "--format", "csv")[1])
    assert [row["track"] for row in table] == ["global"] * 10 + ["stay-out"] * 10
    assert [float(row["net_result"]) for row in table] == [row["net_result"] for row in record["results"]]
    told = [float(row["value"]) for row in lines if row["name"] == "Net result"]
    assert told == [row["net_result"] for row in record["results"][:10]]
    assert [each["track"] for each in record["explanations"]] == ["global", "stay-out"]


def test_settle_finds_the_savings_that_decide(leadmc_says):
    """As printed: higher-spending 0.25% and 4.4%, drifting to 7.5%; lower-spending 3.00%, 0% and 7.5%."""
    higher = (SETTLE / "document.yaml", SETTLE / "higher-spending.csv")
    status, out, _ = leadmc_says("settle", *higher, "--break-even")
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line.strip().startswith("20")}
    assert status == 0
    assert rows["2027"] == ["-3.000", "0.250", "4.375"]
    assert rows["2032"] == ["-3.000", "1.500", "7.500"]
    lower = (SETTLE / "document.yaml", SETTLE / "lower-spending.csv")
    rows = json.loads(leadmc_says("settle", *lower, "--break-even", "--format", "json")[1])
    assert [f"{abs(rows[0][name][0]):.2%}" for name in ("professional", "global")] == ["0.00%", "3.00%"]
    assert [f"{crossing:.1%}" for row in rows for crossing in row["professional = global"]] == ["7.5%"] * 10


def test_settle_refuses_two_views_and_every_fault_of_its_files(leadmc_says, tmp_path):
    files = (SETTLE / "terms.yaml", SETTLE / "experience.csv")
    status, _, err = leadmc_says("settle", *files, "--explain", "--break-even")
    assert status == 2
    assert "--explain, --break-even: both. Allowed: one of the two." in err
    status, _, err = leadmc_says("settle", tmp_path / "no.yaml", tmp_path / "no.csv")
    assert status == 2
    assert err.startswith("2 faults in the input:")


def test_the_documented_excerpt_is_what_the_command_prints(leadmc_says):
    text = (SETTLE.parents[1] / "docs" / "explain.md").read_text()
    excerpt = text.split("--track global --explain\n")[1].split("```")[0].splitlines()
    files = (SETTLE / "terms.yaml", SETTLE / "experience.csv")
    printed = leadmc_says("settle", *files, "--track", "global", "--explain")[1].splitlines()
    year = printed[printed.index("global: Performance year 2033") :]
    assert len(excerpt) > 12
    assert [line for line in excerpt if line != "..." and line not in year] == []
