"""Draw the README's picture from a finished run: ``python docs/make_picture.py runs/quickstart docs/ten-years.png``."""

import json
import sys
from pathlib import Path

from leadmc.cube.store import open_cube
from leadmc.report import figures, results
from leadmc.report.drawing import styled


def draw(run: Path, picture: Path) -> None:
    """Draw the distribution of the ten-year net result of every track."""
    record = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    with styled() as paper:
        figure = figures.distribution(paper, *results.histograms(open_cube(run), record), results.TOTAL)
        figure.savefig(picture, dpi=170, facecolor="white", metadata={"Software": None})


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
