"""The terms that a settlement rests on: typed, frozen, from the rule book and a user's overrides, and nothing else."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    ValidationError,
)

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.base.errors import Fault, InputError
from leadmc.contract.book import CONFIRMED, Term, neutral_overrides, printed_sources, printed_terms

__all__ = ["LeadTerms", "Term", "load_terms", "neutral_overrides", "printed_sources", "rule_book", "unverified"]


def _number(value: Any) -> Any:
    """Let a book write a third as ``1/3`` and no limit as ``inf``; refuse a switch where a number is due."""
    if isinstance(value, bool):
        raise ValueError("a number")
    if isinstance(value, str):
        try:
            return math.inf if value == "inf" else float(Fraction(value))
        except (ValueError, ZeroDivisionError):
            raise ValueError("a number") from None
    return value


def _sum_to_one(weights: tuple[float, ...]) -> tuple[float, ...]:
    if not math.isclose(sum(weights), 1.0, abs_tol=1e-9):
        raise ValueError("weights that sum to one")
    return weights


def _rising(bands: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    edges = [edge for edge, _ in bands]
    rising = all(low < high for low, high in zip([0.0, *edges], edges, strict=False))
    if not rising or not edges or edges[-1] != math.inf:
        raise ValueError("bands [upper edge, ACO share] in rising order from above 0 to .inf")
    return bands


def _every_year(by_year: dict[int, float]) -> dict[int, float]:
    if set(by_year) != set(PERFORMANCE_YEARS):
        raise ValueError(
            f"a value for each of the years {PERFORMANCE_YEARS[0]} to {PERFORMANCE_YEARS[-1]} and for no other"
        )
    return by_year


def _duration(value: Any) -> int | str:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= len(PERFORMANCE_YEARS)
    if not whole and value != "until_rate_book":
        raise ValueError(f"until_rate_book, or a whole number of years from 0 to {len(PERFORMANCE_YEARS)}")
    return value  # type: ignore[no-any-return]  # narrowed by the test above


Number = Annotated[float, BeforeValidator(_number)]
Share = Annotated[Number, Field(ge=0, le=1)]
Width = Annotated[Number, Field(ge=0)]
Factor = Annotated[Number, Field(gt=0, allow_inf_nan=False)]
Weights = Annotated[tuple[Share, Share, Share], AfterValidator(_sum_to_one)]
Bands = Annotated[tuple[tuple[Width, Share], ...], AfterValidator(_rising)]
ByYear = Annotated[dict[int, Share], AfterValidator(_every_year)]
Tracks = tuple[Literal["professional", "global"], ...]
Duration = Annotated[int | str, PlainValidator(_duration)]
Count = Annotated[int, BeforeValidator(_number), Field(ge=1, le=len(PERFORMANCE_YEARS))]
FirstYear = Annotated[int, BeforeValidator(_number), Field(ge=PERFORMANCE_YEARS[0], le=PERFORMANCE_YEARS[-1])]
Lag = Annotated[int, BeforeValidator(_number), Field(ge=0, le=1)]


PLAIN = {
    "tuple_type": "a list",
    "dict_type": "a value for each year",
    "float_type": "a number",
    "int_type": "a whole number",
}


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BaseYearWeights(_Section):
    """Weights of the three base years, by entry."""

    new: Weights
    renewing: Weights


class BaseYearTerms(_Section):
    """Base years."""

    weights: BaseYearWeights
    minimum_beneficiaries: Width
    risk_adjustment: StrictBool


class VoluntaryTerms(_Section):
    """Benchmark of voluntarily aligned beneficiaries."""

    limit: Width
    comparator: Literal["claims", "regional"]


class DesignationTerms(_Section):
    """Spending designation."""

    retest: Literal["first_year", "annual"]


class RegionalAdjustmentTerms(_Section):
    """Regional efficiency adjustment."""

    tracks: Tracks
    weight: Share
    cap_former_mssp: Share
    cap_other: Share
    capped_by: Literal["category", "total"]


class PriorSavingsTerms(_Section):
    """Prior-savings adjustment."""

    tracks: Tracks
    higher_spending: StrictBool
    weight: Share
    cap: Share


class GuardrailTerms(_Section):
    """Guardrail of the prospective trend."""

    mode: Literal["WIDEN", "FIXED", "MSSP_LIKE", "NONE"]
    clamps: Literal["prospective", "blend"]
    lower: Width
    upper: Width
    mssp_lower: Width
    mssp_upper: Width


class TrendTerms(_Section):
    """Three-part trend."""

    prospective_weight: Share
    guardrail: GuardrailTerms


class RiskCaps(_Section):
    """Cap on the risk ratio, by category."""

    aged_disabled: Width
    esrd: Width
    high_needs: Width


class RiskAdjustmentTerms(_Section):
    """Risk adjustment."""

    cap: RiskCaps
    reference: Literal["static", "rolling"]
    coding_intensity_factor: Factor
    ai_score_weight: ByYear


class PhaseIn(_Section):
    """When the rate book starts and how long it takes to full weight."""

    first_year: FirstYear
    years_to_full: Count


class RateBookTerms(_Section):
    """Transition to the regional rate book."""

    mode: Literal["CLIFF", "LINEAR5", "EARLY", "NONE"]
    cliff: PhaseIn
    linear5: PhaseIn
    early: PhaseIn
    yearly_cap: Share | None
    risk_score: Literal["capped", "uncapped"]


class DiscountTerms(_Section):
    """Benchmark discount."""

    tracks: Tracks
    higher_spending: ByYear
    lower_spending: ByYear


class QualityTerms(_Section):
    """Quality."""

    at_risk: Share


class StopLossTerms(_Section):
    """Stop-loss."""

    elected: StrictBool
    attachment_multiple: Factor
    payout_rate: Share
    charge: Share


class TrackCorridors(_Section):
    """The two schedules of a track."""

    savings: Bands
    losses: Bands


class CorridorTerms(_Section):
    """Risk corridors."""

    professional: TrackCorridors
    global_: TrackCorridors = Field(alias="global")


class SequestrationTerms(_Section):
    """Sequestration."""

    rate: Share
    base: Literal["shared_savings", "shared_result", "gross_savings"]


class AddOnTerms(_Section):
    """Add-on capitation."""

    rate: Share
    tracks: Tracks
    duration: Duration


class CapitationTerms(_Section):
    """Primary care capitation and when settlements are paid."""

    base_pcc: Share
    target: Share
    enhanced_minimum: Share
    enhanced_tracks: Tracks
    settlement_lag: Lag


class GuaranteeTerms(_Section):
    """Financial guarantee."""

    professional: Share
    global_: Share = Field(alias="global")


class LeadTerms(_Section):
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


def rule_book(programme: str = "lead", overrides: Mapping[str, Any] | None = None) -> tuple[Term, ...]:
    """List every term of the book, with the user's values in their places.

    Parameters
    ----------
    programme
        The book.
    overrides
        Values, or names of alternatives, by dotted path.

    Raises
    ------
    InputError
        Unknown or unused paths, and values that a term does not allow: all of them at once.
    """
    book, _ = _read(programme, overrides or {})
    return book


def load_terms(programme: str = "lead", overrides: Mapping[str, Any] | None = None) -> LeadTerms:
    """Build the typed terms of the book with the user's values; arguments and errors as in `rule_book`."""
    _, terms = _read(programme, overrides or {})
    return terms


def unverified(
    programme: str = "lead", overrides: Mapping[str, Any] | None = None, track: str | None = None
) -> tuple[Term, ...]:
    """List the terms in effect whose value is not confirmed (not of confidence A or B), for one track or both."""
    book = rule_book(programme, overrides)
    value = {term.path: term.value for term in book}
    return tuple(
        term
        for term in book
        if term.used
        and term.confidence not in CONFIRMED
        and (track is None or track in term.tracks)
        and all(value[path] in allowed for path, allowed in term.when.items())
    )


def _read(programme: str, overrides: Mapping[str, Any]) -> tuple[tuple[Term, ...], LeadTerms]:
    book = {term.path: term for term in printed_terms(programme)}
    faults = []
    for path, value in overrides.items():
        if path in book and book[path].used:
            book[path] = book[path]._replace(value=_by_name(book[path], value), overridden=True)
        else:
            faults.append(_no_such_term(path, book))
    try:
        terms = LeadTerms.model_validate(_nested(term for term in book.values() if term.used))
    except ValidationError as error:
        raise InputError(faults + [_bad_value(details, book) for details in error.errors()]) from None
    if faults:
        raise InputError(faults)
    return tuple(book.values()), terms


def _by_name(term: Term, value: Any) -> Any:
    """Return the alternative that a text names, else the value itself."""
    named = isinstance(term.alternatives, Mapping) and isinstance(value, str)
    return term.alternatives.get(value, value) if named else value


def _nested(terms: Any) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for term in terms:
        *sections, name = term.path.split(".")
        branch = tree
        for section in sections:
            branch = branch.setdefault(section, {})
        branch[name] = term.value
    return tree


def _no_such_term(path: str, book: Mapping[str, Term]) -> Fault:
    if path in book:
        return Fault(f"rules: {path}", "", "terms that a settlement uses", "This one is in the book but has no effect.")
    near = difflib.get_close_matches(path, [p for p, term in book.items() if term.used], n=3)
    remedy = f"Nearest: {', '.join(near)}." if near else ""
    return Fault(f"rules: {path}", "", "a path of the rule book (`leadmc rules` lists them)", remedy)


def _bad_value(details: Any, book: Mapping[str, Term]) -> Fault:
    """Say in the book's words what pydantic found wrong with the value of a term."""
    parts = [str(part) for part in details["loc"] if part != "[key]"]
    size = next(n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in book)
    term = book[".".join(parts[:size])]
    where = ".".join([f"rules: {term.path}", *parts[size:]])
    message = details["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    allowed = PLAIN.get(details["type"], message)
    if isinstance(term.alternatives, Mapping):
        allowed = f"{allowed}; or by name {', '.join(term.alternatives)}"
    return Fault(
        where, repr(details["input"]), allowed, f"Source of the term: {term.source}, confidence {term.confidence}."
    )
