import json

import pytest
import yaml
from example_cube import example_cube

from leadmc.cli import main
from leadmc.commands import reports
from leadmc.measures.summary import summary


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Make the records of a finished run; its cube is a made-up one."""
    ds = example_cube(80)
    record = summary(ds) | {"rule_influence": {"n_scenarios": 9, "terms": [], "rate_book": []}}
    settings = {"tracks": ["global", "professional"], "assumptions": {"preset": "calibrated"}, "rules": {}}
    (tmp_path / "summary.json").write_text(json.dumps(record))
    (tmp_path / "manifest.json").write_text(json.dumps({"command": "leadmc run x.yaml", "seed": 1}))
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(settings))
    monkeypatch.setattr("leadmc.cube.store.open_cube", lambda _: ds)
    monkeypatch.setattr("leadmc.report.html.write_report", written)
    return tmp_path


def written(ds, record, manifest, path, *, settings, sensitivity):
    """Stand in for the page, which has tests of its own: say what it was given."""
    tracks = list(map(str, ds["track"].values))
    assert tracks == list(record["tracks"]) == settings["tracks"]
    path.write_text(f"{manifest['command']}, {sensitivity}")


def command(*arguments):
    with pytest.raises(SystemExit) as end:
        main(["report", *map(str, arguments)])
    return end.value.code


def test_the_report_is_written_anew(run, capsys):
    (run / "report.html").write_text("old")
    assert command(run) == 0
    assert capsys.readouterr().out == f"Wrote {run / 'report.html'}.\n"
    assert (run / "report.html").read_text() == "leadmc run x.yaml, None"


def test_a_sensitivity_beside_the_run_is_shown(run):
    (run / "sensitivity.json").write_text('{"drivers": []}')
    assert command(run) == 0
    assert (run / "report.html").read_text().endswith(", {'drivers': []}")


def test_another_place(run):
    assert command(run, "--out", run / "mine.html") == 0
    assert (run / "mine.html").is_file()
    assert not (run / "report.html").exists()


def test_a_summary_of_another_version_is_refused(run, capsys):
    record = json.loads((run / "summary.json").read_text())
    del record["variance_split"], record["regret"]
    (run / "summary.json").write_text(json.dumps(record))
    assert command(run) == 2
    said = capsys.readouterr().err
    assert "without variance_split, regret. Allowed: a summary of this version of leadmc. Run it again." in said
    assert not (run / "report.html").exists()


def test_a_summary_whose_pairs_do_not_say_where_the_order_turns_is_refused(run, capsys):
    file = run / "summary.json"
    record = json.loads(file.read_text())
    for pair in record["pairs"]:
        del pair["slope"]
    file.write_text(json.dumps(record))
    assert command(run) == 2
    assert "without pairs.slope. Allowed: a summary of this version of leadmc. Run it again." in capsys.readouterr().err


def test_all_parts_that_are_asked_for_are_in_a_summary(run):
    assert set(reports.PARTS) <= set(json.loads((run / "summary.json").read_text()))


def test_no_run(tmp_path, capsys):
    assert command(tmp_path / "nothing") == 2
    assert "Make one with `leadmc run`" in capsys.readouterr().err
