"""Draw the pictures of the guide from a finished run.

``python docs/make_guide_pictures.py runs/example docs/guide``; the tornado is that of ``leadmc sensitivity --out``.
"""

import json
import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from leadmc.cube.store import open_cube
from leadmc.measures.exceedance import exceedance
from leadmc.measures.risk import ten_year_total
from leadmc.report import figures, words
from leadmc.report.drawing import styled

MILLION = 1e6
SHOWN = ("p1", "p5", "p25", "p50", "p75", "p95", "p99")
POINTS = 81


def draw(run: Path, folder: Path) -> None:
    """Draw what every year may bring, and how likely each ten-year result is."""
    record = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    tracks = list(record["tracks"])
    by_year = {track: record["tracks"][track]["net_result"]["by_year"] for track in tracks}
    lines = {
        track: {name: np.array([one["usd"][name]["value"] / MILLION for one in years.values()]) for name in SHOWN}
        for track, years in by_year.items()
    }
    cube = open_cube(run).load()
    totals = ten_year_total(cube, "net_result")
    amounts = np.linspace(*np.quantile(totals, (0.005, 0.995)), POINTS)
    above = exceedance(cube, at=list(amounts))["probability"]
    curves = [
        figures.Line(words.track_title(track), i, above.sel(track=track).to_numpy()) for i, track in enumerate(tracks)
    ]
    with styled() as paper:
        ends = figures.limits(list(lines.values()))
        for i, track in enumerate(tracks):
            years = [int(year) for year in by_year[track]]
            figure = figures.fan(paper, years, lines[track], colour=i, axis="Net result [$ million]", limits=ends)
            _save(figure, folder / f"years-{track}.png")
        _save(
            figures.curves(paper, amounts / MILLION, curves, "Net result over ten years [$ million]"),
            folder / "exceedance.png",
        )


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=90, facecolor="white", metadata={"Software": None})


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
