"""The tables of the page that no terminal prints: how likely losses are, the course of ten years, choice, variance."""

from collections.abc import Mapping
from typing import Any, Final

import xarray as xr

from leadmc.base.variables import VARIABLES
from leadmc.contract.programmes import ALL_TRACKS
from leadmc.measures.losses import ANY_YEAR
from leadmc.measures.precision import LOSS, MEAN
from leadmc.measures.tables import HEADINGS, HORIZONS, MILLION, PERCENT, Table, cell
from leadmc.report.words import track_title

Record = Mapping[str, Any]

LINES: Final = {
    "discount_and_quality": "Discount, and quality not earned",
    "expenditure": "Expenditure",
    "kept_by_medicare": "Medicare's share",
    "stop_loss_net": "Stop-loss; MSSP: cost cut off",
    "episodes_net": "CARA episodes",
}
"""What the lines of the mean path are called that are no variables of the cube, or whose name is too long."""
TITLES: Final = {track: track_title(track) for track in ALL_TRACKS}
REGRET: Final = (MEAN.name, "p50", "p75", "p95")
DIFFERENCE: Final = (MEAN.name, "p5", "p25", "p50", "p75", "p95")


def losses_table(record: Record, track: str) -> Table:
    """Lay out probabilities of a loss of more than each share of the benchmark [%]; a row a horizon."""
    found = record["losses"]["tracks"][track]
    horizons = found["by_year"] | {name: each for name, each in found.items() if name != "by_year"}
    shares = next(iter(horizons.values()))
    names = HORIZONS | {ANY_YEAR: "Any year"}
    rows = (
        (names.get(name, name), tuple(cell(pair, PERCENT) for pair in chances.values()))
        for name, chances in horizons.items()
    )
    return Table(("% of scenarios", *(_beyond(float(share)) for share in shares)), tuple(rows))


def _beyond(share: float) -> str:
    return f"Loss of more than {100 * share:g}% of benchmark" if share else "Any loss"


def course_table(record: Record) -> Table:
    """Lay out falls of the cumulative result and reserves [$ million]; a row a track."""
    tracks = record["course"]["tracks"]
    reserves = next(iter(tracks.values()))["reserve_usd"]
    rows = (
        (
            track_title(track),
            (
                *(cell(found["drawdown_usd"][name], MILLION) for name in (MEAN.name, "p5")),
                *(cell(found["low_point_usd"][name], MILLION) for name in (MEAN.name, "p5")),
                *(cell(pair, MILLION) for pair in found["reserve_usd"].values()),
            ),
        )
        for track, found in tracks.items()
    )
    falls = ("Deepest fall, mean", "Deepest fall, P5", "Lowest point, mean", "Lowest point, P5")
    return Table(("$ million", *falls, *(f"Reserve, ruin {100 * float(ruin):g}%" for ruin in reserves)), tuple(rows))


def guarantee_table(record: Record, track: str) -> Table:
    """Lay out how likely the financial guarantee is called, and how likely it is too small [%]; a row a horizon."""
    found = record["guarantee"][track]
    horizons = found["by_year"] | {"Any year": found[ANY_YEAR]}
    rows = ((name, tuple(cell(one[key], PERCENT) for key in ("called", "exceeded"))) for name, one in horizons.items())
    return Table(("% of scenarios", "Called", "Smaller than what is owed"), tuple(rows))


def years_table(record: Record, what: str) -> Table:
    """Lay out in which year something of the cumulative result happens [%]; a row a year, a column a track."""
    tracks = record["course"]["tracks"]
    years = next(iter(tracks.values()))[what]
    rows = ((year, tuple(cell(found[what][year], PERCENT) for found in tracks.values())) for year in years)
    return Table(("% of scenarios", *map(track_title, tracks)), tuple(rows))


def pairs_table(record: Record) -> Table:
    """Lay out ten-year differences between every two tracks [$ million]; a row a pair."""
    rows = (
        (
            f"{track_title(pair['first'])} less {track_title(pair['second'])}",
            (
                *(cell(pair["ten_year"]["difference_usd"][name], MILLION) for name in DIFFERENCE),
                cell(pair["ten_year"]["better"], PERCENT),
                cell(pair["break_even_percent"]),
            ),
        )
        for pair in record["pairs"]
    )
    names = (HEADINGS.get(name, name.upper()) for name in DIFFERENCE)
    last = ("The first is better (%)", "Both are even at savings of (% of benchmark)")
    return Table(("$ million", *names, *last), tuple(rows))


def regret_table(record: Record) -> Table:
    """Lay out what is missed against the track that turns out best [$ million]; a row a track."""
    rows = (
        (
            track_title(track),
            (*(cell(found["regret_usd"][name], MILLION) for name in REGRET), cell(found["best"], PERCENT)),
        )
        for track, found in record["regret"].items()
    )
    return Table(("$ million", *(HEADINGS.get(one, one.upper()) for one in REGRET), "Best of all (%)"), tuple(rows))


def split_table(record: Record) -> Table:
    """Lay out what explains the variance of the ten-year net result [%]; a row a part, a column a track."""
    tracks = record["variance_split"]
    parts = next(iter(tracks.values()))
    rows = ((part, tuple(cell(found[part], PERCENT) for found in tracks.values())) for part in parts)
    return Table(("% of the variance", *map(track_title, tracks)), tuple(rows))


def path_table(path: xr.Dataset, track: str) -> Table:
    """Lay out how the mean ten-year result comes about [$ million]; a row a line."""
    one = path.sel(track=track)
    rows = ((line_name(line), (cell(pair(one, "amount", line=line), MILLION),)) for line in path["line"].to_numpy())
    return Table(("$ million", "Mean over ten years"), tuple(rows))


def line_name(line: str) -> str:
    """Name a line of the mean path."""
    return LINES.get(line) or VARIABLES[line].long_name


def convergence_table(found: xr.Dataset, track: str) -> Table:
    """Lay out what fewer scenarios would have given; a row a number of scenarios."""
    one, units = found.sel(track=track), {LOSS.name: PERCENT}
    names = [str(name) for name in found["statistic"].to_numpy()]
    rows = (
        (
            f"{number:,}",
            tuple(
                cell(pair(one, "value", scenarios=number, statistic=name), units.get(name, MILLION)) for name in names
            ),
        )
        for number in found["scenarios"].to_numpy()
    )
    titles = {MEAN.name: "Mean ($ million)", LOSS.name: "Ten-year loss (%)"}
    return Table(("Scenarios", *(titles.get(name, f"{name.upper()} ($ million)") for name in names)), tuple(rows))


def pair(found: xr.Dataset, name: str, **labels: Any) -> dict[str, float | None]:
    """Read an estimate and its error from a data set, as a summary has them."""
    one = found.sel(labels)
    return {"value": one[name].item(), "se": one[f"{name}_se"].item()}


def titled(table: Table) -> Table:
    """Name tracks for a reader where they name the rows."""
    return table._replace(rows=tuple((TITLES.get(name, name), cells) for name, cells in table.rows))
