"""What unpublished rules do to a run, laid out as text and as rows: shares of variance, influence, transition."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from leadmc.measures.precision import LOSS, MEAN
from leadmc.measures.risk import TEN_YEAR
from leadmc.measures.rule_uncertainty import ALL
from leadmc.measures.tables import HEADINGS, HORIZONS, MILLION, PERCENT, Table, cell

STEP: Final = (MEAN.name, "p5", "p50", "p95")
SPREAD: Final = (MEAN.name, "p5", "p95")
ENOUGH: Final = 64
"""Scenarios settled again below which no rule is called the largest."""

Record = Mapping[str, Any]
Row = dict[str, Any]


def shares_table(record: Record) -> Table:
    """Lay out what each mixed rule explains of the variance of the ten-year net result, by track [%]."""
    tracks = record["rule_uncertainty"]
    terms = next(iter(tracks.values()))["terms"]
    rows = [(path, tuple(cell(found["terms"][path]["share"], PERCENT) for found in tracks.values())) for path in terms]
    rows.append(("all together", tuple(cell(found[ALL], PERCENT) for found in tracks.values())))
    return Table(("% of the variance", *tracks), tuple(rows))


def means_table(record: Record, track: str) -> Table:
    """Lay out the mean ten-year net result under each alternative of each mixed rule [$ million]."""
    rows = (
        (f"{path} = {name}", (cell(mean, MILLION),))
        for path, found in record["rule_uncertainty"][track]["terms"].items()
        for name, mean in found["mean_usd"].items()
    )
    return Table(("$ million", "Mean"), tuple(rows))


def influence_table(record: Record, track: str) -> Table:
    """Lay out what each alternative changes in the ten-year net result of a track, the largest change first.

    Alternatives that change neither mean nor P5 are left out [$ million].
    """
    found = [(term, term["tracks"][track]) for term in record["rule_influence"]["terms"] if track in term["tracks"]]
    moved = [(term, by) for term, by in found if by["mean_usd"]["value"] or by["p5_usd"]["value"]]
    moved.sort(key=lambda each: -abs(each[1]["mean_usd"]["value"]))
    rows = ((_named(term), (cell(by["mean_usd"], MILLION), cell(by["p5_usd"], MILLION))) for term, by in moved)
    return Table(("$ million", "Mean", "P5"), tuple(rows))


def largest_influence(record: Record) -> str:
    """Say in short lines which unverified rule matters most; empty where none has an alternative, or no error."""
    terms = record["rule_influence"]["terms"][:1]
    if not terms or record["rule_influence"]["n_scenarios"] < ENOUGH:
        return ""
    changes = terms[0]["tracks"].items()
    heads = [f"Largest unverified rule: {_named(terms[0])} would change the mean by"]
    return "\n".join([*heads, *(f"  {track}: {cell(by['mean_usd'], MILLION)} $ million" for track, by in changes)])


def _named(term: Record) -> str:
    """Name an alternative, and how far the value that it would replace is to be trusted."""
    return f"{term['path']} = {term['alternative']} ({term['confidence']})"


def influence_rows(record: Record) -> Iterator[Row]:
    """List what every alternative changes, one estimate a row."""
    for term in record["rule_influence"]["terms"]:
        said = {key: term[key] for key in ("path", "alternative", "confidence", "source")}
        for track, changes in term["tracks"].items():
            for name, pair in changes.items():
                yield said | {"track": track, "change": name, **pair}


def step_table(record: Record) -> Table:
    """Lay out the step of the benchmark at the switch, beyond its trend [%]; a row a track with a rate book."""
    rows = (
        (
            track,
            (*(cell(found["step_percent"][name]) for name in STEP), cell(found["step_percent"][LOSS.name], PERCENT)),
        )
        for track, found in record["transition"]["tracks"].items()
        if any(found["effect_usd"][TEN_YEAR][MEAN.name].values())
    )
    header = ("% of the benchmark", *(HEADINGS.get(name, name.upper()) for name in STEP), "Behind trend (%)")
    return Table(header, tuple(rows))


def effect_table(record: Record, track: str) -> Table:
    """Lay out the mean benchmark without the rate book, and what the rate book adds to it [$ million]; a row a year.

    The last column is the share of scenarios in which it adds. Years in which it does nothing in any scenario are left
    out.
    """
    found = record["transition"]["tracks"][track]
    without, effect, gain = (
        found[name]["by_year"] | {TEN_YEAR: found[name][TEN_YEAR]} for name in ("without_usd", "effect_usd", "gain")
    )
    rows = (
        (
            HORIZONS.get(name, name),
            (
                cell(without[name], MILLION),
                *(cell(effect[name][one], MILLION) for one in SPREAD),
                cell(gain[name], PERCENT),
            ),
        )
        for name in effect
        if any(effect[name][MEAN.name].values())
    )
    return Table(("$ million", "Without", "Effect", "P5", "P95", "Scenarios that gain (%)"), tuple(rows))


def position_table(record: Record, track: str) -> Table:
    """Lay out what the rate book does to ACOs that stood differently against their region; a row a group."""
    rows = (
        (
            f"Group {k}",
            (
                cell(group["position_percent"]),
                cell(group["effect_percent"]),
                cell(group["net_usd"], MILLION),
                cell(group["gain"], PERCENT),
            ),
        )
        for k, group in enumerate(record["transition"]["tracks"][track]["by_position"], start=1)
    )
    header = (
        "Base years' spending",
        "% of region",
        "Effect (% of benchmark)",
        "Net result ($ million)",
        "Scenarios that gain (%)",
    )
    return Table(header, tuple(rows))


def ways_table(record: Record, track: str) -> Table:
    """Lay out the ten-year net result under every way to the rate book [$ million]; a row a way."""
    rows = []
    for way in record["rule_influence"]["rate_book"]:
        found = way["tracks"][track]
        spread = tuple(cell(pair, MILLION) for pair in found["ten_year_usd"].values())
        rows.append((_way(way), (*spread, cell(found["change_usd"], MILLION))))
    return Table(("$ million", "Mean", "P5", "P95", "Against the run"), tuple(rows))


def _way(way: Record) -> str:
    """Name the mode, and the term of the rate book that is changed with it."""
    changed = f", {way['path'].rpartition('.')[2]} = {way['alternative']}" if way["path"] else ""
    return f"{way['mode']}{changed}"


def ways_rows(record: Record) -> Iterator[Row]:
    """List the results under every way to the rate book, one estimate a row."""
    for way in record["rule_influence"]["rate_book"]:
        for track, found in way["tracks"].items():
            pairs = {**found["ten_year_usd"], "change_of_mean": found["change_usd"]}
            for name, pair in pairs.items():
                said = {key: way[key] for key in ("mode", "path", "alternative")}
                yield said | {"track": track, "statistic": name, **pair}
