"""The configuration of a run: the user's file, every default filled in, every fault of every section in one message."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml

from leadmc.base.errors import Fault, InputError
from leadmc.contract.book import Term, neutral_overrides
from leadmc.contract.mixture import MIXTURE, MixedTerm, Rules, load_mixture
from leadmc.contract.programmes import Agreements, load_agreements, unverified
from leadmc.inputs.assumptions import Assumptions, load_assumptions
from leadmc.inputs.included import with_included_assumptions
from leadmc.inputs.presets import COMPLETE
from leadmc.inputs.rate_book import RateBook, load_rate_book, price_growth, unknown_county
from leadmc.inputs.schema import validated
from leadmc.inputs.settings import Settings
from leadmc.inputs.yaml_text import read_yaml

Loaded = TypeVar("Loaded")
NOISE_ONLY: Final = "noise-only"


@dataclass(frozen=True)
class Config:
    """Everything that a run needs to know before it reads a roster.

    Parameters
    ----------
    settings
        The file's keys with their defaults.
    assumptions
        The preset with the user's values.
    terms
        The rule books with the user's values; under the preset ``noise-only``, with the book's neutral ones beneath.
    rate_book
        County rates; not compared, since ``settings`` and ``assumptions`` determine them.
    mixture
        The terms of which each scenario draws one alternative; in ``terms`` they have the book's value.
    """

    settings: Settings
    assumptions: Assumptions
    terms: Agreements
    rate_book: RateBook = field(compare=False, repr=False)
    mixture: tuple[MixedTerm, ...] = ()

    def unverified_terms(self) -> tuple[Term, ...]:
        """List the rules that the run rests on and no published source confirms, for its tracks."""
        fixed, found = self.rules().overrides, dict[str, Term]()
        drawn = [{**fixed, term.path: value} for term in self.mixture for value in term.values]
        for overrides in (fixed, *drawn):  # an alternative may rest on terms that the book's value does not need
            for term in unverified(overrides, self.settings.tracks):
                found.setdefault(term.path, term)
        return tuple(found.values())

    def rules(self) -> Rules:
        """Give what the run says of the rule books: the preset's values, the user's, and the mixture."""
        return Rules(rule_overrides(self.settings.assumptions["preset"], self.settings.rules), self.mixture)


def with_scenarios(config: Config, scenarios: int) -> Config:
    """Give a configuration another number of scenarios; those that both have are the same."""
    return replace(config, settings=config.settings.model_copy(update={"scenarios": scenarios}))


def with_goal(config: Config, until: str) -> Config:
    """Let a configuration add scenarios until a goal of precision is reached."""
    sampler = config.settings.sampler.model_copy(update={"until": until})
    return replace(config, settings=config.settings.model_copy(update={"sampler": sampler}))


def load_config(path: Path, overrides: Mapping[str, object] | None = None) -> Config:
    """Read and validate a configuration file.

    Parameters
    ----------
    path
        A YAML file; the files that it names are relative to it.
    overrides
        Top-level keys that replace the file's, such as a seed given on the command line.

    Raises
    ------
    InputError
        Every fault of every section, or the first syntax error of the file.
    """
    return _configured(with_included_assumptions(read_yaml(path), path) | dict(overrides or {}), path)


def stated_config(stated: Mapping[str, Any]) -> Config:
    """Validate a configuration that was never a file; files that it names are relative to the working directory.

    Raises
    ------
    InputError
        Every fault of every section.
    """
    path = Path.cwd() / "configuration"
    return _configured(with_included_assumptions(dict(stated), path), path)


def with_assumption(config: Config, path: str, value: object) -> Config:
    """Read a configuration again with another value of one assumption, as if the user had stated it.

    Raises
    ------
    InputError
        The value is not possible beside the others.
    """
    values = _plain(config.settings)
    *sections, key = path.split(".")
    stated = values["assumptions"]
    for section in sections:
        stated = stated.setdefault(section, {})
    stated[key] = value
    return _configured(values, Path(path))


def _configured(values: dict[str, Any], path: Path) -> Config:
    faults: list[Fault] = []
    settings = _collect(faults, lambda: validated(Settings, values, path))
    assumed, ruled = _section(values, "assumptions"), _section(values, "rules")
    preset = str(assumed.get("preset", COMPLETE))
    assumptions = _collect(faults, lambda: load_assumptions(preset, _without("preset", assumed)), path.name)
    terms = _collect(faults, lambda: load_agreements(rule_overrides(preset, ruled)), path.name)
    mixture = _collect(
        faults, lambda: load_mixture(ruled.get(MIXTURE, {}), ruled, rule_overrides(preset, {})), path.name
    )
    if settings is None or assumptions is None or terms is None or mixture is None:
        raise InputError(faults)
    rate_book = _collect(faults, lambda: _rate_book(settings, assumptions))
    if rate_book is None:
        raise InputError(faults)
    _check_counties(settings, rate_book, path.name)
    _check_basis(settings, assumptions, path.name)
    solved = _collect(faults, lambda: _with_solved_people(assumptions, assumed, rate_book), path.name)
    if solved is None:
        raise InputError(faults)
    return Config(settings, solved, terms, rate_book, mixture)


def _with_solved_people(assumptions: Assumptions, stated: Mapping[str, Any], rate_book: RateBook) -> Assumptions:
    """Solve the loadings of people where the user states targets; the preset's loadings are solved already."""
    people = _section(stated, "people")
    if "targets" not in people:
        return assumptions
    from leadmc.inputs.solved_people import solve_people  # the reference population: seconds that few need

    solved = solve_people(assumptions.people, stated=people, esrd_rate=rate_book.national_esrd_rate)
    return assumptions.model_copy(update={"people": solved})


def rule_overrides(preset: str, rules: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the user's fixed rules over those that a preset implies: noise alone knows no discount and no adjustment."""
    return (neutral_overrides() if preset == NOISE_ONLY else {}) | _without(MIXTURE, rules)


def resolved_yaml(config: Config) -> str:
    """Write the configuration with every default; reading it again gives an equal one.

    Assumptions and rules stay as the user gave them, so that what is stated and what is assumed can be told apart.
    """
    return yaml.safe_dump(_plain(config.settings), sort_keys=False, allow_unicode=True)


def config_hash(config: Config) -> str:
    """Fingerprint what can change a result: not the folder of a file (its content has its own), not the output."""
    content = _plain(config.settings) | {
        "assumptions": config.assumptions.model_dump(mode="json"),
        "rules": config.terms.model_dump(mode="json"),
        "mixture": config.mixture,
        "output": None,
    }
    for section, key in (("population", "file"), ("region", "rate_book")):
        content[section][key] = content[section][key] and Path(content[section][key]).name
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def in_words(config: Config) -> list[str]:
    """Say in sentences what a run assumes, for its report."""
    settings = config.settings
    people, drivers = settings.population, config.assumptions
    stated = {key: value for key, value in settings.assumptions.items() if key != "preset"}
    observed = people.base_years == "observed"
    who = "a roster" if people.synthetic is None else "a synthetic panel in the reference population's stationary state"
    history = " Its base years make the benchmark; people start in the health that these suggest." * observed
    managed = len(drivers.management.interventions)
    return [
        f"The people are {who}.{history} County rates: {config.rate_book.provenance.rstrip('.')}.",
        f"Assumptions are the preset {settings.assumptions['preset']}" + _laid_over(stated),
        f"Rules are the rule book's{_laid_over(settings.rules)}",
        f"Management programmes that act on cost: {managed}."
        if managed
        else "No management programme acts on cost: the ACO does nothing that it does not do today.",
    ]


def _laid_over(stated: Mapping[str, Any]) -> str:
    return f", with {json.dumps(_lists(stated))}." if stated else "."


def json_schema() -> dict[str, Any]:
    """JSON Schema of the configuration file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Settings.model_json_schema()


def _plain(settings: Settings) -> dict[str, Any]:
    """Give settings as maps, lists and scalars of YAML; years stay numbers."""
    plain: dict[str, Any] = _lists(settings.model_dump())
    return plain


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(each) for key, each in value.items()}
    return [_lists(each) for each in value] if isinstance(value, list | tuple) else value


def _collect(faults: list[Fault], load: Callable[[], Loaded], file: str = "") -> Loaded | None:
    """Load a section, or keep its faults, their place prefixed with the file, and go on."""
    try:
        return load()
    except InputError as error:
        faults += [fault._replace(where=f"{file}, {fault.where}") if file else fault for fault in error.faults]
        return None


def _section(values: Mapping[Any, Any], key: str) -> dict[str, Any]:
    """Return a section that is a map with text keys, else nothing: the schema has reported it."""
    section = values.get(key, {})
    return section if isinstance(section, dict) and all(isinstance(each, str) for each in section) else {}


def _without(key: str, section: Mapping[str, Any]) -> dict[str, Any]:
    return {each: value for each, value in section.items() if each != key}


def _rate_book(settings: Settings, assumptions: Assumptions) -> RateBook:
    stated = settings.region.rate_book
    return load_rate_book(Path(stated) if stated else None, price_growth(assumptions.national_trend))


def _check_basis(settings: Settings, assumptions: Assumptions, file: str) -> None:
    """Refuse a benchmark from observed base years that shall at the same time be the true expected spend."""
    if settings.population.base_years == "observed" and assumptions.benchmark_basis == "true_expected":
        where = f"{file}, population.base_years"
        allowed = "simulated where assumptions.benchmark_basis is true_expected, as in the preset noise-only"
        raise InputError([Fault(where, "observed", allowed, "State assumptions.benchmark_basis: base_years.")])


def _check_counties(settings: Settings, book: RateBook, file: str) -> None:
    """Refuse a synthetic panel in counties without a rate, or without the people that would weight them."""
    synthetic = settings.population.synthetic
    if synthetic is None:
        return
    where = f"{file}, population.synthetic.counties"
    rows = dict(zip(synthetic.counties, book.rows(synthetic.counties), strict=True))
    faults = [unknown_county(where, county) for county, row in rows.items() if row < 0]
    if not faults and synthetic.weights is None and not all(book.person_years[row, 0] > 0.0 for row in rows.values()):
        faults = [
            Fault(where, "", "counties whose person-years the rate book knows", "Give population.synthetic.weights.")
        ]
    if faults:
        raise InputError(faults)
