"""How scenarios are sampled: independently, in mirrored pairs, in Latin hypercubes, as Sobol points, or tilted.

However it is done, the draws of a scenario depend on the seed and on its absolute number alone, never on the chunk that
it is computed in, nor on how many scenarios there are. Scenarios that are drawn together form a group; groups are
independent, and standard errors come from them.

- ``plain``: every scenario is a group of its own.
- ``antithetic``: scenarios 2j and 2j + 1 are a group; what is high in one is low in the other.
- ``lhs``: 64 consecutive scenarios are a Latin hypercube: each driver has one draw in every 64th of its distribution.
- ``sobol``: scenario ``k`` is point ``k // replicates`` of the sequence scrambled for replicate ``k % replicates``; a
  replicate is a group, best balanced when it holds a power of two of scenarios.
- ``importance``: see `tilt`; 64 consecutive scenarios are a group.

People always use the counter-based generator; this module serves the drivers.
"""

import copy
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from leadmc.base.philox import PURPOSE_SHIFT, Purpose, philox4x32, split_seed
from leadmc.inputs.settings import LHS_POINTS, Sampler
from leadmc.scenarios.streams import BLOCKS, SOBOL_DIMENSIONS, Driver

if TYPE_CHECKING:
    from scipy.stats import qmc

Array = npt.NDArray[np.float64]

WORD_BITS: Final = 32
WORDS_PER_CALL: Final = 4
HYPERCUBES: Final = 2**32 - 1
"""Sets the seeds of Latin hypercubes apart from those of Sobol replicates, which are small numbers."""
SOBOL_BITS: Final = 30
"""Bits of a coordinate, so at most 2^30 scenarios per replicate; SciPy's own default, stated to keep it."""


def driver_uniforms(sampler: Sampler, *, seed: int, scenarios: npt.NDArray[np.int64]) -> Mapping[Driver, Array]:
    """Draw every driver's uniforms, each [s, width of the driver's block], strictly between 0 and 1.

    Parameters
    ----------
    sampler
        Kind and replicates.
    seed
        Root seed [64 bits].
    scenarios
        Absolute scenario numbers [below 2^32], [s].
    """
    if sampler.kind in {"plain", "importance"}:
        return plain_uniforms(*BLOCKS, seed=seed, scenarios=scenarios)
    if sampler.kind == "antithetic":
        return mirrored_uniforms(*BLOCKS, seed=seed, scenarios=scenarios)
    points = (
        hypercube_points(seed=seed, scenarios=scenarios)
        if sampler.kind == "lhs"
        else sobol_points(sampler.replicates, seed=seed, scenarios=scenarios)
    )
    return {
        driver: np.ascontiguousarray(points[:, block.first : block.first + block.width])
        for driver, block in BLOCKS.items()
    }


def plain_uniforms(*drivers: Driver, seed: int, scenarios: npt.NDArray[np.int64]) -> dict[Driver, Array]:
    """Draw independent uniforms of some drivers, each [s, width of the driver's block], as midpoints of 2^32 cells.

    Counter: call within the driver, driver, scenario, purpose. Four uniforms a call.
    """
    widths = [BLOCKS[driver].width for driver in drivers]
    calls = [-(-width // WORDS_PER_CALL) for width in widths]
    words = philox4x32(
        np.concatenate([np.arange(n, dtype=np.uint64) for n in calls])[None, :],
        np.repeat(np.array(drivers, dtype=np.uint64), calls)[None, :],
        scenarios.astype(np.uint64)[:, None],
        np.uint64(Purpose.DRIVER << PURPOSE_SHIFT),
        *split_seed(seed),
    )
    uniforms = _midpoints(words)
    firsts = WORDS_PER_CALL * (np.cumsum(calls) - calls)
    return {
        driver: np.ascontiguousarray(uniforms[:, first : first + width])
        for driver, first, width in zip(drivers, firsts, widths, strict=True)
    }


def named_uniforms(name: str, purpose: Purpose, width: int, *, seed: int, scenarios: npt.NDArray[np.int64]) -> Array:
    """Draw independent uniforms of something that has a name instead of a number, [s, width].

    Counter: two words of the SHA-256 of the name, scenario, purpose and call. Four uniforms a call.
    """
    address = hashlib.sha256(name.encode()).digest()
    calls = np.arange(-(-width // WORDS_PER_CALL), dtype=np.uint64)
    words = philox4x32(
        np.uint64(int.from_bytes(address[:4], "little")),
        np.uint64(int.from_bytes(address[4:8], "little")),
        scenarios.astype(np.uint64)[:, None],
        np.uint64(purpose << PURPOSE_SHIFT) + calls[None, :],
        *split_seed(seed),
    )
    return _midpoints(words)[:, :width]


def mirrored_uniforms(*drivers: Driver, seed: int, scenarios: npt.NDArray[np.int64]) -> dict[Driver, Array]:
    """Draw uniforms of some drivers, each [s, width of the block]: u in scenario 2j, and 1 - u in scenario 2j + 1."""
    mirrored = (scenarios % 2 == 1)[:, None]
    plain = plain_uniforms(*drivers, seed=seed, scenarios=scenarios // 2)
    return {driver: np.where(mirrored, 1.0 - uniforms, uniforms) for driver, uniforms in plain.items()}


def _midpoints(words: tuple[npt.NDArray[np.uint32], ...]) -> Array:
    """Read the words of successive calls, [s, call] each, as midpoints of 2^32 cells, [s, 4 calls]."""
    stacked = np.stack(words, axis=-1)
    return np.asarray((stacked.reshape(len(stacked), -1) + 0.5) * 2.0**-WORD_BITS, dtype=np.float64)


def hypercube_points(*, seed: int, scenarios: npt.NDArray[np.int64]) -> Array:
    """Draw the scenarios' points of independent Latin hypercubes of 64 points each, [s, dimension]."""
    from scipy.stats import qmc  # 0.6 s that plain sampling does not need

    points = np.empty((len(scenarios), SOBOL_DIMENSIONS))
    for cube in np.unique(scenarios // LHS_POINTS):
        rows = np.flatnonzero(scenarios // LHS_POINTS == cube)
        rng = np.random.default_rng(np.random.SeedSequence([*map(int, split_seed(seed)), HYPERCUBES, int(cube)]))
        drawn = qmc.LatinHypercube(SOBOL_DIMENSIONS, rng=rng).random(LHS_POINTS)
        points[rows] = drawn[scenarios[rows] % LHS_POINTS]
    return np.clip(points, 2.0**-WORD_BITS, 1.0 - 2.0**-WORD_BITS)


def sobol_points(replicates: int, *, seed: int, scenarios: npt.NDArray[np.int64]) -> Array:
    """Draw the scenarios' points of the replicated scrambled Sobol sequence, [s, dimension].

    A coordinate is a multiple of 2^-30, and may be 0 even when scrambled: half a cell is added, which keeps the
    stratification and leaves both ends out.
    """
    points = np.empty((len(scenarios), SOBOL_DIMENSIONS))
    for replicate in range(replicates):
        rows = np.flatnonzero(scenarios % replicates == replicate)
        if rows.size:
            index = scenarios[rows] // replicates
            first = int(index.min())
            run = _sobol_run(seed, replicate, first=first, count=int(index.max()) - first + 1)
            points[rows] = run[index - first]
    return points + 2.0 ** -(SOBOL_BITS + 1)


def _sobol_run(seed: int, replicate: int, *, first: int, count: int) -> Array:
    """Draw ``count`` consecutive points of one replicate from point ``first`` on."""
    engine = copy.deepcopy(_scrambled_sequence(seed, replicate))
    if first:
        engine.fast_forward(first)
        return np.asarray(engine.random(count))
    # SciPy warns when a sequence is opened with a number of points that is no power of two, as a chunk may be: open
    # it with one point. The balance is that of the whole run, not of a chunk.
    opening = engine.random(1)
    return np.vstack([opening, engine.random(count - 1)]) if count > 1 else np.asarray(opening)


@cache
def _scrambled_sequence(seed: int, replicate: int) -> "qmc.Sobol":
    """Scramble the sequence for one replicate, unopened: drawing moves an engine on, so callers draw from a copy.

    Scrambling takes 30 ms, a copy 0.1 ms: without the cache it would cost a chunk as much as its people.
    """
    from scipy.stats import qmc  # 0.6 s that plain sampling does not need

    scramble = np.random.default_rng(np.random.SeedSequence([*map(int, split_seed(seed)), replicate]))
    return qmc.Sobol(SOBOL_DIMENSIONS, scramble=True, bits=SOBOL_BITS, rng=scramble)
