"""Paper: axes that are wiped for the next figure, because making them takes longer than drawing on them."""

from collections.abc import Callable, Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import AutoLocator, MaxNLocator, ScalarFormatter

PLOT: Final = 2.25  # inches between the axes' ends
LABELS: Final = 0.52  # inches below them
AXIS_NAME: Final = 0.29  # inches from the axes to their name
LEGEND_ROW: Final = 0.2  # inches
ROW: Final = 0.42  # inches of a row
PANEL: Final = 1.25  # inches of a panel


class Paper:
    """Holds one figure of each layout; what was drawn on it is gone when the next one begins."""

    def __init__(self) -> None:
        self._laid: dict[str, Figure] = {}

    def plain(self, legend_rows: int = 2) -> tuple[Figure, Axes]:
        """Give one pair of axes with room below for a legend."""
        figure, (axes,) = self._clean("plain", _one)
        below = LABELS + LEGEND_ROW * legend_rows
        figure.set_figheight(PLOT + below)
        figure.subplots_adjust(bottom=below / (PLOT + below))
        axes.xaxis.set_major_locator(AutoLocator())
        axes.xaxis.set_major_formatter(ScalarFormatter())
        return figure, axes

    def rows(self, names: Sequence[str]) -> tuple[Figure, Axes]:
        """Give axes with a named row for each bar, the first on top."""
        figure, (axes,) = self._clean("rows", _lying)
        height = ROW * len(names) + 0.6
        figure.set_figheight(height)
        longest = max((len(part) for name in names for part in name.split("\n")), default=0)
        figure.subplots_adjust(left=min(0.05 + 0.0155 * longest, 0.6), bottom=LABELS / height, top=1 - 0.05 / height)
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.45, -0.55)
        axes.xaxis.set_label_coords(1, -AXIS_NAME / (height - LABELS - 0.05))
        return figure, axes

    def panels(self, count: int) -> tuple[Figure, Sequence[Axes]]:
        """Give axes below one another that share their horizontal axis."""
        return self._clean(f"panels-{count}", lambda: _stacked(count))

    def _clean(self, layout: str, make: Callable[[], Figure]) -> tuple[Figure, list[Axes]]:
        if layout not in self._laid:
            self._laid[layout] = make()
        figure = self._laid[layout]
        for artist in (*figure.artists, *figure.texts):
            artist.remove()
        for axes in figure.axes:
            for artist in (*axes.lines, *axes.collections, *axes.patches, *axes.texts):
                artist.remove()
            axes.containers.clear()
            axes.relim()
            axes.autoscale()
        return figure, figure.axes


def _one() -> Figure:
    """Make a pair of axes whose labels stand still: to find the place that ticks leave them takes long."""
    figure = Figure()
    axes = figure.subplots()
    axes.yaxis.set_label_coords(-0.13, 0.5)
    axes.xaxis.set_label_coords(0.5, -AXIS_NAME / PLOT)
    return figure


def _lying() -> Figure:
    figure = _one()
    (axes,) = figure.axes
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.spines["left"].set_visible(False)
    return figure


def _stacked(count: int) -> Figure:
    figure = Figure()
    height = PANEL * count + 0.6
    figure.set_figheight(height)
    figure.subplots_adjust(right=0.94, bottom=0.5 / height, top=1 - 0.22 / height, hspace=0.32)
    figure.subplots(count, 1, sharex=True, squeeze=False)
    return figure
