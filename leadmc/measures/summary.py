"""The content of ``summary.json``: every estimate of a run with its standard error, in one documented shape.

::

    {"name", "seed", "sampler", "replicates", "n_scenarios",
     "units":      {scale: unit},
     "statistics": {statistic: meaning},
     "tracks":     {track: {quantity: {"by_year": {year: H}, "ten_year": H, "worst_year": H}}},
     "transition": null or {"switch_year", "tracks": {track: {"step_percent": S, "effect_usd": {"by_year": {year: S},
                    "ten_year": S}, "gain": {"by_year": {year: E}, "ten_year": E}}}},
     "choice":     null or {"first", "second", "by_year": {year: C}, "ten_year": C}}

    E = {"value": number, "se": number}            null stands for "not a number"
    S = {statistic: E}
    H = {"usd": S, "percent_of_benchmark": S, "p_loss": E}
    C = {"difference_usd": S, "better": E}         better: probability that the first track pays more

``p_loss`` is the probability that the quantity under which it stands is negative over that horizon (in ``worst_year``:
in any year); in the transition, that the benchmark step or the effect is negative.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import xarray as xr

from leadmc.measures.choice import choice
from leadmc.measures.precision import LOSS
from leadmc.measures.risk import SCALES, STATISTICS, TEN_YEAR, WORST_YEAR, risk
from leadmc.measures.transition import transition

UNITS: Final = {
    "usd": "USD",
    "percent_of_benchmark": "% of the final benchmark of the same scenario and years",
    "p_loss": "probability, 0 to 1",
}

Record = dict[str, Any]


class Row(NamedTuple):
    """One estimate of one quantity, for a table or a CSV file."""

    track: str
    quantity: str
    horizon: str
    unit: str
    statistic: str
    value: float | None
    se: float | None


def summary(ds: xr.Dataset) -> Record:
    """Summarise a cube.

    Parameters
    ----------
    ds
        A cube with the attributes ``name``, ``seed``, ``sampler`` and ``replicates``.

    Returns
    -------
    dict
        Ready for JSON, in the shape of this module's first lines.
    """
    return {
        "name": str(ds.attrs["name"]),
        "seed": int(ds.attrs["seed"]),
        "sampler": str(ds.attrs["sampler"]),
        "replicates": int(ds.attrs["replicates"]),
        "n_scenarios": int(ds.sizes["scenario"]),
        "units": dict(UNITS),
        "statistics": {statistic.name: statistic.meaning for statistic in STATISTICS},
        "tracks": _risk_record(risk(ds)),
        "transition": _transition_record(transition(ds)),
        "choice": _choice_record(choice(ds)),
    }


def _number(value: float) -> float | None:
    """JSON knows no NaN."""
    return float(value) if math.isfinite(value) else None


def _pair(value: xr.DataArray, se: xr.DataArray) -> Record:
    return {"value": _number(value.item()), "se": _number(se.item())}


def _pairs(value: xr.DataArray, se: xr.DataArray) -> Record:
    names = value["statistic"].to_numpy()
    values, errors = value.to_numpy(), se.to_numpy()
    return {str(n): {"value": _number(v), "se": _number(e)} for n, v, e in zip(names, values, errors, strict=True)}


def _by_horizon(horizons: xr.DataArray, record: Callable[[str], Record]) -> Record:
    """Years under ``by_year``, the other horizons beside it."""
    names = [str(name) for name in horizons.to_numpy()]
    years = [name for name in names if name.isdigit()]
    return {"by_year": {name: record(name) for name in years}} | {n: record(n) for n in names if n not in years}


def _risk_record(measures: xr.Dataset) -> Record:
    def horizon(cell: xr.Dataset) -> Record:
        scales = {scale: _pairs(*_sel(cell, scale=scale)) for scale in SCALES}
        losses = [pairs.pop(LOSS.name) for pairs in scales.values()]
        return scales | {LOSS.name: losses[0]}

    def quantity(cell: xr.Dataset) -> Record:
        return _by_horizon(cell["horizon"], lambda name: horizon(cell.sel(horizon=name)))

    return {
        str(track): {
            str(name): quantity(measures.sel(track=track, quantity=name)) for name in measures["quantity"].to_numpy()
        }
        for track in measures["track"].to_numpy()
    }


def _sel(cell: xr.Dataset, **labels: str) -> tuple[xr.DataArray, xr.DataArray]:
    return cell["value"].sel(labels), cell["se"].sel(labels)


def _transition_record(measures: xr.Dataset | None) -> Record | None:
    if measures is None:
        return None

    def track(cell: xr.Dataset) -> Record:
        effect, error, gain, gain_error = (cell[name] for name in ("effect", "effect_se", "gain", "gain_se"))
        return {
            "step_percent": _pairs(cell["step"], cell["step_se"]),
            "effect_usd": _by_horizon(cell["horizon"], lambda n: _pairs(effect.sel(horizon=n), error.sel(horizon=n))),
            "gain": _by_horizon(cell["horizon"], lambda n: _pair(gain.sel(horizon=n), gain_error.sel(horizon=n))),
        }

    tracks = {str(name): track(measures.sel(track=name)) for name in measures["track"].to_numpy()}
    return {"switch_year": int(measures.attrs["switch_year"]), "tracks": tracks}


def _choice_record(measures: xr.Dataset | None) -> Record | None:
    if measures is None:
        return None

    def horizon(name: str) -> Record:
        cell = measures.sel(horizon=name)
        return {
            "difference_usd": _pairs(cell["difference"], cell["difference_se"]),
            "better": _pair(cell["better"], cell["better_se"]),
        }

    named = {name: str(measures.attrs[name]) for name in ("first", "second")}
    return named | _by_horizon(measures["horizon"], horizon)


def horizons(quantity: Mapping[str, Any]) -> Record:
    """Each year, then the ten-year total, then the worst year of one quantity of a summary, by name."""
    return dict(quantity["by_year"]) | {name: quantity[name] for name in (TEN_YEAR, WORST_YEAR)}


def summary_rows(record: Mapping[str, Any]) -> Iterator[Row]:
    """Every estimate of the tracks of a summary, one row each."""
    for track, quantity, horizon, cell in _cells(record):
        for scale in SCALES:
            for statistic, pair in cell[scale].items():
                yield Row(track, quantity, horizon, scale, statistic, **pair)
        yield Row(track, quantity, horizon, "1", LOSS.name, **cell[LOSS.name])


def _cells(record: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Record]]:
    """Walk through the estimates of a summary by track, quantity and horizon."""
    for track, quantities in record["tracks"].items():
        for quantity, by_horizon in quantities.items():
            for horizon, cell in horizons(by_horizon).items():
                yield track, quantity, horizon, cell
