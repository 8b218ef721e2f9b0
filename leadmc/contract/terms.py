"""The terms that a LEAD settlement rests on: typed, frozen, under the headings of the rule book."""

from typing import Literal

from pydantic import Field, StrictBool, ValidationInfo, field_validator

from leadmc.contract.participation_terms import (
    AlignmentTerms,
    BeneficiaryProgrammeTerms,
    CaraTerms,
    ParticipationTerms,
    TinListTerms,
)
from leadmc.contract.values import (
    Bands,
    ByYear,
    Count,
    Curve,
    Duration,
    Factor,
    FactorByYear,
    FirstYear,
    Lag,
    Months,
    ScoringByYear,
    Section,
    Share,
    Tracks,
    Weights,
    Width,
    Window,
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
    demographic_offset: StrictBool
    demographic_growth: FactorByYear
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
    smoothing_years: Window
    own_people: Literal["apart", "within"]


class DiscountTerms(Section):
    """Benchmark discount."""

    tracks: Tracks
    higher_spending: ByYear
    lower_spending: ByYear


class ClinicalMeasures(Section):
    """Electronic clinical measures."""

    weight: Share
    scoring: ScoringByYear


class ImprovementGate(Section):
    """Continuous improvement or sustained exceptional performance."""

    share: Share
    improvement: Share
    exceptional: Share


class PreventionPlan(Section):
    """Prevention Quality Plan."""

    points: Share
    submitted: StrictBool
    required: StrictBool


class HighPerformersPool(Section):
    """High Performers Pool."""

    bonus: Share
    threshold: Share


class QualityTerms(Section):
    """Quality."""

    at_risk: Share
    clinical_measures: ClinicalMeasures
    improvement_gate: ImprovementGate
    prevention_plan: PreventionPlan
    high_performers_pool: HighPerformersPool


class ExpectedExcess(Section):
    """Spending expected above the attachment, by its multiple and the category."""

    aged_disabled: Curve
    esrd: Curve
    high_needs: Curve


class StopLossTerms(Section):
    """Stop-loss."""

    elected: StrictBool
    attachment_multiple: Factor
    payout_rate: Share
    charge_basis: Literal["neutral", "stated"]
    charge: Share
    neutrality_factor: Factor
    expected_excess: ExpectedExcess


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
    total_care_tracks: Tracks
    total_care: Share
    non_primary_care: Share
    advanced_payment: Share
    replaced_fees: Factor
    claims_lag: Months
    settlement_lag: Lag

    @field_validator("total_care_tracks", mode="after")
    @classmethod
    def _not_in_professional(cls, tracks: Tracks) -> Tracks:
        if "professional" in tracks:
            raise ValueError("global or no track: professional must take primary care capitation")
        return tracks

    @field_validator("advanced_payment", mode="after")
    @classmethod
    def _capitation_of_what_there_is(cls, advanced: Share, info: ValidationInfo) -> Share:
        others = [info.data.get(name, 0.0) for name in ("base_pcc", "non_primary_care")]
        if sum(others) + advanced > 1.0:
            raise ValueError("base_pcc, non_primary_care and advanced_payment of 1 together at most")
        return advanced


class GuaranteeTerms(Section):
    """Financial guarantee."""

    professional: Share
    global_: Share = Field(alias="global")
    unpaid: Share


class LeadTerms(Section):
    """Every term that a LEAD settlement uses; attributes follow the paths of the rule book."""

    participation: ParticipationTerms
    alignment: AlignmentTerms
    base_years: BaseYearTerms
    tin_list: TinListTerms
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
    cara: CaraTerms
    beneficiary_programmes: BeneficiaryProgrammeTerms
