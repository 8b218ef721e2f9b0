"""Fixtures that tests of several layers share."""

import pytest
import xarray as xr
from example_cube import example_cube

from leadmc.cli import main
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


@pytest.fixture
def leadmc_says(capsys, monkeypatch):
    """Run a command; give its status, what it said, and what it complained about."""
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments):
        with pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return stopped.value.code or 0, captured.out, captured.err

    return call
