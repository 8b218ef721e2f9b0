"""The figure of a backtest: are the forecasts as sure as they should be, and do their intervals hold what they say."""

from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from leadmc.base.errors import Fault, InputError
from leadmc.report.drawing import palette, styled

EXTENSIONS: Final = (".svg", ".png")
TITLES: Final = {"bottom_up": "bottom-up", "top_down": "top-down", "size_only": "size only"}
SIZE: Final = (9.4, 4.0)  # inches
SHIFT: Final = 0.7  # points between the models at one level


def check_extension(path: Path) -> None:
    """Refuse a file that is not SVG or PNG.

    Raises
    ------
    InputError
        Another extension.
    """
    if path.suffix.lower() not in EXTENSIONS:
        allowed = " or ".join(EXTENSIONS)
        raise InputError([Fault("--figure", path.name, f"a file name that ends in {allowed}", "Rename it.")])


def write_figure(found: dict[str, Any], path: Path) -> None:
    """Write the figure of a backtest, the same bytes for the same record.

    Parameters
    ----------
    found
        The record of ``validation.backtest.backtest``.
    path
        An ``.svg`` or ``.png`` file.
    """
    with styled():
        figure = backtest_figure(found)
        unsaid = {"Date": None, "Creator": None} if path.suffix.lower() == ".svg" else {"Software": None}
        figure.savefig(path, facecolor="white", dpi=160, metadata=unsaid)


def backtest_figure(found: dict[str, Any]) -> Figure:
    """Draw the PIT histogram of the bottom-up model, and coverage less its nominal value of all models."""
    figure = Figure(figsize=SIZE)
    left, right = figure.subplots(1, 2)
    _histogram(left, found)
    _coverage(right, found)
    covered, first, last = found["coverage"]["90"], found["years"][0]["to"], found["years"][-1]["to"]
    years = str(first) if first == last else f"{first}-{last}"
    figure.suptitle(f"Of {found['n']:,} results of {years}, {covered:.1f}% fell inside their 90% interval", fontsize=11)
    return figure


def _histogram(axes: Axes, found: dict[str, Any]) -> None:
    counts = np.array(found["pit_histogram"])
    edges, colours = np.linspace(0.0, 1.0, counts.size + 1), palette()
    even = 1 / counts.size
    margin = 1.96 * np.sqrt(even * (1 - even) / counts.sum())
    axes.stairs(100 * counts / counts.sum(), edges, fill=True, color=colours["track-0"], alpha=0.55)
    axes.axhspan(100 * (even - margin), 100 * (even + margin), color=colours["soft"], alpha=0.2)
    axes.axhline(100 * even, color=colours["ink"], linewidth=1)
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel("Probability given to a result below the real one")
    axes.set_ylabel("Forecasts in each tenth [%]")
    axes.set_title(f"Band: 95% of fair forecasts; Kolmogorov-Smirnov p = {found['pit_ks_p']:.2g}", fontsize=9)


def _coverage(axes: Axes, found: dict[str, Any]) -> None:
    levels = np.array([int(level) for level in found["coverage"]])
    for i, (model, scores) in enumerate(found["models"].items()):
        covered, error = (np.array(list(scores[key].values())) for key in ("coverage", "coverage_se"))
        place = levels + SHIFT * (i - 1)
        label = f"{TITLES[model]}, CRPS {scores['crps']:.2f}"
        axes.errorbar(place, covered - levels, 1.96 * error, fmt="osD"[i], markersize=5, capsize=3, label=label)
    published = found["published_coverage"]
    miss = [value - int(level) for level, value in published.items()]
    ink = palette()["ink"]
    axes.plot([int(level) for level in published], miss, "x", color=ink, label="published, top-down")
    axes.axhline(0.0, color=ink, linewidth=1)
    axes.set_xticks(levels)
    axes.set_xlabel("Interval [%]")
    axes.set_ylabel("Results inside, less the nominal share [points]")
    axes.legend(loc="best")
    axes.set_title("Bars: 95% intervals, clustered by ACO", fontsize=9)
