"""Fixtures that tests of several layers share."""

import pytest
import xarray as xr
from example_cube import example_cube


@pytest.fixture(scope="session")
def cube() -> xr.Dataset:
    """A made-up cube: 500 scenarios, both tracks, ten years."""
    return example_cube()
