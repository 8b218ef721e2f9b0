"""A finished run, rebuilt from its records: one of its scenarios again, explained, and compared with the cube."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.base.errors import Fault, InputError
from leadmc.contract.explanation import Explanation, explain
from leadmc.contract.programmes import book_of
from leadmc.cube.assemble import Rows
from leadmc.cube.identity import CONFIG, differences, identity
from leadmc.cube.landing import read_ledger
from leadmc.cube.manifest import read_manifest
from leadmc.cube.store import open_cube
from leadmc.inputs.config import Config, load_config
from leadmc.study import Study, prepare, settle, settle_track, settled_rows, simulate


class Replayed(NamedTuple):
    """One scenario and track of a run, settled again.

    Parameters
    ----------
    explanation
        Line by line.
    differs
        Variables of the cube whose numbers of this scenario are not the same to the last bit; empty when all is well.
    """

    explanation: Explanation
    differs: tuple[str, ...]


def replay(run: Path, *, scenario: int, track: str, year: int | None = None) -> Replayed:
    """Simulate one scenario of a run alone, and explain how one track settles it.

    Random numbers are addressed, so that it is the scenario of the run to the last bit whatever else is simulated.

    Parameters
    ----------
    run
        Directory of a finished run.
    scenario
        Number of the scenario, from 0.
    track
        One of the run's tracks.
    year
        The only performance year to explain; None for everything.

    Raises
    ------
    InputError
        No run, a scenario, track or year that it does not have, or inputs that have changed since.
    """
    faults = _unknown("year", year, PERFORMANCE_YEARS) if year is not None else []
    try:
        config = reopen(run)
        cube = open_cube(run)
    except InputError as error:
        raise InputError([*error.faults, *faults]) from None
    faults += _unknown("scenario", scenario, range(cube.sizes["scenario"]))
    faults += _unknown("track", track, config.settings.tracks)
    if faults:
        raise InputError(faults)
    found = explain_again(prepare(config), cube, scenario=scenario, track=track)
    return found if year is None else found._replace(explanation=found.explanation.of_year(year))


def explain_again(study: Study, cube: xr.Dataset, *, scenario: int, track: str) -> Replayed:
    """Simulate and settle one scenario of a study, explain one of its tracks, and compare all with the cube."""
    done = simulate(study, np.array([scenario]))
    book = book_of(track, study.config.rules().drawn(done.rule_choice[0]))
    settled, explanation = explain(track, lambda: settle_track(study, track, done), done.judged, book)
    rows = settled_rows(done, settle(study, done) | {track: settled})
    return Replayed(explanation, _differences(cube.isel(scenario=[scenario]), rows))


def reopen(run: Path) -> Config:
    """Read the configuration of a finished run, and refuse it where the run could not be repeated.

    Raises
    ------
    InputError
        No run, a file that is missing or has changed since, or a configuration that is not what was run.
    """
    read_manifest(run)  # there is one when a run is finished
    config, begun = load_config(run / CONFIG), read_ledger(run).identity
    now = identity(config, {}) | {
        "first_scenario_sha256": begun["first_scenario_sha256"]
    }  # its bits are compared later
    if faults := differences(run, begun, config, now):
        raise InputError(faults)
    return config


def _unknown(what: str, seen: Any, known: Any) -> list[Fault]:
    """Refuse what the run does not have."""
    allowed = f"{known[0]} to {known[-1]}" if isinstance(seen, int) else " or ".join(known)
    return [] if seen in known else [Fault(f"--{what}", repr(seen), allowed)]


def _differences(stored: xr.Dataset, again: Rows) -> tuple[str, ...]:
    """Name the variables that are not the same to the last bit."""
    return tuple(
        name
        for name, values in again.items()
        if np.ascontiguousarray(stored[name].values).tobytes() != np.ascontiguousarray(values).tobytes()
    )
