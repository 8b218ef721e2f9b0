"""leadmc: Monte Carlo risk analysis for the CMS LEAD model.

``run`` simulates and settles a configuration, ``open_run`` opens what a run left; both give a labelled cube, an
``xarray.Dataset``. Every such cube, however it was opened, has ``.leadmc``: the measures of `measures.accessor`.
"""

from collections.abc import Mapping as _Mapping
from importlib import import_module as _import_module  # by name: every layer may import this package for its version
from pathlib import Path as _Path
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from leadmc.base.on_import import when_imported as _when_imported

if _TYPE_CHECKING:
    import xarray as _xr

__version__ = "0.1.0"


def run(
    config: str | _Path | _Mapping[str, _Any],
    *,
    out: str | _Path | None = None,
    scenarios: int | None = None,
    seed: int | None = None,
    chunk: int | None = None,
    workers: int | None = None,
    scheduler: str = "threads",
    resume: bool = False,
) -> "_xr.Dataset":
    """Simulate, settle, store, summarise and report, as ``leadmc run`` does.

    Parameters
    ----------
    config
        A configuration file, or what would stand in one; files that a mapping names are relative to the working
        directory.
    out
        Directory of the run; ``runs/NAME`` by default.
    scenarios, seed
        Instead of the configuration's.
    chunk, workers, scheduler
        Scenarios in one task, threads or processes, and what runs them; none changes a bit of the result.
    resume
        Whether to continue a run that was begun in ``out``.

    Returns
    -------
    xarray.Dataset
        The cube, read as it is used.

    Raises
    ------
    leadmc.base.errors.InputError
        Every fault of the configuration, of its files, or of the place for the run.

    Examples
    --------
    >>> import leadmc
    >>> ds = leadmc.run({"name": "mine", "seed": 7, "scenarios": 1000,
    ...                  "population": {"synthetic": {"beneficiaries": 5000}}}, out="mine")  # doctest: +SKIP
    >>> ds.leadmc.prob_loss().probability.sel(track="global", horizon="ten_year", share=0.0)  # doctest: +SKIP
    """
    read = _read(config, scenarios=scenarios, seed=seed)
    default = _import_module("leadmc.cube.run_directory").default_directory(read.settings.name)
    done = _import_module("leadmc.pipeline").run(  # brings numba: only when the configuration is good
        read,
        out=default if out is None else _Path(out),
        chunk=chunk,
        workers=workers,
        scheduler=scheduler,
        resume=resume,
        command="leadmc.run",
    )
    return open_run(done)


def open_run(path: str | _Path) -> "_xr.Dataset":
    """Open the cube of a finished run; numbers are read when they are used.

    Raises
    ------
    leadmc.base.errors.InputError
        If there is no finished run, or if it is not one of this version of leadmc.
    """
    cube: _xr.Dataset = _import_module("leadmc.cube.store").open_cube(_Path(path))
    return cube


def compare(first: str | _Path, second: str | _Path, *, unpaired: bool = False) -> "_xr.Dataset":
    """Compare two runs, second less first, as ``leadmc compare`` does; ``ds.leadmc.compare`` compares cubes.

    Parameters
    ----------
    first, second
        Directories of finished runs.
    unpaired
        Whether to treat them as independent, whatever draws they share.

    Returns
    -------
    xarray.Dataset
        As of ``measures.comparison.compare``.

    Raises
    ------
    leadmc.base.errors.InputError
        No finished runs, no track in common, or runs that shall be paired and do not share their draws.
    """
    runs = _import_module("leadmc.measures.comparison").compare_runs(_Path(first), _Path(second), unpaired=unpaired)
    compared: _xr.Dataset = runs.compared
    return compared


def sensitivity(
    config: str | _Path | _Mapping[str, _Any],
    *,
    out: str | _Path | None = None,
    scenarios: int | None = None,
    everything: bool = False,
    workers: int | None = None,
) -> dict[str, _Any]:
    """Move every uncertain assumption and rule, one at a time, as ``leadmc sensitivity`` does.

    Parameters
    ----------
    config
        As of ``run``.
    out
        Where to write ``sensitivity.json`` and ``tornado.svg``; nowhere by default.
    scenarios
        Of each change, a multiple of 64; 512 by default.
    everything
        Whether to move every assumption with a plausible range, and confirmed rules too.
    workers
        Threads; no number depends on them.

    Returns
    -------
    dict
        As of ``one_at_a_time.sensitivity``, the content of ``sensitivity.json``.

    Raises
    ------
    leadmc.base.errors.InputError
        Every fault of the configuration, of its files, or of the place to write to.
    """
    read = _read(config)
    moved = _import_module("leadmc.one_at_a_time")
    if out is not None:
        moved.refuse_taken(_Path(out))
    record: dict[str, _Any] = moved.sensitivity(read, scenarios=scenarios, everything=everything, workers=workers)
    if out is not None:
        moved.write(record, _Path(out))
    return record


def _read(config: str | _Path | _Mapping[str, _Any], **stated: int | None) -> _Any:
    """Read a configuration, with other values of top-level keys where they are not None."""
    inputs = _import_module("leadmc.inputs.config")
    changed = {key: value for key, value in stated.items() if value is not None}
    if isinstance(config, _Mapping):
        return inputs.stated_config({**config, **changed})
    return inputs.load_config(_Path(config), changed)


_when_imported("xarray", lambda: _import_module("leadmc.measures.accessor"))
