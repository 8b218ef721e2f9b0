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
     "pairs":      null or [{"first", "second", "by_year": {year: C}, "ten_year": C, "break_even_percent": E,
                    "slope": E, "savings_percent": E}],
     "regret":     null or {track: {"regret_usd": S, "best": E}}}

    E = {"value": number, "se": number}            null stands for "not a number"
    S = {statistic: E}

    H = {"usd": S, "percent_of_benchmark": S, "usd_pbpm": S, "p_loss": E}
    L = {share of the benchmark: E}                probability of a loss of more than that share
    C = {"difference_usd": S, "better": E}         better: probability that the first track pays more

``p_loss`` is the probability that the quantity under which it stands is negative over that horizon (in ``worst_year``:
in any year); in the transition, that the benchmark step or the effect is negative. An interval of the stated confidence
is the value and ``factor`` standard errors to each side. Years of drawdown and break-even include ``never``.
A run adds ``rule_influence``, in the shape that ``leadmc/rule_influence.py`` describes.
"""

from collections.abc import Iterator, Mapping, Sequence
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

TURNING_POINT: Final = {"break_even_percent": "break_even", "slope": "slope", "savings_percent": "savings"}

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
        "guarantee": _guarantee_record(guarantee_calls(ds)),
        "transition": _transition_record(transition(ds), by_position(ds)),
        "variance_split": _estimates(variance_split(ds), "share"),
        "rule_uncertainty": _rules_record(rule_uncertainty(ds)),
        "choice": _choice_record(choice(ds)),
        "pairs": _pairs_record(pairs(ds)),
        "regret": _regret_record(ds),
    }


def _estimates(measures: xr.Dataset, name: str) -> Record:
    """Write a variable and its error, one axis within another, by the labels of the axes."""
    found, error = measures[name], measures[f"{name}_se"]
    labels = [[str(label) for label in measures[dim].to_numpy()] for dim in found.dims]
    return _nested(labels, found.to_numpy().tolist(), error.to_numpy().tolist())


def _nested(labels: Sequence[Sequence[str]], values: Any, errors: Any) -> Record:
    if not labels:
        return json_pair(values, errors)
    first, *rest = labels
    return {label: _nested(rest, v, e) for label, v, e in zip(first, values, errors, strict=True)}


def _together(found: Mapping[str, Record]) -> Record:
    """Turn records of the same labels inside out: for each label, all of them by name."""
    labels = next(iter(found.values()))
    return {label: {name: one[label] for name, one in found.items()} for label in labels}


def _by_horizon(found: Record) -> Record:
    """Years under ``by_year``, the other horizons beside it."""
    years = {name: one for name, one in found.items() if name.isdigit()}
    return {"by_year": years} | {name: one for name, one in found.items() if name not in years}


def _risk_record(measures: xr.Dataset) -> Record:
    def horizon(scales: Record) -> Record:
        losses = [statistics.pop(LOSS.name) for statistics in scales.values()]
        return scales | {LOSS.name: losses[0]}

    ordered = measures.rename(se="value_se").transpose("track", "quantity", "horizon", "scale", "statistic")
    return {
        track: {
            name: _by_horizon({each: horizon(scales) for each, scales in by_horizon.items()})
            for name, by_horizon in quantities.items()
        }
        for track, quantities in _estimates(ordered, "value").items()
    }


def _transition_record(measures: xr.Dataset | None, positions: xr.Dataset) -> Record | None:
    if measures is None:
        return None
    by_horizon = {"effect_usd": "effect", "with_usd": "with", "without_usd": "without", "gain": "gain"}
    by_group = {"effect_percent": "effect", "net_usd": "net", "gain": "gain"}
    step = _estimates(measures, "step")
    amounts = {key: _estimates(measures, name) for key, name in by_horizon.items()}
    position = _estimates(positions, "position")
    groups = {key: _estimates(positions, name) for key, name in by_group.items()}

    def track(name: str) -> Record:
        standing = _together({"position_percent": position} | {key: found[name] for key, found in groups.items()})
        return {
            "step_percent": step[name],
            **{key: _by_horizon(found[name]) for key, found in amounts.items()},
            "by_position": list(standing.values()),
        }

    return {"switch_year": int(measures.attrs["switch_year"]), "tracks": {name: track(name) for name in step}}


def _rules_record(measures: xr.Dataset | None) -> Record | None:
    if measures is None:
        return None
    of, names = ([str(each) for each in measures[name].to_numpy()] for name in ("of", "name"))
    means = _estimates(measures, "mean")

    def track(name: str, shares: Record) -> Record:
        each = list(zip(of, names, means[name].values(), strict=True))
        terms = {
            path: {"share": share, "mean_usd": {alternative: mean for term, alternative, mean in each if term == path}}
            for path, share in shares.items()
            if path != ALL
        }
        return {"all": shares[ALL], "terms": terms}

    return {name: track(name, shares) for name, shares in _estimates(measures, "share").items()}


def _choice_record(measures: xr.Dataset | None) -> Record | None:
    if measures is None:
        return None
    named = {name: str(measures.attrs[name]) for name in ("first", "second")}
    return named | _by_horizon(_differences(measures))


def _pairs_record(measures: xr.Dataset | None) -> list[Record] | None:
    if measures is None:
        return None
    points = _together({key: _estimates(measures, name) for key, name in TURNING_POINT.items()}).values()
    tracks = ([str(track) for track in measures[name].to_numpy()] for name in ("first", "second"))
    return [
        {"first": first, "second": second, **_by_horizon(_together(found)), **point}
        for first, second, found, point in zip(*tracks, _differences(measures).values(), points, strict=True)
    ]


def _differences(measures: xr.Dataset) -> Record:
    return _together({"difference_usd": _estimates(measures, "difference"), "better": _estimates(measures, "better")})


def _losses_record(measures: xr.Dataset) -> Record:
    tracks = {track: _by_horizon(found) for track, found in _estimates(measures, "probability").items()}
    return {"quantity": measures.attrs["quantity"], "tracks": tracks}


def _guarantee_record(measures: xr.Dataset) -> Record:
    by_track = _together({name: _estimates(measures, name) for name in ("called", "exceeded")})
    return {track: _by_horizon(_together(found)) for track, found in by_track.items()}


def _course_record(measures: xr.Dataset) -> Record:
    money = {f"{name}_usd": name for name in ("low_point", "drawdown", "reserve")}
    years = {name: name for name in ("drawdown_year", "break_even_year")}
    found = {key: _estimates(measures, name) for key, name in (money | years).items()}
    return {"quantity": measures.attrs["quantity"], "tracks": _together(found)}


def _regret_record(ds: xr.Dataset) -> Record | None:
    if ds.sizes["track"] < 2:
        return None
    found = regret(ds)
    return _together({"regret_usd": _estimates(found, "regret"), "best": _estimates(found, "best")})


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
