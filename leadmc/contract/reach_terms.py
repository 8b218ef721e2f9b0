"""The terms that an ACO REACH settlement rests on: typed, frozen, under the headings of its rule book."""

from pydantic import Field, StrictBool

from leadmc.contract.terms import BaseYearTerms, CorridorTerms, SequestrationTerms
from leadmc.contract.values import Bands, ByYear, Count, Factor, Growth, Lag, Section, Share, Width


class BlendTerms(Section):
    """Blend of history with the region."""

    historical_weight: Share
    ceiling: Share
    floor: Share


class ReachTrendTerms(Section):
    """Prospective trend and its correction."""

    forecast_lag: Count
    threshold: Share
    corridor: Bands


class TypeWidths(Section):
    """A width for each enrolment type."""

    aged_disabled: Width
    esrd: Width


class ReachRiskTerms(Section):
    """Risk adjustment."""

    cap: TypeWidths
    demographic_growth: Growth
    coding_intensity_factor: Factor
    total_cap: Width


class ReachDiscountTerms(Section):
    """Benchmark discount of the option that has one."""

    global_: ByYear = Field(alias="global")


class ReachQualityTerms(Section):
    """Quality withhold."""

    at_risk: Share


class ReachStopLossTerms(Section):
    """Stop-loss."""

    elected: StrictBool
    payout_rate: Share
    charge: Share


class PaymentTerms(Section):
    """When settlements are paid."""

    settlement_lag: Lag


class ReachGuaranteeTerms(Section):
    """Financial guarantee of each option."""

    professional: Share
    global_: Share = Field(alias="global")


class ReachTerms(Section):
    """Every term that an ACO REACH settlement uses; attributes follow the paths of the rule book."""

    base_years: BaseYearTerms
    blend: BlendTerms
    trend: ReachTrendTerms
    risk_adjustment: ReachRiskTerms
    discount: ReachDiscountTerms
    quality: ReachQualityTerms
    stop_loss: ReachStopLossTerms
    corridors: CorridorTerms
    sequestration: SequestrationTerms
    payment: PaymentTerms
    guarantee: ReachGuaranteeTerms


class ReachBook(Section):
    """The rule book, whose paths begin with the name of the programme."""

    reach: ReachTerms
