"""Loadings from moments: what a person's year must look like for the population to have the moments that are known.

The loadings, the slope of death, the High Needs threshold and the shape of cost are no quantities that anybody can
look up; correlations, explained variances and shares of spending are. Damped Gauss-Newton steps carry the unknowns to
the targets. There are more unknowns than targets, and a faint pull holds what no target decides at its preset value.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from leadmc.base.errors import Fault, InputError
from leadmc.inputs.assumptions import People
from leadmc.inputs.moments import moments
from leadmc.inputs.presets import AssumptionLine, assumption_table
from leadmc.inputs.reference import Reference

Array = npt.NDArray[np.float64]

UNKNOWNS: Final = (
    "persistence",
    "cost_persistent",
    "cost_morbidity",
    "score_persistent",
    "score_morbidity",
    "concurrent_persistent",
    "concurrent_morbidity",
    "death_slope",
    "high_needs_threshold_share",
    "high_weight",
    "low_ln_mean",
    "pareto_alpha",
)
MET: Final = 0.25  # of a target's plausible range: a target is met that close
DIGITS: Final = 4  # of a solved value: the same on every machine
PULL: Final = 0.02  # towards the preset: per plausible half-range of an unknown, against a target's half-range
PROBE: Final = 0.05  # of an unknown's plausible half-range
LONGEST: Final = 0.9995  # of a pair of loadings, together
STEPS: Final = 12
HALVINGS: Final = 3
GAIN: Final = 0.1  # of the squared misses: a step that gains less is the last


class Problem(NamedTuple):
    """Targets and unknowns in units of their plausible half-ranges.

    Parameters
    ----------
    people
        The assumptions to start from, targets included.
    esrd_rate
        What people with ESRD cost, against the others [1].
    unknowns, unit
        Names of what is solved for, and their half-ranges.
    targets, aim, reach
        Names, values and half-ranges of the moments aimed at.
    """

    people: People
    esrd_rate: float
    unknowns: tuple[str, ...]
    unit: Array
    targets: tuple[str, ...]
    aim: Array
    reach: Array

    def with_values(self, shift: Array) -> People:
        """Move the unknowns by ``shift`` half-ranges; ValidationError where they cannot be."""
        values = self.people.model_dump()
        for name, step, unit in zip(self.unknowns, shift, self.unit, strict=True):
            values[name] += float(step * unit)
        for latent in ("cost", "score", "concurrent"):
            self._hold_within_unit_variance(values, f"{latent}_persistent", f"{latent}_morbidity")
        return People.model_validate(values | {name: round(values[name], DIGITS) for name in self.unknowns})

    def _hold_within_unit_variance(self, values: dict[str, Any], *loadings: str) -> None:
        """Shorten a pair of unknown loadings that would leave nothing for the third."""
        length = np.hypot(*(values[name] for name in loadings))
        if length > LONGEST and set(loadings) <= set(self.unknowns):
            values.update({name: float(values[name] * LONGEST / length) for name in loadings})

    def achieved(self, people: People) -> Array:
        """Moments aimed at, as these people have them."""
        found = moments(Reference(people), esrd_rate=self.esrd_rate)
        return np.array([found[name] for name in self.targets])

    def misses(self, shift: Array) -> Array:
        """Distance from the targets in half-ranges, and the pull towards the preset; infinite where nothing can be."""
        try:
            people = self.with_values(shift)
        except ValidationError:
            return np.full(len(self.targets) + len(shift), np.inf)
        return np.concatenate([(self.achieved(people) - self.aim) / self.reach, PULL * shift])


def solve_people(people: People, *, stated: Mapping[str, Any], esrd_rate: float) -> People:
    """Solve the loadings from ``people.targets``.

    Parameters
    ----------
    people
        Assumptions about people, whose loadings the search starts from.
    stated
        Keys of ``people`` that the user gave; those stay as they are.
    esrd_rate
        What people with ESRD cost, against the others [1].

    Raises
    ------
    InputError
        Targets that cannot hold together, each with the nearest value that can.
    """
    problem = _problem(people, stated, esrd_rate)
    if not problem.targets or not problem.unknowns or not people.volatility:
        return people
    solved = problem.with_values(_nearest(problem))
    achieved = problem.achieved(solved)
    _refuse_what_is_missed(problem, achieved)
    return solved


def with_solved_values(lines: Iterable[AssumptionLine], people: People) -> tuple[AssumptionLine, ...]:
    """Show what was solved in a list of assumptions that was made before."""
    values = {f"people.{name}": getattr(people, name) for name in UNKNOWNS}
    return tuple(
        line._replace(value=values[line.path], grade="solved", source="solved from people.targets")
        if values.get(line.path, line.value) != line.value
        else line
        for line in lines
    )


def _problem(people: People, stated: Mapping[str, Any], esrd_rate: float) -> Problem:
    half = {
        line.path.removeprefix("people."): (line.range[1] - line.range[0]) / 2
        for line in assumption_table()
        if line.range is not None and line.path.startswith("people.")
    }
    unknowns = tuple(name for name in UNKNOWNS if name not in stated)
    aims = {name: value for name, value in people.targets.model_dump().items() if value is not None}
    return Problem(
        people=people,
        esrd_rate=esrd_rate,
        unknowns=unknowns,
        unit=np.array([half[name] for name in unknowns]),
        targets=tuple(aims),
        aim=np.array(list(aims.values())),
        reach=np.array([half[f"targets.{name}"] for name in aims]),
    )


def _nearest(problem: Problem) -> Array:
    """Find the shift of the unknowns that comes nearest to the targets.

    The derivatives are probed once and then kept up to date by what each step shows (Broyden, 1965): a step costs one
    reference population, a set of derivatives one for every unknown.
    """
    shift = np.zeros(len(problem.unknowns))
    misses = problem.misses(shift)
    slope = _slope(problem, shift, misses)
    for _ in range(STEPS):
        step = np.asarray(np.linalg.lstsq(slope, -misses, rcond=None)[0], np.float64)
        step = step / max(1.0, float(np.abs(step).max()))
        step, found = _downhill(problem, shift, misses, step)
        if found is None:
            break
        slope = slope + np.outer(found - misses - slope @ step, step) / (step @ step)
        gain = 1 - float(found @ found) / float(misses @ misses)
        shift, misses = shift + step, found
        if gain < GAIN:
            break
    return shift


def _slope(problem: Problem, shift: Array, misses: Array) -> Array:
    """Probe the derivatives of the misses by each unknown, one-sided, [target, unknown]."""
    columns = []
    for probe in np.eye(len(shift)) * PROBE:
        there = problem.misses(shift + probe)
        toward = probe if np.isfinite(there).all() else -probe
        there = there if toward is probe else problem.misses(shift - probe)
        columns.append((there - misses) / toward.sum())
    return np.stack(columns, axis=1)


def _downhill(problem: Problem, shift: Array, misses: Array, step: Array) -> tuple[Array, Array | None]:
    """Halve a step until it leads nearer to the targets; no misses if none does."""
    for _ in range(HALVINGS):
        found = problem.misses(shift + step)
        if found @ found < misses @ misses:
            return step, found
        step = step / 2
    return step, None


def _refuse_what_is_missed(problem: Problem, achieved: Array) -> None:
    faults = [
        Fault(
            f"assumptions.people.targets.{name}",
            f"{aim:g}",
            f"{value:.4g}, the nearest value that goes with the other targets",
            "State that value, give up another target (null), or state fewer loadings.",
        )
        for name, aim, value, reach in zip(problem.targets, problem.aim, achieved, problem.reach, strict=True)
        if abs(value - aim) > 2 * MET * reach
    ]
    if faults:
        raise InputError(faults)
