"""What leadmc assumes about people and about the world: one closed, frozen record per driver, read from a preset.

The numbers stand in ``assumption_sets/<preset>.yaml``, each with its unit, plausible range, evidence and source. The
limits in this module are those of validity (a standard deviation is not negative); the plausible range is reported by
``presets.assumption_table`` and never refused. Units are those of the preset: growth and standard deviations of
levels are in natural logs, per year where they are yearly.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from leadmc.base.axes import BASE_YEARS, PERFORMANCE_YEARS
from leadmc.base.errors import Fault, InputError
from leadmc.inputs.correlation import correlation_faults
from leadmc.inputs.presets import merged_values, pydantic_faults

Share = Annotated[float, Field(ge=0, le=1)]
OpenShare = Annotated[float, Field(gt=0, lt=1)]
Deviation = Annotated[float, Field(ge=0, le=1)]
Growth = Annotated[float, Field(gt=-1, lt=1)]
Positive = Annotated[float, Field(gt=0)]
Persistence = Annotated[float, Field(ge=0, lt=1)]
_GROWN = len(BASE_YEARS) - 1


class Closed(BaseModel):
    """A record that cannot change and knows no other keys; a number is a number, never a string or a switch."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Targets(Closed):
    """Moments of the stationary population that loadings and the shape of cost are solved for; None aims at nothing.

    What each means is said in ``moments`` and in the preset.
    """

    cost_lag_1: OpenShare | None
    cost_lag_5: OpenShare | None
    prospective_r2: OpenShare | None
    concurrent_r2: OpenShare | None
    score_persistence: OpenShare | None
    last_12_months: Positive | None
    high_needs_share: OpenShare | None
    top_1: OpenShare | None
    top_5: OpenShare | None
    top_10: OpenShare | None
    top_20: OpenShare | None
    top_50: OpenShare | None


class People(Closed):
    """One person's year and the stationary population.

    ``cost_*``, ``score_*`` and ``concurrent_*`` are loadings of latent cost, prospective and concurrent score on
    persistent health and on morbidity; what is left of the unit variance is the year's accident or the score's own
    noise. ``persistence`` is the AR(1) coefficient of morbidity. ``volatility: false`` removes all individual
    randomness. Entry ages have a mass at 65 and are linear to 75 and to ``entry_oldest``. Where the user states
    ``targets``, the loadings that are not stated are solved from them (``solved_people``).
    """

    volatility: bool
    persistence: Persistence
    cost_persistent: Share
    cost_morbidity: Share
    score_persistent: Share
    score_morbidity: Share
    concurrent_persistent: Share
    concurrent_morbidity: Share
    zero_share: Persistence
    high_weight: OpenShare
    low_ln_mean: float
    low_ln_sd: Positive
    high_ln_mean: float
    high_ln_sd: Positive
    pareto_from: OpenShare
    pareto_alpha: Annotated[float, Field(gt=2)]
    esrd_cost_cv: Positive
    score_sd: Positive
    concurrent_score_sd: Positive
    esrd_score_sd: Positive
    score_noise: Positive
    death_slope: Annotated[float, Field(ge=0)]
    mortality_by_age: Mapping[int, OpenShare]
    male_hazard_ratio: Positive
    esrd_mortality: Persistence
    exit_hazard: Persistence
    esrd_hazard: Persistence
    high_needs_threshold_share: OpenShare
    entry_at_65_share: Share
    entry_by_75_share: Share
    entry_oldest: Annotated[int, Field(gt=75, le=110)]
    female_share: Share
    targets: Targets

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        for name in ("cost", "score", "concurrent"):
            squares = getattr(self, f"{name}_persistent") ** 2 + getattr(self, f"{name}_morbidity") ** 2
            if squares > 1:
                raise ValueError(
                    f"squares of {name}_persistent and {name}_morbidity with a sum <= 1 (seen {squares:.3f})"
                )
        if self.entry_at_65_share > self.entry_by_75_share:
            raise ValueError("entry_at_65_share <= entry_by_75_share")
        if self.zero_share >= self.pareto_from:
            raise ValueError("zero_share < pareto_from")
        bands = sorted(self.mortality_by_age)
        if not bands or bands != list(range(bands[0], bands[-1] + 1, 5)):
            raise ValueError(f"mortality_by_age with one rate for every band of five years (seen {bands})")
        return self


class PerCategory(Closed):
    """One number per beneficiary category."""

    aged_disabled: Growth
    esrd: Growth
    high_needs: Growth


class NationalTrend(Closed):
    """Log growth of the nation: mean, its uncertainty, and an AR(1) deviation that starts as stated for 2026."""

    mu: PerCategory
    known_growth: Mapping[int, Growth]
    parameter_sd: Deviation
    parameter_correlation: Share
    persistence: Persistence
    innovation_sd: Deviation
    starting_deviation: Growth

    @model_validator(mode="after")
    def _known_years_are_over(self) -> Self:
        grown = BASE_YEARS[1:]
        if not set(self.known_growth) <= set(grown):
            raise ValueError(f"known_growth for {' and '.join(map(str, grown))} (seen {sorted(self.known_growth)})")
        return self


class Pandemic(Closed):
    """A rare national shock with a signature over years, and noisier regions in its first two."""

    probability: Share
    signature: Annotated[tuple[Growth, ...], Field(strict=False, min_length=1)]
    regional_noise_factor: Annotated[float, Field(ge=1)]


class PolicyJump(Closed):
    """A national billing anomaly or policy change, part of which reverses in equal yearly steps."""

    probability: Share
    sd: Deviation
    reversed_share: Share
    reversal_years: Annotated[int, Field(ge=1)]


class SkinSubstitutes(Closed):
    """The billing of skin substitutes that swelled the base years until 2026 cut it: a scenario, off unless stated.

    ``excess_growth`` is what it adds to the growth of national spending into each base year after the first;
    ``counted_share`` and ``national_counted_share`` are the parts of such spending that settlement and benchmark trend
    leave in; ``aco_exposure`` is the ACO's share of it over the nation's.
    """

    active: bool
    excess_growth: Annotated[tuple[Growth, ...], Field(strict=False, min_length=_GROWN, max_length=_GROWN)]
    counted_share: Share
    national_counted_share: Share
    aco_exposure: Annotated[float, Field(ge=0)]


class RelativeLevel(Closed):
    """A near random walk of a region (or county) against the nation (or region)."""

    innovation_sd: Deviation
    reversion: Share


class AcoLevel(Closed):
    """The ACO's cost against its region: a start, known or not, and an AR(1) drift; both are wider for small ACOs."""

    start_mean: Growth
    start_sd: Deviation
    start_per_person: Annotated[float, Field(ge=0)]
    innovation_sd: Deviation
    innovation_per_person: Annotated[float, Field(ge=0)]
    persistence: Share

    def start_variance(self, beneficiaries: int) -> float:
        """Return the variance of an unknown start, ``start_sd^2 + start_per_person / N`` [ln^2]."""
        return self.start_sd**2 + self.start_per_person / beneficiaries

    def innovation_variance(self, beneficiaries: int) -> float:
        """Return what a year adds to the level's variance, ``innovation_sd^2 + innovation_per_person / N`` [ln^2]."""
        return self.innovation_sd**2 + self.innovation_per_person / beneficiaries


class Service(Closed):
    """One service category: share of cost, volatility (shape only) and trend against the total."""

    share: OpenShare
    volatility: Positive
    trend: Growth


class Services(Closed):
    """The eight service categories, in the order of the service axis."""

    inpatient: Service
    outpatient: Service
    physician_part_b: Service
    snf: Service
    home_health: Service
    hospice: Service
    dme: Service
    ambulance: Service


SERVICES = tuple(Services.model_fields)


class Utilisation(Closed):
    """Services and the correlation between the drifts of any two of them."""

    correlation: Persistence
    services: Services


class Intervention(Closed):
    """A care-management programme on one service category.

    ``size`` is the planned saving as a share of the service's cost, reached linearly from ``start_year`` to
    ``full_year``; ``execution`` is the triangular distribution (low, mode, high) of the share of the plan achieved;
    ``programme_cost_pbpm`` is its cost from ``start_year`` on [USD per person-month].
    """

    service: str
    start_year: Annotated[int, Field(ge=PERFORMANCE_YEARS[0], le=PERFORMANCE_YEARS[-1])]
    full_year: int
    size: Annotated[float, Field(ge=0, lt=1)]
    execution: Annotated[tuple[float, float, float], Field(strict=False)]
    programme_cost_pbpm: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if self.service not in SERVICES:
            raise ValueError(f"service among {', '.join(SERVICES)} (seen {self.service!r})")
        low, mode, high = self.execution
        if not low <= mode <= high or self.size * high >= 1:
            raise ValueError(f"execution as low <= mode <= high with size x high < 1 (seen {self.execution})")
        if self.full_year < self.start_year:
            raise ValueError(f"full_year >= start_year (seen {self.full_year} < {self.start_year})")
        return self


class Management(Closed):
    """The ACO's programmes; none unless stated."""

    interventions: Annotated[tuple[Intervention, ...], Field(strict=False, max_length=16)]


class ProspectiveTrend(Closed):
    """The forecast of national growth made before the first performance year: its bias and its own error."""

    bias: Growth
    error_sd: Deviation
    error_persistence: Persistence


class Coding(Closed):
    """The ACO's risk score against the normalised reference: drift and its random walk."""

    drift: Growth
    drift_sd: Deviation


class AiScore(Closed):
    """Relative change of the risk ratio if the AI-inferred score counted fully: normal."""

    mean: Growth
    sd: Deviation


class Quality(Closed):
    """Earned share of the quality points: beta-distributed, AR(1) by year, with a yearly improvement."""

    mean: Share
    sd: Deviation
    persistence: Share
    improvement: Growth

    @model_validator(mode="after")
    def _is_a_beta(self) -> Self:
        if self.sd > 0 and self.sd**2 >= self.mean * (1 - self.mean):
            raise ValueError(f"sd^2 < mean (1 - mean) (seen mean {self.mean}, sd {self.sd})")
        return self


class OverDispersion(Closed):
    """Variance of the panel's mean cost over that of independent people; CV of individual cost for its scale."""

    factor: Annotated[float, Field(ge=1)]
    cost_cv: Positive


class Assumptions(Closed):
    """Everything assumed, one section per driver; ``dependence[a][b]`` correlates the yearly innovations of a and b."""

    benchmark_basis: Literal["base_years", "true_expected"]
    people: People
    national_trend: NationalTrend
    pandemic: Pandemic
    policy_jump: PolicyJump
    skin_substitutes: SkinSubstitutes
    regional_level: RelativeLevel
    county_level: RelativeLevel
    aco_level: AcoLevel
    utilisation: Utilisation
    management: Management
    prospective_trend: ProspectiveTrend
    coding: Coding
    ai_score: AiScore
    quality: Quality
    over_dispersion: OverDispersion
    dependence: Mapping[str, Mapping[str, Annotated[float, Field(ge=-1, le=1)]]]


def load_assumptions(preset: str = "calibrated", overrides: Mapping[str, Any] | None = None) -> Assumptions:
    """Read a preset, lay the user's values over it, and validate the whole.

    Parameters
    ----------
    preset
        Name of a file in ``assumption_sets``.
    overrides
        Plain values in the sections and keys of the preset; maps are merged by key, lists replaced.

    Raises
    ------
    InputError
        Unknown preset or key, wrong type, value out of range, a correlation matrix that cannot be: all of them.
    """
    values, faults = merged_values(preset, overrides or {})
    faults += correlation_faults(values["dependence"])
    assumptions: Assumptions | None = None
    try:
        assumptions = Assumptions.model_validate(values)
    except ValidationError as error:
        faults += pydantic_faults(error, root="assumptions")
    if faults or assumptions is None:
        raise InputError(_without_repeats(faults))
    return assumptions


def _without_repeats(faults: list[Fault]) -> list[Fault]:
    """Keep the first fault of each place."""
    return list({fault.where: fault for fault in reversed(faults)}.values())[::-1]
