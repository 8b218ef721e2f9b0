"""What size does: how likely a ten-year loss is with fewer or more lives, from runs that differ in their lives alone.

Measured and not computed from one run: claim noise falls with size, but so do the drift of an ACO and its weight in
its own region, and a designation turns on all of them. Scaling the claim noise of a run of 4,000 people to 16,000 gave
a 69% chance of a loss on the Global track where a run of 16,000 gave 79%.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import xarray as xr

from leadmc.base.axes import MONTHS
from leadmc.measures.draws import draws
from leadmc.measures.precision import Array, Estimate, probability
from leadmc.measures.risk import TEN_YEAR, person_months, ten_year_total

LIMITS: Final = (0.05, 0.1, 0.2, 0.3, 0.4)
"""Probabilities of a ten-year loss for which the lives needed are looked for [1]."""


def loss_by_size(
    cubes: Sequence[xr.Dataset], quantity: str = "net_result", limits: Sequence[float] = LIMITS
) -> xr.Dataset:
    """Compare the probability of a ten-year loss between sizes, and find the size at which it crosses a limit.

    Parameters
    ----------
    cubes
        One a size, with the same tracks, in any order.
    quantity
        Which money; the attribute ``quantity`` of the answer names it.
    limits
        Probabilities of a loss over ten years [1].

    Returns
    -------
    xarray.Dataset
        ``probability`` and ``probability_se`` [1] by track and ``lives``, mean person-years of the first performance
        year; ``needed`` and ``needed_se`` [people] by track and ``limit``: the smallest size at which the probability
        crosses the limit, either way, interpolated in the logarithm of lives; NaN where it does not.
    """
    ordered = sorted(cubes, key=_lives)
    lives = np.array([_lives(ds) for ds in ordered])
    each = [probability(ten_year_total(ds, quantity) < 0, draws(ds)) for ds in ordered]
    chance = Estimate(np.stack([one.value for one in each], axis=-1), np.stack([one.se for one in each], axis=-1))
    needed = [[_crossing(lives, *track, limit) for limit in limits] for track in zip(*chance, strict=True)]
    return xr.Dataset(
        {
            "probability": (("track", "lives"), chance.value),
            "probability_se": (("track", "lives"), chance.se),
            "needed": (("track", "limit"), np.array([[value for value, _ in row] for row in needed])),
            "needed_se": (("track", "limit"), np.array([[error for _, error in row] for row in needed])),
        },
        coords={"track": ordered[0]["track"].to_numpy(), "lives": lives, "limit": list(limits)},
        attrs={"quantity": quantity, "horizon": TEN_YEAR},
    )


def _lives(ds: xr.Dataset) -> float:
    return float(person_months(ds)[0].mean() / MONTHS)


def _crossing(lives: Array, chance: Array, error: Array, limit: float) -> tuple[float, float]:
    """Lives at the first crossing of a limit, and the error that the two probabilities beside it give."""
    beyond = chance > limit
    crossed = np.flatnonzero(beyond[1:] != beyond[:-1])
    if not crossed.size:
        return float("nan"), float("nan")
    a, b = crossed[0], crossed[0] + 1
    part = (limit - chance[a]) / (chance[b] - chance[a])
    found = np.exp(np.log(lives[a]) + part * np.log(lives[b] / lives[a]))
    spread = np.hypot((1 - part) * error[a], part * error[b]) / abs(chance[b] - chance[a])
    return float(found), float(found * spread * np.log(lives[b] / lives[a]))
