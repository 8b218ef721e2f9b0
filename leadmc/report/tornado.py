"""The tornado: how far each driver moves the mean ten-year result of a track, either way."""

from collections.abc import Mapping
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from leadmc.measures.precision import MEAN
from leadmc.measures.tables import MILLION
from leadmc.measures.tornado_tables import ranked
from leadmc.report.drawing import palette, styled, svg
from leadmc.report.reading import with_error
from leadmc.report.words import money, track_title

Record = Mapping[str, Any]

BARS: Final = 15
WIDTH: Final = 7.0  # inches
ROW: Final = 0.36
LONGEST: Final = 38
"""Letters of a driver's name."""


def tornado(record: Record, track: str) -> Figure:
    """Draw a bar a driver from the change at its lowest result to that at its highest, with 95% intervals at its ends.

    Drivers that cannot be told apart have the same rank before their names.

    Parameters
    ----------
    record
        From ``one_at_a_time.sensitivity``.
    track
        Name in it.
    """
    places = ranked(record, track, most=BARS)
    figure, colours = Figure(), palette()
    height = ROW * len(places) + 0.8
    figure.set_size_inches(WIDTH, height)
    figure.subplots_adjust(left=0.45, bottom=0.55 / height, top=1 - 0.1 / height)
    axes = figure.subplots()
    own = colours[f"track-{list(record['base']).index(track)}"]
    for place, (_, driver) in enumerate(places):
        ends = _ends(driver, track)
        low, high = ends[0][0], ends[-1][0]
        axes.barh(place, high - low, left=low, height=0.6, color=own, alpha=0.55)
        for value, se, name in ends:
            if not name:
                continue
            reach, right = record["interval"]["factor"] * se, value > 0
            axes.errorbar(value, place, xerr=reach, color=colours["ink"], linewidth=1, capsize=2)
            axes.annotate(
                name,
                (value + (reach if right else -reach), place),
                (5 if right else -5, 0),
                textcoords="offset points",
                ha="left" if right else "right",
                va="center",
                fontsize=7.5,
                color=colours["soft"],
            )
    axes.set_yticks(range(len(places)), [f"{_short(driver)}  {rank}" for rank, driver in places])
    axes.set_ylim(len(places) - 0.4, -0.6)
    axes.axvline(0, color=colours["ink"], linewidth=1)
    axes.margins(x=0.16)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.set_xlabel("Change of the mean net result over ten years [$ million]")
    return figure


def tornado_file(record: Record, track: str) -> str:
    """Draw the tornado of a track as an SVG file of its own."""
    with styled():
        drawing = svg(tornado(record, track), "tornado", tornado_finding(record, track))
    for role, colour in palette().items():
        drawing = type(drawing)(drawing.replace(f"var(--{role})", colour))
    return drawing


def tornado_finding(record: Record, track: str) -> str:
    """State which driver swings a track most, and by how much."""
    first = ranked(record, track, most=1)
    if not first:
        return f"Nothing moves {track_title(track)}"
    rank, driver = first[0]
    swing = money(driver["tracks"][track][MEAN.name]["swing"])
    alike = [one for one in ranked(record, track) if one.rank == rank]
    also = f", and cannot be told apart from {len(alike) - 1} more" if len(alike) > 1 else ""
    return f"{track_title(track)}: {_name(driver)} swings the mean by {swing}{also}"


def _ends(driver: Record, track: str) -> list[tuple[float, float, str]]:
    """Lowest and highest change of the mean among a driver's values, each with error and name; no change has none."""
    settings = ((*with_error(one["tracks"][track][MEAN.name], MILLION), one["value"]) for one in driver["settings"])
    every = sorted([(0.0, 0.0, ""), *settings])
    return [every[0], every[-1]]


def _short(driver: Record) -> str:
    """Name a driver in the room beside its bar."""
    name = _name(driver)
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _name(driver: Record) -> str:
    """Name a driver for a reader: a rule by its title, an assumption by its path."""
    return str(driver["title"]) or driver["path"].replace("_", " ").replace(".", ": ", 1)
