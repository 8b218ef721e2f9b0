"""Several ACOs in one run: a directory for each, one nation for all, and what they come to together."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from leadmc.base.errors import Fault, InputError
from leadmc.cube.run_directory import default_directory, refuse_foreign, write_whole
from leadmc.cube.store import CUBE, labelled
from leadmc.inputs.config import Config

PORTFOLIO: Final = "portfolio.json"
SHARED: Final = ("seed", "scenarios", "sampler")
OF_THE_NATION: Final = ("national_trend", "prospective_trend", "pandemic", "policy_jump")


class Member(NamedTuple):
    """An ACO of a portfolio: its configuration, with a key of its own, and its directory."""

    config: Config
    place: Path


def members(configs: Sequence[Config], out: Path) -> list[Member]:
    """Give every ACO its key and its directory below ``out``, under its name.

    Raises
    ------
    InputError
        Everything that keeps the configurations from being one portfolio.
    """
    if faults := list(_faults(configs)):
        raise InputError(faults)
    return [Member(_with_key(config), out / default_directory(config.settings.name).name) for config in configs]


def run(portfolio: Sequence[Member], *, out: Path, resume: bool, run_one: Callable[[Member], Path]) -> dict[str, Any]:
    """Run every ACO, then write and return what they come to together.

    Parameters
    ----------
    portfolio
        From ``members``.
    out
        Directory of the portfolio.
    resume
        Whether a portfolio may have been begun in ``out``.
    run_one
        Takes one ACO through ``pipeline.run``.

    Raises
    ------
    InputError
        If ``out`` holds anything else.
    """
    from leadmc.measures.portfolio import portfolio as together

    if not resume:
        refuse_foreign(out)
    for member in portfolio:
        run_one(member)
    names = [member.config.settings.name for member in portfolio]
    cubes = {name: labelled(member.place / CUBE) for name, member in zip(names, portfolio, strict=True)}
    shared = {key: getattr(portfolio[0].config.settings, key) for key in ("seed", "scenarios")}
    record = shared | together(cubes)
    write_whole(out / PORTFOLIO, json.dumps(record, indent=1) + "\n")
    return record


def _with_key(config: Config) -> Config:
    settings = config.settings
    source = settings.population
    aco = source.aco.model_copy(update={"key": source.aco.key or settings.name})
    population = source.model_copy(update={"aco": aco})
    return replace(config, settings=settings.model_copy(update={"population": population}))


def _faults(configs: Sequence[Config]) -> Iterator[Fault]:
    first, base = configs[0], configs[0].settings.name
    for config in configs[1:]:
        name = config.settings.name
        for key in SHARED:
            seen, wanted = (getattr(each.settings, key) for each in (config, first))
            if seen != wanted:
                yield Fault(f"{name}, {key}", str(seen), f"{wanted}, as of {base}: scenarios are added up")
        for key in OF_THE_NATION:
            if getattr(config.assumptions, key) != getattr(first.assumptions, key):
                yield Fault(f"{name}, assumptions.{key}", "differs", f"as of {base}: there is one nation")
    if first.settings.sampler.kind == "importance":
        allowed = "a sampler under which all scenarios weigh the same"
        yield Fault("sampler.kind", "importance", allowed, "Each ACO would have other weights.")
    for what, values in (
        ("name", [default_directory(config.settings.name).name for config in configs]),
        ("population.aco.key", [config.settings.population.aco.key or config.settings.name for config in configs]),
    ):
        for value in sorted({each for each in values if values.count(each) > 1}):
            yield Fault(what, value, "another one for each ACO of a portfolio")
    if not set.intersection(*(set(config.settings.tracks) for config in configs)):
        yield Fault("tracks", "none in common", "at least one track that all ACOs of a portfolio settle")
