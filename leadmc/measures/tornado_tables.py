"""A tornado as text and as rows: what each setting of each driver changes, the drivers in the order of their ranks."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from leadmc.measures.precision import LOSS, MEAN
from leadmc.measures.tables import HEADINGS, MILLION, PERCENT, Table, cell
from leadmc.measures.tornado import STATISTICS

Record = Mapping[str, Any]
UNITS: Final = {LOSS.name: PERCENT}
SHOWN: Final = 20
"""Drivers of a table or a figure that is not asked for all."""


class Place(NamedTuple):
    """A driver in the tornado of one track, and its rank there, the same for all that cannot be told apart."""

    rank: int
    driver: Record


def ranked(record: Record, track: str, statistic: str = MEAN.name, most: int | None = None) -> list[Place]:
    """List the drivers that move a statistic of a track, the largest swing first.

    Parameters
    ----------
    record
        From ``one_at_a_time.sensitivity``.
    track, statistic
        Names in it.
    most
        Drivers at the most.
    """
    told = [(one["tracks"][track][statistic], one) for one in record["drivers"] if track in one["tracks"]]
    moved = sorted((each for each in told if each[0]["rank"]), key=lambda each: -each[0]["swing"]["value"])
    return [Place(size["rank"], driver) for size, driver in moved[:most]]


def tornado_table(record: Record, track: str, most: int | None = SHOWN) -> Table:
    """Lay out what each setting changes in the ten-year net result of a track [$ million; % points]."""
    rows = (
        (f"{rank}  {driver['path']} = {setting['value']}", _cells(setting["tracks"][track]))
        for rank, driver in ranked(record, track, most=most)
        for setting in driver["settings"]
    )
    return Table(("Rank, driver and value [$ million]", *_headings()), tuple(rows))


def values_table(record: Record, track: str) -> Table:
    """Lay out what stop-loss and management programmes are worth to a track [$ million; %-points]."""
    rows = []
    if track in record["stop_loss"]:
        rows.append(("Stop-loss, elected less not", _cells(record["stop_loss"][track])))
    if record["management"]:
        found = record["management"]["tracks"][track]
        rows.append(("Management programmes, with less without", _cells(found["net"])))
        rows.append(("The same after their own cost", _cells(found["after_cost"])))
    return Table(("Change [$ million]", *_headings()), tuple(rows))


def tornado_rows(record: Record) -> Iterator[dict[str, Any]]:
    """List what every setting changes, one estimate a row."""
    for driver in record["drivers"]:
        said = {key: driver[key] for key in ("kind", "path", "unit", "confidence")}
        each = ((setting["value"], *told) for setting in driver["settings"] for told in setting["tracks"].items())
        for value, track, changes in each:
            row = said | {"value": value, "track": track}
            ranks = driver["tracks"][track]
            yield from (_row(row, name, ranks[name]["rank"], pair) for name, pair in changes.items())


def _row(row: Record, statistic: str, rank: int | None, pair: Record) -> dict[str, Any]:
    return {**row, "statistic": statistic, "rank": rank, "change": pair["value"], "se": pair["se"]}


def _headings() -> Iterator[str]:
    titles = HEADINGS | {LOSS.name: "Loss (% points)"}
    return (titles.get(one.name, one.name.upper()) for one in STATISTICS)


def _cells(changes: Record) -> tuple[Any, ...]:
    return tuple(cell(changes[one.name], UNITS.get(one.name, MILLION)) for one in STATISTICS)
