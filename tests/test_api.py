"""The Python API: a run from a mapping, the accessor on cubes from memory, disk, netCDF and Dask."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
import xarray as xr
from example_cube import example_cube

import leadmc
from leadmc.base.errors import InputError
from leadmc.cube.store import CUBE
from leadmc.measures.losses import loss_probabilities
from leadmc.measures.summary import summary


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Paths of a made-up cube in Zarr and in netCDF."""
    folder = tmp_path_factory.mktemp("stored")
    ds = example_cube(60)
    ds.to_zarr(folder / CUBE, consolidated=False, zarr_format=2)
    ds.to_netcdf(folder / "cube.nc", engine="scipy")
    return folder


def test_importing_leadmc_is_cheap_and_registers_the_accessor():
    script = (
        "import sys, leadmc\n"
        "assert not {'xarray', 'numpy', 'pydantic', 'numba'} & set(sys.modules)\n"
        "import xarray as xr\n"
        "assert 'leadmc.measures.summary' not in sys.modules\n"
        "print(type(xr.Dataset().leadmc).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "Measures"), done.stderr


@pytest.mark.parametrize(
    "opened",
    [
        lambda folder: xr.open_zarr(folder / CUBE, consolidated=False),
        lambda folder: xr.open_zarr(folder / CUBE, consolidated=False).chunk({"scenario": 7}),
        lambda folder: xr.open_dataset(folder / "cube.nc", engine="scipy"),
        lambda folder: xr.open_dataset(folder / "cube.nc", engine="scipy", chunks={"scenario": 25}),
    ],
    ids=["zarr", "dask", "netcdf", "dask netcdf"],
)
def test_a_cube_from_disk_measures_like_one_in_memory(stored, opened):
    with opened(stored) as ds:
        assert same(ds.leadmc.summary(), summary(example_cube(60)))
        found, known = ds.leadmc.prob_loss(), loss_probabilities(example_cube(60))
        assert (found["probability"].to_numpy() == known["probability"].to_numpy()).all()


def same(left, right):
    """Whether two summaries are the same but for last bits: sums may run along other axes in other layouts."""
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == (pytest.approx(right, rel=1e-9, abs=1e-6) if isinstance(right, float) else right)


def test_a_measure_reads_only_what_it_needs():
    ds = example_cube(30)
    read = []

    def to_numpy(array):
        read.append(array.name)
        return np.asarray(array.data)

    with mock.patch.object(xr.DataArray, "to_numpy", to_numpy):
        ds.leadmc.prob_loss()
    assert set(read) <= {"net_result", "benchmark", "performance_year", "scenario", "track"}


def test_every_measure_is_at_hand(cube):
    at_hand = cube.leadmc
    assert at_hand.risk()["value"].dims == ("quantity", "scale", "track", "horizon", "statistic")
    assert at_hand.exceedance("net_result", track="global", at=[0.0])["probability"].shape == (1,)
    assert at_hand.prob_loss(shares=(0.1,)).sizes["share"] == 1
    assert at_hand.guarantee_calls()["called"].dims == ("track", "horizon")
    assert at_hand.course(ruin=(0.02,)).sizes["ruin"] == 1
    assert at_hand.transition().attrs["switch_year"] == 2032
    assert at_hand.pairs().sizes["pair"] == 1
    assert at_hand.regret()["best"].dims == ("track",)
    assert at_hand.stop_loss()["net"].dims == ("track", "horizon", "statistic")
    assert at_hand.variance_split()["share"].dims == ("track", "part")
    assert (at_hand.compare(cube)["difference"] == 0).all()


def test_a_selection_is_a_cube(cube):
    lower = cube.sel(track=["global"]).isel(scenario=np.flatnonzero(cube["lower_spending"].to_numpy())[:100])
    assert lower.leadmc.summary()["n_scenarios"] == 100


def test_faults_of_a_mapping_are_told_all_at_once():
    with pytest.raises(InputError) as caught:
        leadmc.run({"name": "bad", "seed": -1, "scenario": 10})
    for fault in ("configuration, seed: -1", "scenario: unknown key", "population: missing"):
        assert fault in str(caught.value)


STATED = {"name": "mapped", "seed": 3, "scenarios": 4, "population": {"synthetic": {"beneficiaries": 50}}}


def test_a_run_takes_what_the_command_takes(monkeypatch, tmp_path):
    given = {}

    def run(config, *, out, **options):
        given.update(options, config=config, out=out)
        return out

    monkeypatch.setitem(sys.modules, "leadmc.pipeline", SimpleNamespace(run=run))
    monkeypatch.setattr(leadmc, "open_run", lambda path: path)
    assert leadmc.run(STATED, scenarios=6, workers=2) == Path("runs/mapped")
    assert (given["config"].settings.scenarios, given["workers"], given["resume"]) == (6, 2, False)
    (tmp_path / "config.yaml").write_text(
        "name: file\nseed: 1\nscenarios: 2\npopulation: {synthetic: {beneficiaries: 9}}"
    )
    assert leadmc.run(tmp_path / "config.yaml", out=tmp_path / "run", seed=5) == tmp_path / "run"
    assert given["config"].settings.seed == 5


@pytest.mark.slow
def test_a_run_from_a_mapping_gives_its_cube(tmp_path):
    ds = leadmc.run(STATED, out=tmp_path / "run", scenarios=6)
    assert ds.sizes["scenario"] == 6
    assert ds.attrs["name"] == "mapped"
    assert leadmc.open_run(tmp_path / "run")["net_result"].equals(ds["net_result"])
    with pytest.raises(InputError, match="already there and not empty"):
        leadmc.run(STATED, out=tmp_path / "run")
