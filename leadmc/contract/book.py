"""The rule book as it is printed: every term of a programme with its value, its source and how far to trust it."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from leadmc.base.errors import Fault, InputError
from leadmc.base.packaged import packaged_yaml

TRACKS_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "lead": ("professional", "global"),
        "mssp": ("mssp-enhanced", "mssp-basic-e"),
        "reach": ("reach-global", "reach-professional"),
    }
)
"""The tracks of each programme that has a rule book."""

STAY_OUT: Final = "stay-out"
"""The track of who signs nothing; it has no rule book."""

PROGRAMMES: Final = tuple(TRACKS_OF)
TRACKS: Final = TRACKS_OF["lead"]
CONFIRMED: Final = ("A", "B")


class Term(NamedTuple):
    """One entry of a rule book.

    Parameters
    ----------
    path
        Dotted path by which an override names it; the rivals' begin with the name of their programme.
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

    @property
    def place(self) -> str:
        """Path within its own book, without the name of the programme: by it a rule of several programmes is found."""
        programme, _, within = self.path.partition(".")
        return within if programme in PROGRAMMES else self.path


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
    return tuple(_leaves("", _packaged(programme)["terms"], TRACKS_OF[programme]))


def printed_value(programme: str, place: str) -> Any:
    """Look up the book's value of a term by its path, without the programme's prefix."""
    return next(term.value for term in printed_terms(programme) if term.place == place)


def printed_sources(programme: str) -> Mapping[str, str]:
    """Spell out the source keys of a book."""
    sources: Mapping[str, str] = _packaged(programme)["sources"]
    return sources


def legend(tracks: Collection[str]) -> dict[str, str]:
    """Spell out the tags and the source keys of the books of some tracks; a key means the same in all books."""
    books = [programme for programme, offered in TRACKS_OF.items() if not set(offered).isdisjoint(tracks)]
    tags: Mapping[str, str] = _packaged("lead")["tags"]
    return dict(tags) | {key: source for book in books for key, source in printed_sources(book).items()}


def neutral_overrides() -> dict[str, Any]:
    """Read the overrides that leave a plain comparison of spending with trended history: luck and how it is shared."""
    return dict(_packaged("neutral"))


def _packaged(name: str) -> Mapping[str, Any]:
    return packaged_yaml("leadmc.contract", "rulebooks", f"{name}.yaml")


def _leaves(prefix: str, node: Mapping[str, Any], tracks: tuple[str, ...]) -> Iterator[Term]:
    for key, entry in node.items():
        path = f"{prefix}{key}"
        if "value" in entry:
            yield Term(path=path, **{**entry, "tracks": tuple(entry.get("tracks", tracks))})
        else:
            yield from _leaves(f"{path}.", entry, tracks)
