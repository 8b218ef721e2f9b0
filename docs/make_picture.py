"""Draw the README's picture from a finished run: ``python docs/make_picture.py runs/quickstart docs/ten-years.png``."""

import sys
from pathlib import Path

from leadmc.cube.store import open_cube
from leadmc.measures.risk import ten_year_total
from leadmc.report import figures, words
from leadmc.report.drawing import styled


def draw(run: Path, picture: Path) -> None:
    """Draw the distribution of the ten-year net result of every track."""
    cube = open_cube(run).load()
    titles = [words.track_title(track) for track in cube["track"].values]
    totals = dict(zip(titles, ten_year_total(cube, "net_result") / 1e6, strict=True))
    with styled():
        figure = figures.distribution(totals, "Net result over ten years [$ million]")
        figure.savefig(picture, dpi=150, facecolor="white", metadata={"Software": None})


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
