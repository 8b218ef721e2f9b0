"""The store: what is written is read, every file has its hash, and what does not fit is refused."""

import hashlib

import numpy as np
import pytest
import xarray as xr
import zarr
from example_rows import SCENARIOS, TRACKS, WHOLE, new_cube, rows

from leadmc.base.errors import InputError
from leadmc.base.variables import COORDINATES, VARIABLES
from leadmc.cube.store import CUBE, open_cube, reopen_cube


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = tmp_path_factory.mktemp("run")
    cube = new_cube(run)
    for number in cube.blocks():
        cube.write(number, rows(*cube.span(number)))
    return run


def test_what_is_written_is_read(run):
    cube = open_cube(run)
    assert set(cube.data_vars) == set(WHOLE)
    for name, array in WHOLE.items():
        np.testing.assert_array_equal(cube[name], array, strict=True)


def test_axes_carry_their_labels(run):
    cube = open_cube(run)
    assert list(cube["track"].values) == list(TRACKS)
    assert list(cube["scenario"].values) == list(range(SCENARIOS))
    for dim, labels in COORDINATES.items():
        assert list(cube[dim].values) == list(labels)
    assert float(cube["net_result"].sel(track="global", performance_year=2031)[4]) == WHOLE["net_result"][4, 1, 4]


def test_variables_say_unit_name_and_rule(run):
    cube = open_cube(run)
    assert cube.attrs == {"name": "test", "seed": 7}
    for name in WHOLE:
        assert cube[name].attrs == VARIABLES[name].attributes
    assert cube["net_result"].attrs["units"] == "USD"


def test_plain_xarray_opens_it_without_a_warning(run):
    xr.testing.assert_identical(xr.open_zarr(run / CUBE).load(), open_cube(run).load())


def test_every_file_has_its_hash(run, tmp_path):
    cube = reopen_cube(run / CUBE)
    assert (cube.scenarios, cube.block, list(cube.blocks())) == (SCENARIOS, 8, [0, 1, 2])
    for number, start in enumerate((0, 8, 16)):
        hashes = cube.hashes(number)
        assert set(hashes) == set(cube.arrays)
        stored = np.ascontiguousarray(WHOLE["net_result"][start : start + 8]).tobytes()
        if number < 2:
            assert hashes["net_result"] == hashlib.sha256(stored).hexdigest()
    again = new_cube(tmp_path)
    assert again.write(2, rows(16, SCENARIOS)) == cube.hashes(2)
    assert again.hashes(0)["net_result"] == "", "nothing was written there"


def test_files_are_those_that_zarr_would_write(run, tmp_path):
    ours, zarrs = reopen_cube(run / CUBE), new_cube(tmp_path)
    with zarr.config.set({"array.write_empty_chunks": True}):
        written = zarr.open_group(tmp_path / CUBE, mode="r+")
        for name, values in WHOLE.items():
            written[name][:] = values
    assert [zarrs.hashes(number) for number in zarrs.blocks()] == [ours.hashes(number) for number in ours.blocks()]


def test_numbers_that_are_all_zero_have_a_file_too(tmp_path):
    """Zarr leaves out a file of nothing but the fill value, unless told: then a file that is missing was lost."""
    cube = new_cube(tmp_path)
    cube.write(0, {name: np.zeros_like(array[:8]) for name, array in WHOLE.items()})
    assert "" not in cube.hashes(0).values()
    again = reopen_cube(tmp_path / CUBE)
    again.write(1, {name: np.zeros_like(array[:8]) for name, array in WHOLE.items()})
    assert "" not in again.hashes(1).values()


def test_half_a_block_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"block 1 has scenarios 8\.\.15"):
        new_cube(tmp_path).write(1, rows(8, 12))


def without(chunk):
    del chunk["net_result"]


def with_unknown(chunk):
    chunk["luck"] = chunk["net_result"]


def misshapen(chunk):
    chunk["net_result"] = chunk["net_result"][:, :1]


def single_precision(chunk):
    chunk["net_result"] = chunk["net_result"].astype(np.float32)


def uneven(chunk):
    chunk["net_result"] = chunk["net_result"][:2]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (without, "net_result is missing"),
        (with_unknown, "luck is unknown"),
        (misshapen, r"net_result has shape \(4, 1, 10\), not \(4, 2, 10\)"),
        (single_precision, "net_result has dtype float32, not float64"),
        (uneven, r"variables have different numbers of scenarios: \[2, 4\]"),
    ],
)
def test_a_chunk_that_does_not_fit_the_registry_is_refused(tmp_path, spoil, message):
    chunk = rows(0, 4)
    spoil(chunk)
    with pytest.raises(ValueError, match=message):
        new_cube(tmp_path).check(0, chunk)


@pytest.mark.parametrize(("first", "message"), [(20, r"scenarios 20\.\.23"), (-1, r"scenarios -1\.\.2")])
def test_a_scenario_outside_the_run_is_refused(tmp_path, first, message):
    with pytest.raises(ValueError, match=message + r" are not in 0\.\.22"):
        new_cube(tmp_path).check(first, rows(0, 4))


def test_a_cube_laid_out_again_keeps_its_numbers(run):
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    (run / CUBE / "net_result" / "zarr.json").write_text("{}")
    (run / CUBE / "track" / "c" / "0").unlink()
    new_cube(run)
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


def test_a_directory_without_a_cube_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no cube\.zarr\. Allowed: the directory of a finished run"):
        open_cube(tmp_path)


def test_a_damaged_cube_is_named(tmp_path):
    new_cube(tmp_path)
    whole = (tmp_path / CUBE / "zarr.json").read_text()
    (tmp_path / CUBE / "zarr.json").write_text(whole[:100])
    with pytest.raises(InputError, match=r"cube\.zarr: damaged"):
        open_cube(tmp_path)


@pytest.mark.filterwarnings("ignore:Consolidated metadata")
def test_a_cube_of_another_registry_is_named(tmp_path):
    xr.Dataset({"luck": ("scenario", np.ones(3))}).to_zarr(tmp_path / CUBE, consolidated=True)
    with pytest.raises(InputError) as caught:
        open_cube(tmp_path)
    assert "net_result: missing" in str(caught.value)
    assert "luck: unknown variable" in str(caught.value)
