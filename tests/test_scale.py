"""The plan of a national run: from what one ACO cost to what a thousand of them take, and the page that says so."""

import json
import re
from pathlib import Path

import pytest

from benchmarks import scale

ROOT = Path(__file__).parents[1]


def run(lives, worker_seconds):
    return {
        "lives": lives,
        "scenarios": scale.SCENARIOS,
        "stages_seconds": {"scenarios": 20.0},
        "workers_cpu_seconds": worker_seconds,
        "writer_cpu_seconds": 2.0,
        "alone_cpu_seconds": 10.0,
        "worker_peak_mb": 400.0,
        "people_bytes": 6_000_000,
        "scenario_bytes": 6_000.0,
    }


# 10 ns a person-year and 0.2 ms a scenario: 13,000 x 13 x 10,000 x 10 ns + 10,000 x 0.2 ms = 16.9 + 2 s
FOUND = {"runs": [run(13_000, 18.9), run(1_300, 3.69)]}


def test_unit_costs_are_those_that_the_runs_were_made_of():
    units = scale.unit_costs(FOUND)
    assert units["person_year_ns"] == pytest.approx(10.0)
    assert units["scenario_ms"] == pytest.approx(0.2)


def test_a_cluster_shortens_the_scenarios_alone():
    # 10 s alone; 18.9 s of scenarios over the cores, but never less than the 2 s of the process that writes
    assert scale.plan(FOUND, 2)["cluster"] == pytest.approx(1000 * (10 + 9.45))
    assert scale.plan(FOUND, 1024)["cluster"] == pytest.approx(1000 * (10 + 2))
    assert scale.plan(FOUND, 1024)["scenarios"] == pytest.approx(1000 * 2)


def test_side_by_side_no_core_waits_but_for_the_last_acos():
    assert scale.plan(FOUND, 16)["side_by_side"] == pytest.approx(63 * 28.9)  # 1,000 / 16 = 62.5
    assert scale.plan(FOUND, 1024)["side_by_side"] == pytest.approx(28.9)


def test_the_page_has_the_table_of_the_figures_kept():
    page = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    kept = re.search(r"benchmarks/results/(scale-\S+\.json)", page)
    assert kept is not None
    found = json.loads((scale.RESULTS / kept[1]).read_text(encoding="utf-8"))
    assert scale.table(found) in page
