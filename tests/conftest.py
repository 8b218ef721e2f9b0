"""Fixtures that tests of several layers share."""

import pytest
import xarray as xr
from example_cube import example_cube

from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.reference import Reference


@pytest.fixture(scope="session")
def cube() -> xr.Dataset:
    """A made-up cube: 500 scenarios, both tracks, ten years."""
    return example_cube()


@pytest.fixture(scope="session")
def reference() -> Reference:
    """The reference population of the calibrated assumptions."""
    return Reference(load_assumptions().people)
