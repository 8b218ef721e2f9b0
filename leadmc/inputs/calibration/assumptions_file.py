"""Fitted drivers as a file that a configuration includes: plain assumptions, each with its error and source beside it.

A configuration names it as ``assumptions: {file: fitted.yaml}``; what the configuration itself states is laid over it.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from leadmc.base.errors import Fault, InputError
from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.calibration.fitting import Fitted

HEADER: Final = """\
# Drivers fitted by `leadmc calibrate`. Include the file with
#   assumptions: {file: NAME OF THIS FILE}
# What it leaves out stays as in the preset. After each value: its standard error, observations, source.
"""
DIGITS: Final = 3


def written_values(fitted: Iterable[Fitted]) -> dict[str, Any]:
    """Assumptions that the file states, as nested maps, rounded to three digits."""
    tree: dict[str, Any] = {}
    for each in fitted:
        if each.written:
            *sections, key = each.path.split(".")
            node = tree
            for section in sections:
                node = node.setdefault(section, {})
            node[key] = float(f"{each.estimate.value:.{DIGITS}g}")
    return tree


def assumptions_text(fitted: Iterable[Fitted]) -> str:
    """Write the file.

    Raises
    ------
    InputError
        A fitted value is no valid assumption, such as a persistence of 1 or a share of 0: the file would be refused.
    """
    written = [each for each in fitted if each.written]
    values = written_values(written)
    load_assumptions(overrides=values)
    by_path = {each.path: each for each in written}
    return HEADER + "\n".join(_lines(values, by_path, ())) + "\n"


def write_assumptions(path: Path, fitted: Iterable[Fitted]) -> None:
    """Write the file where there is none yet.

    Raises
    ------
    InputError
        Something is there already, its folder is not, or a fitted value is no valid assumption.
    """
    text = assumptions_text(fitted)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError([Fault(str(path), "is already there", "a new file", "Name another, or remove it.")]) from None
    except FileNotFoundError:
        raise InputError([Fault(str(path.parent), "no such folder", "a folder that exists")]) from None


def estimate_rows(fitted: Iterable[Fitted], defaults: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    """List estimates flat, as JSON and CSV show them; ``default`` is None for evidence that is no assumption."""
    for each in fitted:
        value, se, n = each.estimate
        default = defaults[each.path] if each.path else None
        yield {
            "name": each.name,
            "unit": each.unit,
            "value": value,
            "se": se,
            "n": n,
            "path": each.path,
            "default": default,
            "written": each.written,
            "source": each.source,
            "note": each.note,
        }


def _lines(values: Mapping[str, Any], by_path: Mapping[str, Fitted], path: tuple[str, ...]) -> Iterator[str]:
    indent = "  " * len(path)
    for key, value in values.items():
        here = (*path, key)
        if isinstance(value, Mapping):
            yield f"{indent}{key}:"
            yield from _lines(value, by_path, here)
        else:
            each = by_path[".".join(here)]
            note = f"; {each.note}" if each.note else ""
            evidence = f"se {each.estimate.se:.2g}, n {each.estimate.n}; {each.source}{note}"
            yield f"{indent}{key}: {value!r}  # {evidence}"
