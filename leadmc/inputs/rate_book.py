"""What Medicare spends on a person of average risk in each county: the regional rate book at 2026 prices.

The packaged book is the public county file of 2018, made comparable and current in three steps.

1. *Risk-standardised* by indirect standardisation. For enrolment type e (disabled, aged dual, aged non-dual, ESRD) and
   county k, with person-years py, cost and risk score from the file::

       S_e  = sum_k py_ke cost_ke / sum_k py_ke risk_ke        national rate at a score of 1
       r_ke = (cost_ke / risk_ke) / S_e                        the county relative to it

   Types are combined with the county's own expected spending, E_ke = py_ke risk_ke S_e, so that a county's
   relativity is its actual spending over what its people would cost at national rates. Relativities are scaled once
   so that their mean, weighted by E, is 1: the mean of the rates is the national per capita.
2. *Credible*: r_ke is drawn towards its state, and the state towards the nation, by Buehlmann's N / (N + K) with
   K = (person_cv / county_cv)^2. A suppressed cell has N = 0 and takes its state's value.
3. *Trended* from 2018 to 2024 by the growth of ``data/county_rates.yaml``, and to 2026 by the growth assumed.
"""

import math
import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadmc.base.axes import BASE_YEARS, BY3, MONTHS
from leadmc.base.errors import Fault, InputError, did_you_mean
from leadmc.base.packaged import packaged_yaml
from leadmc.inputs.assumptions import NationalTrend
from leadmc.inputs.table_file import numbers, read_table

Array = npt.NDArray[np.float64]

GROUPS: Final = ("aged_disabled", "esrd")
TYPES: Final = {"aged_disabled": ("DIS", "AGDU", "AGND"), "esrd": ("ESRD",)}
RATE_COLUMNS: Final = ("aged_disabled_pbpm", "esrd_pbpm")
PERSON_YEAR_COLUMNS: Final = ("aged_disabled_person_years", "esrd_person_years")


class RateBook(NamedTuple):
    """Rates of ``k`` counties in two groups: 0 aged and disabled (High Needs people included), 1 ESRD.

    Parameters
    ----------
    county_fips, county_name, state
        Five-digit code, name and state of each county, sorted by code, [k].
    pbpm
        Risk-standardised spending at 2026 prices, [k, 2] [USD per person-month at a risk score of 1].
    person_years
        People behind each rate, [k, 2] [person-year]; zero where the source shows none.
    national_pbpm
        The nation's mean rate, [2] [USD per person-month at a risk score of 1].
    provenance
        Where the rates come from, in words.
    """

    county_fips: tuple[str, ...]
    county_name: tuple[str, ...]
    state: tuple[str, ...]
    pbpm: Array
    person_years: Array
    national_pbpm: Array
    provenance: str

    @property
    def national_esrd_rate(self) -> float:
        """What people with ESRD cost in the nation, against the others [1]."""
        return float(self.national_pbpm[1] / self.national_pbpm[0])

    def rows(self, counties: tuple[str, ...]) -> npt.NDArray[np.int64]:
        """Row of each county, in the order asked for; -1 where the book has none."""
        return np.asarray(pd.Index(self.county_fips).get_indexer(pd.Index(counties, dtype=object)), dtype=np.int64)


def price_growth(trend: NationalTrend) -> tuple[float, float]:
    """Add up the expected national growth from 2024 to 2026 of the two groups [natural log].

    A year that is over grows as known, any other by the long-run mean; the deviation of 2026 belongs to 2026.
    """
    deviation = dict.fromkeys(BASE_YEARS, 0.0) | {BASE_YEARS[BY3]: trend.starting_deviation}
    aged_disabled, esrd = (
        sum(trend.known_growth.get(year, mu + deviation[year]) for year in BASE_YEARS[1:])
        for mu in (trend.mu.aged_disabled, trend.mu.esrd)
    )
    return aged_disabled, esrd


def load_rate_book(path: Path | None, growth: tuple[float, float]) -> RateBook:
    """Read a rate book.

    Parameters
    ----------
    path
        A ``.csv`` or ``.parquet`` file at 2026 prices with the columns ``county_fips``, ``aged_disabled_pbpm`` and
        ``esrd_pbpm``, and where known ``aged_disabled_person_years`` and ``esrd_person_years`` (both or neither);
        None for the packaged book.
    growth
        National growth from 2024 to 2026 of the two groups [natural log]; a user's file is not trended.

    Raises
    ------
    InputError
        Every fault of the user's file.
    """
    return _packaged_book(growth) if path is None else _users_book(path)


def service_area(book: RateBook, counties: tuple[str, ...], weights: npt.ArrayLike) -> Array:
    """Mean rate of the ACO's region, counties weighted by its people there.

    Parameters
    ----------
    book
        The rate book.
    counties
        Five-digit codes.
    weights
        The ACO's people in each county, any positive scale, one a county.

    Returns
    -------
    Array
        ``sum_k weight_k rate_k / sum_k weight_k``, [2] [USD per person-month at a risk score of 1].

    Raises
    ------
    InputError
        If a county is not in the book.
    """
    rows = book.rows(counties)
    unknown = [county for county, row in zip(counties, rows, strict=True) if row < 0]
    if unknown:
        raise InputError(unknown_county("service area", county) for county in unknown)
    return np.asarray(np.average(book.pbpm[rows], axis=0, weights=np.asarray(weights, dtype=np.float64)))


def five_digits(codes: "pd.Series[str]") -> "pd.Series[str]":
    """County codes as five digits: a spreadsheet that dropped the leading zero is mended, anything else is left."""
    mended = {code: re.sub(r"^(?=\d{4}$)", "0", code.strip().removesuffix(".0")) for code in codes.unique()}
    return codes.map(mended)


def unknown_county(where: str, seen: str) -> Fault:
    """Fault of a county that the rate book does not know."""
    return Fault(
        where,
        seen,
        "five-digit county codes (FIPS) of the rate book",
        "Check the code, or give a rate book that has the county (region.rate_book). Connecticut is known by its eight"
        " counties, 09001 to 09015, not by its planning regions.",
    )


@cache
def _packaged_book(growth: tuple[float, float]) -> RateBook:
    data = resources.files("leadmc.inputs") / "data"
    method = packaged_yaml("leadmc.inputs", "data", "county_rates.yaml")
    with (data / "county_rates_2018.csv").open(encoding="utf-8") as file:
        counties = pd.read_csv(file, dtype={"county_fips": str})
    rates, people, means = zip(
        *(_standardised(counties, TYPES[group], method["credibility"]) for group in GROUPS), strict=True
    )
    to_2024 = np.array([_growth_to_2024(method["growth_to_2024"][group]) for group in GROUPS])
    monthly_prices = np.exp(to_2024 + np.array(growth)) / MONTHS
    return RateBook(
        county_fips=tuple(counties["county_fips"]),
        county_name=tuple(counties["county"]),
        state=tuple(counties["state"]),
        pbpm=np.column_stack(rates) * monthly_prices,
        person_years=np.column_stack(people),
        national_pbpm=np.array(means) * monthly_prices,
        provenance=f"{method['source']} Risk-standardised, credibility-weighted and trended to 2026 by leadmc.",
    )


def _growth_to_2024(term: dict[str, Any]) -> float:
    """Growth of one group from 2018 to 2024 [natural log]: stated, or the nation's own."""
    if "log_growth" in term:
        return float(term["log_growth"])
    with (resources.files("leadmc.inputs") / "data" / term["observed"]).open(encoding="utf-8") as file:
        spending = pd.read_csv(file, index_col="year")["spend_pc_actual"]
    first, last = term["years"]
    return math.log(spending.loc[last] / spending.loc[first])


def _standardised(counties: pd.DataFrame, types: tuple[str, ...], credibility: Any) -> tuple[Array, Array, float]:
    """Rate [k] [USD per person-year], person-years [k] and national mean of one group of enrolment types."""
    relativity, expected, people, spending = [], [], [], 0.0
    for each in types:
        person_years, cost, risk = (
            counties[f"{column}_{each}"].fillna(0.0).to_numpy(np.float64) for column in ("py", "pc", "risk")
        )
        actual, at_score_1 = person_years * cost, person_years * risk
        expected.append(at_score_1 * actual.sum() / at_score_1.sum())
        prior = (credibility[each]["person_cv"] / credibility[each]["county_cv"]) ** 2
        cells = pd.DataFrame({"actual": actual, "expected": expected[-1], "people": person_years})
        relativity.append(_credible(cells, counties["state"], prior))
        people.append(person_years)
        spending += float(actual.sum())
    weight, total = np.array(expected), np.sum(people, axis=0)
    mean = spending / float(total.sum())
    mix = np.where(weight.sum(axis=0) > 0.0, weight, weight.sum(axis=1, keepdims=True))  # nobody seen: the nation's mix
    combined = (mix * np.array(relativity)).sum(axis=0) / mix.sum(axis=0)
    scale = weight.sum() / (weight.sum(axis=0) * combined).sum()
    return mean * scale * combined, total, mean


def _credible(cells: pd.DataFrame, state: "pd.Series[str]", prior: float) -> Array:
    """Draw each county towards its state and the state towards the nation [k] [1]; ``prior`` in [person-year]."""
    states = cells.groupby(state.to_numpy()).transform("sum")
    return _shrunk(cells, prior, towards=_shrunk(states, prior))


def _shrunk(cells: pd.DataFrame, prior: float, towards: Array | float = 1.0) -> Array:
    """``Z actual / expected + (1 - Z) towards`` with ``Z = people / (people + prior)`` [1]."""
    actual, expected, people = (cells[column].to_numpy(np.float64) for column in ("actual", "expected", "people"))
    seen = np.divide(actual, expected, out=np.zeros_like(actual), where=expected > 0.0)
    credibility: Array = people / (people + prior)
    shrunk: Array = credibility * seen + (1.0 - credibility) * towards
    return shrunk


def _users_book(path: Path) -> RateBook:
    table = read_table(path)
    has_people = not set(PERSON_YEAR_COLUMNS).isdisjoint(table.columns)
    compulsory = ("county_fips", *RATE_COLUMNS, *(PERSON_YEAR_COLUMNS if has_people else ()))
    known = (*compulsory, *(() if has_people else PERSON_YEAR_COLUMNS), "county_name", "state")
    faults = [
        Fault(f"{path.name}, column {column}", "missing", f"the columns {', '.join(compulsory)}", "Add it.")
        for column in compulsory
        if column not in table
    ]
    faults += [
        Fault(
            f"{path.name}, column {column}", "unknown", f"the columns {', '.join(known)}", did_you_mean(column, known)
        )
        for column in table.columns
        if column not in known
    ]
    if table.empty:
        faults.append(Fault(path.name, "no rows", "at least one county", "Add the counties of the service area."))
    if faults or table.columns.has_duplicates:
        raise InputError(faults or [Fault(path.name, "a column stands twice", "every column once", "Remove one.")])
    return _checked_book(path.name, table)


def _checked_book(name: str, table: pd.DataFrame) -> RateBook:
    """Turn the text of a user's file into a book, or name every bad cell."""
    fips = five_digits(table["county_fips"].fillna("blank"))
    wrong = ~fips.str.fullmatch(r"\d{5}") | fips.duplicated()
    faults = _cell_faults(name, fips, wrong.to_numpy(), "five digits, each county once")
    columns = {}
    for column in (*RATE_COLUMNS, *PERSON_YEAR_COLUMNS):
        is_rate = column in RATE_COLUMNS
        value = numbers(table[column]) if column in table else np.zeros(len(table))
        good = np.isfinite(value) & ((value > 0.0) if is_rate else (value >= 0.0))
        allowed = "a rate above 0 in USD" if is_rate else "a number of person-years, not negative"
        faults += _cell_faults(name, table.get(column, fips), ~good, allowed)
        columns[column] = value
    if faults:
        raise InputError(faults)
    order = np.argsort(fips.to_numpy(dtype=str))
    pbpm = np.column_stack([columns[column] for column in RATE_COLUMNS])[order]
    people = np.column_stack([columns[column] for column in PERSON_YEAR_COLUMNS])[order]
    nobody = pd.Series("", index=table.index)
    county_name, state = (table.get(column, nobody).fillna("").iloc[order] for column in ("county_name", "state"))
    weights = people if people.sum(axis=0).min() > 0.0 else np.ones_like(pbpm)
    return RateBook(
        county_fips=tuple(fips.iloc[order]),
        county_name=tuple(county_name),
        state=tuple(state),
        pbpm=pbpm,
        person_years=people,
        national_pbpm=np.average(pbpm, axis=0, weights=weights),
        provenance=f"the user's file {name}, taken as risk-standardised and at 2026 prices",
    )


def _cell_faults(name: str, column: "pd.Series[str]", wrong: npt.NDArray[np.bool_], allowed: str) -> list[Fault]:
    """One fault for each bad cell of a column."""
    shown = column.fillna("blank")
    return [
        Fault(f"{name}, row {row + 1}, {column.name}", shown.iloc[row], allowed, "Correct it.")
        for row in np.flatnonzero(wrong)
    ]
