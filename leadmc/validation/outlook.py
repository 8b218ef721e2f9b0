"""What would have been forecast: each ACO's savings rate of a year, by three models, from the years before it alone.

* ``bottom_up``: persistent effect from the ACO's own past, claim noise from leadmc's people (``claim_noise``);
* ``top_down``: the same, but its claim noise is fitted to the panel too;
* ``size_only``: the bottom-up law of all ACOs of that size, without the ACO's own past.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.packaged import packaged_yaml
from leadmc.inputs.calibration.persistent_effect import History, Law, fit
from leadmc.validation.check import facts
from leadmc.validation.claim_noise import ClaimNoise
from leadmc.validation.panel_file import Panel
from leadmc.validation.state_space import Forecast, forecast, from_size_alone

Array = npt.NDArray[np.float64]


class Programme(NamedTuple):
    """What a backtest has to know of the programme; sources in ``shared_savings.yaml``.

    Parameters
    ----------
    pandemic_onset
        Performance year.
    size_bands
        Lower ends [beneficiaries].
    published_coverage
        Of a top-down model, by level [%].
    """

    pandemic_onset: int
    size_bands: tuple[int, ...]
    published_coverage: dict[int, float]


class Outlook(NamedTuple):
    """Forecasts of one year and what they were made from.

    Parameters
    ----------
    year
        The year forecast.
    aco, beneficiaries
        ACOs known before it, and their size in the last year before, [i].
    forecasts
        By model, [i]; NaN for ACOs without a result in the year before.
    laws
        Estimated law by model; that of size alone is the bottom-up one.
    """

    year: int
    aco: npt.NDArray[np.str_]
    beneficiaries: Array
    forecasts: dict[str, Forecast]
    laws: dict[str, Law]


def load_programme() -> Programme:
    """Read ``shared_savings.yaml``; the size bands are those of the published spread."""
    stated = packaged_yaml("leadmc.validation", "shared_savings.yaml")
    values = {key: entry["value"] for key, entry in stated.items()}
    return Programme(**values, size_bands=tuple(facts()["published_spread"]["value"]))


def outlook(panel: Panel, noise: ClaimNoise, *, onset: int, year: int) -> Outlook:
    """Forecast a year with every model, from the years before it alone."""
    before = panel.until(year - 1)
    size, person_years = carried_forward(before)
    history = History(before.years, before.savings, size, noise.variance(person_years), onset)
    unknown = history._replace(noise=None)
    bottom_up, top_down = fit(history), fit(unknown)
    return Outlook(
        year=year,
        aco=before.aco,
        beneficiaries=size[:, -1],
        forecasts={
            "bottom_up": forecast(history, bottom_up, year),
            "top_down": forecast(unknown, top_down, year),
            "size_only": from_size_alone(history, bottom_up, year),
        },
        laws={"bottom_up": bottom_up.law, "top_down": top_down.law},
    )


def carried_forward(panel: Panel) -> tuple[Array, Array]:
    """Fill gaps in size, [i, t], and in person-years by type, [i, t, e].

    Where an ACO has no result in a year its size is that of the nearest year, which no estimate depends on.
    Person-years that are not known are its size times its shares of the nearest year, the earlier one first; where it
    has none in any year, those of all ACOs.
    """
    size = panel.beneficiaries
    shares = panel.person_years / size[..., None]
    known = np.isfinite(panel.person_years[..., 0])
    everybody = np.nansum(panel.person_years, axis=(0, 1)) / size[known].sum()
    nearest = _nearest(known)
    filled = np.take_along_axis(shares, nearest[..., None], axis=1)
    filled = np.where(np.isfinite(filled), filled, everybody)
    size = np.take_along_axis(size, _nearest(np.isfinite(size)), axis=1)
    return size, filled * size[..., None]


def _nearest(known: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Column of the nearest known value, the earlier of two equally near, [i, t]; any where a row has none."""
    t = np.arange(known.shape[1])
    distance = np.abs(t[:, None] - t[None, :]) + 0.25 * (t[None, :] > t[:, None])  # t to u
    return np.asarray(np.where(known[:, None, :], distance, np.inf).argmin(axis=-1))
