"""What the value of a term may be: numbers, shares, weights, bands, values by year; and sections that hold terms."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from leadmc.base.axes import MONTHS, PERFORMANCE_YEARS


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


def _falling(curve: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    steps = list(itertools.pairwise(curve))
    if not steps or not all(low < high and more >= less for (low, more), (high, less) in steps):
        raise ValueError("points [attachment multiple, share] in rising order of the multiple, with shares that fall")
    return curve


def _every_year(by_year: dict[int, Any]) -> dict[int, Any]:
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
Growth = Annotated[Number, Field(gt=-1, allow_inf_nan=False)]
Weights = Annotated[tuple[Share, Share, Share], AfterValidator(_sum_to_one)]
Bands = Annotated[tuple[tuple[Width, Share], ...], AfterValidator(_rising)]
Curve = Annotated[tuple[tuple[Factor, Share], ...], AfterValidator(_falling)]
ByYear = Annotated[dict[int, Share], AfterValidator(_every_year)]
FactorByYear = Annotated[dict[int, Factor], AfterValidator(_every_year)]
PeopleByYear = Annotated[dict[int, Annotated[int, Field(ge=0)]], AfterValidator(_every_year)]
ScoringByYear = Annotated[dict[int, Literal["optional", "reporting", "performance"]], AfterValidator(_every_year)]
Tracks = tuple[Literal["professional", "global"], ...]
Duration = Annotated[int | str, PlainValidator(_duration)]
Count = Annotated[int, BeforeValidator(_number), Field(ge=1, le=len(PERFORMANCE_YEARS))]
Window = Annotated[int, BeforeValidator(_number), Field(ge=0, le=len(PERFORMANCE_YEARS))]
FirstYear = Annotated[int, BeforeValidator(_number), Field(ge=PERFORMANCE_YEARS[0], le=PERFORMANCE_YEARS[-1])]
LaterYear = Annotated[int, BeforeValidator(_number), Field(ge=PERFORMANCE_YEARS[1], le=PERFORMANCE_YEARS[-1])]
Months = Annotated[int, BeforeValidator(_number), Field(ge=0, le=MONTHS)]
Money = Annotated[Number, Field(ge=0, allow_inf_nan=False)]
Lag = Annotated[int, BeforeValidator(_number), Field(ge=0, le=1)]


class Section(BaseModel):
    """Terms that stand under one heading of a rule book: frozen, and no other than these."""

    model_config = ConfigDict(frozen=True, extra="forbid")
