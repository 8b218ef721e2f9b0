"""The percentile table of a track, as text ready to print: on a terminal and on the page alike."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from leadmc.base.variables import VARIABLES
from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, SD, TVAR
from leadmc.measures.risk import DISCOUNTED, TEN_YEAR, WORST_YEAR
from leadmc.measures.rounding import FINEST, rounded
from leadmc.measures.summary import horizons

if TYPE_CHECKING:
    import xarray as xr

MILLION: Final = 1e6
PERCENT: Final = 0.01
SCALE_UNITS: Final = {
    "usd": ("$ million", MILLION),
    "percent_of_benchmark": ("% of benchmark", 1.0),
    "usd_pbpm": ("$ per person-month", 1.0),
}
SHORT: Final = (MEAN.name, "p5", "p25", "p50", "p75", "p95", TVAR.name, LOSS.name)
FULL: Final = (MEAN.name, *(one.name for one in PERCENTILE), TVAR.name, LOSS.name)
SPREAD: Final = (MEAN.name, "p5", "p50", "p95")
HEADINGS: Final = {MEAN.name: "Mean", TVAR.name: "Worst 5%"}
HORIZONS: Final = {TEN_YEAR: "Ten years", DISCOUNTED: "Discounted", WORST_YEAR: "Worst year"}


class Cell(NamedTuple):
    """An estimate and its standard error as text, to the digits that the error supports."""

    value: str
    se: str

    def __str__(self) -> str:
        """Read as one: value ± standard error."""
        return f"{self.value} ± {self.se}"


class Table(NamedTuple):
    """A table of estimates.

    Parameters
    ----------
    header
        Name of each column, the first for the row names.
    rows
        Name of the row and its cells.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def cell(pair: Mapping[str, float | None], unit: float = 1.0) -> Cell:
    """Print a value-and-error pair of a summary in a given unit, for example 1e6 for millions."""
    value, se = (math.nan if number is None else number / unit for number in (pair["value"], pair["se"]))
    return Cell(rounded(value, se, FINEST), rounded(se, se, FINEST))


def percentile_table(
    record: Mapping[str, Any],
    track: str,
    quantity: str = "net_result",
    statistics: Sequence[str] = SHORT,
    scale: str = "usd",
) -> Table:
    """Lay out one quantity of one track of a summary: a row a year, then ten years, plain and discounted, then worst.

    Parameters
    ----------
    record
        A summary.
    track, quantity, scale
        Names in it.
    statistics
        Columns, by the names of the statistics.

    Returns
    -------
    Table
        In $ million or percent of benchmark, the probability of a loss in percent, each with its standard error.
    """
    heading, unit = SCALE_UNITS[scale]
    rows = tuple(
        (
            HORIZONS.get(name, name),
            tuple(
                cell(horizon[LOSS.name], PERCENT) if one == LOSS.name else cell(horizon[scale][one], unit)
                for one in statistics
            ),
        )
        for name, horizon in horizons(record["tracks"][track][quantity]).items()
    )
    headings = HEADINGS | {LOSS.name: f"{VARIABLES[quantity].long_name} < 0 (%)"}
    return Table((heading, *(headings.get(one, one.upper()) for one in statistics)), rows)


def comparison_table(compared: "xr.Dataset", track: str, quantity: str = "net_result") -> Table:
    """Lay out the ten-year result of one track in two runs: a row a statistic, with the difference at the end.

    Parameters
    ----------
    compared
        From ``measures.comparison.compare``.
    track, quantity
        Names in it.

    Returns
    -------
    Table
        In $ million, the probability of a loss in percent, each with its standard error.
    """
    total = compared.sel(quantity=quantity, scale="usd", track=track, horizon=TEN_YEAR)
    names = {LOSS.name: f"{VARIABLES[quantity].long_name} < 0 (%)"} | HEADINGS

    def row(statistic: str) -> tuple[Cell, ...]:
        one = total.sel(statistic=statistic)
        unit = PERCENT if statistic == LOSS.name else MILLION
        return tuple(
            cell({"value": one[name].item(), "se": one[f"{name}_se"].item()}, unit)
            for name in ("first", "second", "difference")
        )

    rows = tuple((names.get(each, each.upper()), row(each)) for each in (SHORT[0], SD.name, *SHORT[1:]))
    return Table(("$ million", "First", "Second", "Difference"), rows)


def rate_book_table(record: Mapping[str, Any], track: str) -> Table:
    """Lay out what the rate book does to the benchmark of one track: a row a year, then ten years.

    Years in which it does nothing in any scenario are left out.

    Returns
    -------
    Table
        In $ million, and the share of scenarios that gain in percent, each with its standard error.
    """
    moved = record["transition"]["tracks"][track]
    effect, gain = (moved[name]["by_year"] | {TEN_YEAR: moved[name][TEN_YEAR]} for name in ("effect_usd", "gain"))
    rows = tuple(
        (HORIZONS.get(name, name), (*(cell(effect[name][one], MILLION) for one in SPREAD), cell(gain[name], PERCENT)))
        for name in effect
        if any(effect[name][MEAN.name].values())
    )
    return Table(("$ million", *(HEADINGS.get(one, one.upper()) for one in SPREAD), "Scenarios that gain (%)"), rows)
