"""Precision on demand: one metric of a run, the standard error that it shall reach, and how many scenarios that takes.

A goal is written as it is read: ``tvar95(net_result.total, global) se <= 0.05% of benchmark``.
"""

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.base.errors import Fault, InputError, did_you_mean
from leadmc.measures.draws import draws
from leadmc.measures.precision import LOSS, estimate
from leadmc.measures.risk import DISCOUNTED, QUANTITIES, STATISTICS, TEN_YEAR, WORST_YEAR, horizons, scaled_horizons

if TYPE_CHECKING:
    import xarray as xr

FORM: Final = re.compile(
    r"\s*(?P<statistic>\w+)\s*\(\s*(?P<quantity>\w+)\.(?P<horizon>\w+)\s*,\s*(?P<track>[\w-]+)\s*\)"
    r"\s*se\s*<=\s*(?P<size>[0-9.eE+-]+)\s*(?P<unit>% of benchmark|USD|%)\s*"
)
EXAMPLE: Final = "tvar95(net_result.total, global) se <= 0.05% of benchmark"
SCALES: Final = {"% of benchmark": "percent_of_benchmark", "USD": "usd", "%": "usd"}
HORIZONS: Final = {
    "total": TEN_YEAR,
    **{name: name for name in (TEN_YEAR, DISCOUNTED, WORST_YEAR)},
    **{str(year): str(year) for year in PERFORMANCE_YEARS},
}
MARGIN: Final = 1.1
"""Scenarios beyond what the error seen asks for: it is an estimate itself."""
STEP: Final = 8
"""Times as many scenarios at most from one look to the next, for an error from few scenarios is a rough guide."""


class Goal(NamedTuple):
    """A metric and the standard error that it shall reach.

    Parameters
    ----------
    text
        As the user wrote it.
    statistic, quantity, horizon, track
        Which estimate of the summary.
    scale
        Unit of the error, a scale of the summary; percentage points for a probability.
    se
        Standard error to reach, in that unit.
    """

    text: str
    statistic: str
    quantity: str
    horizon: str
    track: str
    scale: str
    se: float


def read_goal(text: str, tracks: Sequence[str]) -> Goal:
    """Read a goal.

    Parameters
    ----------
    text
        ``STATISTIC(QUANTITY.HORIZON, TRACK) se <= X% of benchmark``, ``X USD``, or for a probability ``X%``.
    tracks
        Those of the run.

    Raises
    ------
    InputError
        Everything in it that is not understood.
    """
    found = FORM.fullmatch(text)
    if found is None:
        raise InputError([Fault("until", text, f"a goal such as {EXAMPLE}")])
    stated = found.groupdict()
    known = {
        "statistic": [one.name for one in STATISTICS],
        "quantity": list(QUANTITIES),
        "horizon": list(HORIZONS),
        "track": list(tracks),
    }
    faults = [
        Fault(f"until, {part}", stated[part], ", ".join(names), did_you_mean(stated[part], names))
        for part, names in known.items()
        if stated[part] not in names
    ]
    if (stated["statistic"] == LOSS.name) != (stated["unit"] == "%"):
        faults.append(Fault("until, unit", stated["unit"], "% for p_loss; % of benchmark or USD for everything else"))
    size = _positive(stated["size"])
    if math.isnan(size):
        faults.append(Fault("until, standard error", stated["size"], "a number above 0"))
    if faults:
        raise InputError(faults)
    return Goal(
        text,
        stated["statistic"],
        stated["quantity"],
        HORIZONS[stated["horizon"]],
        stated["track"],
        SCALES[stated["unit"]],
        size,
    )


def standard_error(ds: "xr.Dataset", goal: Goal) -> float:
    """Find the standard error of the goal's metric in a cube, in the goal's unit."""
    one = ds.sel(track=[goal.track])
    values = scaled_horizons(one, goal.quantity, goal.scale)[0, horizons(one).index(goal.horizon)]
    statistic = next(each for each in STATISTICS if each.name == goal.statistic)
    se = float(estimate(values, (statistic,), draws(one)).se[0])
    return 100 * se if statistic is LOSS else se


def scenarios_needed(scenarios: int, se: float, goal: Goal) -> int:
    """Say how many scenarios the goal may take: errors fall with the square root of their number."""
    if not se > 0:
        return scenarios * STEP
    return math.ceil(scenarios * min(MARGIN * (se / goal.se) ** 2, STEP))


def _positive(text: str) -> float:
    try:
        size = float(text)
    except ValueError:
        return math.nan
    return size if 0 < size < math.inf else math.nan
