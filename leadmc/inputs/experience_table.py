"""An ACO's experience as a table: real or budgeted sums, one row for every year, category and alignment type.

Years may end before the last performance year: what has not happened yet is left out at the end, and is not settled.
They never begin late or skip one. A column that is not there has a stated default; a column that is there has a value
wherever there is somebody.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadmc.base.axes import ALIGNMENTS, BASE_YEARS, BY3, CATEGORIES, PERFORMANCE_YEARS, YEARS
from leadmc.base.errors import Fault, InputError, did_you_mean
from leadmc.contract.experience import Array, Experience
from leadmc.inputs.table_file import numbers, read_table

KEYS: Final = ("year", "category", "alignment")
SHAPE: Final = (len(YEARS), len(CATEGORIES), len(ALIGNMENTS))
BASE: Final = slice(None, len(BASE_YEARS))
PERFORMANCE: Final = slice(len(BASE_YEARS), None)
ALL: Final = (YEARS[0], YEARS[-1])
PERFORMED: Final = (PERFORMANCE_YEARS[0], PERFORMANCE_YEARS[-1])
ONLY_BY3: Final = (BASE_YEARS[BY3], BASE_YEARS[BY3])
AS_CLOSE_TO_1: Final = 1e-9


class Column(NamedTuple):
    """A column of numbers.

    Parameters
    ----------
    meaning, unit
        What it holds.
    years
        First and last year in which it may have a value.
    default
        What stands for the column where it is absent; empty where it must be there.
    positive
        Whether 0 is refused; below 0 always is.
    most
        Largest value.
    of
        What has one value: each "cell" of year, category and alignment, each "category" of a year, or each "year".
    """

    meaning: str
    unit: str
    years: tuple[int, int] = ALL
    default: str = ""
    positive: bool = False
    most: float = np.inf
    of: str = "cell"


LEVEL: Final = f"1, the level of {BASE_YEARS[BY3]}"
STANDARD: Final = "USD per person-month at a risk score of 1"

COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        "person_months": Column("months of aligned people", "person-month"),
        "expenditure": Column("Parts A and B, net of what the contract excludes", "USD"),
        "risk_score": Column("mean score, renormalised", "1", default="1", positive=True),
        "stop_loss_excess": Column("spending above the stop-loss attachments", "USD", PERFORMED, "0"),
        "truncation_excess": Column("spending above the truncation point", "USD", ALL, "0"),
        "national_trend": Column(
            "national spending against the last base year's", LEVEL, ALL, "1", positive=True, of="category"
        ),
        "regional_trend": Column(
            "regional spending against the last base year's", LEVEL, ALL, "national_trend", positive=True, of="category"
        ),
        "prospective_trend": Column(
            "forecast of spending against the last base year's (ACPT)",
            LEVEL,
            PERFORMED,
            "national_trend",
            positive=True,
            of="category",
        ),
        "regional_pbpm": Column(
            "regional spending in the last base year", STANDARD, ONLY_BY3, positive=True, of="category"
        ),
        "national_pbpm": Column(
            "national spending in the last base year", STANDARD, ONLY_BY3, "regional_pbpm", positive=True, of="category"
        ),
        "rate_book_pbpm": Column(
            "regional rate book", STANDARD, PERFORMED, "regional_pbpm x regional_trend", positive=True, of="category"
        ),
        "quality_score": Column("earned share of the quality points", "1", PERFORMED, "1", most=1.0, of="year"),
    }
)
"""By name; before them stand ``year`` and ``category``, and ``alignment`` unless all are aligned by claims."""


class Told(NamedTuple):
    """What a table tells.

    Parameters
    ----------
    experience
        Of one scenario; nobody is there after the last year.
    last_year
        The last performance year of the table.
    notes
        What was defaulted, one sentence each.
    """

    experience: Experience
    last_year: int
    notes: tuple[str, ...]


def read_experience(path: Path, *, aco_share: float, ai_score_effect: float) -> Told:
    """Read an experience file, .csv or .parquet.

    Parameters
    ----------
    path
        The file; names of columns as in `COLUMNS`.
    aco_share, ai_score_effect
        As of `Experience`, which the table does not hold [1].

    Raises
    ------
    InputError
        Every fault, with its row and column, the value seen and what is allowed.
    """
    sheet = _Sheet(path.name, read_table(path))
    sheet.check_columns()
    sheet.check_years()
    cells = {name: sheet.column(name) for name in COLUMNS}
    sheet.check_amounts(cells)
    if sheet.faults:
        raise InputError(sheet.faults)
    return Told(
        _experience(cells, aco_share=aco_share, ai_score_effect=ai_score_effect), sheet.last_year, tuple(sheet.notes)
    )


class _Sheet:
    """A table under inspection: gathers faults and notes, so that one pass tells everything."""

    def __init__(self, file: str, table: pd.DataFrame):
        self.file = file
        self.table = table
        self.faults: list[Fault] = []
        self.notes: list[str] = []

    def check_columns(self) -> None:
        """Refuse unknown columns, missing ones and bad keys; without good keys nothing else can be read."""
        known = [*KEYS, *COLUMNS]
        needed = ["year", "category", *(name for name, column in COLUMNS.items() if not column.default)]
        for name in self.table.columns:
            if name not in known:
                self._refuse(f"column {name}", "unknown", ", ".join(known), did_you_mean(name, known))
        for name in needed:
            if name not in self.table:
                self._refuse(f"column {name}", "missing", f"the columns {', '.join(needed)}")
        if "alignment" not in self.table:
            self.table["alignment"] = ALIGNMENTS[0]
            self.notes.append(f"no column alignment: everybody is aligned by {ALIGNMENTS[0]}")
        labels = {"year": list(map(str, YEARS)), "category": list(CATEGORIES), "alignment": list(ALIGNMENTS)}
        found = [self._positions(key, allowed) for key, allowed in labels.items() if key in self.table]
        if self.faults:
            raise InputError(self.faults)
        self.at = np.array(found)  # year, category and alignment of each row, [3, n]

    def _positions(self, key: str, allowed: list[str]) -> npt.NDArray[np.int64]:
        positions = self.table[key].map({label: index for index, label in enumerate(allowed)})
        for row in np.flatnonzero(positions.isna()).tolist():
            seen = self.table[key].iloc[row]
            shown = f"{allowed[0]} to {allowed[-1]}" if key == "year" else " or ".join(allowed)
            self._refuse(self._row(row, key), "blank" if pd.isna(seen) else repr(seen), shown)
        return np.asarray(positions.fillna(-1), dtype=np.int64)

    def check_years(self) -> None:
        """Find the last year; refuse a year left out before it, a cell without one of them, and a row given twice."""
        rows: dict[tuple[int, ...], int] = {}
        for row, at in enumerate(map(tuple, self.at.T.tolist())):
            if at in rows:
                self._refuse(f"row {row + 1}", f"the same as row {rows[at] + 1}", "every year and cell once")
            rows.setdefault(at, row)
        last = max(int(self.at[0].max()), len(BASE_YEARS))
        self.last_year = YEARS[last]
        for _, c, a in sorted({(0, *at[1:]) for at in rows}):
            missing = [str(year) for t, year in enumerate(YEARS[: last + 1]) if (t, c, a) not in rows]
            if missing:
                where = f"{CATEGORIES[c]}, {ALIGNMENTS[a]}"
                allowed = f"a row for every year from {YEARS[0]} to the last of the table, {YEARS[last]}"
                self._refuse(where, f"no {', '.join(missing)}", allowed, "Where nobody was aligned write 0.")
        if self.last_year < PERFORMANCE_YEARS[-1]:
            self.notes.append(f"the table ends with {self.last_year}: later years are not settled")

    def column(self, name: str) -> Array:
        """Read one column into its cells, [t, c, a], NaN where nothing stands; refuse what is not allowed."""
        column, cells = COLUMNS[name], np.full(SHAPE, np.nan)
        if name not in self.table:
            self.notes.append(f"no column {name}: {column.default}")
            return cells
        text = self.table[name]
        values = numbers(text)
        cells[tuple(self.at)] = values
        first, last = (YEARS.index(year) for year in column.years)
        within = (self.at[0] >= first) & (self.at[0] <= last)
        self._check_values(name, text, values)
        for row in np.flatnonzero(text.notna() & ~within).tolist():
            self._refuse(self._row(row, name), repr(text.iloc[row]), f"blank outside {_span(column.years)}")
        if column.of == "cell":
            somebody = numbers(self.table["person_months"]) != 0.0
            for row in np.flatnonzero(text.isna() & within & somebody).tolist():
                self._refuse(self._row(row, name), "blank", f"a number [{column.unit}]")
        else:
            self._check_one_value(name, cells, within)
        return cells

    def _check_values(self, name: str, text: "pd.Series[str]", values: Array) -> None:
        """Refuse what is not a number, and numbers that cannot be."""
        column = COLUMNS[name]
        positive = column.positive and name != "risk_score"  # nobody has none
        fits = np.isfinite(values) & ((values > 0.0) if positive else (values >= 0.0)) & (values <= column.most)
        span = (
            "above 0" if column.positive else "of 0 or more" if np.isinf(column.most) else f"from 0 to {column.most:g}"
        )
        for row in np.flatnonzero(text.notna() & ~fits).tolist():
            self._refuse(self._row(row, name), repr(text.iloc[row]), f"a number {span} [{column.unit}]")

    def _check_one_value(self, name: str, cells: Array, within: npt.NDArray[np.bool_]) -> None:
        """Refuse a year, or a category of a year, that has no value or two."""
        axes = (2,) if COLUMNS[name].of == "category" else (1, 2)
        told = np.isfinite(cells)
        least, most = np.where(told, cells, np.inf).min(axis=axes), np.where(told, cells, -np.inf).max(axis=axes)
        for place in dict.fromkeys(map(tuple, self.at[: least.ndim, within].T.tolist())):
            where = ", ".join([str(YEARS[place[0]]), *(CATEGORIES[c] for c in place[1:]), name])
            if least[place] > most[place]:
                self._refuse(where, "blank", f"a number [{COLUMNS[name].unit}] in at least one row")
            elif least[place] < most[place]:
                self._refuse(where, f"{least[place]:g} and {most[place]:g}", f"one value for each {COLUMNS[name].of}")

    def check_amounts(self, cells: Mapping[str, Array]) -> None:
        """Refuse amounts that contradict one another, and a trend that does not start at 1."""
        spent = cells["expenditure"]
        for row, at in enumerate(map(tuple, self.at.T)):
            somebody = cells["person_months"][at] > 0.0
            if somebody and cells["risk_score"][at] == 0.0:
                self._refuse(self._row(row, "risk_score"), "0", "a number above 0 where person_months is above 0")
            if not somebody and spent[at] > 0.0:
                self._refuse(self._row(row, "expenditure"), f"{spent[at]:g}", "0 where person_months is 0")
            for name in ("stop_loss_excess", "truncation_excess"):
                if cells[name][at] > spent[at]:
                    self._refuse(self._row(row, name), f"{cells[name][at]:g}", "no more than expenditure")
            for name in ("national_trend", "regional_trend"):
                if at[0] == BY3 and abs(cells[name][at] - 1.0) > AS_CLOSE_TO_1:
                    self._refuse(self._row(row, name), f"{cells[name][at]:g}", f"1 in {BASE_YEARS[BY3]}")

    def _row(self, row: int, name: str) -> str:
        return f"row {row + 1}, {name}"

    def _refuse(self, where: str, seen: str, allowed: str, remedy: str = "") -> None:
        self.faults.append(Fault(f"{self.file}, {where}", seen, allowed, remedy))


def _span(years: Iterable[int]) -> str:
    first, last = years
    return str(first) if first == last else f"{first} to {last}"


def _experience(cells: Mapping[str, Array], *, aco_share: float, ai_score_effect: float) -> Experience:
    """Fill in the defaults, and lay the cells out as a settlement wants them."""

    def told(name: str, otherwise: Array | float) -> Array:
        """Give what each category of a year has, [t, c]: any of its cells says it."""
        found = np.where(np.isfinite(cells[name]), cells[name], -np.inf).max(axis=2)
        return np.where(np.isfinite(found), found, otherwise)

    months, spending = (np.nan_to_num(cells[name])[None] for name in ("person_months", "expenditure"))
    above, truncated = (np.nan_to_num(cells[name])[None] for name in ("stop_loss_excess", "truncation_excess"))
    score = np.where(months > 0.0, np.nan_to_num(cells["risk_score"], nan=1.0), 0.0)
    national = told("national_trend", 1.0)
    regional = told("regional_trend", national)
    anywhere = np.nanmin(cells["regional_pbpm"])  # for a category without anybody: any rate will do that is one
    in_region = told("regional_pbpm", anywhere)[BY3]
    in_nation = told("national_pbpm", in_region)[BY3]
    quality = told("quality_score", -np.inf).max(axis=1)[PERFORMANCE]
    return Experience(
        base_person_months=months[:, BASE],
        base_expenditure=spending[:, BASE],
        base_risk_score=score[:, BASE],
        base_truncation_excess=truncated[:, BASE],
        person_months=months[:, PERFORMANCE],
        expenditure=spending[:, PERFORMANCE],
        risk_score=score[:, PERFORMANCE],
        stop_loss_excess=above[:, PERFORMANCE],
        truncation_excess=truncated[:, PERFORMANCE],
        base_national_trend=1.0 / national[None, BASE],
        base_regional_trend=1.0 / regional[None, BASE],
        national_trend=national[None, PERFORMANCE],
        regional_trend=regional[None, PERFORMANCE],
        prospective_trend=told("prospective_trend", national)[None, PERFORMANCE],
        regional_pbpm=in_region[None],
        national_pbpm=in_nation[None],
        rate_book_pbpm=told("rate_book_pbpm", in_region * regional)[None, PERFORMANCE],
        aco_share=np.full(len(CATEGORIES), aco_share),
        quality_score=np.where(np.isfinite(quality), quality, 1.0)[None],
        ai_score_effect=np.array([ai_score_effect]),
    )
