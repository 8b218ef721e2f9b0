"""The terms that a settlement of the Medicare Shared Savings Program rests on, under the headings of its rule book."""

from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator, StrictBool

from leadmc.base.axes import BASE_YEARS
from leadmc.contract.reach_terms import PaymentTerms
from leadmc.contract.terms import BaseYearTerms, SequestrationTerms
from leadmc.contract.values import Count, Growth, Section, Share, Width


def _larger_panels(table: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    sizes = [size for size, _ in table]
    if not sizes or any(low >= high for low, high in pairwise(sizes)):
        raise ValueError("points [beneficiaries, rate] in rising order of beneficiaries")
    return table


def _election(value: Any) -> float | str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value != "by_size" and not (number and 0.0 <= value <= 1.0):
        raise ValueError("by_size, or a share of the benchmark from 0 to 1")
    return value  # type: ignore[no-any-return]  # narrowed by the test above


Election = Annotated[float | str, PlainValidator(_election)]
SizeTable = Annotated[tuple[tuple[Width, Share], ...], AfterValidator(_larger_panels)]
ByAgreement = Annotated[tuple[Share, ...], Field(min_length=1)]


class AgreementTerms(Section):
    """Agreement periods."""

    years: Annotated[Count, Field(ge=len(BASE_YEARS))]  # the next one is rebased to as many of them


class TypeShares(Section):
    """A share for each enrolment type."""

    aged_disabled: Share
    esrd: Share


class TruncationTerms(Section):
    """Truncation of large claims."""

    national_share: TypeShares


class AcptGuardrailTerms(Section):
    """Guardrail of the prospective trend around national growth."""

    lower: Width
    upper: Width


class MsspTrendTerms(Section):
    """Three-way trend."""

    prospective_weight: Share
    guardrail: AcptGuardrailTerms


class MsspRiskTerms(Section):
    """Risk adjustment."""

    cap: Width
    demographic_growth: Growth


class SideWeights(Section):
    """Weights of the region by agreement, below and above it."""

    positive: ByAgreement
    negative: ByAgreement


class MsspRegionalTerms(Section):
    """Regional adjustment."""

    enhanced: SideWeights
    basic_e: SideWeights
    ceiling: Share
    floor: Share


class MsspPriorSavingsTerms(Section):
    """Prior-savings adjustment."""

    weight: Share
    cap: Share
    risk_adjusted_cap: StrictBool


class MinimumRateTerms(Section):
    """Minimum savings and loss rate."""

    election: Election
    by_size: SizeTable


class SharingTerms(Section):
    """Share of savings."""

    rate: Share
    cap: Share


class TrackSharing(Section):
    """Share of savings of each track."""

    enhanced: SharingTerms
    basic_e: SharingTerms


class QualityLossTerms(Section):
    """Share of losses that falls with quality."""

    quality_slope: Share
    floor: Share
    ceiling: Share
    limit: Share


class FixedLossTerms(Section):
    """Share of losses without regard to quality."""

    rate: Share
    limit: Share
    revenue_limit: Share


class TrackLosses(Section):
    """Share and limit of losses of each track."""

    enhanced: QualityLossTerms
    basic_e: FixedLossTerms


class RevenueTerms(Section):
    """What the ACO's participants earn of the spending on its people."""

    low: StrictBool
    share_of_benchmark: Width | None
    low_revenue_factor: Share


class MsspQualityTerms(Section):
    """Quality performance standard."""

    standard: Share


class RepaymentTerms(Section):
    """Repayment mechanism."""

    share: Share


class MsspTerms(Section):
    """Every term that a settlement uses; attributes follow the paths of the rule book."""

    agreement: AgreementTerms
    base_years: BaseYearTerms
    truncation: TruncationTerms
    trend: MsspTrendTerms
    risk_adjustment: MsspRiskTerms
    regional_adjustment: MsspRegionalTerms
    prior_savings: MsspPriorSavingsTerms
    minimum_rate: MinimumRateTerms
    quality: MsspQualityTerms
    savings: TrackSharing
    losses: TrackLosses
    revenue: RevenueTerms
    sequestration: SequestrationTerms
    payment: PaymentTerms
    guarantee: RepaymentTerms


class MsspBook(Section):
    """The rule book, whose paths begin with the name of the programme."""

    mssp: MsspTerms
