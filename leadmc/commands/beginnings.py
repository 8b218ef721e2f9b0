"""Commands for who begins: ``init`` writes an example, ``validate`` shows what a configuration means."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from leadmc.commands.answers import ConfigFile, print_tables

EXAMPLE_CONFIG: Final = "config.yaml"
EXAMPLE_ROSTER: Final = "roster.csv"
EXAMPLE_PEOPLE: Final = 2000
EXAMPLE_SLOTS: Final = 1000  # with a past: six in ten are held by a second person within three years
EXAMPLE: Final[Mapping[str, Any]] = {
    "name": "example",
    "seed": 1,
    "scenarios": 1000,
    "population": {"file": EXAMPLE_ROSTER},
}


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or an empty directory.")],
    *,
    observed: Annotated[bool, typer.Option("--observed", help="A roster whose base years make the benchmark.")] = False,
) -> None:
    """Write a commented configuration and a small synthetic roster to start from."""
    from leadmc.cube.run_directory import new_directory
    from leadmc.inputs.assumptions import load_assumptions
    from leadmc.inputs.rate_book import load_rate_book, price_growth
    from leadmc.inputs.reference import Reference
    from leadmc.inputs.roster import write_roster
    from leadmc.inputs.settings import Synthetic
    from leadmc.inputs.template import config_text

    assumptions = load_assumptions()
    rate_book = load_rate_book(None, price_growth(assumptions.national_trend))
    reference = Reference(assumptions.people)
    example: dict[str, Any] = dict(EXAMPLE)
    if observed:
        from leadmc.paths.observed import base_level  # brings numba
        from leadmc.paths.past import roster_with_past

        example["population"] = {**EXAMPLE["population"], "base_years": "observed"}
        slots, level = Synthetic(beneficiaries=EXAMPLE_SLOTS), base_level(assumptions)
        people = roster_with_past(slots, rate_book, reference, level=level, seed=EXAMPLE["seed"])
    else:
        from leadmc.inputs.panel import synthetic_roster

        people = synthetic_roster(Synthetic(beneficiaries=EXAMPLE_PEOPLE), rate_book, reference)
    with new_directory(directory) as partial:
        write_roster(partial / EXAMPLE_ROSTER, people)
        (partial / EXAMPLE_CONFIG).write_text(config_text(example), encoding="utf-8")
    typer.echo(f"Wrote {directory / EXAMPLE_CONFIG} and {directory / EXAMPLE_ROSTER}.")
    typer.echo(f"Next: leadmc run {directory / EXAMPLE_CONFIG}")


def validate(config: ConfigFile) -> None:
    """Show what was read, what was defaulted, what is out of range and what is unverified; simulate nothing."""
    from leadmc import terminal
    from leadmc.inputs.config import load_config
    from leadmc.inputs.presets import assumption_table
    from leadmc.inputs.solved_people import with_solved_values

    loaded = load_config(config)
    stated = dict(loaded.settings.assumptions)
    preset = stated.pop("preset")
    lines = with_solved_values(assumption_table(preset, stated), loaded.assumptions.people)
    doubtful = loaded.unverified_terms()
    outside = [line.path for line in lines if line.outside_range]
    print_tables([terminal.settings(loaded.settings)])
    for note in _people(loaded):
        typer.echo(note)
    print_tables([terminal.assumptions(lines)])
    if loaded.assumptions.people.volatility:
        print_tables([terminal.moments(_moments(loaded, preset, stated))])
    print_tables([terminal.terms("Unverified rules that a run rests on", doubtful)])
    typer.echo(f"Out of the plausible range: {', '.join(outside) or 'nothing'}.")
    typer.echo(f"{config.name} is valid. Nothing was simulated.")


def _moments(loaded: Any, preset: str, stated: Mapping[str, Any]) -> Iterable[Any]:
    """Lay the moments of the reference population beside what is known of people."""
    from leadmc.inputs.achieved import achieved_beside_target
    from leadmc.inputs.moments import moments
    from leadmc.inputs.reference import Reference

    people = loaded.assumptions.people
    found = moments(Reference(people), esrd_rate=loaded.rate_book.national_esrd_rate)
    return achieved_beside_target(people, found, preset=preset, stated=stated)


def _people(loaded: Any) -> Iterable[str]:
    """Say who the people are and what was filled in for them."""
    source = loaded.settings.population
    if source.synthetic is not None:
        return [f"People: {source.synthetic.beneficiaries:,} synthetic beneficiaries."]
    from leadmc.inputs.base_years import in_words
    from leadmc.inputs.panel import roster

    found = roster(loaded)
    people, path = found.population, Path(source.file)
    head = f"People: {len(people.age):,} beneficiaries in {len(people.county_fips)} counties, read from {path.name}."
    past = in_words(found) if source.base_years == "observed" else ()
    return [
        head,
        *(f"  {note}" for note in (found.notes or ("nothing was defaulted",))),
        *(f"  {line}" for line in past),
    ]
