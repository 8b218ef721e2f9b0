"""The content of ``summary.json``: every estimate of a run with its standard error, in one documented shape.

::

    {"name", "seed", "sampler", "replicates", "n_scenarios",
     "interval":   {"confidence", "degrees_of_freedom", "factor"},
     "discount_rate",
     "units":      {scale: unit},
     "statistics": {statistic: meaning},
     "tracks":     {track: {quantity: {"by_year": {year: H}, "ten_year": H, "ten_year_discounted": H,
                    "worst_year": H}}},
     "losses":     {"quantity", "tracks": {track: {"by_year": {year: L}, "any_year": L, "ten_year": L,
                    "ten_year_discounted": L}}},
     "course":     {"quantity", "tracks": {track: {"low_point_usd": S, "drawdown_usd": S, "drawdown_year": {year: E},
                    "break_even_year": {year: E}, "reserve_usd": {probability of ruin: E}}}},
     "guarantee": {track: {"by_year": {year: {"called": E, "exceeded": E}}, "any_year": the same}},
     "transition": null or {"switch_year", "tracks": {track: {"step_percent": S, "effect_usd": {"by_year": {year: S},
                    "ten_year": S}, "with_usd": {"by_year": {year: E}, "ten_year": E}, "without_usd": the same,
                    "gain": the same, "by_position": [{"position_percent": E, "effect_percent": E, "net_usd": E,
                    "gain": E}]}}},
     "variance_split": {track: {part: E}},
     "rule_uncertainty": null or {track: {"all": E, "terms": {path: {"share": E, "mean_usd": {alternative: E}}}}},
     "choice":     null or {"first", "second", "by_year": {year: C}, "ten_year": C},
     "pairs":      null or [{"first", "second", "by_year": {year: C}, "ten_year": C, "break_even_percent": E}],
     "regret":     null or {track: {"regret_usd": S, "best": E}}}

    E = {"value": number, "se": number}            null stands for "not a number"
    S = {statistic: E}
    A run adds ``rule_influence``, see ``leadmc/rule_influence.py``.

    H = {"usd": S, "percent_of_benchmark": S, "usd_pbpm": S, "p_loss": E}
    L = {share of the benchmark: E}                probability of a loss of more than that share
    C = {"difference_usd": S, "better": E}         better: probability that the first track pays more

``p_loss`` is the probability that the quantity under which it stands is negative over that horizon (in ``worst_year``:
in any year); in the transition, that the benchmark step or the effect is negative. An interval of the stated confidence
is the value and ``factor`` standard errors to each side. Years of drawdown and break-even include ``never``.
A run adds ``rule_influence``, in the shape that ``leadmc/rule_influence.py`` describes.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import xarray as xr

from leadmc.measures.attribution import variance_split
from leadmc.measures.choice import choice, pairs, regret
from leadmc.measures.cumulative import course
from leadmc.measures.draws import CONFIDENCE, draws
from leadmc.measures.losses import guarantee_calls, loss_probabilities
from leadmc.measures.precision import LOSS, json_number, json_pair
from leadmc.measures.risk import DISCOUNT_RATE, DISCOUNTED, SCALES, STATISTICS, TEN_YEAR, WORST_YEAR, risk
from leadmc.measures.rule_uncertainty import ALL, rule_uncertainty
from leadmc.measures.transition import by_position, transition

UNITS: Final = {
    "usd": "USD",
    "percent_of_benchmark": "% of the final benchmark of the same scenario and years",
    "usd_pbpm": "USD per person-month of the same scenario and years",
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
    drawn = draws(ds)
    factor = json_number(drawn.factor())
    return {
        "name": str(ds.attrs["name"]),
        "seed": int(ds.attrs["seed"]),
        "sampler": str(ds.attrs["sampler"]),
        "replicates": int(ds.attrs["replicates"]),
        "n_scenarios": int(ds.sizes["scenario"]),
        "interval": {"confidence": CONFIDENCE, "degrees_of_freedom": drawn.df, "factor": factor},
        "discount_rate": float(ds.attrs[DISCOUNT_RATE]),
        "units": dict(UNITS),
        "statistics": {statistic.name: statistic.meaning for statistic in STATISTICS},
        "tracks": _risk_record(risk(ds)),
        "losses": _losses_record(loss_probabilities(ds)),
        "course": _course_record(course(ds)),
        "guarantee": _by_track(guarantee_calls(ds), _guarantee_record),
        "transition": _transition_record(transition(ds), by_position(ds)),
        "variance_split": _by_track(variance_split(ds), lambda cell: _estimates(cell, "share")),
        "rule_uncertainty": _rules_record(rule_uncertainty(ds)),
        "choice": _choice_record(choice(ds)),
        "pairs": _pairs_record(pairs(ds)),
        "regret": _regret_record(ds),
    }


def _pair(value: xr.DataArray, se: xr.DataArray) -> Record:
    return json_pair(value.item(), se.item())


def _pairs(value: xr.DataArray, se: xr.DataArray) -> Record:
    """Pairs of value and error by the labels of the only axis."""
    values, errors = value.to_numpy(), se.to_numpy()
    names = value[value.dims[0]].to_numpy()
    return {str(n): json_pair(v, e) for n, v, e in zip(names, values, errors, strict=True)}


def _estimates(cell: xr.Dataset, name: str) -> Record:
    """Read a variable and its error from a data set, one number or along one axis."""
    return (_pairs if cell[name].ndim else _pair)(cell[name], cell[f"{name}_se"])


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


def _transition_record(measures: xr.Dataset | None, positions: xr.Dataset) -> Record | None:
    if measures is None:
        return None
    by_horizon = {"effect": "effect_usd", "with": "with_usd", "without": "without_usd", "gain": "gain"}
    by_group = {"position": "position_percent", "effect": "effect_percent", "net": "net_usd", "gain": "gain"}

    def track(cell: xr.Dataset) -> Record:
        def horizons(name: str) -> Record:
            return _by_horizon(cell["horizon"], lambda horizon: _estimates(cell.sel(horizon=horizon), name))

        own = positions.sel(track=cell["track"])
        groups = [own.isel(group=k) for k in range(own.sizes["group"])]
        return {
            "step_percent": _estimates(cell, "step"),
            **{key: horizons(name) for name, key in by_horizon.items()},
            "by_position": [{key: _estimates(group, name) for name, key in by_group.items()} for group in groups],
        }

    return {"switch_year": int(measures.attrs["switch_year"]), "tracks": _by_track(measures, track)}


def _rules_record(measures: xr.Dataset | None) -> Record | None:
    if measures is None:
        return None

    def track(cell: xr.Dataset) -> Record:
        shares = _estimates(cell, "share")
        together = shares.pop(ALL)
        named = cell.set_index(alternative="name")
        means = {path: _estimates(named.isel(alternative=named["of"] == path), "mean") for path in shares}
        return {"all": together, "terms": {p: {"share": s, "mean_usd": means[p]} for p, s in shares.items()}}

    return _by_track(measures, track)


def _choice_record(measures: xr.Dataset | None) -> Record | None:
    if measures is None:
        return None

    def horizon(name: str) -> Record:
        cell = measures.sel(horizon=name)
        return {"difference_usd": _estimates(cell, "difference"), "better": _estimates(cell, "better")}

    named = {name: str(measures.attrs[name]) for name in ("first", "second")}
    return named | _by_horizon(measures["horizon"], horizon)


def _pairs_record(measures: xr.Dataset | None) -> list[Record] | None:
    if measures is None:
        return None
    each = (measures.isel(pair=i) for i in range(measures.sizes["pair"]))
    return [
        (_choice_record(pair.assign_attrs({name: pair[name].item() for name in ("first", "second")})) or {})
        | {"break_even_percent": _estimates(pair, "break_even")}
        for pair in each
    ]


def _by_track(measures: xr.Dataset, record: Callable[[xr.Dataset], Record]) -> Record:
    return {str(name): record(measures.sel(track=name)) for name in measures["track"].to_numpy()}


def _chances(cell: xr.Dataset) -> Record:
    return _by_horizon(cell["horizon"], lambda name: _estimates(cell.sel(horizon=name), "probability"))


def _losses_record(measures: xr.Dataset) -> Record:
    return {"quantity": measures.attrs["quantity"], "tracks": _by_track(measures, _chances)}


def _guarantee_record(cell: xr.Dataset) -> Record:
    def horizon(name: str) -> Record:
        one = cell.sel(horizon=name)
        return {key: _estimates(one, key) for key in ("called", "exceeded")}

    return _by_horizon(cell["horizon"], horizon)


def _course_record(measures: xr.Dataset) -> Record:
    money = {f"{name}_usd": name for name in ("low_point", "drawdown", "reserve")}
    years = {name: name for name in ("drawdown_year", "break_even_year")}

    def track(cell: xr.Dataset) -> Record:
        return {key: _estimates(cell, name) for key, name in (money | years).items()}

    return {"quantity": measures.attrs["quantity"], "tracks": _by_track(measures, track)}


def _regret_record(ds: xr.Dataset) -> Record | None:
    if ds.sizes["track"] < 2:
        return None
    return _by_track(
        regret(ds), lambda cell: {"regret_usd": _estimates(cell, "regret"), "best": _estimates(cell, "best")}
    )


def horizons(quantity: Mapping[str, Any]) -> Record:
    """Each year, then the totals, then the worst year of one quantity of a summary, by name."""
    return dict(quantity["by_year"]) | {name: quantity[name] for name in (TEN_YEAR, DISCOUNTED, WORST_YEAR)}


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
