"""The store: whatever the chunks and the threads, the same bytes, and an answer to every chunk that does not fit."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from zarr.errors import ContainsGroupError

from leadmc.base.errors import InputError
from leadmc.base.variables import COORDINATES, VARIABLES
from leadmc.cube.store import CUBE, create_cube, open_cube

SCENARIOS = 23
TRACKS = ("professional", "global")
SIZES = {"scenario": SCENARIOS, "track": len(TRACKS)} | {dim: len(labels) for dim, labels in COORDINATES.items()}


def arrays():
    rng = np.random.default_rng(3)
    shapes = {name: tuple(SIZES[dim] for dim in one.dims) for name, one in VARIABLES.items()}
    return {name: (rng.random(shape) * 1e6).astype(VARIABLES[name].dtype) for name, shape in shapes.items()}


WHOLE = arrays()


def rows(start, stop):
    return {name: array[start:stop] for name, array in WHOLE.items()}


def new_cube(run, block=8):
    run.mkdir(exist_ok=True)
    return create_cube(run / CUBE, scenarios=SCENARIOS, tracks=TRACKS, attrs={"name": "test", "seed": 7}, block=block)


def stored_bytes(run):
    return {path.relative_to(run): path.read_bytes() for path in run.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = tmp_path_factory.mktemp("run")
    writer = new_cube(run)
    writer.write_chunk(0, WHOLE)
    writer.finish()
    return run


def test_what_is_written_is_read(run):
    cube = open_cube(run)
    assert set(cube.data_vars) == set(VARIABLES)
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
    for name, variable in VARIABLES.items():
        assert cube[name].attrs == variable.attributes
    assert cube["net_result"].attrs["units"] == "USD"


def test_plain_xarray_opens_it_without_a_warning(run):
    xr.testing.assert_identical(xr.open_zarr(run / CUBE).load(), open_cube(run).load())


@settings(max_examples=15, deadline=None)
@given(cuts=st.sets(st.integers(1, SCENARIOS - 1)), order=st.randoms(use_true_random=False))
def test_the_bytes_do_not_depend_on_the_chunks(run, tmp_path_factory, cuts, order):
    other = tmp_path_factory.mktemp("other")
    writer = new_cube(other)
    chunks = list(pairwise(sorted({0, SCENARIOS, *cuts})))
    order.shuffle(chunks)
    for start, stop in chunks:
        writer.write_chunk(start, rows(start, stop))
    writer.finish()
    assert stored_bytes(other) == stored_bytes(run)


def test_the_bytes_do_not_depend_on_the_threads(run, tmp_path):
    writer = new_cube(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda start: writer.write_chunk(start, rows(start, start + 1)), range(SCENARIOS)))
    writer.finish()
    assert stored_bytes(tmp_path) == stored_bytes(run)


def test_a_missing_chunk_is_noticed(tmp_path):
    writer = new_cube(tmp_path)
    writer.write_chunk(0, rows(0, 9))
    with pytest.raises(ValueError, match="only 9 of 23 scenarios were written"):
        writer.finish()


def test_a_chunk_written_twice_is_refused(tmp_path):
    writer = new_cube(tmp_path)
    writer.write_chunk(0, rows(0, 5))
    with pytest.raises(ValueError, match=r"scenarios 4\.\.7 were written before"):
        writer.write_chunk(4, rows(4, 10))
    writer.write_chunk(5, rows(5, 8))
    with pytest.raises(ValueError, match=r"scenarios 0\.\.4 were written before"):
        writer.write_chunk(0, rows(0, 5))


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
        new_cube(tmp_path).write_chunk(0, chunk)


@pytest.mark.parametrize(("first", "message"), [(20, r"scenarios 20\.\.23"), (-1, r"scenarios -1\.\.2")])
def test_a_scenario_outside_the_run_is_refused(tmp_path, first, message):
    with pytest.raises(ValueError, match=message + r" are not in 0\.\.22"):
        new_cube(tmp_path).write_chunk(first, rows(0, 4))


def test_nothing_is_laid_out_over_another_cube(run):
    with pytest.raises(ContainsGroupError):
        new_cube(run)


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
