"""Runs small enough for tests, taken through the pipeline without a report."""

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
import yaml

from leadmc import pipeline
from leadmc.cube.store import CUBE, create_cube, open_cube
from leadmc.inputs.config import load_config

PEOPLE = 700
SCENARIOS = 96

CONFIG: dict[str, Any] = {
    "name": "small",
    "seed": 2027,
    "scenarios": SCENARIOS,
    "population": {"synthetic": {"beneficiaries": PEOPLE}},
    "tracks": ["professional", "global"],
}


def prepared(folder: Path, **stated: Any) -> pipeline.Study:
    """People and world of the small configuration, with other keys where stated."""
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(CONFIG | stated))
    return pipeline.prepare(load_config(path))


def simulated(study: pipeline.Study, folder: Path, *, chunk: int | None = None, workers: int | None = 2) -> xr.Dataset:
    """Cube of all scenarios of a study, in memory."""
    settings = study.config.settings
    run = folder / f"run-{len(list(folder.iterdir()))}"
    run.mkdir()
    writer = create_cube(run / CUBE, scenarios=settings.scenarios, tracks=settings.tracks, attrs={})
    pipeline.simulate_and_settle(study, writer, chunk=chunk, workers=workers, progress=lambda *_: None)
    writer.finish()
    return open_cube(run).load()


def assert_same_bits(left: xr.Dataset, right: xr.Dataset) -> None:
    """Every variable and label of both is the same to the last bit."""
    assert list(left.variables) == list(right.variables)
    for name in left.variables:
        assert left[name].dims == right[name].dims
        one, other = (np.ascontiguousarray(cube[name].values) for cube in (left, right))
        assert one.dtype == other.dtype, name
        if one.dtype.kind == "f":
            one, other = one.view(np.uint64), other.view(np.uint64)
        np.testing.assert_array_equal(one, other, err_msg=str(name), strict=True)
