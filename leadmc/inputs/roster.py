"""Read the ACO's roster, one row a beneficiary: every fault at once, and nobody's identifier in any message.

A row's ``age`` is taken as the age on 1 January of the first simulated year: the roster gives the age profile with
which the panel starts. With ``birth_year`` it is the age completed in the year before.

A row is a person aligned on 1 January 2027, or with ``aligned_2027: no`` one who was aligned in a base year and has
died or left since: no slot, but a part of the base years. ``category`` is today's; ``category_2024`` and so on tell
where it was another.

Forgiven, and noted where it matters: blanks around a value, upper case, a byte order mark, Windows line ends, blank
lines, county codes whose leading zero a spreadsheet dropped. Row 1 is the first row after the header.
"""

import hashlib
import re
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadmc.base.axes import ALIGNMENTS, BASE_YEARS, CATEGORIES, CLAIMS, MONTHS, PERFORMANCE_YEARS
from leadmc.base.errors import Fault, InputError, did_you_mean
from leadmc.inputs.population import Population
from leadmc.inputs.rate_book import RateBook, five_digits, unknown_county
from leadmc.inputs.table_file import numbers, read_table, write_table

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

OLDEST: Final = 120
SHOWN: Final = 5
WORDS_COMPARED: Final = 100
LONGEST_NUMBER: Final = 1e7  # a longer one could be an identifier that slipped into another column
UNKNOWN: Final = -1
SEXES: Final = {"female": 0, "f": 0, "male": 1, "m": 1, "unknown": UNKNOWN, "u": UNKNOWN}
YES_OR_NO: Final = {"no": 0, "false": 0, "0": 0, "n": 0, "yes": 1, "true": 1, "1": 1, "y": 1}
SPEND, MONTHS_ALIGNED, SCORE, CATEGORY_THEN = (
    tuple(f"{what}_{year}" for year in BASE_YEARS) for what in ("spend", "months", "risk_score", "category")
)
ALIGNED_NOW: Final = f"aligned_{PERFORMANCE_YEARS[0]}"
COMPULSORY: Final = ("beneficiary_id", "county_fips", "category")
OPTIONAL: Final = ("age", "birth_year", "alignment", "sex", "dual", ALIGNED_NOW)
COLUMNS: Final = (*COMPULSORY, *OPTIONAL, *SPEND, *MONTHS_ALIGNED, *SCORE, *CATEGORY_THEN)


class Roster(NamedTuple):
    """The people of a roster file and what it tells of their base years.

    Parameters
    ----------
    population
        Everybody in the file, with today's category.
    aligned
        Who is aligned on 1 January 2027 and so has a slot, [n].
    spend, months, risk_score
        Base years 2024-2026, [n, 3] [USD, months, 1]; NaN where the file says nothing.
    category_then
        Category in each base year; today's where the file says nothing, [n, 3].
    notes
        What was defaulted or mended, one sentence each.
    """

    population: Population
    aligned: Flags
    spend: Numbers
    months: Numbers
    risk_score: Numbers
    category_then: npt.NDArray[np.int32]
    notes: tuple[str, ...]

    def still_aligned(self) -> "Roster":
        """Keep the people who have a slot."""
        columns = {
            name: getattr(self, name)[self.aligned] for name in self._fields if name not in {"population", "notes"}
        }
        return self._replace(population=self.population.take(self.aligned), **columns)


def read_roster(path: Path, rate_book: RateBook, *, female_share: float) -> Roster:
    """Read and check a roster.

    Parameters
    ----------
    path
        A ``.csv`` (UTF-8, commas) or ``.parquet`` file.
    rate_book
        Its counties are the known ones.
    female_share
        Probability that somebody of unknown sex is a woman [1]; drawn from the person's key, so always the same.

    Raises
    ------
    InputError
        Every fault, each with its column, the number of rows and the first of them.
    """
    sheet = _Sheet(path.name, read_table(path))
    sheet.check_columns()
    ids = sheet.text("beneficiary_id")
    keys = sheet.keys(ids)
    county = sheet.counties(rate_book)
    categories = {name: index for index, name in enumerate(CATEGORIES)}
    category = sheet.choice("category", categories)
    then = np.column_stack([sheet.choice(each, categories, default=UNKNOWN) for each in CATEGORY_THEN])
    aligned = sheet.choice(ALIGNED_NOW, YES_OR_NO, default=UNKNOWN) != YES_OR_NO["no"]
    alignment = sheet.choice("alignment", {name: index for index, name in enumerate(ALIGNMENTS)}, default=CLAIMS)
    sex = sheet.choice("sex", SEXES, default=UNKNOWN)
    sheet.choice("dual", YES_OR_NO, default=UNKNOWN)
    age = sheet.ages()
    spend, months, score = sheet.base_years()
    sheet.check_somebody_is(aligned)
    if sheet.faults:
        raise InputError(sheet.faults)
    unknown = sex == UNKNOWN
    if unknown.any():
        sheet.notes.append(f"sex: unknown in {unknown.sum()} rows, drawn with {female_share:.0%} women")
        uniform = (keys[unknown] >> np.uint64(11)).astype(np.float64) * 2.0**-53
        sex[unknown] = uniform >= female_share
    fips, index = np.unique(county.to_numpy(dtype=str), return_inverse=True)
    population = Population(keys, age, sex, category, alignment, index.astype(np.int32), tuple(map(str, fips)))
    then = np.where(then == UNKNOWN, category[:, None], then)
    return Roster(population, aligned, spend, months, score, then, tuple(sheet.notes))


def write_roster(path: Path, frame: pd.DataFrame) -> None:
    """Write a roster as the extension of the path says, ``.csv`` or ``.parquet``."""
    write_table(path, frame)


def person_keys(ids: "pd.Series[str]") -> npt.NDArray[np.uint64]:
    """Hash each ``beneficiary_id`` to 64 bits (BLAKE2b), the address of the person's random numbers, [n] [uint64]."""
    digests = b"".join(hashlib.blake2b(each.encode(), digest_size=8).digest() for each in ids.tolist())
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


class _Sheet:
    """A roster under inspection: gathers faults and notes, so that one pass tells everything."""

    def __init__(self, file: str, table: pd.DataFrame):
        self.file = file
        self.table = table
        self.faults: list[Fault] = []
        self.notes: list[str] = []

    def check_columns(self) -> None:
        """Refuse what cannot be read further: unknown, repeated and missing columns, no rows."""
        names = list(self.table.columns)
        if not set(names) & set(COLUMNS):  # the first row may be a person: not shown
            raise InputError(
                [Fault(self.file, "no header row with known columns", f"the columns {', '.join(COLUMNS)}")]
            )
        for name in names:
            if name not in COLUMNS:
                self._column(name, "unknown column", f"the columns {', '.join(COLUMNS)}", did_you_mean(name, COLUMNS))
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._column(name, "stands twice", "every column once", "Remove one.")
        for name in COMPULSORY:
            if name not in names:
                self._column(name, "missing", f"the compulsory columns {', '.join(COMPULSORY)} and age", "Add it.")
        if not {"age", "birth_year"} & set(names):
            self._column("age", "missing", "age or birth_year", "Add one of the two.")
        if self.table.empty:
            self.faults.append(Fault(self.file, "no rows", "at least one beneficiary"))
        if self.faults:
            raise InputError(self.faults)

    def check_somebody_is(self, aligned: Flags) -> None:
        """Refuse a roster of people who have all gone."""
        if not aligned.any():
            self._column(ALIGNED_NOW, "no in every row", "at least one person aligned now", "Leave the column out.")

    def text(self, column: str) -> "pd.Series[str]":
        """Values of a compulsory column; a blank one is a fault and becomes an empty text."""
        values = self.table[column]
        self._rows(column, values.isna(), "blank", "a value in every row", "Fill it in or remove the row.")
        return values.fillna("")

    def keys(self, ids: "pd.Series[str]") -> npt.NDArray[np.uint64]:
        """Key of each person; an id that stands twice is a fault, and so are two ids with one key."""
        repeated = ids.duplicated(keep=False)
        self._rows("beneficiary_id", repeated & (ids != ""), "duplicated id", "every id once", "Keep one row a person.")
        keys = person_keys(ids)
        shared = pd.Series(keys, index=ids.index).duplicated(keep=False) & ~repeated
        self._rows("beneficiary_id", shared, "two ids with one 64-bit hash", "ids of distinct hashes", "Rename one.")
        return keys

    def counties(self, rate_book: RateBook) -> "pd.Series[str]":
        """Five-digit county of each row, known to the rate book."""
        stated = self.text("county_fips")
        fips = five_digits(stated)
        mended = int((fips != stated).sum())
        if mended:
            self.notes.append(f"county_fips: written as a number in {mended} rows, read with its leading zero")
        unknown = ~fips.isin(rate_book.county_fips) & (fips != "")
        is_code = fips.isin([code for code in fips[unknown].unique() if re.fullmatch(r"\d{1,5}", code)])
        _, _, allowed, remedy = unknown_county("", "")
        self._rows("county_fips", unknown & is_code, fips, allowed, remedy)
        self._rows("county_fips", unknown & ~is_code, "not a county code", allowed, remedy)
        return fips

    def choice(self, column: str, index: dict[str, int], default: int | None = None) -> npt.NDArray[np.int32]:
        """Index of each word, case forgiven; a blank takes the default where there is one, else it is a fault.

        A wrong word is shown only where it is nearly an allowed one: in a shifted column it could be a name.
        """
        absent = pd.Series("", index=self.table.index)
        stated = self.text(column) if default is None else self.table.get(column, absent).fillna("")
        lower = stated.str.lower()
        wrong = ~lower.isin(index) & (lower != "")
        near = {word: did_you_mean(word, index) for word in lower[wrong].unique()[:WORDS_COMPARED]}
        close = lower.isin([word for word, meant in near.items() if meant])
        remedy = " ".join(sorted(set(filter(None, near.values()))))
        self._rows(column, wrong & close, stated, ", ".join(index), remedy)
        self._rows(column, wrong & ~close, "another word, not shown as it could name a person", ", ".join(index))
        blank = int((lower == "").sum())
        if blank and default is not None and default != UNKNOWN:
            self.notes.append(f"{column}: blank in {blank} rows, taken as {list(index)[default]}")
        return np.asarray(lower.map(index).fillna(UNKNOWN if default is None else default), dtype=np.int32)

    def ages(self) -> npt.NDArray[np.int32]:
        """Age on 1 January of the first simulated year; ``age`` goes before ``birth_year``."""
        born_by = BASE_YEARS[0] - 1
        if "age" in self.table:
            self.text("age")
            age = self.number("age", 0.0, OLDEST, f"whole years from 0 to {OLDEST}", whole=True)
            if "birth_year" in self.table:
                self.notes.append("birth_year: not used, the roster has age")
        else:
            self.text("birth_year")
            allowed = f"a year from {born_by - OLDEST} to {born_by}"
            age = born_by - self.number("birth_year", born_by - OLDEST, born_by, allowed, whole=True)
        return np.nan_to_num(age).astype(np.int32)

    def base_years(self) -> tuple[Numbers, Numbers, Numbers]:
        """Spending, months and scores of the base years where the file has them, each [n, 3]."""
        above_0 = float(np.nextafter(0.0, 1.0))
        allowed = f"whole months from 0 to {MONTHS}"
        spend = np.column_stack([self.number(each, 0.0, np.inf, "USD, not negative") for each in SPEND])
        months = np.column_stack([self.number(each, 0.0, MONTHS, allowed, whole=True) for each in MONTHS_ALIGNED])
        score = np.column_stack([self.number(each, above_0, np.inf, "a score above 0") for each in SCORE])
        for year, column in enumerate(SPEND):
            without = (months[:, year] == 0.0) & (spend[:, year] > 0.0)
            self._rows(column, without, "spending in 0 months", "spending only in months of alignment")
        return spend, months, score

    def number(self, column: str, low: float, high: float, allowed: str, *, whole: bool = False) -> Numbers:
        """Values of a numeric column, NaN where blank, absent or a fault."""
        if column not in self.table:
            return np.full(len(self.table), np.nan)
        stated = self.table[column]
        value = numbers(stated)
        text = stated.notna().to_numpy() & ~np.isfinite(value)
        outside = ~text & ((value < low) | (value > high) | (whole & (value != np.floor(value)) & ~np.isnan(value)))
        short = np.abs(value) < LONGEST_NUMBER
        self._rows(column, text, "not a number", allowed, "Write digits and a decimal point only.")
        self._rows(column, outside & short, stated, allowed)
        self._rows(column, outside & ~short, "a long number, not shown as it could identify a person", allowed)
        return np.where(text | outside, np.nan, value)

    def _column(self, column: str, seen: str, allowed: str, remedy: str = "") -> None:
        self.faults.append(Fault(f"{self.file}, column {column}", seen, allowed, remedy))

    def _rows(
        self,
        column: str,
        wrong: "pd.Series[bool] | Flags",
        seen: "str | pd.Series[str]",
        allowed: str,
        remedy: str = "",
    ) -> None:
        """Make one fault of all wrong rows: the first few by number, the others counted."""
        rows = np.flatnonzero(np.asarray(wrong))
        if not rows.size:
            return
        first = ", ".join(str(row + 1) for row in rows[:SHOWN])
        more = f" and {rows.size - SHOWN} more" if rows.size > SHOWN else ""
        values = seen if isinstance(seen, str) else ", ".join(dict.fromkeys(seen.iloc[rows[:SHOWN]].astype(str)))
        where = f"{self.file}, {'row' if rows.size == 1 else 'rows'} {first}{more}, {column}"
        self.faults.append(Fault(where, values, allowed, remedy))
