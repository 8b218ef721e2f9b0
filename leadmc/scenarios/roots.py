"""Roots of random numbers: what the ACOs of a portfolio share, and what each has for itself.

A run by itself draws everything from its seed. An ACO with a key of its own shares the nation with every other of the
same seed, the walk of a state with those whose people live mostly there, that of a county likewise, and nothing else.
"""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.inputs.settings import Sampler
from leadmc.scenarios.sampler import driver_uniforms, mirrored_uniforms, plain_uniforms
from leadmc.scenarios.streams import Driver

Array = npt.NDArray[np.float64]

STATE_DIGITS: Final = 2
"""The first digits of a county code are its state's."""

OWN: Final[Mapping[Driver, str]] = MappingProxyType(
    {
        Driver.REGIONAL: "state",
        Driver.COUNTY: "county",
        **dict.fromkeys(
            (
                Driver.ACO_START,
                Driver.ACO,
                Driver.CODING,
                Driver.QUALITY,
                Driver.AI_SCORE,
                Driver.PRACTICE,
                Driver.MANAGEMENT,
                Driver.SERVICE,
            ),
            "aco",
        ),
    }
)
"""Which root a driver draws from, where it is not the nation's."""


class Roots(NamedTuple):
    """Where the random numbers of a run come from [64 bits each]; the ``aco`` root is that of its people too."""

    nation: int
    state: int
    county: int
    aco: int


def roots(seed: int, key: str | None, county_fips: str) -> Roots:
    """Find the roots of an ACO.

    Parameters
    ----------
    seed
        Root seed of the run.
    key
        The ACO's own; None for a run by itself.
    county_fips
        The county where most of its people live.
    """
    if key is None:
        return Roots(seed, seed, seed, seed)
    return Roots(
        nation=seed,
        state=_root(seed, "state", county_fips[:STATE_DIGITS]),
        county=_root(seed, "county", county_fips),
        aco=_root(seed, "aco", key),
    )


def _root(seed: int, kind: str, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}:{kind}:{name}".encode()).digest()[:8], "little")


def rooted_uniforms(sampler: Sampler, *, roots: Roots, scenarios: npt.NDArray[np.int64]) -> Mapping[Driver, Array]:
    """Draw every driver's uniforms, each [s, width of the driver's block], from its own root.

    Drivers that are not the nation's are drawn by counter: two scramblings of one Sobol dimension, or two hypercubes
    beside one another, would tie ACOs together that have nothing in common. Antithetic pairs stay pairs.
    """
    uniforms = dict(driver_uniforms(sampler, seed=roots.nation, scenarios=scenarios))
    if len(set(roots)) == 1:
        return uniforms
    draw = mirrored_uniforms if sampler.kind == "antithetic" else plain_uniforms
    for scope in set(OWN.values()):
        own = [driver for driver, root in OWN.items() if root == scope]
        uniforms |= draw(*own, seed=getattr(roots, scope), scenarios=scenarios)
    return uniforms
