"""The rule book as it is printed: every term of a programme with its value, its source and how far to trust it."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from leadmc.base.errors import Fault, InputError
from leadmc.base.packaged import packaged_yaml

PROGRAMMES = ("lead",)
TRACKS = ("professional", "global")
CONFIRMED = ("A", "B")


class Term(NamedTuple):
    """One entry of a rule book.

    Parameters
    ----------
    path
        Dotted path by which an override names it.
    title, value, unit, years, source, confidence, note
        As in the book; ``value`` is the user's where ``overridden``.
    alternatives
        Other published or plausible values; a mapping where they have names.
    used
        Whether a settlement depends on it at all.
    tracks
        The tracks that it concerns.
    when
        Paths of other terms with the values under which this one matters; empty for always.
    overridden
        Whether the value is the user's.
    """

    path: str
    title: str
    value: Any
    unit: str
    years: str
    source: str
    confidence: str
    alternatives: Any = ()
    note: str = ""
    used: bool = True
    tracks: tuple[str, ...] = TRACKS
    when: Mapping[str, Any] = {}
    overridden: bool = False


@cache
def printed_terms(programme: str) -> tuple[Term, ...]:
    """Read the packaged book of a programme, in its own order.

    Raises
    ------
    InputError
        There is no such book.
    """
    if programme not in PROGRAMMES:
        raise InputError([Fault("programme", repr(programme), " or ".join(PROGRAMMES))])
    return tuple(_leaves("", _packaged(programme)["terms"]))


def printed_sources(programme: str) -> Mapping[str, str]:
    """Spell out the source keys of a book."""
    sources: Mapping[str, str] = _packaged(programme)["sources"]
    return sources


def printed_tags(programme: str) -> Mapping[str, str]:
    """Spell out the confidence tags of a book."""
    tags: Mapping[str, str] = _packaged(programme)["tags"]
    return tags


def neutral_overrides() -> dict[str, Any]:
    """Read the overrides of LEAD that leave a plain comparison of spending with trended history: luck and corridors."""
    return dict(_packaged("neutral"))


def _packaged(name: str) -> Mapping[str, Any]:
    return packaged_yaml("leadmc.contract", "rulebooks", f"{name}.yaml")


def _leaves(prefix: str, node: Mapping[str, Any]) -> Iterator[Term]:
    for key, entry in node.items():
        path = f"{prefix}{key}"
        if "value" in entry:
            yield Term(path=path, **{**entry, "tracks": tuple(entry.get("tracks", TRACKS))})
        else:
            yield from _leaves(f"{path}.", entry)
