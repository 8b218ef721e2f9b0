"""A settlement explained: what was given, what every rule made of it, on which terms, and how the money adds up.

The lines come from the rules themselves while they settle (`trace`); here they only get their axes and their sources.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import ALIGNMENTS, BASE_YEARS, CATEGORIES, PERFORMANCE_YEARS
from leadmc.contract.book import CONFIRMED, STAY_OUT, Term
from leadmc.contract.experience import Array, Experience, Settlement
from leadmc.contract.given import GIVEN
from leadmc.contract.programmes import in_effect
from leadmc.contract.trace import Line, tracing

LABELS: Final[Mapping[str, Sequence[int | str]]] = {
    "performance_year": PERFORMANCE_YEARS,
    "base_year": BASE_YEARS,
    "category": CATEGORIES,
    "alignment": ALIGNMENTS,
}
PART: Final = "part"
"""An axis that only one programme has; its labels are positions."""

GIVEN_FORMULA: Final = "given"
HALF_A_CENT: Final = 0.005
GROSS: Final = {"benchmark": 1.0, "expenditure": -1.0, "episodes_net": -1.0, "stop_loss_net": 1.0}
NET: Final = {"shared_result": 1.0, "sequestration": -1.0, "add_on": 1.0, "high_performer_bonus": 1.0}
"""Parts of gross savings and of the net result, each with its sign."""


class Entry(NamedTuple):
    """One quantity of one year.

    Parameters
    ----------
    year
        Performance year; None for what stands before the first.
    aside
        As of `trace.Line`.
    name, unit, formula, function
        As of `trace.Line`; the formula is ``given`` and the function empty for what the settlement was given.
    axes
        Of ``value``: any of base_year, category, alignment, part.
    value
        Without the scenario axis, in ``unit``.
    terms
        Terms of the rule book on which it rests, with the values in effect.
    """

    year: int | None
    aside: str
    name: str
    unit: str
    formula: str
    function: str
    axes: tuple[str, ...]
    value: npt.NDArray[Any]
    terms: tuple[Term, ...]

    def cells(self) -> Iterator[tuple[dict[str, int | str], Any]]:
        """Give every number with its labels."""
        for index in np.ndindex(self.value.shape):
            labels = {axis: LABELS.get(axis, range(i + 1))[i] for axis, i in zip(self.axes, index, strict=True)}
            yield labels, self.value[index].item()


class Identity(NamedTuple):
    """A sum that must hold in a year.

    Parameters
    ----------
    year
        Performance year.
    name
        Name of the total in a `Settlement`.
    total
        As settled [USD].
    parts
        Signed amounts by name [USD].
    """

    year: int
    name: str
    total: float
    parts: Mapping[str, float]

    @property
    def difference(self) -> float:
        """Total less the sum of its parts, added in their order [USD]."""
        return self.total - sum(self.parts.values())

    @property
    def holds(self) -> bool:
        """Whether the parts add up to the total to the cent."""
        return abs(self.difference) < HALF_A_CENT


class Explanation(NamedTuple):
    """A settlement of one scenario and track, ready to be read.

    Parameters
    ----------
    track
        Its name.
    entries
        Every quantity: what stands before the first year, then year by year as applied.
    identities
        The sums of every year.
    """

    track: str
    entries: tuple[Entry, ...]
    identities: tuple[Identity, ...]

    def of_year(self, year: int) -> "Explanation":
        """Leave out every other year, and what stands before the first."""
        return self._replace(
            entries=tuple(entry for entry in self.entries if entry.year == year),
            identities=tuple(identity for identity in self.identities if identity.year == year),
        )

    def until(self, year: int) -> "Explanation":
        """Leave out later years."""
        return self._replace(
            entries=tuple(entry for entry in self.entries if entry.year is None or entry.year <= year),
            identities=tuple(identity for identity in self.identities if identity.year <= year),
        )


def explain(
    track: str, settle: Callable[[], Settlement], experience: Experience, book: Sequence[Term]
) -> tuple[Settlement, Explanation]:
    """Settle one scenario of one track, and explain what was done.

    Parameters
    ----------
    track
        Its name.
    settle
        Settles the track on the experience.
    experience
        Of one scenario.
    book
        The terms of the track's programme with the values in effect.
    """
    with tracing() as lines:
        settlement = settle()
    found = [*_given(experience), *_made(lines, book, track)]
    before = PERFORMANCE_YEARS[0] - 1
    entries = tuple(sorted(found, key=lambda entry: entry.year or before))  # stable: within a year, as applied
    return settlement, Explanation(track, entries, _identities(track, settlement, experience))


def is_unverified(term: Term) -> bool:
    """Tell whether no named source confirms a term."""
    return term.confidence not in CONFIRMED


def _identities(track: str, settlement: Settlement, experience: Experience) -> tuple[Identity, ...]:
    """List the sums that every year must keep; who signs nothing has none."""
    if track == STAY_OUT:
        return ()
    amounts = settlement._asdict() | {"expenditure": experience.expenditure.sum(axis=(2, 3))}
    return tuple(
        Identity(
            year,
            total,
            float(amounts[total][0, y]),
            {name: sign * float(amounts[name][0, y]) for name, sign in parts.items()},
        )
        for y, year in enumerate(PERFORMANCE_YEARS)
        for total, parts in (("gross_savings", GROSS), ("net_result", NET))
    )


def _given(experience: Experience) -> Iterator[Entry]:
    for field, (name, unit, axes) in GIVEN.items():
        array: Array = getattr(experience, field)
        value = array if field == "aco_share" else array[0]
        yield from _by_year(Entry(None, "", name, unit, GIVEN_FORMULA, "", axes, value, ()))


def _made(lines: Sequence[Line], book: Sequence[Term], track: str) -> Iterator[Entry]:
    backing = _backing(lines, book, track)
    for line in lines:
        value = line.value[0] if line.value.ndim else line.value
        axes, terms = _axes(value.shape), tuple(term for name in line.terms for term in backing[name])
        entry = Entry(line.year, line.aside, line.name, line.unit, line.formula, line.function, axes, value, terms)
        yield from _by_year(entry)


def _by_year(entry: Entry) -> Iterator[Entry]:
    """Cut a quantity that runs along the performance years into years."""
    if entry.axes[:1] != ("performance_year",):
        yield entry._replace(value=np.asarray(entry.value))
        return
    for y, year in enumerate(PERFORMANCE_YEARS):
        yield entry._replace(year=year, axes=entry.axes[1:], value=np.asarray(entry.value[y]))


def _axes(shape: tuple[int, ...]) -> tuple[str, ...]:
    """Read the axes from the sizes, the last first: no two that could be confused have the same."""
    inner = iter(("alignment", "category", "base_year", "performance_year"))
    return tuple(next((axis for axis in inner if len(LABELS[axis]) == size), PART) for size in reversed(shape))[::-1]


def _backing(lines: Sequence[Line], book: Sequence[Term], track: str) -> dict[str, tuple[Term, ...]]:
    """Find the terms that rules name, by path or by heading; of a heading, those that matter to the track now."""
    places = [(term.place, term) for term in book]
    matters = {term.path for term in in_effect(book) if track in term.tracks}
    return {
        name: tuple(
            term for place, term in places if place == name or (place.startswith(f"{name}.") and term.path in matters)
        )
        for name in {name for line in lines for name in line.terms}
    }


def value_in(term: Term, year: int | None) -> Any:
    """Give the value of a term; of one that is stated by year, that of the year."""
    by_year = isinstance(term.value, Mapping) and year in term.value
    return term.value[year] if by_year else term.value
