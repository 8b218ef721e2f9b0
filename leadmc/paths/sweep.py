"""A chunk of scenarios: prices in, integer sums out, for both alignment types."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import BASE_YEARS, MONTHS
from leadmc.base.philox import split_seed
from leadmc.paths.arrays import Prices
from leadmc.paths.kernel import SUMS, simulate
from leadmc.paths.people import People
from leadmc.scenarios.world import World

Array = npt.NDArray[np.float64]

UNREACHED = 1e9  # attachment in the base years, where nobody insures [USD]


def sweep(
    people: People,
    world: World,
    attachment: Array,
    *,
    seed: int,
    first_scenario: int,
    truncation: Array | None = None,
    workers: int = 1,
) -> npt.NDArray[np.int64]:
    """Simulate everybody through every year, or where the base years are known, through those that follow them.

    Parameters
    ----------
    people
        The panel and how it behaves.
    world
        The chunk's drivers.
    attachment
        Stop-loss attachments of the performance years at a risk score of 1, [s, y, c] [USD].
    seed
        Root seed.
    first_scenario
        Absolute number of the chunk's first scenario.
    truncation
        Annual cost per person above which a programme does not count it, [s, t, c] [USD]; None: no programme asks.
    workers
        Threads among which the scenarios are divided; no bit depends on them.

    Returns
    -------
    numpy.ndarray
        Sums as of ``kernel.simulate``, [a, s, t, c, 8]; 0 in years that were not simulated.
    """
    level = world.national_level * world.regional_level * world.aco_level
    attached = np.full(level.shape, UNREACHED)
    attached[:, len(BASE_YEARS) :] = attachment
    first = int(people.nature.first_year)
    monthly = None if truncation is None else _simulated(truncation / MONTHS, first)
    prices = Prices(_simulated(level, first), _simulated(attached, first), monthly)
    sums = np.zeros((len(people.panels), *prices.level.shape, SUMS), np.int64)
    key = split_seed(seed)

    def add_up(start: int, stop: int) -> None:
        mine = Prices(
            prices.level[start:stop],
            prices.attachment[start:stop],
            None if prices.truncation is None else prices.truncation[start:stop],
        )
        for panel, panel_sums in zip(people.panels, sums, strict=True):
            simulate(panel, people.nature, mine, key, first_scenario + start, panel_sums[start:stop])

    parts = min(workers, len(level))
    cuts = [len(level) * part // parts for part in range(parts + 1)]
    with ThreadPoolExecutor(parts) as pool:
        list(pool.map(add_up, cuts[:-1], cuts[1:]))
    return np.pad(sums, ((0, 0), (0, 0), (first, 0), (0, 0), (0, 0))) if first else sums


def _simulated(values: Array, first: int) -> npt.NDArray[np.float32]:
    """Cut to the simulated years and round to what the kernel reads."""
    return np.ascontiguousarray(values[:, first:], dtype=np.float32)
