"""Which terms of a rule book concern a reader: those of one track, of one year, or those that nobody has confirmed."""

import re
from collections.abc import Collection, Iterator, Sequence

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.base.errors import Fault, InputError
from leadmc.contract.book import PROGRAMMES, TRACKS_OF, Term
from leadmc.contract.explanation import is_unverified, value_in
from leadmc.contract.programmes import in_effect


def listed(
    book: Sequence[Term], *, track: str | None = None, year: int | None = None, unverified: bool = False
) -> Iterator[Term]:
    """List the terms of a book that pass every filter.

    Parameters
    ----------
    book
        From ``programmes.rule_book``.
    track
        Only what concerns the track.
    year
        Only what has begun by the performance year, with the value of that year where it is stated by year. What was
        published for an earlier year is carried on.
    unverified
        Only what a settlement rests on although no named source confirms it.
    """
    at_stake = _paths(in_effect(book)) if unverified else _paths(book)
    for term in book:
        asked = (not unverified or is_unverified(term)) and (track is None or track in term.tracks)
        if term.path in at_stake and asked and (year is None or _first_year(term.years) <= year):
            yield term._replace(value=value_in(term, year))


def chosen_programme(programme: str | None, track: str | None, year: int | None) -> str:
    """Name the programme that is meant: as stated, that of the track, or LEAD.

    Raises
    ------
    InputError
        A programme or a year that does not exist, or a track that the programme does not offer: all at once.
    """
    tracks = [each for offered, names in TRACKS_OF.items() if programme in (None, offered) for each in names]
    known = {"programme": PROGRAMMES, "--track": tracks or [name for names in TRACKS_OF.values() for name in names]}
    faults = [
        Fault(where, repr(seen), " or ".join(known[where]))
        for where, seen in (("programme", programme), ("--track", track))
        if seen is not None and seen not in known[where]
    ]
    if year is not None and year not in PERFORMANCE_YEARS:
        faults.append(Fault("--year", str(year), f"{PERFORMANCE_YEARS[0]} to {PERFORMANCE_YEARS[-1]}"))
    if faults:
        raise InputError(faults)
    return programme or next((offered for offered, names in TRACKS_OF.items() if track in names), PROGRAMMES[0])


def _paths(terms: Collection[Term]) -> set[str]:
    return {term.path for term in terms}


def _first_year(years: str) -> int:
    """Read where a span of years begins; what is stated for all of them begins before any."""
    found = re.search(r"\d{4}", str(years))
    return int(found.group()) if found else 0
