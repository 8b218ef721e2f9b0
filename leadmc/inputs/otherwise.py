"""What could be otherwise: assumptions at the ends of their plausible ranges, rules at each of their alternatives."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from leadmc.contract.book import PROGRAMMES, Term
from leadmc.contract.mixture import MIXTURE, Rules, alternatives
from leadmc.contract.programmes import in_effect, rule_book
from leadmc.inputs.config import Config, with_assumption
from leadmc.inputs.presets import AssumptionLine, assumption_table
from leadmc.inputs.solved_people import UNKNOWNS

ASSUMPTION: Final = "assumption"
RULE: Final = "rule"
MAIN: Final = (
    "aco_level.start_mean",
    "aco_level.start_sd",
    "aco_level.start_per_person",
    "aco_level.innovation_sd",
    "aco_level.innovation_per_person",
    "aco_level.persistence",
    "coding.drift",
    "ai_score.mean",
    "quality.mean",
    "quality.improvement",
    "national_trend.mu.aged_disabled",
    "national_trend.mu.high_needs",
    "national_trend.starting_deviation",
    "national_trend.known_growth",
    "national_trend.persistence",
    "prospective_trend.bias",
    "over_dispersion.factor",
    "dependence.aco.coding",
)
"""Assumptions with the largest swings of the mean or of P5 when all were moved, at 12,000 people on the tracks of LEAD
(`leadmc sensitivity --all`; those of people, whose effects are smaller, at 1,500)."""
SOLVED: Final = frozenset(f"people.{name}" for name in UNKNOWNS)
"""Assumptions that follow from others: ``people.targets`` move in their place."""
ELECTED: Final = ("stop_loss.elected", "reach.stop_loss.elected")
"""A choice of the ACO, and no doubt."""


class Setting(NamedTuple):
    """Another value, in words and as a configuration states it."""

    name: str
    value: Any


class Driver(NamedTuple):
    """An assumption or a rule that could be otherwise.

    Parameters
    ----------
    kind
        ``assumption`` or ``rule``.
    path
        As in a configuration, below ``assumptions`` or ``rules``.
    title
        What the rule book calls it; of an assumption its path says it.
    unit, value, source, confidence
        As it is now, and what that rests on; of an assumption the confidence is its grade.
    tracks
        The tracks of the run that it concerns.
    settings
        Its other values.
    """

    kind: str
    path: str
    title: str
    unit: str
    value: Any
    source: str
    confidence: str
    tracks: tuple[str, ...]
    settings: tuple[Setting, ...]

    def at(self, config: Config, setting: Setting) -> Config:
        """Give a configuration this other value.

        Raises
        ------
        InputError
            It is not possible beside what else the configuration says.
        """
        if self.kind == ASSUMPTION:
            return with_assumption(config, self.path, setting.value)
        return under(config, {self.path: setting.value})


def unmixed(config: Config) -> Config:
    """Give every rule that a configuration mixes the book's value."""
    rules = {path: value for path, value in config.settings.rules.items() if path != MIXTURE}
    return replace(config, settings=config.settings.model_copy(update={"rules": rules}), mixture=())


def under(config: Config, rules: Mapping[str, Any]) -> Config:
    """Lay rules over those of a configuration; it mixes none."""
    terms = Rules({**config.rules().overrides, **rules}).agreements(())
    settings = config.settings.model_copy(update={"rules": {**config.settings.rules, **rules}})
    return replace(config, settings=settings, terms=terms)


def drivers(config: Config, *, everything: bool) -> Iterator[Driver]:
    """List what could be otherwise under a configuration that mixes no rules.

    Parameters
    ----------
    config
        What is.
    everything
        Whether to list every assumption with a plausible range and not the main ones alone, and rules that a source
        confirms beside the unverified ones.
    """
    stated = {key: value for key, value in config.settings.assumptions.items() if key != "preset"}
    for line in assumption_table(config.settings.assumptions["preset"], stated):
        if line.path in MAIN or (everything and line.path not in SOLVED):
            yield from _assumption(line, config.settings.tracks)
    for term in _book(config) if everything else config.unverified_terms():
        yield from _rule(term, config.settings.tracks)


def _assumption(line: AssumptionLine, tracks: tuple[str, ...]) -> Iterator[Driver]:
    """Move a number, or all numbers of a map, to either end of the range that they have."""
    ends = () if line.range is None else [_alike(line.value, end) for end in line.range]
    settings = tuple(Setting(f"{end:g}", value) for end, value in zip(line.range or (), ends, strict=True))
    settings = tuple(each for each in settings if each.value not in (None, line.value))
    if settings:
        said = (line.path, "", line.unit, line.value, line.source, line.grade)
        yield Driver(ASSUMPTION, *said, tracks, settings)


def _alike(value: object, end: float) -> object:
    """Put a number in the place of a number, or of every number of a map; None where there is no such place."""
    if isinstance(value, Mapping):
        return dict.fromkeys(value, end)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(end) if isinstance(value, int) else end


def _rule(term: Term, tracks: Iterable[str]) -> Iterator[Driver]:
    concerned = tuple(track for track in tracks if track in term.tracks)
    settings = tuple(Setting(*each) for each in alternatives(term))
    if concerned and settings and term.path not in ELECTED:
        said = (term.path, term.title, term.unit, term.value, term.source, term.confidence)
        yield Driver(RULE, *said, concerned, settings)


def _book(config: Config) -> Iterator[Term]:
    """List every term in effect."""
    for programme in PROGRAMMES:
        yield from in_effect(rule_book(programme, config.rules().overrides))
