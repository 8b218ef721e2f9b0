"""Where finished chunks land: on the disk at once, entered in a ledger, and joined into blocks of the cube.

A chunk of fewer scenarios than a block is kept as a file of its own until its block is complete. What the ledger lists
was on the disk before it was listed, under the hash that stands beside it, so a run that was killed at any moment knows
what it need not do again; whatever is missing, torn or altered is done again.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.errors import Fault, InputError
from leadmc.cube.run_directory import LEDGER, write_whole
from leadmc.cube.store import Cube, Span, file_hash

CHUNKS: Final = "chunks"


class Landed(NamedTuple):
    """What the ledger says of scenarios that are on the disk.

    Parameters
    ----------
    sha256
        Hash of the chunk's file, or of the block's files by variable [hex].
    capped
        Costs that met the limit of the integer sums.
    """

    sha256: str | dict[str, str]
    capped: int


class Ledger(NamedTuple):
    """What a run has on the disk, and what all of it has in common."""

    identity: dict[str, Any]
    chunks: dict[Span, Landed]
    blocks: dict[int, Landed]


class Landing:
    """Takes finished chunks of one run, from one thread.

    Parameters
    ----------
    run
        The run directory.
    cube
        The cube to fill.
    chunks, blocks
        What is on the disk already: chunks by their scenarios, blocks by their number.
    """

    def __init__(self, run: Path, cube: Cube, chunks: Mapping[Span, Landed], blocks: Mapping[int, Landed]):
        self.run, self.cube = run, cube
        self.chunks, self.blocks = dict(chunks), dict(blocks)
        for number in {self._block_of(span) for span in self.chunks}:
            self._join(number)

    @property
    def capped(self) -> int:
        """Costs that met the limit of the integer sums, so far."""
        return sum(each.capped for each in (*self.chunks.values(), *self.blocks.values()))

    def take(self, first: int, rows: Mapping[str, npt.NDArray[Any]], capped: int) -> None:
        """Bring a finished chunk to the disk.

        Parameters
        ----------
        first
            Number of its first scenario.
        rows
            Every variable of the registry, scenarios along the first axis; all of one block.
        capped
            Costs that met the limit of the integer sums.

        Raises
        ------
        ValueError
            If the chunk does not fit the registry, or if a scenario of it has landed before.
        OSError
            If it cannot be written; what has landed before stays.
        """
        span = self.cube.check(first, rows)
        number = self._block_of(span)
        if number in self.blocks or any(low < span[1] and span[0] < high for low, high in self.chunks):
            raise ValueError(f"scenarios {span[0]}..{span[1] - 1} were written before")
        if span == self.cube.span(number):
            self._store(number, rows, capped)
            return
        records = np.empty(span[1] - span[0], self.cube.record)
        for name, values in rows.items():
            records[name] = values
        landed = Landed(hashlib.sha256(records.data).hexdigest(), capped)
        with _chunk_file(self.run, span).open("wb") as file:
            file.write(records.data)
            file.flush()
            os.fsync(file.fileno())
        self._enter({"scenarios": span, **landed._asdict()})
        self.chunks[span] = landed
        self._join(number)

    def missing(self) -> Iterator[Span]:
        """Scenarios that are not on the disk, each span within one block, in their order."""
        for number in self.cube.blocks():
            if number in self.blocks:
                continue
            start, stop = self.cube.span(number)
            for low, high in [*self._of_block(number), (stop, stop)]:
                if start < low:
                    yield start, low
                start = high

    def finish(self) -> None:
        """Confirm that the cube is complete, and shorten the ledger to the hashes of its blocks.

        Raises
        ------
        ValueError
            If scenarios are missing.
        """
        lost = sum(high - low for low, high in self.missing())
        if lost:
            raise ValueError(f"only {self.cube.scenarios - lost} of {self.cube.scenarios} scenarios were written")
        write_whole(self.run / LEDGER, _text(read_ledger(self.run)._replace(chunks={}, blocks=self.blocks)))
        (self.run / CHUNKS).rmdir()

    def _block_of(self, span: Span) -> int:
        return span[0] // self.cube.block

    def _of_block(self, number: int) -> list[Span]:
        return sorted(span for span in self.chunks if self._block_of(span) == number)

    def _join(self, number: int) -> None:
        """Store a block if all its chunks are there, and drop their files."""
        spans, (start, stop) = self._of_block(number), self.cube.span(number)
        if sum(high - low for low, high in spans) < stop - start:
            return
        records = np.concatenate([np.fromfile(_chunk_file(self.run, span), self.cube.record) for span in spans])
        rows = {name: records[name] for name in self.cube.arrays}
        self._store(number, rows, sum(self.chunks[span].capped for span in spans))
        for span in spans:
            self.chunks.pop(span)
            _chunk_file(self.run, span).unlink()

    def _store(self, number: int, rows: Mapping[str, npt.NDArray[Any]], capped: int) -> None:
        landed = Landed(self.cube.write(number, rows), capped)
        self._enter({"block": number, **landed._asdict()})
        self.blocks[number] = landed

    def _enter(self, entry: Mapping[str, Any]) -> None:
        with (self.run / LEDGER).open("a", encoding="utf-8") as ledger:
            ledger.write(_line(entry))
            ledger.flush()
            os.fsync(ledger.fileno())


def begin(run: Path, cube: Cube, identity: Mapping[str, Any]) -> Landing:
    """Begin the ledger of a new run, under what all its chunks have in common."""
    (run / CHUNKS).mkdir()
    write_whole(run / LEDGER, _line(identity))
    return Landing(run, cube, {}, {})


def resume(run: Path, cube: Cube) -> Landing:
    """Keep of an interrupted run what its ledger lists and whose hash is right; clear away the rest.

    Raises
    ------
    InputError
        If the head of the ledger is damaged.
    """
    ledger = read_ledger(run)
    blocks = {number: each for number, each in ledger.blocks.items() if cube.hashes(number) == each.sha256}
    chunks = {
        span: each
        for span, each in ledger.chunks.items()
        if span[0] // cube.block not in blocks and _has_hash(_chunk_file(run, span), each.sha256)
    }
    (run / CHUNKS).mkdir(exist_ok=True)
    torn = cube.path.rglob("*.partial")  # Zarr's own, of a file that was being written
    for file in {*torn, *(run / CHUNKS).iterdir()} - {_chunk_file(run, span) for span in chunks}:
        file.unlink()
    write_whole(run / LEDGER, _text(ledger._replace(chunks=chunks, blocks=blocks)))
    return Landing(run, cube, chunks, blocks)


def rename(run: Path, identity: Mapping[str, Any]) -> None:
    """Put another head on a ledger: the same scenarios as part of a larger run."""
    write_whole(run / LEDGER, _text(read_ledger(run)._replace(identity=dict(identity))))


def read_ledger(run: Path) -> Ledger:
    """Read a ledger; a line that was torn, and all after it, count for nothing.

    Raises
    ------
    InputError
        If not even its first line can be read.
    """
    entries = []
    for line in (run / LEDGER).read_bytes().splitlines():
        try:
            entries.append(json.loads(line))
        except ValueError:
            break
    if not entries:
        raise InputError([Fault(str(run / LEDGER), "damaged", "a ledger as leadmc wrote it", "Start the run anew.")])
    ledger = Ledger(entries[0], {}, {})
    for entry in entries[1:]:
        landed = Landed(entry["sha256"], entry["capped"])
        if "block" in entry:
            ledger.blocks[entry["block"]] = landed
        else:
            first, stop = entry["scenarios"]
            ledger.chunks[first, stop] = landed
    return ledger


def _text(ledger: Ledger) -> str:
    blocks = ({"block": number, **ledger.blocks[number]._asdict()} for number in sorted(ledger.blocks))
    chunks = ({"scenarios": span, **ledger.chunks[span]._asdict()} for span in sorted(ledger.chunks))
    return "".join(map(_line, (ledger.identity, *blocks, *chunks)))


def _line(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry) + "\n"


def _chunk_file(run: Path, span: Span) -> Path:
    return run / CHUNKS / f"{span[0]:010}-{span[1]:010}.rows"


def _has_hash(file: Path, sha256: str | dict[str, str]) -> bool:
    return file.is_file() and file_hash(file) == sha256
