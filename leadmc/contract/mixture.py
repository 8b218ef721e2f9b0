"""Rules that nobody has published, as a mixture: every scenario lives under one alternative of each mixed term.

A mixture gives some terms of the rule book weights over alternatives. Scenarios that drew the same alternatives settle
together under the same terms; a settlement treats every scenario by itself, so that this changes no bit.

Axis letters: ``s`` scenario, ``r`` mixed term, in the order of the mixture.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import yaml
from pydantic import Field, TypeAdapter, ValidationError

from leadmc.base.errors import Fault, InputError
from leadmc.contract.book import PROGRAMMES, Term, printed_terms
from leadmc.contract.experience import Experience, Settlement
from leadmc.contract.programmes import Agreements, load_agreements
from leadmc.contract.values import Number

Choices = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]

MIXTURE: Final = "mixture"
BOOK: Final = "book"
"""Names the value that a term has where nobody mixes it."""

_WEIGHT: Final = TypeAdapter(Annotated[Number, Field(gt=0, le=1)])


class MixedTerm(NamedTuple):
    """A term of which each scenario draws one alternative.

    Parameters
    ----------
    path
        As in an override.
    alternatives
        Their names, as stated.
    values
        What they are, as in an override.
    weights
        Probability of each [1].
    """

    path: str
    alternatives: tuple[str, ...]
    values: tuple[Any, ...]
    weights: tuple[float, ...]


class Rules(NamedTuple):
    """What a run says of the rule books: terms with one value, and terms with several.

    Parameters
    ----------
    overrides
        Values by path.
    mixture
        The terms that are drawn, at other paths.
    """

    overrides: Mapping[str, Any]
    mixture: tuple[MixedTerm, ...] = ()

    def drawn(self, choice: Sequence[int]) -> dict[str, Any]:
        """Give the overrides of a scenario that drew the alternatives ``choice``, [r]."""
        alternatives = {term.path: term.values[k] for term, k in zip(self.mixture, choice, strict=True)}
        return {**self.overrides, **alternatives}

    def agreements(self, choice: Sequence[int]) -> Agreements:
        """Build the terms of a scenario that drew the alternatives ``choice``, [r]; errors as of ``overrides.read``."""
        return load_agreements(self.drawn(choice))

    def apart(self, choices: Choices) -> Iterator[tuple[Rows, Agreements]]:
        """Sort scenarios by the alternatives that they drew, [s, r]: the rows of each combination, and its terms."""
        combinations, of_row = np.unique(choices, axis=0, return_inverse=True)
        for k, choice in enumerate(combinations):
            yield np.flatnonzero(of_row.ravel() == k), self.agreements(choice.tolist())

    def otherwise(self, term: Term) -> Iterator[tuple[str, "Rules"]]:
        """Give one term that is not mixed each of its alternatives, by name, where the other terms allow it."""
        for name, value in alternatives(term):
            other = self._replace(overrides={**self.overrides, term.path: value})
            if not _faults(other.overrides):
                yield name, other


def of_scenarios(experience: Experience, rows: Rows) -> Experience:
    """Take some scenarios out of an experience; what all scenarios share stays as it is."""
    arrays = {name: array for name, array in experience._asdict().items() if name != "aco_share"}
    scenarios = max(map(len, arrays.values()))
    if len(rows) == scenarios:
        return experience
    return experience._replace(
        **{name: _rows(array, rows) for name, array in arrays.items() if len(array) == scenarios}
    )


def _rows(array: npt.NDArray[Any], rows: Rows) -> npt.NDArray[Any]:
    """Copy some rows and keep the order of the axes in memory, and with it the order in which sums are taken."""
    part = np.empty_like(array, shape=(len(rows), *array.shape[1:]))
    part[...] = array[rows]
    return part


def together(parts: Sequence[tuple[Rows, Settlement]]) -> Settlement:
    """Put settlements of different scenarios back in the order of the scenarios."""
    if len(parts) == 1:
        ((rows, alone),) = parts
        return alone._replace(rate_book_weight=_by_scenario(alone.rate_book_weight, "rate_book_weight", len(rows)))
    order = np.argsort(np.concatenate([rows for rows, _ in parts]))
    return Settlement(
        **{
            name: np.concatenate([_by_scenario(getattr(part, name), name, len(rows)) for rows, part in parts])[order]
            for name in Settlement._fields
        }
    )


def _by_scenario(values: npt.NDArray[Any], name: str, scenarios: int) -> npt.NDArray[Any]:
    """Give every scenario the weights of the rate book, which are the same under the same terms."""
    return np.broadcast_to(values, (scenarios, *values.shape)) if name == "rate_book_weight" else values


def alternatives(term: Term) -> tuple[tuple[str, Any], ...]:
    """Name the alternatives of a term other than its value in effect, and give their values."""
    book = term.alternatives
    named = book.items() if isinstance(book, Mapping) else ((_as_text(each), each) for each in book)
    return tuple((name, value) for name, value in named if value != term.value)


def named_in_text(stated: Any) -> Any:
    """Name alternatives by text, as JSON does: 0.03 is ``"0.03"``; what is no mixture stays as it is."""
    if not isinstance(stated, Mapping):
        return stated
    return {
        path: {_as_text(name): weight for name, weight in weights.items()} if isinstance(weights, Mapping) else weights
        for path, weights in stated.items()
    }


def load_mixture(stated: Any, fixed: Mapping[str, Any], preset: Mapping[str, Any]) -> tuple[MixedTerm, ...]:
    """Read ``rules.mixture`` of a configuration: by path of a term, weights by alternative.

    An alternative is named as the book names it, or is a value as in an override, or is ``book``.

    Parameters
    ----------
    stated
        What the user says.
    fixed
        The user's overrides, of other terms.
    preset
        Overrides that stand in the place of the book's values.

    Raises
    ------
    InputError
        Terms that do not exist or are also fixed, alternatives that a term does not allow or that are the same, weights
        that are not positive or do not sum to one: all of them at once.
    """
    if not isinstance(stated, Mapping):
        raise InputError([Fault("rules: mixture", repr(stated), "weights by alternative, by path of a term")])
    faults: list[Fault] = []
    terms = []
    for path, weights in named_in_text(stated).items():
        term = _printed(str(path))
        if term is None:
            faults += _refusals(str(path), None)
        else:
            mixed = _mixed(term._replace(path=str(path), value=preset.get(path, term.value)), weights, fixed, faults)
            terms.append(mixed)
    if faults:
        raise InputError(faults)
    return tuple(terms)


def _printed(path: str) -> Term | None:
    """Find a term that a settlement uses in the book of any programme."""
    books = (printed_terms(programme) for programme in PROGRAMMES)
    return next((term for book in books for term in book if term.path == path and term.used), None)


def _mixed(term: Term, weights: Any, fixed: Mapping[str, Any], faults: list[Fault]) -> MixedTerm:
    """Read one term, whose value stands for ``book``; add to the faults."""

    def refuse(seen: str, allowed: str) -> None:
        source = f"Source of the term: {term.source}, confidence {term.confidence}."
        faults.append(Fault(f"rules: mixture, {term.path}", seen, allowed, source))

    if term.path in fixed:
        refuse("also fixed under rules", "a term that is fixed or mixed, not both")
    if not isinstance(weights, Mapping):
        refuse(repr(weights), "weights by alternative")
        return MixedTerm(term.path, (), (), ())
    values = [_value(term, name) for name in weights]
    refused = [
        fault
        for name, value in zip(weights, values, strict=True)
        if name != BOOK
        for fault in _refusals(term.path, value)
    ]
    faults += refused
    if any(value in values[:k] for k, value in enumerate(values)):
        refuse(", ".join(weights), f"every alternative once ({BOOK} is {term.value})")
    numbers = [_weight(weight) for weight in weights.values()]
    if not math.isclose(sum(numbers), 1.0, abs_tol=1e-9) or min(numbers, default=0.0) <= 0.0:
        seen = ", ".join(f"{name}: {weight}" for name, weight in weights.items())
        refuse(seen, "positive weights that sum to one")
    return MixedTerm(term.path, tuple(weights), tuple(values), tuple(numbers))


def _value(term: Term, name: str) -> Any:
    if name == BOOK:
        return term.value
    named = term.alternatives if isinstance(term.alternatives, Mapping) else {}
    return named[name] if name in named else yaml.safe_load(name)


def _refusals(path: str, value: Any) -> Iterator[Fault]:
    """Say what is wrong with an alternative."""
    for fault in _faults({path: value}):
        yield fault._replace(where=fault.where.replace(":", ": mixture,", 1))


def _faults(overrides: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Ask the rule books what is wrong with some values."""
    try:
        load_agreements(overrides)
    except InputError as error:
        return error.faults
    return ()


def _weight(stated: Any) -> float:
    """Read a weight, also one written as ``1/3``; what is none counts as 0, which is refused."""
    try:
        return _WEIGHT.validate_python(stated)
    except ValidationError:
        return 0.0


def _as_text(name: Any) -> str:
    """Spell a key as YAML would."""
    return json.dumps(name) if name is None or isinstance(name, bool) else str(name)
