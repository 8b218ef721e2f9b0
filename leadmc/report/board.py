"""The first screen, for a board with two minutes: which track, how sure, how likely a loss, how bad, what decides."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from leadmc.measures.attribution import ACO, BETWEEN, CLAIMS, RULES, WORLD
from leadmc.measures.precision import PERCENTILE
from leadmc.measures.tables import PERCENT, SCALE_UNITS, Cell, cell
from leadmc.report.words import between, distinct, moves, otherwise, ranked, ten_year, track_title, verdict

Record = Mapping[str, Any]

ENDS_BELOW: Final = {
    "p1": "One in 100 ends below",
    "p5": "One in 20 ends below",
    "p10": "One in 10 ends below",
    "p25": "One in 4 ends below",
    "p50": "Half end below",
    "p75": "Three in 4 end below",
    "p90": "Nine in 10 end below",
    "p95": "19 in 20 end below",
    "p99": "99 in 100 end below",
}
DRIVER: Final = {
    CLAIMS: "the luck of single people's claims",
    ACO: "what this ACO turns out to cost against its region",
    WORLD: "how cost grows in the nation and in the region",
    RULES: "which rules CMS will publish",
}


class Row(NamedTuple):
    """A track on the first screen.

    Parameters
    ----------
    track, title
        Its name in the cube, and for a reader.
    loss
        Chance of a loss over ten years [%].
    mean
        By scale.
    tail
        By scale and percentile.
    best
        Chance that no track is better [%]; None for a single track.
    """

    track: str
    title: str
    loss: Cell
    mean: Mapping[str, Cell]
    tail: Mapping[str, Mapping[str, Cell]]
    best: Cell | None


class Board(NamedTuple):
    """The first screen: sentences, a row for each track, and what would change the answer."""

    verdict: str
    sure: tuple[str, ...]
    rows: tuple[Row, ...]
    fact: str
    also: tuple[str, ...]


def board(record: Record) -> Board:
    """Say what a board must know."""
    first, *more = verdict(record)
    facts = list(_facts(record))
    return Board(
        first, tuple(more), tuple(_row(record, track) for track in record["tracks"]), facts[0], tuple(facts[1:])
    )


def _row(record: Record, track: str) -> Row:
    total, regret = ten_year(record, track), record["regret"]
    return Row(
        track,
        track_title(track),
        cell(total["p_loss"], PERCENT),
        {scale: cell(total[scale]["mean"], unit) for scale, (_, unit) in SCALE_UNITS.items()},
        {
            scale: {one.name: cell(total[scale][one.name], unit) for one in PERCENTILE}
            for scale, (_, unit) in SCALE_UNITS.items()
        },
        cell(regret[track]["best"], PERCENT) if regret else None,
    )


def _facts(record: Record) -> Iterator[str]:
    """Say what decides the answer, at least one sentence: where the order of tracks turns, drivers, rules."""
    best = ranked(record)[0]
    yield from _turning_point(record)
    split = record["variance_split"][best]
    known = {part: share for part, share in split.items() if share["value"] is not None and BETWEEN not in part}
    if known:
        part = max(known, key=lambda name: known[name]["value"])
        share = f"{cell(known[part], PERCENT)}%" if known[part]["se"] else "all"
        yield f"Most of the uncertainty is {DRIVER[part]}: it makes {share} of the spread of {track_title(best)}."
    else:
        yield "With so few scenarios, or none of the drivers at work, nothing can be said of what decides the result."
    yield from _rule(record, best)


def _turning_point(record: Record) -> Iterator[str]:
    """Say beyond which savings the order of the tracks of LEAD turns, or else of the best two, where that is known."""
    if not record["pairs"]:
        return
    pairs = [ranked(record)[:2]]
    if record["choice"]:
        pairs.insert(0, [record["choice"]["first"], record["choice"]["second"]])
    for pair in (between(record, *names) for names in pairs):
        level, slope = pair["break_even_percent"], pair["slope"]
        if level["value"] is not None and distinct(slope):
            above, below = (track_title(pair[name]) for name in ("first", "second"))
            if slope["value"] < 0:
                above, below = below, above
            yield (
                f"{above} is better than {below} only where the ACO saves more than {cell(level)}% of its benchmark "
                f"before discount over ten years; on average it saves {cell(pair['savings_percent'])}%."
            )
            return


def _rule(record: Record, track: str) -> Iterator[str]:
    """Say which unverified rule moves a track most."""
    influence = record.get("rule_influence")
    terms = [term for term in influence["terms"] if track in term["tracks"]] if influence else []
    moved = [(term, term["tracks"][track]["mean_usd"]) for term in terms]
    moved = [(term, mean) for term, mean in moved if distinct(mean)]
    if moved:
        term, mean = max(moved, key=lambda each: abs(each[1]["value"]))
        yield (
            f"Of the rules that no source confirms, the one that weighs most on {track_title(track)}: "
            f"{otherwise(term)} would {moves(mean)}."
        )
