"""Every programme that an ACO could sign: its rule book, its terms, its tracks, and the order in which it settles."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

from leadmc.base.errors import Fault, InputError
from leadmc.contract import lead, mssp, reach, stay_out
from leadmc.contract.book import CONFIRMED, PROGRAMMES, STAY_OUT, TRACKS_OF, Term
from leadmc.contract.experience import AcoFacts, Experience, Settlement
from leadmc.contract.mssp_terms import MsspBook, MsspTerms
from leadmc.contract.overrides import read
from leadmc.contract.reach_terms import ReachBook, ReachTerms
from leadmc.contract.terms import LeadTerms
from leadmc.contract.values import Section

BOOKS: Final[Mapping[str, type[Section]]] = MappingProxyType({"lead": LeadTerms, "mssp": MsspBook, "reach": ReachBook})
"""What the terms of each rule book must look like."""

ALL_TRACKS: Final = (*(track for tracks in TRACKS_OF.values() for track in tracks), STAY_OUT)


class Agreements(Section):
    """The terms of every programme, with the user's values in their places."""

    lead: LeadTerms
    mssp: MsspTerms
    reach: ReachTerms


def programme_of(track: str) -> str:
    """Name the programme that offers a track; ``stay-out`` names itself."""
    return next((programme for programme, tracks in TRACKS_OF.items() if track in tracks), STAY_OUT)


def rule_book(programme: str = "lead", overrides: Mapping[str, Any] | None = None) -> tuple[Term, ...]:
    """List every term of a book, with the user's values for it in their places; errors as of ``overrides.read``."""
    book, _ = read(programme, BOOKS.get(programme, Section), _of_programme(programme, overrides))
    return book


def book_of(track: str, overrides: Mapping[str, Any] | None = None) -> tuple[Term, ...]:
    """List every term of the book of a track's programme, as `rule_book` does; none for ``stay-out``."""
    programme = programme_of(track)
    return () if programme == STAY_OUT else rule_book(programme, overrides)


def load_agreements(overrides: Mapping[str, Any] | None = None) -> Agreements:
    """Build the typed terms of every programme with the user's values.

    Parameters
    ----------
    overrides
        Values, or names of alternatives, by dotted path; those of the rivals begin with ``reach.`` or ``mssp.``.

    Raises
    ------
    InputError
        The faults of all books at once.
    """
    faults: list[Fault] = []
    terms: dict[str, Any] = {}
    for programme in PROGRAMMES:
        try:
            _, book = read(programme, BOOKS[programme], _of_programme(programme, overrides))
        except InputError as error:
            faults += error.faults
        else:
            terms[programme] = getattr(book, programme, book)
    if faults:
        raise InputError(faults)
    return Agreements(**terms)


def load_lead(overrides: Mapping[str, Any] | None = None) -> LeadTerms:
    """Build the terms of LEAD alone, with the overrides that concern it; errors as of ``overrides.read``."""
    _, terms = read("lead", LeadTerms, _of_programme("lead", overrides))
    return terms


def unverified(overrides: Mapping[str, Any] | None = None, tracks: Collection[str] = ALL_TRACKS) -> tuple[Term, ...]:
    """List the terms in effect whose value is not confirmed (not of confidence A or B), for some tracks or all."""
    return tuple(
        term
        for programme in PROGRAMMES
        for term in in_effect(rule_book(programme, overrides))
        if term.confidence not in CONFIRMED and not set(tracks).isdisjoint(term.tracks)
    )


def settle(terms: Agreements, track: str, facts: AcoFacts, experience: Experience) -> Settlement:
    """Settle all performance years of one track under the programme that offers it; arguments as of ``lead.settle``."""
    if track in TRACKS_OF["mssp"]:
        return mssp.settle(terms.mssp, track, facts, experience)
    if track in TRACKS_OF["reach"]:
        return reach.settle(terms.reach, track, facts, experience)
    if track == STAY_OUT:
        return stay_out.no_settlement(len(experience.person_months))
    return lead.settle(terms.lead, track, facts, experience)


def _of_programme(programme: str, overrides: Mapping[str, Any] | None) -> dict[str, Any]:
    """Pick the overrides of one programme: by their prefix, or none of the prefixes for LEAD."""

    def book(path: str) -> str:
        prefix = path.partition(".")[0]
        return prefix if prefix in PROGRAMMES else "lead"

    return {path: value for path, value in (overrides or {}).items() if book(path) == programme}


def in_effect(book: Collection[Term]) -> list[Term]:
    """Leave out what no settlement uses, and what the value of another term puts out of use."""
    value = {term.path: term.value for term in book}
    return [term for term in book if term.used and all(value[path] in allowed for path, allowed in term.when.items())]
