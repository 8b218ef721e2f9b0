"""Read a panel of real ACO results in the form of the stacked public use files of the Shared Savings Program.

One row an ACO and year, any order, other columns ignored: ``ACO_ID``, ``year``, ``sav`` (gross savings rate in %),
``N_AB`` (assigned beneficiaries) and person-years by enrolment type, ``N_AB_Year_ESRD_PY``, ``N_AB_Year_DIS_PY``,
``N_AB_Year_AGED_Dual_PY``, ``N_AB_Year_AGED_NonDual_PY``. Person-years may be blank: all four of a row where nothing is
known, as in 2019; some of a row where a cell is so small that it was suppressed, which is read as nobody.
``MinSavPerc`` is never read: it is a fraction in 2018 and 2020 and a percentage later.
"""

from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadmc.base.errors import Fault, InputError, did_you_mean
from leadmc.inputs.table_file import numbers, read_table

Array = npt.NDArray[np.float64]

PERSON_YEARS: Final = (
    "N_AB_Year_ESRD_PY",
    "N_AB_Year_DIS_PY",
    "N_AB_Year_AGED_Dual_PY",
    "N_AB_Year_AGED_NonDual_PY",
)
COLUMNS: Final = ("ACO_ID", "year", "sav", "N_AB", *PERSON_YEARS)
SHOWN: Final = 20
"""Bad cells named in one message; the rest are counted."""


class Panel(NamedTuple):
    """Results of ``i`` ACOs in ``t`` years; NaN where an ACO has none.

    Parameters
    ----------
    aco
        Identifiers, sorted, [i].
    years
        Calendar years in which anyone has a result, ascending, [t].
    savings
        Gross savings rate, [i, t] [%].
    beneficiaries
        Assigned beneficiaries, [i, t].
    person_years
        By enrolment type (ESRD, disabled, aged dual, aged non-dual), [i, t, e] [person-year].
    """

    aco: npt.NDArray[np.str_]
    years: npt.NDArray[np.int64]
    savings: Array
    beneficiaries: Array
    person_years: Array

    def until(self, year: int) -> "Panel":
        """Forget everything after this year, and the ACOs that then have no result."""
        known = self.years <= year
        seen = np.isfinite(self.savings[:, known]).any(axis=1)
        return Panel(
            self.aco[seen],
            self.years[known],
            self.savings[seen][:, known],
            self.beneficiaries[seen][:, known],
            self.person_years[seen][:, known],
        )


def read_panel(path: Path) -> Panel:
    """Read a panel.

    Raises
    ------
    InputError
        The file cannot be read; a column is missing; a cell is not a number, or out of range; an ACO has a year twice.
    """
    table = read_table(path)
    names = {column.lower(): column for column in COLUMNS}
    missing = [
        Fault(
            f"{path.name}, column {column}",
            "missing",
            f"the columns {', '.join(COLUMNS)}",
            did_you_mean(key, table.columns) or "Add it.",
        )
        for key, column in names.items()
        if key not in table
    ]
    if missing or table.empty or table.columns.has_duplicates:
        whole = "no rows" if table.empty else "a column stands twice"
        raise InputError(missing or [Fault(path.name, whole, "one row an ACO and year, every column once")])
    table = table[list(names)].rename(columns=names)
    values, faults = _values(path.name, table)
    faults += _repeated(path.name, table)
    if faults:
        more = len(faults) - SHOWN
        rest = [Fault(path.name, f"{more} more of them", "none")] if more > 0 else []
        raise InputError([*faults[:SHOWN], *rest])
    return _by_aco_and_year(table["ACO_ID"], values)


def _values(name: str, table: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Turn the text of every column but the first into numbers, and name every bad cell."""
    values = pd.DataFrame({column: numbers(table[column]) for column in COLUMNS[1:]})
    finite = np.isfinite(values)
    blank = table[list(PERSON_YEARS)].isna()
    unknown = blank.all(axis=1)
    suppressed = blank & ~unknown.to_numpy()[:, None]
    count = values[list(PERSON_YEARS)].mask(suppressed, 0.0)
    values[list(PERSON_YEARS)] = count
    checks = {
        "ACO_ID": (table["ACO_ID"].isna(), "an identifier"),
        "year": (~finite["year"] | (values["year"] % 1 != 0), "a calendar year"),
        "sav": (~finite["sav"] | (values["sav"].abs() > 100), "a rate in %, -100 to 100"),
        "N_AB": (~finite["N_AB"] | (values["N_AB"] <= 0), "a number of beneficiaries above 0"),
    }
    empty = ~unknown & (count.sum(axis=1) == 0)
    for column in PERSON_YEARS:
        wrong = ~blank[column] & (~finite[column] | (count[column] < 0))
        checks[column] = ((wrong | empty), "person-years, not negative, above 0 for some type")
    faults = [
        Fault(f"{name}, row {row + 1}, {column}", _shown(table[column].iloc[row]), allowed, "Correct it.")
        for column, (wrong, allowed) in checks.items()
        for row in np.flatnonzero(np.asarray(wrong))
    ]
    return values, faults


def _repeated(name: str, table: pd.DataFrame) -> list[Fault]:
    again = table.duplicated(["ACO_ID", "year"]) & table[["ACO_ID", "year"]].notna().all(axis=1)
    return [
        Fault(f"{name}, row {row + 1}, ACO_ID", f"{aco} in {year} again", "one row an ACO and year", "Remove one.")
        for row, aco, year in zip(np.flatnonzero(again), *table.loc[again, ["ACO_ID", "year"]].T.values, strict=True)
    ]


def _shown(cell: object) -> str:
    return cell if isinstance(cell, str) else "blank"


def _by_aco_and_year(identifier: "pd.Series[str]", values: pd.DataFrame) -> Panel:
    aco, row = np.unique(identifier.to_numpy(dtype=str), return_inverse=True)
    years, column = np.unique(values["year"].to_numpy(np.int64), return_inverse=True)
    grid = np.full((len(COLUMNS) - 2, aco.size, years.size), np.nan)
    grid[:, row, column] = values[list(COLUMNS[2:])].to_numpy(np.float64).T
    return Panel(aco, years, grid[0], grid[1], np.ascontiguousarray(np.moveaxis(grid[2:], 0, -1)))
