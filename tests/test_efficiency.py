"""Samplers beside one another: plain is worth one, and the rows say what they are."""

import json

import pytest

from leadmc.cli import main
from leadmc.efficiency import STATISTICS, efficiency
from leadmc.inputs.config import load_config
from leadmc.inputs.settings import SAMPLERS

CONFIG = "name: small\nseed: 3\nscenarios: 64\npopulation: {synthetic: {beneficiaries: 200}}\ntracks: [global]\n"


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(CONFIG)
    return path


def test_plain_sampling_is_worth_one_and_balanced_samplers_more(config):
    seen = []
    rows = efficiency(load_config(config), scenarios=256, runs=2, progress=lambda *done: seen.append(done[:2]))
    factor = {(row["sampler"], row["statistic"]): row["factor"] for row in rows}
    assert len(rows) == (len(SAMPLERS) + 3) * len(STATISTICS)
    assert all(factor["plain", statistic.name] == 1.0 for statistic in STATISTICS)
    assert seen[-1] == (len(SAMPLERS) * 2 * 256, len(SAMPLERS) * 2 * 256)
    assert all(row["seconds"] is None for row in rows if row["statistic"] == "p_loss")
    # time to a given error goes with the squared error
    one = next(row for row in rows if row["statistic"] == "mean")
    assert one["seconds"] > 0.0


def test_the_command_answers_in_json_and_refuses_broken_groups(config, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["samplers", str(config), "--scenarios", "65"])
    assert stopped.value.code == 2
    assert "--scenarios: 65. Allowed: a multiple of 64." in capsys.readouterr().err
    with pytest.raises(SystemExit) as done:
        main(["samplers", str(config), "--scenarios", "64", "--runs", "2", "--format", "json"])
    assert done.value.code in (0, None)
    rows = json.loads(capsys.readouterr().out)
    assert {row["track"] for row in rows} == {"global"}
