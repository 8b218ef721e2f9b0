"""The terms of taking part in LEAD: how long, with how many people, and what the ACO does beside the settlement."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from leadmc.contract.values import FirstYear, Growth, LaterYear, Money, PeopleByYear, Section, Share, Tracks


class TrackChangeTerms(Section):
    """Change of track."""

    first_year: LaterYear | None
    to: Literal["professional", "global"]


class TerminationTerms(Section):
    """Voluntary termination."""

    last_year: FirstYear | None
    liability: Literal["full", "losses_only", "none"]


class ParticipationTerms(Section):
    """How long the ACO takes part, and in which track."""

    track_change: TrackChangeTerms
    termination: TerminationTerms


class MinimumByYear(Section):
    """Aligned people that each type of ACO needs."""

    standard: PeopleByYear
    new_entrant: PeopleByYear
    high_needs_heavy: PeopleByYear


class BaseYearMinimum(Section):
    """Claims-aligned people that each type of ACO needs in a base year."""

    standard: Annotated[int, Field(ge=0)]
    new_entrant: Annotated[int, Field(ge=0)]
    high_needs_heavy: Annotated[int, Field(ge=0)]


class AlignmentTerms(Section):
    """Alignment minimums."""

    minimum: MinimumByYear
    base_year_minimum: BaseYearMinimum
    high_needs_share: Share
    retention: Annotated[Share, Field(gt=0)]


class TinListTerms(Section):
    """Change of the list of participants."""

    change_year: LaterYear | None
    effect: Growth


class Episode(Section):
    """A CARA episode under agreement with preferred providers."""

    spending: Share
    provider_share: Share
    discount: Growth
    reduction: Growth
    performance: Share


class CaraTerms(Section):
    """CARA episodes."""

    tracks: Tracks
    first_year: FirstYear
    performance_limits: tuple[Share, Share]
    episodes: tuple[Episode, ...]

    @field_validator("episodes", mode="after")
    @classmethod
    def _possible(cls, episodes: tuple[Episode, ...], info: ValidationInfo) -> tuple[Episode, ...]:
        low, high = info.data.get("performance_limits", (0.0, 1.0))
        if not all(low <= each.performance <= high for each in episodes):
            raise ValueError(f"episodes with a performance adjustment from {low} to {high}")
        if sum(each.spending for each in episodes) > 1.0:
            raise ValueError("episodes with at most all spending together")
        return episodes


class BeneficiaryProgramme(Section):
    """A programme for beneficiaries that the ACO pays for."""

    tracks: Tracks
    yearly_cost: Money
    uptake: Share
    first_year: FirstYear


class BeneficiaryProgrammeTerms(Section):
    """Programmes for beneficiaries, outside the settlement."""

    part_b_support: BeneficiaryProgramme
    part_d_premium: BeneficiaryProgramme
    nutrition_therapy: BeneficiaryProgramme
    rewards: BeneficiaryProgramme
