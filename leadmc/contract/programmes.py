"""Every programme that an ACO could sign: its rule book, its terms, its tracks, and the order in which it settles."""

from collections.abc import Mapping
from typing import Any

from leadmc.contract import lead
from leadmc.contract.book import CONFIRMED, Term
from leadmc.contract.experience import AcoFacts, Experience, Settlement
from leadmc.contract.overrides import read
from leadmc.contract.terms import LeadTerms
from leadmc.contract.values import Section


class Agreements(Section):
    """The terms of every programme, with the user's values in their places."""

    lead: LeadTerms


def rule_book(programme: str = "lead", overrides: Mapping[str, Any] | None = None) -> tuple[Term, ...]:
    """List every term of the book, with the user's values in their places; errors as of ``overrides.read``."""
    book, _ = read(programme, LeadTerms, overrides or {})
    return book


def load_agreements(overrides: Mapping[str, Any] | None = None) -> Agreements:
    """Build the typed terms of every programme with the user's values; errors as of ``overrides.read``."""
    return Agreements(lead=load_lead(overrides))


def load_lead(overrides: Mapping[str, Any] | None = None) -> LeadTerms:
    """Build the terms of LEAD alone; errors as of ``overrides.read``."""
    _, terms = read("lead", LeadTerms, overrides or {})
    return terms


def unverified(overrides: Mapping[str, Any] | None = None, track: str | None = None) -> tuple[Term, ...]:
    """List the terms in effect whose value is not confirmed (not of confidence A or B), for one track or all."""
    book = rule_book("lead", overrides)
    value = {term.path: term.value for term in book}
    return tuple(
        term
        for term in book
        if term.used
        and term.confidence not in CONFIRMED
        and (track is None or track in term.tracks)
        and all(value[path] in allowed for path, allowed in term.when.items())
    )


def settle(terms: Agreements, track: str, facts: AcoFacts, experience: Experience) -> Settlement:
    """Settle all performance years of one track under the programme that offers it; arguments as of ``lead.settle``."""
    return lead.settle(terms.lead, track, facts, experience)
