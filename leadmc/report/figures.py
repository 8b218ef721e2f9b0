"""The figures of the report, one function each; money in $ million, percentages as such."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from leadmc.measures.precision import Array
from leadmc.measures.tables import MILLION
from leadmc.report.drawing import palette

MOST_BARS: Final = 44
SHOWN: Final = (0.002, 0.998)
"""Quantiles between which a histogram is drawn; the page says so."""
BANDS: Final = (
    (("p5", "p95"), 0.22, "P5 to P95"),
    (("p25", "p75"), 0.34, "P25 to P75"),
)


def distribution(samples: Mapping[str, Array], axis: str, first_colour: int = 0) -> Figure:
    """Draw histograms of several tracks over one axis, each with the line that one scenario in twenty stays below.

    Parameters
    ----------
    samples
        One number a scenario, by the name of its track, in the unit of the axis.
    axis
        Name of the axis, with its unit.
    first_colour
        Number of the first sample's colour: that of the first track, or another where the sample is no track.
    """
    figure = Figure()
    axes = figure.subplots()
    edges = bin_edges(list(samples.values()))
    colours = palette()
    for i, (name, values) in enumerate(samples.items(), first_colour):
        share = 100 * np.histogram(values, edges)[0] / values.size
        colour = colours[f"track-{i}"]
        axes.stairs(share, edges, fill=True, facecolor=to_rgba(colour, 0.22), edgecolor="none")
        axes.stairs(share, edges, edgecolor=colour, label=name, linestyle=_dash(i))
        axes.axvline(float(np.quantile(values, 0.05)), color=colour, linestyle=(0, (1, 1.2)), linewidth=2)
    axes.plot([], [], color=colours["ink"], linestyle=(0, (1, 1.2)), label="one in 20 is left of it")
    axes.axvline(0, color=colours["ink"], linewidth=1)
    axes.set_xlabel(axis)
    axes.set_ylabel("Scenarios in each bar [%]")
    axes.set_xlim(edges[0], edges[-1])
    _legend(figure, axes)
    return figure


def bin_edges(samples: Sequence[Array]) -> Array:
    """Choose round bars with an edge at zero, for all samples at once; more of them with more scenarios."""
    low, high = np.quantile(np.concatenate(samples), SHOWN)
    bars = int(np.clip(2 * np.cbrt(samples[0].size), 8, MOST_BARS))
    return np.asarray(MaxNLocator(bars, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))


def fan(quantity: Mapping[str, Any], index: int, limits: tuple[float, float]) -> Figure:
    """Draw how far the yearly result of one track spreads.

    Parameters
    ----------
    quantity
        One quantity of one track of a summary.
    index
        Number of the track, for its colour.
    limits
        Ends of the money axis [$ million], the same for all tracks.
    """
    figure = Figure()
    axes = figure.subplots()
    years = [int(year) for year in quantity["by_year"]]
    lines = {name: _by_year(quantity, name) for name in ("p1", "p5", "p25", "p50", "p75", "p95", "p99")}
    colours = palette()
    colour = colours[f"track-{index}"]
    for (low, high), alpha, label in BANDS:
        axes.fill_between(years, lines[low], lines[high], color=to_rgba(colour, alpha), linewidth=0, label=label)
    axes.plot(years, lines["p50"], color=colour, marker="o", markersize=4, label="P50")
    for name, label in (("p1", "P1 and P99"), ("p99", "_nolegend_")):
        axes.plot(years, lines[name], color=colour, linewidth=1, linestyle=(0, (2, 2)), label=label)
    axes.axhline(0, color=colours["ink"], linewidth=1)
    axes.set_xticks(years)
    axes.set_ylim(*limits)
    axes.set_xlabel("Performance year")
    axes.set_ylabel("Net result of the year [$ million]")
    _legend(figure, axes)
    return figure


def fan_limits(quantities: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Find the ends of a money axis that holds P1 to P99 of every year of every track, and zero [$ million]."""
    ends = [value for one in quantities for name in ("p1", "p99") for value in _by_year(one, name)]
    low, high = min(*ends, 0.0), max(*ends, 0.0)
    margin = 0.04 * (high - low) or 1.0
    return low - margin, high + margin


def _by_year(quantity: Mapping[str, Any], statistic: str) -> list[float]:
    return [cell["usd"][statistic]["value"] / MILLION for cell in quantity["by_year"].values()]


def _dash(index: int) -> str:
    return ("-", "--", "-.", ":")[index % 4]


def _legend(figure: Figure, axes: Axes) -> None:
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
