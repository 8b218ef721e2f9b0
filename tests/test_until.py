"""Precision on demand: scenarios are added until a metric is exact, as if the run had begun with so many."""

import json
import shutil
from unittest import mock

import pytest
import xarray as xr
import yaml

from leadmc import pipeline
from leadmc.base.errors import InputError
from leadmc.cube.growth import begun_with, whole_blocks
from leadmc.cube.landing import read_ledger
from leadmc.cube.store import BLOCK, CUBE
from leadmc.inputs.config import load_config

GOAL = "mean(net_result.total, global) se <= 0.3% of benchmark"
CONFIG = {"name": "until", "seed": 4, "scenarios": 500, "population": {"synthetic": {"beneficiaries": 60}}}


def written(folder, **stated):
    path = folder / "until.yaml"
    path.write_text(yaml.safe_dump(CONFIG | stated))
    return path


@pytest.fixture(scope="module", autouse=True)
def _no_report():
    """What is told of a run has its own tests, and takes longer than these runs."""
    with mock.patch.object(pipeline, "_summarise_and_report"):
        yield


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("until")
    config = load_config(written(folder, sampler={"until": GOAL}))
    return folder, pipeline.run(config, out=folder / "grown")


def test_the_goal_is_reached_and_told(grown):
    _, run = grown
    told = json.loads((run / "manifest.json").read_text())
    assert told["precision"]["asked"] == GOAL
    assert told["precision"]["reached"] is True
    assert 0.0 < told["precision"]["standard_error"] <= 0.3
    assert told["counts"]["scenarios"] > BLOCK
    assert told["counts"]["scenarios"] % BLOCK == 0


def test_it_is_the_run_that_had_as_many_scenarios_from_the_start(grown):
    folder, run = grown
    scenarios = json.loads((run / "manifest.json").read_text())["counts"]["scenarios"]
    plain = pipeline.run(load_config(written(folder, scenarios=scenarios)), out=folder / "plain")
    with xr.open_zarr(run / CUBE) as one, xr.open_zarr(plain / CUBE) as other:
        xr.testing.assert_identical(one.load(), other.load())


def test_killed_while_it_grew_it_goes_on(grown, tmp_path):
    folder, run = grown
    config = load_config(written(folder, sampler={"until": GOAL}))
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    # the ledger has the new size, the configuration not yet, the second block is lost, nothing is told
    stated = yaml.safe_load((copy / "config.yaml").read_text())
    (copy / "config.yaml").write_text(yaml.safe_dump(stated | {"scenarios": BLOCK}, sort_keys=False))
    (copy / CUBE / "net_result" / "c" / "1" / "0" / "0").unlink()
    (copy / "manifest.json").unlink()
    pipeline.run(config, out=copy, resume=True)
    with xr.open_zarr(run / CUBE) as one, xr.open_zarr(copy / CUBE) as other:
        xr.testing.assert_identical(one.load(), other.load())
    assert (copy / "config.yaml").read_text() == (run / "config.yaml").read_text()


def test_a_goal_that_is_none_is_refused_before_anything_is_written(tmp_path):
    config = load_config(written(tmp_path, sampler={"until": "p5 of everything"}))
    with pytest.raises(InputError, match=r"until: p5 of everything\. Allowed: a goal such as tvar95"):
        pipeline.run(config, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_sizes(grown, tmp_path):
    _, run = grown
    assert [whole_blocks(n) for n in (1, BLOCK, BLOCK + 1)] == [BLOCK, BLOCK, 2 * BLOCK]
    assert begun_with(tmp_path, 77) == 77
    assert begun_with(run, 77) == read_ledger(run).identity["scenarios"]
