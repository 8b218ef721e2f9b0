"""Whether a finished run is still what leadmc made: every file by its hash, sampled chunks by doing them again."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.clock import Tally
from leadmc.base.errors import InputError
from leadmc.base.processor import usable_cores
from leadmc.cube.identity import CONFIG, differences, identity
from leadmc.cube.landing import Ledger, read_ledger
from leadmc.cube.run_directory import LEDGER, is_run, no_run, refuse_unfinished
from leadmc.cube.store import CUBE, Cube, Span, reopen_cube
from leadmc.engine import chunk_size, cut, first_scenario
from leadmc.inputs.config import load_config
from leadmc.study import Study, prepare, settle_chunk


class Verdict(NamedTuple):
    """What was checked, and what differs.

    Parameters
    ----------
    files
        Stored files whose hash was compared.
    scenarios
        Scenarios that were simulated and settled again.
    differences
        What differs, a sentence each; empty where all is well.
    """

    files: int
    scenarios: int
    differences: tuple[str, ...]


def verify(
    run: Path, *, sample: int | None, rng: np.random.Generator, progress: Callable[[int, int, float], None]
) -> Verdict:
    """Compare every stored file with its hash, and sampled chunks with what they are when done again.

    Parameters
    ----------
    run
        The run directory.
    sample
        Number of chunks to do again; None for all.
    rng
        Chooses the chunks.
    progress
        Called with scenarios done, scenarios in all, and seconds since the first one began.

    Raises
    ------
    InputError
        If there is no finished run, or if its configuration, its files or leadmc have changed since: then other numbers
        would be right.
    """
    refuse_unfinished(run)
    if not is_run(run):
        raise InputError([no_run(run, f"no {LEDGER}")])
    cube, ledger = reopen_cube(run / CUBE), read_ledger(run)
    altered = {number: names for number in cube.blocks() if (names := _altered(cube, ledger, number))}
    study = _study(run, ledger)
    whole = [cube.span(number) for number in cube.blocks() if number not in altered]
    spans = list(cut(whole, chunk_size(study.population.age.size, cube.scenarios, 1)))
    if sample is not None and sample < len(spans):
        spans = [spans[i] for i in sorted(rng.choice(len(spans), sample, replace=False))]
    found = [*_in_words(cube, altered), *_done_again(study, cube, spans, progress)]
    return Verdict(len(cube.arrays) * len(cube.blocks()), sum(stop - first for first, stop in spans), tuple(found))


def _altered(cube: Cube, ledger: Ledger, number: int) -> list[str]:
    """Variables of a block whose file is not the one that was written."""
    written = ledger.blocks[number].sha256 if number in ledger.blocks else {}
    assert isinstance(written, dict), "blocks have a hash for each variable"
    return [name for name, sha256 in cube.hashes(number).items() if sha256 != written.get(name)]


def _in_words(cube: Cube, altered: dict[int, list[str]]) -> Iterator[str]:
    for number, names in altered.items():
        first, stop = cube.span(number)
        yield f"scenarios {first}..{stop - 1}: lost or altered on the disk: {', '.join(names)}"


def _study(run: Path, ledger: Ledger) -> Study:
    """Prepare the people of a run once more; InputError where they could not be the same."""
    config = load_config(run / CONFIG)
    study = prepare(config)
    now = identity(config, first_scenario(study))
    bits = {"first_scenario_sha256": ledger.identity["first_scenario_sha256"]}  # other bits are a finding, not a fault
    if faults := differences(run, ledger.identity, config, now | bits):
        raise InputError(faults)
    return study


def _done_again(
    study: Study, cube: Cube, spans: Iterable[Span], progress: Callable[[int, int, float], None]
) -> Iterator[str]:
    def compare(span: Span) -> list[str]:
        again, _ = settle_chunk(study, np.arange(*span))
        stored = cube.read(span)
        return [line for name, values in stored.items() if (line := _unlike(name, span, values, again[name]))]

    tally = Tally(sum(stop - first for first, stop in spans), progress)
    with ThreadPoolExecutor(usable_cores()) as pool:
        for (first, stop), lines in zip(spans, pool.map(compare, spans), strict=True):
            tally.add(stop - first)
            yield from lines


def _unlike(name: str, span: Span, stored: npt.NDArray[np.generic], again: npt.NDArray[np.generic]) -> str:
    """Say in how many scenarios the bits of a variable differ; nothing where they do not."""
    one, other = (np.ascontiguousarray(values).reshape(len(values), -1).view(np.uint8) for values in (stored, again))
    unlike = int((one != other).any(axis=1).sum())
    return f"scenarios {span[0]}..{span[1] - 1}: {name} differs in {unlike}" if unlike else ""
