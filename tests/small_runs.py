"""Runs small enough for tests, taken through the pipeline without a report."""

from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import xarray as xr
import yaml

from leadmc import pipeline
from leadmc import study as study_module
from leadmc.cube.store import CUBE, labelled
from leadmc.engine import settle_missing
from leadmc.inputs.assumptions import People
from leadmc.inputs.config import Config, load_config
from leadmc.inputs.reference import Reference
from leadmc.paths import people
from leadmc.paths.bank import build_bank
from leadmc.study import Study, prepare

PEOPLE = 700
SCENARIOS = 96

CONFIG: dict[str, Any] = {
    "name": "small",
    "seed": 2027,
    "scenarios": SCENARIOS,
    "population": {"synthetic": {"beneficiaries": PEOPLE}},
    "tracks": ["professional", "global"],
}


@cache
def _reference(assumptions: str) -> Reference:
    return Reference(People.model_validate_json(assumptions))


def reference(assumptions: People) -> Reference:
    """Give the reference population of some assumptions, made once for all tests: it depends on nothing else."""
    return _reference(assumptions.model_dump_json())


def configured(folder: Path, **stated: Any) -> Config:
    """Read the small configuration, with other keys where stated, from a file."""
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(CONFIG | stated))
    return load_config(path)


def prepared(folder: Path, **stated: Any) -> Study:
    """Prepare the people of a small run, as the pipeline does."""
    with (
        mock.patch.object(study_module, "Reference", reference),
        mock.patch.object(people, "build_bank", _bank),
    ):
        return prepare(configured(folder, **stated))


_bank = cache(build_bank)


def simulated(study: Study, folder: Path, *, chunk: int | None = None, workers: int | None = 2) -> xr.Dataset:
    """Cube of all scenarios of a study, in memory."""
    run = folder / f"run-{len(list(folder.iterdir()))}"
    run.mkdir()
    landing = pipeline.laid_out(study, run)
    settle_missing(study, landing, chunk=chunk, workers=workers, progress=lambda *_: None)
    landing.finish()
    return labelled(run / CUBE).load()


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
