"""The trace of a settlement: every rule says what it made of its year, in the order in which the rules are applied.

An article decorates the functions that make a quantity of the settlement with `rule`; the formula is stated beside the
code that computes it, and there is no second implementation to explain the first. Nothing is recorded, and nothing
costs more than a look-up, unless somebody asks with `tracing`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

P = ParamSpec("P")
R = TypeVar("R")


class Line(NamedTuple):
    """What one rule made, once.

    Parameters
    ----------
    order
        Position in the trace, from 0.
    year
        Performance year; None for what concerns all of them.
    aside
        What the line is a part of where the settlement asks "what if", such as the benchmark without the rate book;
        empty for the settlement itself.
    name, unit, formula
        In the words of the agreement.
    terms
        Paths or headings of the programme's rule book on which the value rests.
    function
        Module and name of the function, without the package.
    value
        As the rule returned it: a scalar, or an array with the scenario axis first; in ``unit``.
    """

    order: int
    year: int | None
    aside: str
    name: str
    unit: str
    formula: str
    terms: tuple[str, ...]
    function: str
    value: npt.NDArray[Any]


_lines: ContextVar[list[Line] | None] = ContextVar("lines", default=None)
_year: ContextVar[int | None] = ContextVar("year", default=None)
_aside: ContextVar[str] = ContextVar("aside", default="")


def rule(
    name: str,
    *,
    unit: str | tuple[str, ...],
    formula: str | tuple[str, ...],
    terms: tuple[str, ...] = (),
    returns: tuple[str, ...] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Name the quantity that a function of the agreement computes, so that a trace can show it.

    Parameters
    ----------
    name
        Of the quantity.
    unit, formula
        Of the value, the formula in words and signs that a reader of the agreement knows; one for each of ``returns``
        where they differ.
    terms
        Paths or headings of the programme's rule book.
    returns
        Names of the outputs of a function that returns several, in their order; None for one output.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        home = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"
        names = returns or (name,)
        units = (unit,) * len(names) if isinstance(unit, str) else unit
        formulas = (formula,) * len(names) if isinstance(formula, str) else formula

        @wraps(function)
        def traced(*args: P.args, **kwargs: P.kwargs) -> R:
            answer = function(*args, **kwargs)
            lines = _lines.get()
            if lines is not None:
                values: Any = (answer,) if returns is None else answer
                for said, value in zip(zip(names, units, formulas, strict=True), values, strict=True):
                    lines.append(Line(len(lines), _year.get(), _aside.get(), *said, terms, home, np.array(value)))
            return answer

        return traced

    return decorate


@contextmanager
def tracing() -> Iterator[list[Line]]:
    """Collect a line for every rule applied inside, in the order of application."""
    lines: list[Line] = []
    token = _lines.set(lines)
    try:
        yield lines
    finally:
        _lines.reset(token)


@contextmanager
def in_year(year: int) -> Iterator[None]:
    """Say to which performance year the rules applied inside belong."""
    token = _year.set(year)
    try:
        yield
    finally:
        _year.reset(token)


@contextmanager
def aside(label: str) -> Iterator[None]:
    """Say that the rules applied inside answer a question beside the settlement, and which."""
    token = _aside.set(label)
    try:
        yield
    finally:
        _aside.reset(token)
