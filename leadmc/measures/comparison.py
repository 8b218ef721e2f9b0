"""What differs between two runs: statistic by statistic, with errors that know whether the runs share their draws."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import xarray as xr

from leadmc.base.errors import Fault, InputError
from leadmc.contract.programmes import book_of
from leadmc.cube import store
from leadmc.cube.identity import CONFIG, leaves
from leadmc.cube.run_directory import MANIFEST, read_record
from leadmc.inputs.config import rule_overrides
from leadmc.inputs.presets import assumption_table
from leadmc.inputs.yaml_text import read_yaml
from leadmc.measures.draws import draws
from leadmc.measures.paired import paired
from leadmc.measures.precision import LOSS, Estimate, estimate
from leadmc.measures.risk import QUANTITIES, SCALES, STATISTICS, horizons, scaled_horizons

DRAWN_BY: Final = ("seed", "sampler", "replicates")
"""Attributes of a cube that its draws depend on, beside the numbers of its scenarios."""
DRAWN_FROM: Final = ("sampler.", "population.")
"""Settings that decide, beside the attributes of a cube, what a scenario draws."""
KNOWN_OF_THE_ACO: Final = "population.aco."
"""Facts for the contract, of which no draw knows."""
UNPAIRED: Final = "Compare runs of the same draws, or ask for an unpaired comparison (--unpaired)."


class Difference(NamedTuple):
    """One line of a comparison, for a table or a CSV file: second run less first, in the unit named."""

    track: str
    quantity: str
    horizon: str
    unit: str
    statistic: str
    first: float
    second: float
    difference: float
    se: float


def sharing_faults(first: xr.Dataset, second: xr.Dataset) -> list[Fault]:
    """Say why two cubes do not share their draws; empty where scenario k of both is the same draw."""
    found = [
        Fault(name, f"{first.attrs[name]} and {second.attrs[name]}", "the same in both runs", UNPAIRED)
        for name in DRAWN_BY
        if first.attrs[name] != second.attrs[name]
    ]
    if not np.array_equal(first["scenario"], second["scenario"]):
        sizes = f"{first.sizes['scenario']:,} and {second.sizes['scenario']:,}"
        found.append(Fault("scenarios", sizes, "the same numbers in both runs", UNPAIRED))
    return found


def compare(first: xr.Dataset, second: xr.Dataset, *, unpaired: bool = False) -> xr.Dataset:
    """Compare every reported statistic of two runs, on the tracks that both settle.

    Parameters
    ----------
    first, second
        Cubes.
    unpaired
        Treat them as independent, whatever they share.

    Returns
    -------
    xarray.Dataset
        ``difference``, second less first, and ``first`` and ``second`` themselves, each with its ``_se``, by quantity,
        scale, track, horizon and statistic, as in ``measures.risk``.

    Raises
    ------
    InputError
        The cubes do not share their draws and are to be paired, or they have no track in common.
    """
    faults = [] if unpaired else sharing_faults(first, second)
    tracks = [str(track) for track in first["track"].to_numpy() if track in second["track"].to_numpy()]
    if not tracks:
        faults.append(Fault("tracks", "none in common", "a track that both runs settle"))
    if faults:
        raise InputError(faults)
    one, other = (ds.sel(track=tracks) for ds in (first, second))
    shape = (len(QUANTITIES), len(SCALES), len(tracks), len(horizons(one)), len(STATISTICS))
    before, after, difference = (Estimate(np.empty(shape), np.empty(shape)) for _ in range(3))
    for q, name in enumerate(QUANTITIES):
        for k, scale in enumerate(SCALES):
            was, now = (scaled_horizons(ds, name, scale) for ds in (one, other))
            a, b = estimate(was, STATISTICS, draws(one)), estimate(now, STATISTICS, draws(other))
            apart = Estimate(b.value - a.value, np.hypot(a.se, b.se))
            found = apart if unpaired else paired(was, now, STATISTICS, draws(one))
            for kept, each in ((before, a), (after, b), (difference, found)):
                kept.value[q, k], kept.se[q, k] = each
    dims = ("quantity", "scale", "track", "horizon", "statistic")
    named = {"first": before, "second": after, "difference": difference}
    return xr.Dataset(
        {name: (dims, one.value) for name, one in named.items()}
        | {f"{name}_se": (dims, one.se) for name, one in named.items()},
        coords={
            "quantity": list(QUANTITIES),
            "scale": list(SCALES),
            "track": tracks,
            "horizon": horizons(one),
            "statistic": [statistic.name for statistic in STATISTICS],
        },
        attrs={"unpaired": int(unpaired)},
    )


class RunsCompared(NamedTuple):
    """Two runs side by side.

    Parameters
    ----------
    compared
        What ``compare`` gives.
    settings
        What their configurations say differently: path, first value, second value; None where absent.
    unstated
        For each run, what it has for rules and assumptions that its configuration leaves out, by path: a value and its
        origin.
    """

    compared: xr.Dataset
    settings: list[tuple[str, Any, Any]]
    unstated: tuple[Mapping[str, str], Mapping[str, str]]

    def in_words(self) -> Iterator[str]:
        """Say what the configurations say differently, a sentence a setting."""
        for path, *values in self.settings:
            first, second = (
                known.get(path, "nothing") if value is None else value
                for value, known in zip(values, self.unstated, strict=True)
            )
            yield f"{path}: {first} in the first, {second} in the second."


def compare_runs(first: Path, second: Path, *, unpaired: bool = False) -> RunsCompared:
    """Compare two finished runs by their directories.

    Raises
    ------
    InputError
        As of ``compare``; with it, settings that make other people or other draws where the runs are to be paired.
    """
    cubes = [store.open_cube(run) for run in (first, second)]
    stated = [_settings(run) for run in (first, second)]
    changed = setting_differences(*stated)
    if not unpaired and (faults := [*sharing_faults(*cubes), *people_faults(changed)]):
        raise InputError(faults)
    left, right = map(_unstated, stated)
    return RunsCompared(compare(*cubes, unpaired=unpaired), changed, (left, right))


def _settings(run: Path) -> dict[str, Any]:
    """Read the resolved configuration of a run; a file that it names counts by its content."""
    hashes = read_record(run, MANIFEST)["inputs_sha256"]
    settings = read_yaml(run / CONFIG)
    for section, key in (("population", "file"), ("region", "rate_book")):
        file = (settings.get(section) or {}).get(key)
        if file:
            settings[section][key] = f"{Path(file).name}, SHA-256 {hashes.get(Path(file).name)}"
    return settings


def _unstated(settings: Mapping[str, Any]) -> dict[str, str]:
    """Find what a run has for the rules and assumptions that its configuration leaves out."""
    preset = settings["assumptions"]["preset"]
    terms = [term for track in settings["tracks"] for term in book_of(track, rule_overrides(preset, {}))]
    known = [(f"rules.{term.path}", term.value, "preset" if term.overridden else "rule book") for term in terms]
    known += [(f"assumptions.{line.path}", line.value, "preset") for line in assumption_table(preset)]
    return {place: f"{value} ({origin})" for path, whole, origin in known for place, value in leaves({path: whole})}


def difference_rows(compared: xr.Dataset) -> Iterator[Difference]:
    """Lay out a comparison, one row a statistic; probabilities once, in the unit ``1``."""
    columns = [compared[name].to_numpy() for name in ("first", "second", "difference", "difference_se")]
    labels = [compared[dim].to_numpy() for dim in ("quantity", "scale", "track", "horizon", "statistic")]
    for index in np.ndindex(*columns[0].shape):
        quantity, scale, track, horizon, statistic = (str(names[i]) for names, i in zip(labels, index, strict=True))
        if statistic == LOSS.name and scale != SCALES[0]:
            continue
        unit = "1" if statistic == LOSS.name else scale
        yield Difference(track, quantity, horizon, unit, statistic, *(float(column[index]) for column in columns))


def setting_differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """List what two configurations say differently: path, first value, second value; None where absent."""
    left, right = ({path: value for path, value in leaves(each) if value != {}} for each in (first, second))
    paths = dict.fromkeys([*left, *right])
    return [(path, left.get(path), right.get(path)) for path in paths if left.get(path) != right.get(path)]


def people_faults(differences: Sequence[tuple[str, Any, Any]]) -> list[Fault]:
    """Say which differences of the configurations make other people, or other draws, of the same scenario numbers."""
    return [
        Fault(path, f"{left} and {right}", "the same in both runs", UNPAIRED)
        for path, left, right in differences
        if path.startswith(DRAWN_FROM) and not path.startswith(KNOWN_OF_THE_ACO)
    ]
