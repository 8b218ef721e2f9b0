"""What a configuration file may say: a closed schema, each key with its default and its meaning."""

from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from leadmc.base.axes import BASE_YEARS
from leadmc.contract.experience import AcoFacts
from leadmc.contract.mixture import MIXTURE, named_in_text
from leadmc.inputs.assumptions import Closed
from leadmc.inputs.presets import COMPLETE, PRESETS

SAMPLERS: Final = ("plain", "antithetic", "lhs", "sobol", "importance")
SOBOL_REPLICATES: Final = 16  # with 8, nominal 95% intervals cover 91%
LHS_POINTS: Final = 64
"""Scenarios of one Latin hypercube: enough to take nearly all of what is additive out of the noise, and few enough for
many independent hypercubes in a run, whose spread gives the standard error."""
WORSE_BY: Final = 1.5
"""Push that makes the error of P5 smallest, within a tenth, for shares explained between 60 and 90% [SD]."""
WORSE_WORLD: Final = MappingProxyType({"aco": 0.73, "aco_start": 0.51, "coding": -0.35, "ai_score": -0.16})
"""Direction in which the ten-year net result falls fastest: standardised slopes in a regression on the drivers of 3,000
plain scenarios of 12,000 people at the defaults, where they explain 83% of its variance (docs/sampling.md)."""
MIXTURE_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "by path of a term, weights by alternative: a name of the book, a value, or book for the book's own",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": {"type": ["number", "string"]},
        "minProperties": 1,
    },
}


def _refusal(allowed: str, remedy: str = "") -> PydanticCustomError:
    """Say what is allowed and what to do; ``config`` makes a fault of it."""
    return PydanticCustomError("refused", "{allowed}", {"allowed": allowed, "remedy": remedy})


def _present(value: str, info: ValidationInfo) -> str:
    """Find a file beside the configuration file; its absolute path keeps its meaning in a run directory."""
    folder = info.context["folder"] if info.context else Path()
    path = (Path(folder) / value).expanduser().resolve()
    if not path.is_file():
        raise _refusal("a file that exists", f"Paths are relative to the configuration file; looked for {path}.")
    return str(path)


def _county_code(value: object) -> object:
    """Accept an unquoted five-digit code; YAML reads 01001 as an octal number, which cannot be told from a mistake."""
    if isinstance(value, int) and not isinstance(value, bool) and 10_000 <= value <= 99_999:
        return str(value)
    if not isinstance(value, str) or len(value) != 5 or not (value.isascii() and value.isdigit()):
        raise _refusal("a five-digit county code (FIPS)", 'Quote codes that begin with 0: "01001".')
    return value


def _kind_alone(value: object) -> object:
    """Accept ``sampler: sobol`` for ``sampler: {kind: sobol}`` and fill in its replicates."""
    stated = {"kind": value} if isinstance(value, str) else value
    if isinstance(stated, dict) and stated.get("kind") == "sobol":
        return {"replicates": SOBOL_REPLICATES} | stated
    if isinstance(stated, dict) and stated.get("kind") == "importance":
        return {"shift": WORSE_BY, "direction": dict(WORSE_WORLD)} | stated
    return stated


def _or_kind_alone(schema: dict[str, Any]) -> None:
    """Tell editors that the name of the sampler alone will do."""
    record = dict(schema)
    schema.clear()
    schema["anyOf"] = [{"enum": list(SAMPLERS)}, record]


def _with_preset(assumptions: dict[str, Any]) -> dict[str, Any]:
    return {"preset": COMPLETE} | assumptions


def _mixture_in_text(rules: dict[str, Any]) -> dict[str, Any]:
    return {key: named_in_text(value) if key == MIXTURE else value for key, value in rules.items()}


InputFile = Annotated[str, Field(min_length=1), AfterValidator(_present)]
County = Annotated[str, BeforeValidator(_county_code, json_schema_input_type=str), Field(pattern=r"^\d{5}$")]
Track = Literal[
    "professional",
    "global",
    "mssp-enhanced",
    "mssp-basic-e",
    "reach-global",
    "reach-professional",
    "stay-out",
]


class Sampler(Closed):
    """How the drivers of the world are drawn; people always use addressed random numbers."""

    model_config = ConfigDict(json_schema_extra=_or_kind_alone)

    kind: Literal["plain", "antithetic", "lhs", "sobol", "importance"] = Field(
        "plain",
        description="plain (independent), antithetic (pairs), lhs (Latin hypercubes of 64 scenarios), sobol "
        "(scrambled, replicated) or importance (most scenarios from a worse world, weighted back)",
    )
    replicates: int = Field(
        1,
        ge=1,
        le=1024,
        description="independent scramblings that give sobol its standard errors (default there: 16)",
    )
    until: str | None = Field(
        None,
        description="add scenarios, in whole blocks of 2,048, until a metric is as exact as this says; for instance "
        "tvar95(net_result.total, global) se <= 0.05% of benchmark",
    )
    control: bool = Field(
        False,
        description="weigh scenarios so that worlds are as bad as they are known to be (control variate); not with "
        "importance",
    )
    shift: float = Field(
        0.0,
        ge=0,
        le=4,
        description="importance: how far most scenarios are pushed into a worse world [SD] (default there: 1.5)",
    )
    direction: dict[Literal["aco", "aco_start", "regional", "county", "coding", "ai_score"], float] = Field(
        {},
        description="importance: which drivers make a world worse, and how much each counts; only the ratios matter",
    )

    @model_validator(mode="after")
    def _replicates_suit(self) -> Self:
        if self.kind != "sobol" and self.replicates != 1:
            raise _refusal(f"replicates: 1 with the {self.kind} sampler", "Leave replicates out.")
        if self.kind == "importance" and not any(self.direction.values()):
            raise _refusal("a direction with at least one driver that is not 0", "Leave direction out for the default.")
        if self.kind != "importance" and (self.shift or self.direction):
            raise _refusal("shift and direction with the importance sampler only", "Leave them out.")
        if self.kind == "importance" and self.control:
            raise _refusal("control: false with the importance sampler, which controls already", "Leave control out.")
        if self.kind == "sobol" and self.replicates == 1:
            raise _refusal("at least 2 replicates with the sobol sampler", "One scrambling has no standard error.")
        return self


def default_sampler(kind: str) -> Sampler:
    """Fill in what a kind of sampler needs, as a configuration that states the kind alone does."""
    return Sampler.model_validate(_kind_alone(kind))


class Synthetic(Closed):
    """A panel drawn in the stationary state of the model."""

    beneficiaries: int = Field(ge=1, le=10_000_000, description="aligned people")
    counties: Annotated[tuple[County, ...], Field(min_length=1, strict=False)] = Field(
        ("37037", "37063", "37101", "37135", "37183"),
        description="service area, five-digit county codes; the default is Raleigh-Durham, North Carolina",
    )
    weights: Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(strict=False)] | None = Field(
        None, description="share of the panel in each county, any scale; by default the rate book's person-years"
    )
    voluntary_share: float = Field(0.05, ge=0, le=1, description="people aligned voluntarily; the rest by claims [1]")

    @model_validator(mode="after")
    def _counties_and_weights_match(self) -> Self:
        if len(set(self.counties)) < len(self.counties):
            raise _refusal("every county once")
        if self.weights is not None and len(self.weights) != len(self.counties):
            raise _refusal(f"as many weights as counties ({len(self.counties)})")
        return self


class Aco(Closed):
    """What is known of the ACO before it signs."""

    key: str | None = Field(
        None,
        min_length=1,
        description="name of the ACO's own luck in a portfolio: runs of one seed and different keys share the nation,"
        " and the region where they lie in one; without it everything is drawn from the seed",
    )
    entering: Literal["new", "renewing"] = Field(
        "new", description="new or renewing (earlier experience); decides the base-year weights"
    )
    predecessor: Literal["none", "mssp", "reach"] = Field(
        "none", description="none, mssp or reach; decides the cap of the regional adjustment"
    )
    prior_savings_pbpm: dict[int, float] = Field(
        dict.fromkeys(BASE_YEARS, 0.0),
        description="savings in the earlier programme by base year [USD per person-month]; a year left out is 0",
    )
    prior_savings_proration: float = Field(
        1.0, ge=0, le=1, description="share of today's people who belonged to the earlier ACO [1]"
    )

    @model_validator(mode="after")
    def _history_is_consistent(self) -> Self:
        if (self.entering == "renewing") != (self.predecessor != "none"):
            raise _refusal("entering: renewing with predecessor mssp or reach; entering: new with predecessor none")
        if not set(self.prior_savings_pbpm) <= set(BASE_YEARS):
            raise _refusal(f"prior_savings_pbpm for the base years {', '.join(map(str, BASE_YEARS))}")
        if self.predecessor == "none" and any(self.prior_savings_pbpm.values()):
            raise _refusal("no prior_savings_pbpm without a predecessor")
        return self

    def facts(self) -> AcoFacts:
        """Hand the facts to the contract in its own terms."""
        first, second, third = (self.prior_savings_pbpm.get(year, 0.0) for year in BASE_YEARS)
        return AcoFacts(self.entering, self.predecessor, (first, second, third), self.prior_savings_proration)


class PopulationSource(Closed):
    """Who the people are."""

    file: InputFile | None = Field(None, description="roster, .csv or .parquet; instead of synthetic")
    synthetic: Synthetic | None = Field(None, description="a panel made by leadmc; instead of file")
    base_years: Literal["simulated", "observed"] = Field(
        "simulated",
        description="simulated (who the people are is part of the luck: 2024-2026 come from the same paths) or observed"
        " (the roster's own spending and scores make the benchmark, and people start in the health that these suggest)",
    )
    aco: Aco = Field(default_factory=Aco, description="what is known of the ACO before it signs")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.file is None) == (self.synthetic is None):
            raise _refusal("either file or synthetic", "Give one of the two.")
        if self.base_years == "observed" and self.file is None:
            raise _refusal("base_years: observed with a file", "A synthetic panel has no history.")
        return self


class Region(Closed):
    """The region against which the ACO is measured."""

    rate_book: InputFile | None = Field(
        None,
        description="county rates at 2026 prices, .csv or .parquet with county_fips, aged_disabled_pbpm, esrd_pbpm; by"
        " default the public county rates of CMS that leadmc ships",
    )
    aco_share: float = Field(
        0.1, gt=0, le=1, description="the ACO's share of its region: the national weight of the regional trend [1]"
    )


class Output(Closed):
    """How a run is cut up, and what money later is worth today; no scenario depends on it."""

    chunk: int | None = Field(
        None, ge=1, le=1_000_000, description="scenarios in one task; as many as take about a second where not given"
    )
    discount_rate: float = Field(
        0.03,
        gt=-1,
        le=1,
        description="yearly rate that takes results to the money of the first performance year, an assumption: the"
        " lower of the two rates of OMB Circular A-4 (2003) [1]",
    )


class Settings(Closed):
    """A leadmc configuration."""

    name: str = Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$", description="title of the run")
    seed: int = Field(ge=0, le=2**64 - 1, description="root of every random number; same seed, same bits")
    scenarios: int = Field(ge=1, le=2**32 - 1, description="scenarios to simulate")  # the address has 32 bits for it
    sampler: Annotated[Sampler, BeforeValidator(_kind_alone, json_schema_input_type=Sampler)] = Field(
        default_factory=Sampler, description="how the drivers of the world are drawn"
    )
    population: PopulationSource = Field(description="who the people are")
    region: Region = Field(default_factory=Region, description="the region against which the ACO is measured")
    tracks: Annotated[tuple[Track, ...], Field(min_length=1, strict=False)] = Field(
        ("professional", "global"), description="tracks to settle, on the same people and the same world"
    )
    assumptions: Annotated[dict[str, Any], AfterValidator(_with_preset)] = Field(
        {"preset": COMPLETE},
        description=f"preset ({' or '.join(PRESETS)}), then any assumption laid over it; file names a file of them",
        json_schema_extra={"properties": {"preset": {"enum": list(PRESETS)}, "file": {"type": "string"}}},
    )
    rules: Annotated[dict[str, Any], AfterValidator(_mixture_in_text)] = Field(
        {},
        description="terms of the rule book by their path, laid over it (see `leadmc rules`); under mixture, by path, "
        "weights over alternatives of which each scenario draws one",
        json_schema_extra={"properties": {MIXTURE: MIXTURE_SCHEMA}},
    )
    output: Output = Field(
        default_factory=Output, description="how a run is cut up and valued; no scenario depends on it"
    )

    @model_validator(mode="after")
    def _groups_are_whole(self) -> Self:
        if self.sampler.kind == "importance" and self.scenarios % LHS_POINTS:
            raise _refusal(f"scenarios: a multiple of {LHS_POINTS} with the importance sampler, whose shares are fixed")
        return self

    @model_validator(mode="after")
    def _tracks_suit(self) -> Self:
        if len(set(self.tracks)) < len(self.tracks):
            raise _refusal("tracks: every track once")
        return self
