"""The cube as one netCDF file, for programs that do not read Zarr."""

import json
from pathlib import Path
from typing import Any

import xarray as xr

from leadmc.base.errors import Fault, InputError
from leadmc.cube.store import CUBE, open_cube


def export_netcdf(run: Path, path: Path) -> None:
    """Write the cube of a finished run as netCDF-4, block by block, so that it need not fit into memory.

    Parameters
    ----------
    run
        The run directory.
    path
        The file to write; nothing may be there.

    Raises
    ------
    InputError
        If there is no finished run, if the file exists, or if the library for it is not installed.
    """
    if path.exists():
        raise InputError([Fault(str(path), "already there", "a new file", "Nothing was overwritten.")])
    open_cube(run).close()  # complains where there is none
    cube = xr.open_zarr(run / CUBE, chunks={})
    for variable in cube.variables.values():
        variable.attrs = {key: _plain(value) for key, value in variable.attrs.items()}
    partial = path.with_name(path.name + ".partial")
    try:
        cube.to_netcdf(partial, engine="h5netcdf")
        partial.replace(path)
    except ImportError as error:
        remedy = "Install what writes it: pip install 'leadmc[netcdf]'."
        raise InputError([Fault(str(path), "netCDF", "a format that can be written here", remedy)]) from error
    finally:
        partial.unlink(missing_ok=True)


def _plain(value: Any) -> Any:
    """Give an attribute that netCDF can hold: it knows no lists of lists."""
    return json.dumps(value) if isinstance(value, list) else value
