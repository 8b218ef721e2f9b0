"""A driver of the user's own: something that leadmc does not know of, and what it does to the world.

Own drivers come after all of leadmc's, in the order in which they are given. Their draws are addressed by name, so that
no other draw of a scenario moves: with and without them the people live the same lives and the worlds are otherwise the
same, and differences are paired.

Axis letters: ``s`` scenario.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from leadmc.base.philox import Purpose
from leadmc.scenarios.sampler import named_uniforms
from leadmc.scenarios.world import World

Array = npt.NDArray[np.float64]


class OwnDriver(NamedTuple):
    """A driver to lay over the world.

    Parameters
    ----------
    name
        Address of its draws; two drivers of one name draw the same.
    normals
        Standard normals that it takes in every scenario.
    change
        What it makes of a world and of its normals, [s, normals]. It must not look across scenarios: then the bits of a
        scenario do not depend on its chunk.
    """

    name: str
    normals: int
    change: Callable[[World, Array], World]


def changed(world: World, drivers: Sequence[OwnDriver], *, seed: int, scenarios: npt.NDArray[np.int64]) -> World:
    """Let own drivers change the world of a chunk, whatever the sampler: they draw by counter.

    Parameters
    ----------
    world
        As leadmc's drivers left it.
    drivers
        In their order.
    seed
        Root seed [64 bits].
    scenarios
        Absolute scenario numbers, [s].
    """
    for driver in drivers:
        uniforms = named_uniforms(driver.name, Purpose.OWN_DRIVER, driver.normals, seed=seed, scenarios=scenarios)
        world = driver.change(world, np.asarray(ndtri(uniforms)))
    return world
