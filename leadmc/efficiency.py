"""Which sampler earns its place: each one's standard errors on the same study, beside those of plain sampling.

A sampler is worth its variance-reduction factor: the squared error of plain sampling over its own, at the same number
of scenarios. Squared errors are themselves estimates, so they are averaged over independent runs, and the factor
carries an error too.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import perf_counter
from typing import Any, Final, NamedTuple

import numpy as np

from leadmc.inputs.config import Config
from leadmc.inputs.settings import SAMPLERS, default_sampler
from leadmc.measures.draws import Draws, controlled, drawn_by, jackknife
from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, TVAR, Array, Statistic, estimate
from leadmc.study import Study, prepare, settle, simulate

Progress = Callable[[int, int, float], None]

STATISTICS: Final[tuple[Statistic, ...]] = (
    MEAN,
    *(one for one in PERCENTILE if one.name in {"p5", "p50", "p95"}),
    TVAR,
    LOSS,
)
CHUNK: Final = 256
"""Scenarios simulated at once; holds whole groups of every sampler."""
TARGET: Final = 0.0005
"""Standard error to reach, as a share of the ten-year benchmark."""
CONTROLLED: Final = ("plain", "antithetic", "lhs")
"""Samplers that are also shown with the control variate."""


class Errors(NamedTuple):
    """How exact one way to sample is.

    Parameters
    ----------
    name
        What to call it.
    squared
        Squared standard errors, [run, track, statistic] [USD^2, or 1].
    seconds
        Time of a run [s].
    benchmark
        Mean ten-year benchmark by track [USD].
    """

    name: str
    squared: Array
    seconds: float
    benchmark: Array


def efficiency(config: Config, *, scenarios: int, runs: int, progress: Progress) -> list[dict[str, Any]]:
    """Compare every sampler on the people and the agreement of a configuration.

    Parameters
    ----------
    config
        Its own sampler and number of scenarios do not matter.
    scenarios
        Of each run; a multiple of 64 for whole groups.
    runs
        Independent runs of each sampler, from the configuration's seed on.
    progress
        Called with scenarios done, scenarios in all, and seconds since the first one began.

    Returns
    -------
    list of dict
        One row a sampler, track and statistic of the ten-year net result: ``se`` [USD; 1 for probabilities], the
        variance-reduction ``factor`` against plain sampling with ``factor_se`` [1], and ``seconds`` on one core to a
        standard error of 0.05% of the ten-year benchmark; None for a probability.
    """
    study = prepare(config)
    begun, total = perf_counter(), len(SAMPLERS) * runs * scenarios
    found: list[Errors] = []
    for kind in SAMPLERS:
        started = perf_counter()
        squared = []
        for run in range(runs):
            drawn = _ten_years(study, kind, scenarios, config.settings.seed + run)
            squared.append([_squared(drawn, control) for control in _controls(kind)])
            progress((SAMPLERS.index(kind) * runs + run + 1) * scenarios, total, perf_counter() - begun)
        spent = (perf_counter() - started) / runs
        for control, errors in zip(_controls(kind), zip(*squared, strict=True), strict=True):
            name = f"{kind}, controlled" if control else kind
            found.append(Errors(name, np.stack(errors), spent, drawn.benchmark))
    return list(_rows(found, config.settings.tracks))


class TenYears(NamedTuple):
    """One run: net result, [track, s] [USD]; mean benchmark, [track] [USD]; how it was drawn, and adversity, [s]."""

    net: Array
    benchmark: Array
    drawn: Draws
    adversity: Array


def _controls(kind: str) -> tuple[bool, ...]:
    return (False, True) if kind in CONTROLLED else (False,)


def _ten_years(study: Study, kind: str, scenarios: int, seed: int) -> TenYears:
    settings = study.config.settings.model_copy(update={"sampler": default_sampler(kind), "seed": seed})
    sampled = study._replace(config=replace(study.config, settings=settings))
    parts = [_totals(sampled, first, min(first + CHUNK, scenarios)) for first in range(0, scenarios, CHUNK)]
    net, benchmark, weight, adversity = (np.concatenate([part[k] for part in parts], axis=-1) for k in range(4))
    drawn = drawn_by(kind, np.arange(scenarios), replicates=settings.sampler.replicates, weights=weight)
    return TenYears(net, drawn.mean(benchmark), drawn, adversity)


def _totals(study: Study, first: int, stop: int) -> tuple[Array, Array, Array, Array]:
    """Ten-year net result and benchmark, [track, s] [USD], weights and adversity, [s], of consecutive scenarios."""
    done = simulate(study, np.arange(first, stop))
    settled = settle(study, done).values()
    net, benchmark = (
        np.stack([getattr(each, name).sum(axis=1) for each in settled]) for name in ("net_result", "benchmark")
    )
    return net, benchmark, done.world.weight, done.world.adversity


def _squared(run: TenYears, control: bool) -> Array:
    drawn = controlled(run.drawn, run.adversity) if control else run.drawn
    return np.square(estimate(run.net, STATISTICS, drawn).se)


def _rows(found: list[Errors], tracks: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    plain = found[0].squared
    for one in found:
        factor, error = _ratio(plain, one.squared)
        mean = one.squared.mean(axis=0)
        for t, track in enumerate(tracks):
            for k, statistic in enumerate(STATISTICS):
                runs_needed = mean[t, k] / (TARGET * one.benchmark[t]) ** 2
                yield {
                    "sampler": one.name,
                    "track": track,
                    "statistic": statistic.name,
                    "se": float(np.sqrt(mean[t, k])),
                    "factor": float(factor[t, k]),
                    "factor_se": float(error[t, k]),
                    "seconds": None if statistic is LOSS else float(runs_needed * one.seconds),
                }


def _ratio(plain: Array, other: Array) -> tuple[Array, Array]:
    """Ratio of mean squared errors and its jackknife error over runs; NaN where an event was never seen."""
    with np.errstate(invalid="ignore", divide="ignore"):
        every = plain.mean(axis=0) / other.mean(axis=0)
        if len(plain) < 2:
            return every, np.full_like(every, np.nan)
        without = np.stack(
            [np.delete(plain, i, 0).mean(axis=0) / np.delete(other, i, 0).mean(axis=0) for i in range(len(plain))]
        )
        return every, jackknife(without)
