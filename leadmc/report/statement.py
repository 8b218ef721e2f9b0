"""The statement of a settlement: its lines as text for a reader, and as records for a script.

Nothing is computed here; a statement is written from an explanation, whose lines come from the rules that settled.
"""

import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.base.variables import BY_RESULT, VARIABLES
from leadmc.contract.experience import Experience, Settlement
from leadmc.contract.explanation import Entry, Explanation, Identity, is_unverified, value_in

BEFORE: Final = "Before the first performance year"
UNVERIFIED: Final = "unverified"
YOURS: Final = "yours"
MONEY: Final = (
    "benchmark_before_discount",
    "benchmark",
    "expenditure",
    *(name for name, variable in VARIABLES.items() if variable.dims == BY_RESULT and "benchmark" not in name),
)
"""Amounts of a year that a settlement has, under their registered names."""
LEAST_LEADER: Final = 3  # dots between a name and its value
INDENT: Final = "    "


def statement(explanation: Explanation, width: int) -> Iterator[str]:
    """Write the lines of an explanation, year by year, each with its formula and the terms it rests on.

    Parameters
    ----------
    explanation
        What to write.
    width
        Columns of the page.
    """
    identities = {year: list(group) for year, group in groupby(explanation.identities, key=lambda each: each.year)}
    for year, entries in groupby(explanation.entries, key=lambda each: each.year):
        title = BEFORE if year is None else f"Performance year {year}"
        yield from ("", f"{explanation.track}: {title}", "=" * width)
        for entry in entries:
            yield from _paragraph(entry, width)
        for identity in identities.get(year or 0, []):
            yield from _sum(identity, width)


def record(explanation: Explanation) -> dict[str, Any]:
    """Give the whole explanation as maps and lists, numbers in full."""
    return {
        "track": explanation.track,
        "lines": [_entry_record(entry) for entry in explanation.entries],
        "identities": [
            {**each._asdict(), "parts": dict(each.parts), "difference": each.difference, "holds": each.holds}
            for each in explanation.identities
        ],
    }


def rows(explanation: Explanation) -> Iterator[dict[str, Any]]:
    """Give one row for every number, its labels blank where it has none."""
    for entry in explanation.entries:
        says = _entry_record(entry)
        terms = says.pop("terms")
        del says["axes"], says["value"]
        for labels, number in entry.cells():
            yield {
                "track": explanation.track,
                **says,
                **{axis: labels.get(axis, "") for axis in ("base_year", "category", "alignment")},
                "value": number,
                "terms": "; ".join(term["path"] for term in terms),
                "sources": "; ".join(term["source"] for term in terms),
                "confidence": "; ".join(term["confidence"] for term in terms),
                UNVERIFIED: "; ".join(term["path"] for term in terms if term[UNVERIFIED]),
                YOURS: "; ".join(term["path"] for term in terms if term[YOURS]),
            }


def results(track: str, settlement: Settlement, experience: Experience, last_year: int) -> Iterator[dict[str, Any]]:
    """Give the money of a settlement of one scenario, one row for each performance year to ``last_year``.

    ``savings_share`` and ``net_share`` are the savings before the discount and the net result, both over the benchmark
    before the discount.
    """
    amounts = settlement._asdict() | {"expenditure": experience.expenditure.sum(axis=(2, 3))}
    for y, year in enumerate(PERFORMANCE_YEARS):
        if year <= last_year:
            money = {name: amounts[name][0, y].item() for name in MONEY}
            before = money["benchmark_before_discount"]
            shares = {"savings_share": before - money["expenditure"], "net_share": money["net_result"]}
            yield {
                "track": track,
                "performance_year": year,
                **money,
                **{name: part / before if before else 0.0 for name, part in shares.items()},
            }


def cited(explanation: Explanation) -> tuple[str, ...]:
    """Keys of the sources on which the lines rest, in the order in which they appear."""
    return tuple(dict.fromkeys(term.source for entry in explanation.entries for term in entry.terms))


def _entry_record(entry: Entry) -> dict[str, Any]:
    terms = [
        {
            **{key: getattr(term, key) for key in ("path", "title", "unit", "source", "confidence")},
            "value": value_in(term, entry.year),
            UNVERIFIED: is_unverified(term),
            YOURS: term.overridden,
        }
        for term in entry.terms
    ]
    return {**entry._asdict(), "axes": list(entry.axes), "value": entry.value.tolist(), "terms": terms}


def _paragraph(entry: Entry, width: int) -> Iterator[str]:
    aside = f" ({entry.aside})" if entry.aside else ""
    title = f"{entry.name}{aside} [{entry.unit}]"
    if entry.axes:
        yield from textwrap.wrap(title, width)
        yield from _cells(entry, width)
    else:
        yield from _led(title, amount(entry.value.item(), entry.unit), width)
    where = f" ({entry.function})" if entry.function else ""
    yield from _wrapped(f"{entry.formula}{where}", width, head="= ")
    for term in entry.terms:
        marks = [UNVERIFIED] * is_unverified(term) + [YOURS] * term.overridden
        backing = ", ".join([term.source, term.confidence, *marks])
        yield from _wrapped(f"{term.path}: {text_of(value_in(term, entry.year))} [{backing}]", width, head="by ")


def _led(title: str, value: str, width: int) -> Iterator[str]:
    """Write a name and its value on one line, led to it by dots; the name wraps where both have no room."""
    room = width - len(value) - LEAST_LEADER - 2
    *above, last = textwrap.wrap(title, room)
    yield from above
    yield f"{last} {'.' * (width - len(last) - len(value) - 2)} {value}"


def _cells(entry: Entry, width: int) -> Iterator[str]:
    """Write the numbers of a table: categories side by side, as many as have room."""
    across = "category" if "category" in entry.axes else entry.axes[-1]
    cells = [(labels, amount(number, entry.unit)) for labels, number in entry.cells()]
    widest = max(len(text) for _, text in cells)
    rows: dict[str, list[str]] = {}
    for labels, text in cells:
        head = " ".join(str(label) for axis, label in labels.items() if axis != across)
        rows.setdefault(head, []).append(f"{labels[across]} {text:>{widest}}")
    margin = max(len(head) + 1 for head in rows) if any(rows) else 0
    for head, pieces in rows.items():
        first, *more = _filled(pieces, width - len(INDENT) - margin)
        yield f"{INDENT}{head:<{margin}}{first}"
        yield from (f"{INDENT}{'':<{margin}}{line}" for line in more)


def _filled(pieces: Sequence[str], width: int) -> list[str]:
    """Put pieces side by side while they fit."""
    lines: list[str] = []
    for piece in pieces:
        if lines and len(lines[-1]) + 2 + len(piece) <= width:
            lines[-1] += f"  {piece}"
        else:
            lines.append(piece)
    return lines


def _sum(identity: Identity, width: int) -> Iterator[str]:
    """Write a sum that must hold, and whether it does."""
    there = ((name, number) for name, number in identity.parts.items() if number)
    signed = " ".join(f"{'+' if number > 0 else '-'} {name} {amount(abs(number), 'USD')}" for name, number in there)
    parts = signed.removeprefix("+ ") or "nothing"
    verdict = "adds up" if identity.holds else f"DOES NOT ADD UP, by {identity.difference:,.2f}"
    yield from _wrapped(f"{identity.name} {amount(identity.total, 'USD')} = {parts}: {verdict}", width, head="Check: ")


def _wrapped(text: str, width: int, *, head: str) -> Iterable[str]:
    return textwrap.wrap(text, width, initial_indent=INDENT + head, subsequent_indent=INDENT + " " * len(head))


def amount(number: float | bool, unit: str) -> str:
    """Write a number as its unit is read: dollars to the cent, counts to two digits, ratios to six."""
    if isinstance(number, bool):
        return "yes" if number else "no"
    return f"{number:,.2f}" if unit.startswith(("USD", "person-month")) else f"{number:.6f}"


def text_of(value: Any) -> str:
    """Read the value of a term in one line."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {text_of(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return "[" + ", ".join(text_of(each) for each in value) + "]"
    return "none" if value is None else str(value)


def number_or_text(value: Any) -> str | float:
    """Leave a number a number; read anything else, and what has no end, in one line."""
    return (
        value
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        else text_of(value)
    )
