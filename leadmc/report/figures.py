"""The figures of the report, one function each; numbers come in the unit of the axis, and leave as a drawing.

A figure lasts until the next one is drawn on the same paper.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from leadmc.measures.precision import Estimate
from leadmc.report.drawing import palette
from leadmc.report.paper import LEGEND_ROW, Paper

Array = npt.NDArray[np.float64]

MOST_BARS: Final = 36
KEYS: Final = (0.1, 0.5)
"""Where the columns of a legend begin [share of the width]."""
SWATCH: Final = 0.27  # inches
BANDS: Final = ((("p5", "p95"), 0.22, "P5 to P95"), (("p25", "p75"), 0.34, "P25 to P75"))


class Range(NamedTuple):
    """One row of a range plot: its name, the number of its colour, and percentiles by name."""

    name: str
    colour: int
    at: Mapping[str, float]


class Line(NamedTuple):
    """One curve or sample of a figure: its name and the number of its colour, that of its track."""

    name: str
    colour: int
    values: Array


class Bar(NamedTuple):
    """One horizontal bar: its name, its end, and the standard error of that; ``total`` where it is a sum of others."""

    name: str
    value: float
    se: float
    total: bool = False


def ranges(paper: Paper, rows: Sequence[Range], axis: str) -> Figure:
    """Draw where results lie, a row each: nine in ten scenarios thin, half of them thick, the middle one as a dot."""
    figure, axes = paper.rows([row.name for row in rows])
    colours = palette()
    for place, row in enumerate(rows):
        colour = colours[f"track-{row.colour}"]
        axes.plot([row.at["p5"], row.at["p95"]], [place] * 2, "-", color=colour, linewidth=2.4, solid_capstyle="butt")
        axes.plot([row.at["p25"], row.at["p75"]], [place] * 2, "-", color=colour, linewidth=9, solid_capstyle="butt")
        axes.plot(row.at["p50"], place, "o", color="white", markeredgecolor=colours["ink"], markersize=5.5)
        axes.plot(row.at["p5"], place, "|", color=colours["ink"], markersize=11, markeredgewidth=2)
    axes.axvline(0, color=colours["ink"], linewidth=1)
    axes.set_xlabel(axis, loc="right")
    return figure


def distribution(paper: Paper, edges: Array, samples: Sequence[Line], marks: Sequence[float], axis: str) -> Figure:
    """Draw histograms over one axis, each with the line that one scenario in twenty stays below.

    Parameters
    ----------
    paper
        To draw on.
    edges
        Of the bars, in the unit of the axis.
    samples
        Share of scenarios in each bar [1].
    marks
        P5 of each sample, in the unit of the axis.
    axis
        Name of the axis, with its unit.
    """
    figure, axes = paper.plain(legend_rows=len(samples) // 2 + 1)
    colours = palette()
    for place, (sample, mark) in enumerate(zip(samples, marks, strict=True)):
        colour = colours[f"track-{sample.colour}"]
        drawn = axes.stairs(100 * sample.values, edges, fill=True, label=sample.name)
        drawn.set(facecolor=to_rgba(colour, 0.22), edgecolor=colour, linestyle=_dash(place), linewidth=1.2)
        axes.axvline(mark, color=colour, linestyle=(0, (1, 1.2)), linewidth=2)
    axes.plot([], [], color=colours["ink"], linestyle=(0, (1, 1.2)), label="one in 20 is left of it")
    axes.axvline(0, color=colours["ink"], linewidth=1)
    axes.set_xlabel(axis)
    axes.set_ylabel("Scenarios in each bar [%]")
    axes.set_xlim(edges[0], edges[-1])
    _legend(figure, axes)
    return figure


def bin_edges(low: float, high: float, scenarios: int) -> Array:
    """Choose round bars with an edge at zero; more of them with more scenarios."""
    bars = int(np.clip(2 * np.cbrt(scenarios), 8, MOST_BARS))
    return np.asarray(MaxNLocator(bars, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))


def fan(
    paper: Paper,
    years: Sequence[int],
    lines: Mapping[str, Array],
    *,
    colour: int,
    axis: str,
    limits: tuple[float, float],
) -> Figure:
    """Draw how far the results of each year spread.

    Parameters
    ----------
    paper
        To draw on.
    years
        Along the horizontal axis.
    lines
        P1, P5, P25, P50, P75, P95 and P99 by year, by name.
    colour
        Number of the track's colour.
    axis
        Name of the vertical axis, with its unit.
    limits
        Ends of the vertical axis, the same for all tracks.
    """
    figure, axes = paper.plain()
    colours = palette()
    own = colours[f"track-{colour}"]
    for (low, high), alpha, label in BANDS:
        axes.fill_between(years, lines[low], lines[high], color=to_rgba(own, alpha), linewidth=0, label=label)
    axes.plot(years, lines["p50"], "-", color=own, marker="o", markersize=4, label="P50")
    for name, label in (("p1", "P1 and P99"), ("p99", "_nolegend_")):
        axes.plot(years, lines[name], color=own, linewidth=1, linestyle=(0, (2, 2)), label=label)
    axes.axhline(0, color=colours["ink"], linewidth=1)
    axes.xaxis.set_major_locator(FixedLocator(years[::3]))
    axes.set_ylim(*limits)
    axes.set_xlabel("Performance year")
    axes.set_ylabel(axis)
    _legend(figure, axes)
    return figure


def limits(lines: Sequence[Mapping[str, Array]]) -> tuple[float, float]:
    """Find the ends of an axis that holds P1 to P99 of every year of every track, and zero."""
    ends = np.concatenate([one[name] for one in lines for name in ("p1", "p99")])
    low, high = (float(pick(ends, initial=0.0, where=np.isfinite(ends))) for pick in (np.min, np.max))
    margin = 0.04 * (high - low) or 1.0
    return low - margin, high + margin


def curves(paper: Paper, amounts: Array, lines: Sequence[Line], axis: str) -> Figure:
    """Draw how likely a result above each amount is [%], a curve a track."""
    figure, axes = paper.plain(legend_rows=(len(lines) + 1) // 2)
    colours = palette()
    for line in lines:
        dash = _dash(line.colour)
        axes.plot(amounts, 100 * line.values, color=colours[f"track-{line.colour}"], linestyle=dash, label=line.name)
    axes.axvline(0, color=colours["ink"], linewidth=1)
    axes.set_ylim(0, 100)
    axes.set_xlim(amounts[0], amounts[-1])
    axes.set_xlabel(axis)
    axes.set_ylabel("Scenarios that end above [%]")
    _legend(figure, axes)
    return figure


def bars(paper: Paper, rows: Sequence[Bar], axis: str, colour: int, factor: float) -> Figure:
    """Draw bars from zero, the first on top, with intervals of so many standard errors to each side."""
    figure, axes = paper.rows([row.name for row in rows])
    colours = palette()
    ends, errors = np.array([row.value for row in rows]), factor * np.array([row.se for row in rows])
    axes.barh(range(len(rows)), ends, height=0.55, color=to_rgba(colours[f"track-{colour}"], 0.6))
    axes.errorbar(ends, range(len(rows)), xerr=errors, fmt="none", ecolor=colours["ink"], elinewidth=1.2, capsize=2.5)
    axes.axvline(0, color=colours["ink"], linewidth=1)
    axes.set_xlabel(axis, loc="right")
    return figure


def waterfall(paper: Paper, rows: Sequence[Bar], axis: str, colour: int) -> Figure:
    """Draw amounts that add up: each bar begins where the one above it ends, a total begins at zero."""
    figure, axes = paper.rows([row.name for row in rows])
    colours = palette()
    reached = 0.0
    for place, row in enumerate(rows):
        start = 0.0 if row.total else reached
        reached = start + row.value
        shade = colours[f"track-{colour}"] if row.total else colours["soft"]
        axes.barh(place, reached - start, left=start, height=0.55, color=to_rgba(shade, 0.75 if row.total else 0.5))
        if place + 1 < len(rows):
            axes.plot([reached] * 2, [place, place + 1], "-", color=colours["soft"], linewidth=0.8)
    axes.axvline(0, color=colours["ink"], linewidth=1)
    axes.set_xlabel(axis, loc="right")
    return figure


def when(paper: Paper, years: Sequence[str], first: Line, second: Line) -> Figure:
    """Draw two probabilities for each year, and for never, side by side [%]."""
    figure, axes = paper.plain(legend_rows=1)
    colours = palette()
    places = np.arange(len(years))
    for line, shift, strength in ((first, -0.2, 0.85), (second, 0.2, 0.35)):
        shade = to_rgba(colours[f"track-{line.colour}"], strength)
        axes.bar(places + shift, 100 * line.values, width=0.38, color=shade, label=line.name)
    shown = [*range(0, len(years) - 2, 3), len(years) - 1]
    axes.set_xticks(shown, [years[place] for place in shown])
    axes.set_ylabel("Scenarios [%]")
    axes.set_xlabel("Performance year")
    _legend(figure, axes)
    return figure


def convergence(paper: Paper, scenarios: Array, panels: Mapping[str, Estimate], colour: int, factor: float) -> Figure:
    """Draw estimates by the number of scenarios, a panel each under its name, with intervals of ``factor`` errors."""
    figure, stacked = paper.panels(len(panels))
    own = palette()[f"track-{colour}"]
    for axes, (name, (value, se)) in zip(stacked, panels.items(), strict=True):
        axes.fill_between(scenarios, value - factor * se, value + factor * se, color=to_rgba(own, 0.25), linewidth=0)
        axes.plot(scenarios, value, "-", color=own, marker="o", markersize=3)
        axes.set_xscale("log", base=2)
        axes.yaxis.set_major_locator(MaxNLocator(3))
        axes.set_title(name, loc="left", fontsize=9, pad=3)
    bottom = stacked[-1]
    bottom.xaxis.set_major_locator(FixedLocator(list(scenarios[-1::-2])))
    bottom.xaxis.set_minor_locator(NullLocator())
    bottom.xaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    bottom.set_xlabel("Scenarios")
    return figure


def _dash(index: int) -> str:
    return ("-", "--", "-.", ":")[index % 4]


def _legend(figure: Figure, axes: Axes) -> None:
    """Name what is drawn at the foot of the figure, two names a row."""
    handles, labels = axes.get_legend_handles_labels()
    width, height = figure.get_size_inches()
    rows = (len(labels) + 1) // 2
    for place, (handle, label) in enumerate(zip(handles, labels, strict=True)):
        column, row = divmod(place, rows)
        x, y = KEYS[column], LEGEND_ROW * (rows - row - 0.35) / height
        figure.add_artist(_swatch(handle, x, y, figure))
        figure.text(x + (SWATCH + 0.08) / width, y, label, va="center", fontsize=9)


def _swatch(handle: Any, x: float, y: float, figure: Figure) -> Artist:
    """Show a line as a short one, and an area as a small rectangle."""
    width, height = (inches / size for inches, size in zip((SWATCH, 0.09), figure.get_size_inches(), strict=True))
    if isinstance(handle, Line2D):
        line = Line2D([], [])
        line.update_from(handle)
        line.set(xdata=[x, x + width / 2, x + width], ydata=[y] * 3, markevery=[1], clip_on=False)
        line.set_transform(figure.transFigure)
        return line
    area = handle[0] if isinstance(handle, BarContainer) else handle
    return Rectangle((x, y - height / 2), width, height, facecolor=area.get_facecolor(), linewidth=0)
