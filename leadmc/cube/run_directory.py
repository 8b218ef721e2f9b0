"""The directory of a run: made complete or not at all, and never over something that is already there."""

import json
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from leadmc.base.errors import Fault, InputError, LeadmcError


@contextmanager
def run_directory(out: Path) -> Iterator[Path]:
    """Give a working directory beside ``out`` that becomes ``out`` when the block ends well.

    A run that fails or is stopped leaves nothing behind; one that is killed leaves a hidden ``*.partial`` directory,
    which no command takes for a run.

    Parameters
    ----------
    out
        Where the finished run shall stand; must be absent or an empty directory.

    Yields
    ------
    pathlib.Path
        The working directory, empty.

    Raises
    ------
    InputError
        If ``out`` holds anything or cannot be written.
    LeadmcError
        If ``out`` was taken by another run in the meantime; the result then stays where the message says.
    """
    refuse_taken(out)
    partial = out.parent / f".{out.name}.{uuid.uuid4().hex[:8]}.partial"
    above = [parent for parent in out.parents if not parent.exists()]
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        _remove(above)
        allowed = "a place where a directory can be made"
        raise InputError([Fault(str(out), str(error.strerror), allowed, "Choose another place.")]) from error
    try:
        yield partial
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        _remove(above)
        raise
    try:
        if out.exists():
            out.rmdir()
        partial.rename(out)
    except OSError as error:
        raise LeadmcError(f"{out} was taken while the run was under way; the finished run is in {partial}") from error


def _remove(directories: Iterable[Path]) -> None:
    """Remove directories, the innermost first, unless somebody has put something there."""
    with suppress(OSError):
        for directory in directories:
            directory.rmdir()


def read_record(run: Path, name: str) -> dict[str, Any]:
    """Read a JSON file of a finished run, such as its manifest or its summary; InputError if there is none."""
    try:
        record: dict[str, Any] = json.loads((run / name).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        allowed = "the directory of a finished run"
        fault = Fault(str(run), f"no readable {name}", allowed, "Make one with `leadmc run`.")
        raise InputError([fault]) from error
    return record


def refuse_taken(out: Path) -> None:
    """Raise InputError if anything stands where a new run shall go; an empty directory may."""
    try:
        taken = any(out.iterdir())
    except FileNotFoundError:
        return
    except NotADirectoryError:
        taken = out.exists()  # a file stands there, or above it
    except PermissionError as error:
        raise InputError([Fault(str(out), str(error.strerror), "a directory that can be read")]) from error
    if taken:
        remedy = "Nothing was overwritten. Choose another place, or remove what is there."
        raise InputError([Fault(str(out), "already there and not empty", "a new or an empty directory", remedy)])


def default_directory(name: str) -> Path:
    """Where a run goes unless the user says otherwise: below ``runs``, whatever signs its name has."""
    return Path("runs") / (re.sub(r"[^\w.-]+", "-", name).strip("-.") or "run")
