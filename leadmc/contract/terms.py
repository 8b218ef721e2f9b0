"""The terms that a LEAD settlement rests on: typed, frozen, under the headings of the rule book."""

from typing import Literal

from pydantic import Field, StrictBool

from leadmc.contract.values import (
    Bands,
    ByYear,
    Count,
    Duration,
    Factor,
    FirstYear,
    Lag,
    Section,
    Share,
    Tracks,
    Weights,
    Width,
)


class BaseYearWeights(Section):
    """Weights of the three base years, by entry."""

    new: Weights
    renewing: Weights


class BaseYearTerms(Section):
    """Base years."""

    weights: BaseYearWeights
    minimum_beneficiaries: Width
    risk_adjustment: StrictBool


class VoluntaryTerms(Section):
    """Benchmark of voluntarily aligned beneficiaries."""

    limit: Width
    comparator: Literal["claims", "regional"]


class DesignationTerms(Section):
    """Spending designation."""

    retest: Literal["first_year", "annual"]


class RegionalAdjustmentTerms(Section):
    """Regional efficiency adjustment."""

    tracks: Tracks
    weight: Share
    cap_former_mssp: Share
    cap_other: Share
    capped_by: Literal["category", "total"]


class PriorSavingsTerms(Section):
    """Prior-savings adjustment."""

    tracks: Tracks
    higher_spending: StrictBool
    weight: Share
    cap: Share


class GuardrailTerms(Section):
    """Guardrail of the prospective trend."""

    mode: Literal["WIDEN", "FIXED", "MSSP_LIKE", "NONE"]
    clamps: Literal["prospective", "blend"]
    lower: Width
    upper: Width
    mssp_lower: Width
    mssp_upper: Width


class TrendTerms(Section):
    """Three-part trend."""

    prospective_weight: Share
    guardrail: GuardrailTerms


class RiskCaps(Section):
    """Cap on the risk ratio, by category."""

    aged_disabled: Width
    esrd: Width
    high_needs: Width


class RiskAdjustmentTerms(Section):
    """Risk adjustment."""

    cap: RiskCaps
    reference: Literal["static", "rolling"]
    coding_intensity_factor: Factor
    ai_score_weight: ByYear


class PhaseIn(Section):
    """When the rate book starts and how long it takes to full weight."""

    first_year: FirstYear
    years_to_full: Count


class RateBookTerms(Section):
    """Transition to the regional rate book."""

    mode: Literal["CLIFF", "LINEAR5", "EARLY", "NONE"]
    cliff: PhaseIn
    linear5: PhaseIn
    early: PhaseIn
    yearly_cap: Share | None
    risk_score: Literal["capped", "uncapped"]


class DiscountTerms(Section):
    """Benchmark discount."""

    tracks: Tracks
    higher_spending: ByYear
    lower_spending: ByYear


class QualityTerms(Section):
    """Quality."""

    at_risk: Share


class StopLossTerms(Section):
    """Stop-loss."""

    elected: StrictBool
    attachment_multiple: Factor
    payout_rate: Share
    charge: Share


class TrackCorridors(Section):
    """The two schedules of a track."""

    savings: Bands
    losses: Bands


class CorridorTerms(Section):
    """Risk corridors."""

    professional: TrackCorridors
    global_: TrackCorridors = Field(alias="global")


class SequestrationTerms(Section):
    """Sequestration."""

    rate: Share
    base: Literal["shared_savings", "shared_result", "gross_savings"]


class AddOnTerms(Section):
    """Add-on capitation."""

    rate: Share
    tracks: Tracks
    duration: Duration


class CapitationTerms(Section):
    """Primary care capitation and when settlements are paid."""

    base_pcc: Share
    target: Share
    enhanced_minimum: Share
    enhanced_tracks: Tracks
    settlement_lag: Lag


class GuaranteeTerms(Section):
    """Financial guarantee."""

    professional: Share
    global_: Share = Field(alias="global")


class LeadTerms(Section):
    """Every term that a LEAD settlement uses; attributes follow the paths of the rule book."""

    base_years: BaseYearTerms
    voluntary: VoluntaryTerms
    designation: DesignationTerms
    regional_adjustment: RegionalAdjustmentTerms
    prior_savings: PriorSavingsTerms
    trend: TrendTerms
    risk_adjustment: RiskAdjustmentTerms
    rate_book: RateBookTerms
    discount: DiscountTerms
    quality: QualityTerms
    stop_loss: StopLossTerms
    corridors: CorridorTerms
    sequestration: SequestrationTerms
    add_on: AddOnTerms
    capitation: CapitationTerms
    guarantee: GuaranteeTerms
