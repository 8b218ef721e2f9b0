"""Several ACOs together: the sum of their net results scenario by scenario, and how far they go together."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import xarray as xr

from leadmc.measures.draws import Draws, draws
from leadmc.measures.precision import TVAR, Array, estimate, json_number, json_pair
from leadmc.measures.risk import STATISTICS, discount_factors, horizons, money, over_horizons, ten_year_total

QUANTITY: Final = "net_result"


def portfolio(cubes: Mapping[str, xr.Dataset]) -> dict[str, Any]:
    """Summarise ACOs that share a nation, for every track that all of them settle.

    Parameters
    ----------
    cubes
        Cube of each ACO by its name, of the same scenarios; read one after another.

    Returns
    -------
    dict
        ``acos``, and by track: ``net_result`` [USD] by horizon and statistic, each ``{"value", "se"}``; ``alone``, the
        ``tvar95`` of each ACO's ten-year net result; ``diversification`` [USD], by how much the portfolio's is better
        than the sum of these; ``correlation``, of the ten-year net results, ``{"value", "se"}`` as matrices in the
        order of ``acos``.
    """
    first = next(iter(cubes.values()))
    drawn = draws(first)._replace(stratum=None)  # each ACO has an adversity of its own
    return {
        "acos": list(cubes),
        "n_scenarios": int(first.sizes["scenario"]),
        "tracks": {track: _together(cubes, track, drawn) for track in common_tracks(list(cubes.values()))},
    }


def common_tracks(cubes: Sequence[xr.Dataset]) -> list[str]:
    """Tracks that all cubes hold, in the order of the first."""
    held = [{str(track) for track in cube["track"].to_numpy()} for cube in cubes]
    return [str(track) for track in cubes[0]["track"].to_numpy() if all(str(track) in each for each in held)]


def _together(cubes: Mapping[str, xr.Dataset], track: str, drawn: Draws) -> dict[str, Any]:
    first = next(iter(cubes.values()))
    years = first.sizes["performance_year"]
    total = np.zeros((1, years, drawn.size))
    ten_years = np.empty((len(cubes), drawn.size))
    for i, cube in enumerate(cubes.values()):
        one = cube.sel(track=[track])
        total += money(one, QUANTITY)
        ten_years[i] = ten_year_total(one, QUANTITY)[0]
    by_horizon = estimate(over_horizons(total, None, discount_factors(first)), STATISTICS, drawn)
    tails = estimate(np.vstack([ten_years, ten_years.sum(axis=0)]), (TVAR,), drawn)
    names = [statistic.name for statistic in STATISTICS]
    return {
        QUANTITY: {
            horizon: {
                name: json_pair(by_horizon.value[0, h, k], by_horizon.se[0, h, k]) for k, name in enumerate(names)
            }
            for h, horizon in enumerate(horizons(first))
        },
        "alone": {name: {TVAR.name: json_pair(tails.value[i, 0], tails.se[i, 0])} for i, name in enumerate(cubes)},
        "diversification": float(tails.value[-1, 0] - tails.value[:-1, 0].sum()),
        "correlation": _correlation(ten_years, drawn),
    }


def _correlation(values: Array, drawn: Draws) -> dict[str, list[list[float | None]]]:
    """Correlations between ACOs over scenarios, with the errors of their influence functions.

    Of standardised x and y with correlation r: that of ``x y - r (x^2 + y^2) / 2``.
    """
    centred = values - drawn.mean(values)[:, None]
    deviation = np.sqrt(drawn.mean(centred**2))[:, None]
    z = np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 0)
    value, error = np.empty((2, len(z), len(z)))
    for i, one in enumerate(z):
        value[i] = drawn.mean(one * z)
        error[i] = drawn.error(one * z - value[i][:, None] * (one**2 + z**2) / 2)
    return {"value": _finite(value), "se": _finite(error)}


def _finite(matrix: Array) -> list[list[float | None]]:
    return [[json_number(value) for value in row] for row in matrix]
