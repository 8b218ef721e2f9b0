"""Read the public files that drivers are fitted to: the packaged ones, or a user's of the same form.

Column names are those of CMS, in any case; a blank or suppressed cell is missing. Savings rates come in percent and
leave as shares.
"""

import re
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from leadmc.base.errors import Fault, InputError
from leadmc.base.packaged import packaged_yaml
from leadmc.inputs.calibration.spread import Array, Groups
from leadmc.inputs.table_file import numbers, read_table

KINDS: Final = ("national", "states", "counties", "panel")
TYPES: Final = {"ESRD": "ESRD", "DIS": "DIS", "AGDU": "AGED_Dual", "AGND": "AGED_NonDual"}
SCORED: Final = ("DIS", "AGDU", "AGND")
STEPS: Final = ("BY1", "BY2", "BY3")
SERVICE_COLUMNS: Final = {
    "inpatient": "INP_All",
    "outpatient": "OPD",
    "physician_part_b": "PB",
    "snf": "SNF",
    "home_health": "HHA",
    "hospice": "HSP",
    "dme": "DME",
    "ambulance": "AmbPay",
}
"""Columns of the panel, without ``CapAnn_``, in the order of the service axis."""

LEAST: Final[Mapping[str, int]] = {"national": 6, "states": 10, "counties": 20, "panel": 60}
"""Rows without which an estimate would be an accident; years in the file of the nation."""

SPENDING: Final = "spend_pc_actual"


class Nation(NamedTuple):
    """Per-capita spending [USD] by year, consecutive, [t] each."""

    year: Groups
    spending: Array


class States(NamedTuple):
    """Per-capita spending [USD] of the states by year, consecutive, [n, t]."""

    code: tuple[str, ...]
    year: Groups
    spending: Array


class Counties(NamedTuple):
    """Per-capita spending [USD] in two years, [n, 2], and people in the second, [n]."""

    fips: tuple[str, ...]
    year: tuple[int, int]
    spending: Array
    people: Array


class AcoYears(NamedTuple):
    """One row for every ACO and year, sorted by ACO and year; NaN where the file shows nothing.

    Parameters
    ----------
    aco, year, start
        Number of the ACO, year, first year of the agreement (0 where unknown), [n].
    state
        First state of the ACO, from any of its rows; blank where none is known, [n].
    people
        Assigned people, [n].
    savings
        Gross savings rate, [n] [share].
    service
        Per-capita cost by service, [n, k] [USD].
    base_cost, base_risk
        Per-capita cost and score in the base years by enrolment type, [n, b, k] [USD, 1]; scores without ESRD.
    base_people
        Person-years in the last base year, [n, k].
    agreement
        Number of the agreement, 0 where unknown, [n].
    regional_adjustment
        Over the historical benchmark without it, [n] [share].
    """

    aco: Groups
    year: Groups
    start: Groups
    state: tuple[str, ...]
    people: Array
    savings: Array
    service: Array
    base_cost: Array
    base_risk: Array
    base_people: Array
    agreement: Groups
    regional_adjustment: Array


def choices() -> Mapping[str, Any]:
    """Read what calibration is told: packaged files with their sources, priors, limits (``data/calibration.yaml``)."""
    return packaged_yaml("leadmc.inputs", "data", "calibration.yaml")


def read_file(kind: str, path: Path | None) -> pd.DataFrame:
    """Read one of ``KINDS`` as text, the packaged file where no path is given."""
    if path is not None:
        return read_table(path)
    with as_file(files("leadmc.inputs") / "data" / choices()["files"][kind]["name"]) as packaged:
        return read_table(packaged)


def nation(table: pd.DataFrame) -> Nation:
    """Take the national series.

    Raises
    ------
    InputError
        A column is missing, too few years, a gap between them, or a level that is no positive number.
    """
    _require(table, "national", ["year", SPENDING])
    _refuse_few("national", len(table))
    year, spending = numbers(table["year"]), numbers(table[SPENDING])
    order = np.argsort(year)
    _refuse_gaps("national", year[order])
    if not (spending > 0.0).all():
        raise InputError([Fault(f"national, {SPENDING}", "blank or not above 0", "spending of every year [USD]")])
    return Nation(year[order].astype(np.int64), spending[order])


def states(table: pd.DataFrame) -> States:
    """Take the states' series; a state with a gap is left out.

    Raises
    ------
    InputError
        No yearly columns, a year missing between them, or too few states.
    """
    found = sorted(int(name[-4:]) for name in table.columns if re.fullmatch(rf"{SPENDING}_\d{{4}}", name))
    _require(table, "states", ["state", *([] if found else [f"{SPENDING}_YYYY"])])
    _refuse_gaps("states", np.array(found, dtype=np.float64))
    spending = _block(table, [f"{SPENDING}_{year}" for year in found])
    whole = (spending > 0.0).all(axis=1)
    _refuse_few("states", int(whole.sum()))
    codes = tuple(str(table["state"].iloc[row]).upper() for row in np.flatnonzero(whole))
    return States(codes, np.array(found, dtype=np.int64), spending[whole])


def counties(table: pd.DataFrame) -> Counties:
    """Take the counties' two years; a county with a gap is left out.

    Raises
    ------
    InputError
        Not two consecutive years of spending, no people in the second, all of one size, or too few counties.
    """
    found = sorted(int(name[-4:]) for name in table.columns if re.fullmatch(r"spend_pc_\d{4}", name))
    last = found[-1] if found else "YYYY"
    _require(table, "counties", ["fips", f"ffs_benes_{last}", *([] if found else ["spend_pc_YYYY"])])
    if len(found) != 2 or found[1] != found[0] + 1:
        years = ", ".join(map(str, found))
        raise InputError([Fault("counties, spend_pc_YYYY", years, "two consecutive years of spending")])
    cells = _block(table, [f"spend_pc_{found[0]}", f"spend_pc_{found[1]}", f"ffs_benes_{found[1]}"])
    whole = (cells > 0.0).all(axis=1)
    _refuse_few("counties", int(whole.sum()))
    _refuse_one_size("counties", cells[whole, 2])
    fips = tuple(str(table["fips"].iloc[row]).zfill(5) for row in np.flatnonzero(whole))
    return Counties(fips, (found[0], found[1]), cells[whole, :2], cells[whole, 2])


def aco_years(table: pd.DataFrame) -> AcoYears:
    """Take the panel of ACOs.

    Raises
    ------
    InputError
        A column is missing, an ACO has two rows of one year, all have one size, or too few rows.
    """
    service = [f"CapAnn_{column}" for column in SERVICE_COLUMNS.values()]
    cost = [f"Per_Capita_Exp_ALL_{kind}_{step}" for step in STEPS for kind in TYPES]
    risk = [f"CMS_HCC_RiskScore_{kind}_{step}" for step in STEPS for kind in SCORED]
    weight = [f"N_AB_Year_{kind}_BY3" for kind in TYPES.values()]
    yearly = ["ACO_ID", "year", "N_AB", "sav", "Current_Start_Date", "ACO_State"]
    yearly += ["Agreement_Period_Num", "HistBnchmk", "PosRegAdj"]
    _require(table, "panel", yearly + service + cost + risk + weight)
    rows = table.assign(year=numbers(table["year"])).sort_values(["aco_id", "year"], kind="stable")
    rows = rows[(numbers(rows["n_ab"]) > 0.0) & np.isfinite(rows["year"])].reset_index(drop=True)
    _refuse_few("panel", len(rows))
    twice = int(rows.duplicated(["aco_id", "year"]).sum())
    if twice:
        raise InputError([Fault("panel", f"{twice} rows repeat an ACO and a year", "one row for an ACO and year")])
    people = numbers(rows["n_ab"])
    _refuse_one_size("panel", people)
    n = len(rows)
    aco, _ = pd.factorize(rows["aco_id"])
    start = rows["current_start_date"].str.extract(r"(\d{4})", expand=False)
    state = rows.groupby("aco_id")["aco_state"].transform("first").str.upper().str[:2]
    return AcoYears(
        aco=np.asarray(aco, dtype=np.int64),
        year=rows["year"].to_numpy().astype(np.int64),
        start=np.nan_to_num(numbers(start)).astype(np.int64),
        state=tuple(state.fillna("")),
        people=people,
        savings=numbers(rows["sav"]) / 100.0,
        service=_block(rows, service),
        base_cost=_block(rows, cost).reshape(n, len(STEPS), len(TYPES)),
        base_risk=_block(rows, risk).reshape(n, len(STEPS), len(SCORED)),
        base_people=_block(rows, weight),
        agreement=np.nan_to_num(numbers(rows["agreement_period_num"])).astype(np.int64),
        regional_adjustment=_regional_adjustment(rows),
    )


def refuse_years_apart(nation: Nation, states: States, counties: Counties) -> None:
    """Refuse files that share too few years to be measured against one another.

    Raises
    ------
    InputError
        States and nation share fewer years than the nation's file must have, or one of them lacks a county year.
    """
    shared = np.intersect1d(nation.year, states.year)
    faults = []
    if len(shared) < LEAST["national"]:
        allowed = f"at least {LEAST['national']} years of the national file"
        faults.append(Fault("states, year", f"{len(shared)} years that the national file has too", allowed))
    if not np.isin(counties.year, shared).all():
        seen = " and ".join(map(str, counties.year))
        faults.append(Fault("counties, year", seen, "years of the files of nation and states", "Give all three."))
    if faults:
        raise InputError(faults)


def refuse_few_observations(what: str, n: int) -> None:
    """Refuse a panel that has too little of something.

    Raises
    ------
    InputError
        Fewer than half of the rows that a panel must have.
    """
    least = LEAST["panel"] // 2
    if n < least:
        raise InputError([Fault("panel", f"{n} {what}", f"at least {least}", "Add ACOs or years.")])


def by_year(panel: AcoYears, values: Array, *, first: int) -> Array:
    """Lay a column out by ACO and calendar year from ``first`` on, [i, t]; NaN where there is no row."""
    table = np.full((int(panel.aco.max()) + 1, int(panel.year.max()) - first + 1), np.nan)
    kept = panel.year >= first
    table[panel.aco[kept], panel.year[kept] - first] = values[kept]
    return table


def _regional_adjustment(rows: pd.DataFrame) -> Array:
    """Divide the adjustment by the benchmark without it, [n] [share]; in the first years the column is a flag."""
    in_dollars = rows["year"] >= choices()["regional_adjustment"]["dollars_from"]
    adjustment = np.where(in_dollars, numbers(rows["posregadj"]), np.nan)
    return np.asarray(adjustment / (numbers(rows["histbnchmk"]) - adjustment))


def _block(table: pd.DataFrame, columns: list[str]) -> Array:
    """Numbers of some columns, [n, column], NaN where there is none."""
    return np.stack([numbers(table[column.lower()]) for column in columns], axis=1)


def _require(table: pd.DataFrame, kind: str, columns: list[str]) -> None:
    missing = [column for column in columns if column.lower() not in table.columns]
    remedy = f"Use the column names of the packaged file, {choices()['files'][kind]['name']}."
    if missing:
        raise InputError(
            Fault(f"{kind}, column {column}", "missing", "a column of that name", remedy) for column in missing
        )


def _refuse_few(kind: str, rows: int) -> None:
    if rows < LEAST[kind]:
        raise InputError([Fault(kind, f"{rows} usable rows", f"at least {LEAST[kind]}", "Use a longer file.")])


def _refuse_one_size(kind: str, people: Array) -> None:
    """Refuse people who are as many everywhere: claim noise could not be told from the rest."""
    if np.ptp(people) == 0.0:
        raise InputError([Fault(f"{kind}, people", f"{people[0]:g} everywhere", "different sizes")])


def _refuse_gaps(kind: str, year: Array) -> None:
    if not (np.diff(year) == 1.0).all():
        seen = ", ".join(f"{each:g}" for each in year)
        raise InputError([Fault(f"{kind}, year", seen, "consecutive years, each once")])
