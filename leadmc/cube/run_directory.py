"""The directory of a run: one writer at a time, never over anything else, and finished when its manifest is there."""

import errno
import json
import os
import platform
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from leadmc.base.errors import Fault, InputError, LeadmcError

MANIFEST: Final = "manifest.json"
LEDGER: Final = "ledger.jsonl"
SENSITIVITY: Final = "sensitivity.json"
"""Of `leadmc sensitivity`, written beside a run."""
LOCK: Final = "lock"
A_PLACE: Final = "a place where a directory can be made"


@contextmanager
def claimed(out: Path, *, resume: bool) -> Iterator[Path]:
    """Hold the directory of a run, so that nobody else writes to it, until the block ends.

    The lock is the operating system's: it ends with the process, however that ends. Where no run has begun in the
    meantime, nothing is left.

    Parameters
    ----------
    out
        Directory of the run.
    resume
        Whether a run may be there already, finished or not.

    Yields
    ------
    pathlib.Path
        ``out``.

    Raises
    ------
    InputError
        If ``out`` holds anything that the run may not continue, cannot be written, or is held by another process.
    """
    if not resume:
        refuse_taken(out)
    elif not is_run(out):
        refuse_foreign(out)
    above = [parent for parent in (out, *out.parents) if not parent.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
        file = _locked(out)
    except OSError as error:
        _remove(above)
        raise InputError([Fault(str(out), str(error.strerror), A_PLACE, "Choose another place.")]) from error
    try:
        yield out
    finally:
        if is_run(out):
            (out / LOCK).unlink(missing_ok=True)
        else:
            shutil.rmtree(out, ignore_errors=True)
            _remove(above)
        file.close()


def _locked(run: Path) -> IO[str]:
    """Lock a directory by a file in it that says who holds it; InputError if somebody else does."""
    import fcntl  # POSIX; named here, so that finished runs can be read elsewhere

    file = (run / LOCK).open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
            raise
        remedy = "Wait until it ends, or choose another place."
        fault = Fault(str(run), f"in use by {holder or 'another process'}", "a directory of one run at a time", remedy)
        raise InputError([fault]) from error
    if not _still_there(run, file):  # its last holder has just removed it
        file.close()
        return _locked(run)
    file.truncate(0)
    file.write(f"process {os.getpid()} on {platform.node()}\n")
    file.flush()
    return file


def _still_there(run: Path, file: IO[str]) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), (run / LOCK).stat())
    except FileNotFoundError:
        return False


@contextmanager
def new_directory(out: Path) -> Iterator[Path]:
    """Give a working directory beside ``out`` that becomes ``out`` when the block ends well; else nothing is left.

    Parameters
    ----------
    out
        Must be absent or an empty directory.

    Yields
    ------
    pathlib.Path
        The working directory, empty.

    Raises
    ------
    InputError
        If ``out`` holds anything or cannot be written.
    LeadmcError
        If ``out`` was taken in the meantime; the result then stays where the message says.
    """
    refuse_taken(out)
    partial = out.parent / f".{out.name}.{uuid.uuid4().hex[:8]}.partial"
    above = [parent for parent in out.parents if not parent.exists()]
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        _remove(above)
        raise InputError([Fault(str(out), str(error.strerror), A_PLACE, "Choose another place.")]) from error
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
        raise LeadmcError(f"{out} was taken in the meantime; the result is in {partial}") from error


def _remove(directories: Iterable[Path]) -> None:
    """Remove directories that are there, the innermost first, unless somebody has put something there."""
    with suppress(OSError):
        for directory in filter(Path.exists, directories):
            directory.rmdir()


def is_run(run: Path) -> bool:
    """Whether a run has begun in a directory."""
    return (run / LEDGER).is_file()


def is_finished(run: Path) -> bool:
    """Whether a run stands there complete: the manifest is written last."""
    return (run / MANIFEST).is_file()


def refuse_unfinished(run: Path) -> None:
    """Raise InputError if a run was begun in a directory and not finished."""
    if is_run(run) and not is_finished(run):
        remedy = "Finish it with `leadmc run CONFIG --out DIR --resume`."
        raise InputError([Fault(str(run), "an unfinished run", "the directory of a finished run", remedy)])


def no_run(run: Path, seen: str) -> Fault:
    """Say that a directory is not that of a finished run."""
    return Fault(str(run), seen, "the directory of a finished run", "Make one with `leadmc run`.")


def read_record(run: Path, name: str) -> dict[str, Any]:
    """Read a JSON file of a finished run, such as its manifest or its summary; InputError if there is none."""
    refuse_unfinished(run)
    try:
        record: dict[str, Any] = json.loads((run / name).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise InputError([no_run(run, f"no readable {name}")]) from error
    return record


def write_whole(path: Path, text: str) -> None:
    """Write a file that is there in full or not at all, even if the power fails."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def refuse_taken(out: Path) -> None:
    """Raise InputError if anything stands where a new run shall go; an empty directory may."""
    if is_run(out) and not is_finished(out):
        allowed = "a new or an empty directory, or --resume"
        remedy = "Continue it with --resume, or remove it to start anew."
        raise InputError([Fault(str(out), "an unfinished run", allowed, remedy)])
    refuse_foreign(out)


def refuse_foreign(out: Path) -> None:
    """Raise InputError if anything but the lock of a run that never began stands in a directory."""
    try:
        taken = any(path.name != LOCK for path in out.iterdir())
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
