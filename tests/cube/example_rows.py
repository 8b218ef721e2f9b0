"""Made-up rows of a cube, and where they are laid out."""

import numpy as np

from leadmc.base.variables import COORDINATES, VARIABLES
from leadmc.cube.store import CUBE, create_cube

SCENARIOS = 23
TRACKS = ("professional", "global")
SIZES = {"scenario": SCENARIOS, "track": len(TRACKS)} | {dim: len(labels) for dim, labels in COORDINATES.items()}


def arrays():
    rng = np.random.default_rng(3)
    shapes = {name: tuple(SIZES[dim] for dim in one.dims) for name, one in VARIABLES.items() if not one.optional}
    return {name: (rng.random(shape) * 1e6).astype(VARIABLES[name].dtype) for name, shape in shapes.items()}


WHOLE = arrays()


def rows(start, stop):
    return {name: array[start:stop] for name, array in WHOLE.items()}


def new_cube(run, block=8):
    run.mkdir(exist_ok=True)
    return create_cube(run / CUBE, scenarios=SCENARIOS, tracks=TRACKS, attrs={"name": "test", "seed": 7}, block=block)
