"""Is a standard error what it says? Errors of normal samples against theory, and coverage of intervals over runs.

Coverage: replicate runs differ in their seed alone. What they estimate is how far ten years of cost grow beyond the
forecast, a quantity of the drivers with jumps and a long tail; the truth is that of all plain runs together.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import AGED_DISABLED, BY3
from leadmc.inputs.settings import SAMPLERS, Sampler, default_sampler
from leadmc.measures.draws import drawn_by
from leadmc.measures.precision import (
    LOSS,
    MEAN,
    PERCENTILE,
    TVAR,
    Statistic,
    estimate,
    left_quantile,
    quantile,
    quantile_error,
    tail_terms,
)
from leadmc.scenarios.draw import draw_world
from leadmc.validation.check import Check, facts, within
from leadmc.validation.sample import Country

Array = npt.NDArray[np.float64]

SECTION = "6 Monte Carlo error"
STATISTICS = (MEAN, *(each for each in PERCENTILE if each.name in {"p5", "p95"}), TVAR, LOSS)
ENOUGH_RUNS = 100  # with a standard error of 2%, an interval that covers 90% is told from one that covers 95%
DRAWN = 2000  # scenarios drawn at once


def normal_checks(samples: int, *, seed: int) -> Iterator[Check]:
    """Compare the mean reported error of quantiles and tail means of normal samples with theory.

    Parameters
    ----------
    samples
        Normal samples of each size.
    seed
        Root seed.
    """
    fact = facts()["monte_carlo_error"]
    rng = np.random.default_rng(seed)
    for size, known in fact["value"].items():
        draws = [np.sort(rng.standard_normal(size)) for _ in range(samples)]
        for name, target in known.items():
            errors = np.array([_error(name, draw) for draw in draws])
            passes = ((1 - fact["tolerance"]) * target, (1 + fact["tolerance"]) * target)
            error = float(errors.std(ddof=1) / np.sqrt(samples))
            title = f"{size:,} normal scenarios: standard error of {name} [SD]"
            yield Check(SECTION, title, target, passes, float(errors.mean()), error)


def _error(name: str, draw: Array) -> float:
    if name.startswith("tvar"):
        share = 1 - int(name.removeprefix("tvar")) / 100
        terms = tail_terms(draw, left_quantile(draw, share), share)
        return float(terms.std(ddof=1) / np.sqrt(terms.size))
    return float(quantile_error(draw, int(name.removeprefix("p")) / 100))


def coverage_checks(country: Country, *, runs: int, scenarios: int, seed: int) -> Iterator[Check]:
    """Count how often a nominal 95% interval of a run holds the truth, for every sampler and statistic.

    Parameters
    ----------
    country
        The world's assumptions.
    runs
        Replicate runs of each sampler.
    scenarios
        Of each run.
    seed
        Root seed of the first run.
    """
    fact = facts()["coverage"]
    plain = np.concatenate([results(country, Sampler(), scenarios, seed + run).value for run in range(runs)])
    median = quantile(np.sort(plain), 0.5)
    truth = estimate(plain - median, STATISTICS)
    for kind in SAMPLERS:
        sampler = default_sampler(kind)
        held = np.zeros((runs, len(STATISTICS)), bool)
        for run in range(runs):
            first = Results(plain[run * scenarios : (run + 1) * scenarios], np.ones(scenarios))
            result = first if kind == "plain" else results(country, sampler, scenarios, seed + run)
            drawn = drawn_by(kind, np.arange(scenarios), replicates=sampler.replicates, weights=result.weight)
            found = estimate(result.value - median, STATISTICS, drawn)
            error = np.hypot(found.se, truth.se)  # all plain runs together are no certainty either
            held[run] = np.abs(found.value - truth.value) <= drawn.factor() * error
        for statistic, share in zip(STATISTICS, held.mean(axis=0).tolist(), strict=True):
            yield _coverage(kind, statistic, share, runs, fact)


def _coverage(kind: str, statistic: Statistic, share: float, runs: int, fact: Mapping[str, Any]) -> Check:
    error = float(np.sqrt(fact["value"] * (1 - fact["value"]) / runs))
    title = f"coverage of 95% intervals, {kind}, {statistic.name}"
    judged = runs >= ENOUGH_RUNS
    note = "" if judged else "too few runs to judge"
    return Check(SECTION, title, fact["value"], within(fact), share, error, judged, note)


class Results(NamedTuple):
    """One number a scenario, [s] [1], and the weight of each scenario, [s] [1]."""

    value: Array
    weight: Array


def results(country: Country, sampler: Sampler, scenarios: int, seed: int) -> Results:
    """Forecast less realised growth of the ACO's cost, mean of ten years."""
    found = Results(np.empty(scenarios), np.empty(scenarios))
    for first in range(0, scenarios, DRAWN):
        part = np.arange(first, min(first + DRAWN, scenarios))
        world = draw_world(country.assumptions, seed=seed, scenarios=part, sampler=sampler, beneficiaries=10_000)
        level = (world.national_level * world.regional_level * world.aco_level)[:, BY3 + 1 :, AGED_DISABLED]
        found.value[part] = (world.prospective_trend[..., AGED_DISABLED] - level).mean(axis=1)
        found.weight[part] = world.weight
    return found
