"""From a printed rule book and a user's overrides to typed terms, or to one message with every fault."""

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from leadmc.base.errors import Fault, InputError
from leadmc.contract.book import Term, printed_terms
from leadmc.contract.values import Section

Terms = TypeVar("Terms", bound=Section)

PLAIN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "tuple_type": "a list",
        "dict_type": "a value for each year",
        "float_type": "a number",
        "int_type": "a whole number",
    }
)


def read(programme: str, model: type[Terms], overrides: Mapping[str, Any]) -> tuple[tuple[Term, ...], Terms]:
    """Lay overrides over a programme's book: every term with the value in effect, and the typed terms.

    Parameters
    ----------
    programme
        The book.
    model
        What its terms must look like.
    overrides
        Values, or names of alternatives, by dotted path.

    Raises
    ------
    InputError
        Unknown or unused paths, and values that a term does not allow: all of them at once.
    """
    book = {term.path: term for term in printed_terms(programme)}
    faults = []
    for path, value in overrides.items():
        if path in book and book[path].used:
            book[path] = book[path]._replace(value=_by_name(book[path], value), overridden=True)
        else:
            faults.append(_no_such_term(path, book))
    try:
        terms = model.model_validate(_nested(term for term in book.values() if term.used))
    except ValidationError as error:
        raise InputError(faults + [_bad_value(details, book) for details in error.errors()]) from None
    if faults:
        raise InputError(faults)
    return tuple(book.values()), terms


def _by_name(term: Term, value: Any) -> Any:
    """Return the alternative that a text names, else the value itself."""
    named = isinstance(term.alternatives, Mapping) and isinstance(value, str)
    return term.alternatives.get(value, value) if named else value


def _nested(terms: Any) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for term in terms:
        *sections, name = term.path.split(".")
        branch = tree
        for section in sections:
            branch = branch.setdefault(section, {})
        branch[name] = term.value
    return tree


def _no_such_term(path: str, book: Mapping[str, Term]) -> Fault:
    if path in book:
        return Fault(f"rules: {path}", "", "terms that a settlement uses", "This one is in the book but has no effect.")
    near = difflib.get_close_matches(path, [p for p, term in book.items() if term.used], n=3)
    remedy = f"Nearest: {', '.join(near)}." if near else ""
    return Fault(f"rules: {path}", "", "a path of the rule book (`leadmc rules` lists them)", remedy)


def _bad_value(details: Any, book: Mapping[str, Term]) -> Fault:
    """Say in the book's words what pydantic found wrong with the value of a term."""
    parts = [str(part) for part in details["loc"] if part != "[key]"]
    size = next(n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in book)
    term = book[".".join(parts[:size])]
    where = ".".join([f"rules: {term.path}", *parts[size:]])
    message = details["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    allowed = PLAIN.get(details["type"], message)
    if isinstance(term.alternatives, Mapping):
        allowed = f"{allowed}; or by name {', '.join(term.alternatives)}"
    return Fault(
        where, repr(details["input"]), allowed, f"Source of the term: {term.source}, confidence {term.confidence}."
    )
