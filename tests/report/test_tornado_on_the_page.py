"""The whole way of a tornado: a run, ``leadmc sensitivity`` beside it, ``leadmc report``, and what is on the page."""

import json
import re

import pytest
import yaml

from leadmc.cli import main
from leadmc.measures.tornado_tables import ranked, tornado_table
from leadmc.report.html import typeset

CONFIG = {
    "name": "tiny", "seed": 7, "scenarios": 64, "population": {"synthetic": {"beneficiaries": 200}},
    "tracks": ["professional", "global"],
}  # fmt: skip


def leadmc(*arguments):
    with pytest.raises(SystemExit) as end:
        main([str(one) for one in arguments])
    assert end.value.code == 0


@pytest.mark.slow
def test_from_the_command_to_the_page(tmp_path):
    config, run = tmp_path / "tiny.yaml", tmp_path / "run"
    config.write_text(yaml.safe_dump(CONFIG))
    leadmc("run", config, "--out", run)
    assert 'id="sensitivity"' not in (run / "report.html").read_text()
    leadmc("sensitivity", config, "--out", run, "--scenarios", 64)
    leadmc("report", run)
    page = (run / "report.html").read_text()
    section = page[page.index('<section id="sensitivity"') :]
    section = section[: section.index("</section>")]
    found = json.loads((run / "sensitivity.json").read_text())
    assert section.count("<svg") == 2  # a tornado a track
    for track in CONFIG["tracks"]:
        places = ranked(found, track)
        assert len(places) > 5
        for name, cells in tornado_table(found, track).rows:
            assert typeset(name) in section
            assert all(f"{typeset(one.value)}<span" in section for one in cells)
    drawn = re.findall(r'<svg role="img".*?</svg>', section, re.DOTALL)
    assert all("Change of the mean net result over ten years [$ million]" in one for one in drawn)
