"""Backtest: how forecasts of ACOs' savings rates, made one year ahead, fared against the results that came.

Every year from the one after ``first`` to ``last`` is forecast by the three models of ``outlook``. Each forecast is
scored twice. *Centred*, the mean of the programme is the realised one of the ACOs scored: that isolates what is said
about ACOs, makes them independent, and is how the published coverage was found. *Uncentred*, the mean is forecast too,
and all ACOs of a year share the one error in it.
"""

from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.errors import Fault, InputError
from leadmc.inputs.assumptions import Assumptions
from leadmc.validation.claim_noise import claim_noise
from leadmc.validation.outlook import Outlook, Programme, load_programme, outlook
from leadmc.validation.panel_file import Panel
from leadmc.validation.scoring import Scores, mean, pooled, score, some, summarised

Array = npt.NDArray[np.float64]

FEWEST_YEARS: Final = 2
"""Years that a drift can be estimated from."""
FEWEST_ACOS: Final = 30
"""ACOs with results in two years, below which nothing can be estimated or tested."""


class Scored(NamedTuple):
    """Forecasts of one year with the results that came, of ``n`` ACOs.

    Parameters
    ----------
    outlook
        The forecasts.
    aco, beneficiaries
        ACOs with a forecast and a result, and their size when it was made, [n].
    centred, uncentred
        Scores by model.
    surprise
        Mean of the results less the mean of the bottom-up forecasts [%].
    """

    outlook: Outlook
    aco: npt.NDArray[np.str_]
    beneficiaries: Array
    centred: dict[str, Scores]
    uncentred: dict[str, Scores]
    surprise: float


def backtest(panel: Panel, *, first: int, last: int, assumptions: Assumptions) -> dict[str, Any]:
    """Test one-year-ahead forecasts made in every year from ``first`` to the one before ``last``.

    Parameters
    ----------
    panel
        Real results.
    first
        Year in which the first forecast is made.
    last
        Last year that is forecast.
    assumptions
        For the claim noise.

    Returns
    -------
    dict
        Plain numbers, ready for JSON: the bottom-up model's centred scores on top, then ``uncentred``, ``models``,
        ``by_size`` and ``years``. Described in docs/backtest.md.

    Raises
    ------
    InputError
        The years cannot be tested with this panel.
    """
    check_years(panel, first, last)
    programme = load_programme()
    noise = claim_noise(assumptions)
    coming = range(first + 1, last + 1)
    tests = [judged(outlook(panel, noise, onset=programme.pandemic_onset, year=year), panel) for year in coming]
    return record(tests, programme)


def check_years(panel: Panel, first: int, last: int) -> None:
    """Refuse years that cannot be tested, all faults at once."""
    faults = []
    years = panel.years.tolist()
    have = f"years of the panel: {', '.join(map(str, years))}"
    if first >= last:
        faults.append(
            Fault("--from, --to", f"{first}, {last}", "a year and a later one", "Give the earlier one first.")
        )
    faults += [
        Fault("--from, --to", f"{year} is not in the panel", have, "Choose other years.")
        for year in range(first, last + 1)
        if year not in years
    ]
    if first in years and sum(year <= first for year in years) < FEWEST_YEARS:
        allowed = f"a year with at least {FEWEST_YEARS - 1} before it in the panel"
        faults.append(Fault("--from", str(first), allowed, "A drift cannot be estimated from one year; start later."))
    if not np.isfinite(panel.until(first).person_years).any():
        allowed = "person-years by type of at least one ACO"
        faults.append(Fault("--from", f"none known until {first}", allowed, "Start later."))
    if not faults:
        faults = [fault for year in range(first, last) for fault in _few_pairs(panel, year)]
    if faults:
        raise InputError(faults)


def _few_pairs(panel: Panel, year: int) -> list[Fault]:
    """Faults where too few ACOs have results in a year and the next, or in a year and the last known before it."""
    at = int(np.searchsorted(panel.years, year))
    known = np.isfinite(panel.savings)
    faults = []
    for a, b in ((at - 1, at), (at, at + 1)):
        acos = int((known[:, a] & known[:, b]).sum())
        if acos < FEWEST_ACOS:
            pair = f"{acos} with results in both {panel.years[a]} and {panel.years[b]}"
            faults.append(Fault("ACOs of the panel", pair, f"at least {FEWEST_ACOS}", "Choose other years."))
    return faults


def judged(made: Outlook, panel: Panel) -> Scored:
    """Score forecasts with the results of their year."""
    column = int(np.searchsorted(panel.years, made.year))
    result = panel.savings[np.searchsorted(panel.aco, made.aco), column]
    rows = np.isfinite(result) & np.isfinite(made.forecasts["bottom_up"].mean)
    result = result[rows]
    centred, uncentred = {}, {}
    for model, forecast in made.forecasts.items():
        expected, variance = forecast.mean[rows], forecast.variance[rows]
        centred[model] = score(result, expected + (result - expected).mean(), variance)
        uncentred[model] = score(result, expected, variance + forecast.programme_variance)
    surprise = float((result - made.forecasts["bottom_up"].mean[rows]).mean())
    return Scored(made, made.aco[rows], made.beneficiaries[rows], centred, uncentred, surprise)


def record(tests: list[Scored], programme: Programme) -> dict[str, Any]:
    """Lay out the scores of one or more years as plain numbers."""
    aco = np.concatenate([test.aco for test in tests])
    size = np.concatenate([test.beneficiaries for test in tests])
    models = tests[0].centred
    centred = {model: pooled([test.centred[model] for test in tests]) for model in models}
    uncentred = {model: pooled([test.uncentred[model] for test in tests]) for model in models}
    lower = np.array(programme.size_bands)
    band = np.searchsorted(lower, size, side="right") - 1
    present = np.unique(band).tolist()
    return {
        **summarised(centred["bottom_up"], aco),
        "programme_mean": "realised",
        "uncentred": summarised(uncentred["bottom_up"], aco),
        "models": _models(centred, aco),
        "by_size": [
            {
                "from_size": int(lower[b]),
                "models": _models({m: some(s, band == b) for m, s in centred.items()}, aco[band == b]),
            }
            for b in present
        ],
        "years": [_year(test) for test in tests],
        "published_coverage": {str(level): each for level, each in programme.published_coverage.items()},
    }


def _models(scores: dict[str, Scores], aco: npt.NDArray[np.str_]) -> dict[str, Any]:
    """Summarise every model, with its CRPS less that of the bottom-up model on the same forecasts."""
    summary = {}
    for model, each in scores.items():
        worse = mean(each.crps - scores["bottom_up"].crps, aco)
        summary[model] = summarised(each, aco) | {"crps_excess": worse.value, "crps_excess_se": worse.se}
    return summary


def _year(test: Scored) -> dict[str, Any]:
    """Summarise one year: scores, what the programme's mean did, and the laws that the forecasts rest on."""
    forecast = test.outlook.forecasts["bottom_up"]
    return {
        "from": test.outlook.year - 1,
        "to": test.outlook.year,
        "models": _models(test.centred, test.aco),
        "uncentred": summarised(test.uncentred["bottom_up"], test.aco),
        "programme_surprise": test.surprise,
        "programme_sd": forecast.programme_variance**0.5,
        "laws": {model: law._asdict() for model, law in test.outlook.laws.items()},
    }


def result_rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Flatten a record: one row for each model over all forecasts, for each year and for each size.

    Parameters
    ----------
    found
        From ``backtest``.
    """
    lower = [each["from_size"] for each in found["by_size"]]
    ends = [f"{end:,}" for end in lower]
    bands = [f"{low}-{high}" for low, high in pairwise(ends)] + [f"{ends[-1]} or more"]
    parts = [("all", "all", found)]
    parts += [("year", f"{year['from']}-{year['to']}", year) for year in found["years"]]
    parts += [("size", band, each) for band, each in zip(bands, found["by_size"], strict=True)]
    rows = []
    for scope, name, part in parts:
        rows += [_row(scope, name, model, "realised", scores) for model, scores in part["models"].items()]
        if "uncentred" in part:
            rows.append(_row(scope, name, "bottom_up", "forecast", part["uncentred"]))
    return rows


def _row(scope: str, part: str, model: str, programme_mean: str, scores: dict[str, Any]) -> dict[str, Any]:
    """Name the scores of one model on some of the forecasts in one flat record."""
    return {
        "scope": scope,
        "part": part,
        "model": model,
        "programme_mean": programme_mean,
        "n": scores["n"],
        **{f"coverage_{level}": value for level, value in scores["coverage"].items()},
        **{f"coverage_{level}_se": value for level, value in scores["coverage_se"].items()},
        "crps": scores["crps"],
        "crps_se": scores["crps_se"],
        "crps_excess": scores.get("crps_excess"),
        "crps_excess_se": scores.get("crps_excess_se"),
        "pit_ks_p": scores["pit_ks_p"],
    }
