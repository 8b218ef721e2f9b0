"""The configuration of a run: the user's file, every default filled in, every fault of every section in one message."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from leadmc.base.errors import Fault, InputError, did_you_mean
from leadmc.contract.book import Term, neutral_overrides
from leadmc.contract.programmes import Agreements, load_agreements, unverified
from leadmc.inputs.assumptions import Assumptions, load_assumptions
from leadmc.inputs.included import with_included_assumptions
from leadmc.inputs.presets import COMPLETE
from leadmc.inputs.rate_book import RateBook, load_rate_book, price_growth, unknown_county
from leadmc.inputs.settings import Settings
from leadmc.inputs.yaml_text import read_yaml

Loaded = TypeVar("Loaded")
NOISE_ONLY: Final = "noise-only"
LONGEST_SHOWN: Final = 60
IN_WORDS: Final = {
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "model_type": "a map",
    "dict_type": "a map",
    "tuple_type": "a list",
    "too_short": "at least one entry",
    "string_pattern_mismatch": "text on one line",
    "finite_number": "a finite number",
}


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
    """

    settings: Settings
    assumptions: Assumptions
    terms: Agreements
    rate_book: RateBook = field(compare=False, repr=False)

    def unverified_terms(self) -> tuple[Term, ...]:
        """List the rules that the run rests on and no published source confirms, for its tracks."""
        rules = rule_overrides(self.settings.assumptions["preset"], self.settings.rules)
        tracks = set(self.settings.tracks)
        return tuple(term for term in unverified(rules) if not tracks.isdisjoint(term.tracks))


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
    values = with_included_assumptions(read_yaml(path), path) | dict(overrides or {})
    faults: list[Fault] = []
    settings = _collect(faults, lambda: _settings(values, path))
    assumed, ruled = _section(values, "assumptions"), _section(values, "rules")
    preset = str(assumed.get("preset", COMPLETE))
    assumptions = _collect(faults, lambda: load_assumptions(preset, _without("preset", assumed)), path.name)
    terms = _collect(faults, lambda: load_agreements(rule_overrides(preset, _without("mixture", ruled))), path.name)
    if settings is None or assumptions is None or terms is None:
        raise InputError(faults)
    rate_book = _collect(faults, lambda: _rate_book(settings, assumptions))
    if rate_book is None:
        raise InputError(faults)
    _check_counties(settings, rate_book, path.name)
    _check_basis(settings, assumptions, path.name)
    solved = _collect(faults, lambda: _with_solved_people(assumptions, assumed, rate_book), path.name)
    if solved is None:
        raise InputError(faults)
    return Config(settings, solved, terms, rate_book)


def _with_solved_people(assumptions: Assumptions, stated: Mapping[str, Any], rate_book: RateBook) -> Assumptions:
    """Solve the loadings of people where the user states targets; the preset's loadings are solved already."""
    people = _section(stated, "people")
    if "targets" not in people:
        return assumptions
    from leadmc.inputs.solved_people import solve_people  # the reference population: seconds that few need

    solved = solve_people(assumptions.people, stated=people, esrd_rate=rate_book.national_esrd_rate)
    return assumptions.model_copy(update={"people": solved})


def rule_overrides(preset: str, rules: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the user's rules over those that a preset implies: noise alone knows no discount and no adjustment."""
    return (neutral_overrides() if preset == NOISE_ONLY else {}) | dict(rules)


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


def _settings(values: Mapping[Any, Any], path: Path) -> Settings:
    try:
        return Settings.model_validate(values, context={"folder": path.parent})
    except ValidationError as error:
        details = error.errors(include_url=False)
        within = {each["loc"][:-1] for each in details}
        told = [each for each in details if each["type"] != "too_short" or each["loc"] not in within]
        raise InputError(_fault(each, path.name) for each in told) from None


def _fault(detail: ErrorDetails, file: str) -> Fault:
    """Say in leadmc's words what the schema found at one key."""
    loc = [part for part in detail["loc"] if part != "[key]"]
    where = ", ".join(filter(None, [file, ".".join(map(str, loc))]))
    if detail["type"] in {"extra_forbidden", "invalid_key"}:
        keys = _keys_at(loc[:-1])
        return Fault(where, "unknown key", f"the keys {', '.join(keys)}", did_you_mean(str(loc[-1]), keys))
    if detail["type"] == "missing":
        return Fault(where, "missing", "a value for every compulsory key", f"Add {loc[-1]}.")
    stated = detail.get("ctx", {})
    allowed = stated.get("allowed") or IN_WORDS.get(detail["type"]) or detail["msg"].removeprefix("Input should be ")
    remedy = stated.get("remedy", "")
    if isinstance(detail["input"], str) and detail["type"] in {"int_type", "float_type"}:
        remedy = "Write it without quotes; YAML wants a point and a sign with an exponent (1.0e-3)."
    if detail["input"] is None:
        remedy = "Leave the key out for its default."
    return Fault(where, _shown(detail["input"]), allowed, remedy)


def _shown(value: object) -> str:
    if isinstance(value, dict | list | tuple | BaseModel):
        return ""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _keys_at(loc: list[int | str]) -> list[str]:
    """Keys that the schema knows in a section."""
    model: Any = Settings
    for part in loc:
        annotation = model.model_fields[part].annotation
        model = next(
            kind for kind in (annotation, *getattr(annotation, "__args__", ())) if hasattr(kind, "model_fields")
        )
    return list(model.model_fields)


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
