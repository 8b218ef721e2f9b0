"""What a settlement is given, named for a reader: the name, the unit and the axes of every field of an experience."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

SCORE: Final = "1"
GROWTH: Final = "growth since BY3, 1 + rate"
MONTHS: Final = "person-months"
USD: Final = "USD"
STANDARD: Final = "USD per person-month at a risk score of 1"

BASE_CELL: Final = ("base_year", "category", "alignment")
CELL: Final = ("performance_year", "category", "alignment")
BASE_WORLD: Final = ("base_year", "category")
WORLD: Final = ("performance_year", "category")


class Given(NamedTuple):
    """One field of `experience.Experience`.

    Parameters
    ----------
    name, unit
        In the words of the agreement.
    axes
        After the scenario axis.
    """

    name: str
    unit: str
    axes: tuple[str, ...]


GIVEN: Final[Mapping[str, Given]] = MappingProxyType(
    {
        "base_person_months": Given("Person-months", MONTHS, BASE_CELL),
        "base_expenditure": Given("Expenditure", USD, BASE_CELL),
        "base_risk_score": Given("Mean risk score", SCORE, BASE_CELL),
        "base_truncation_excess": Given("Spending above the truncation point", USD, BASE_CELL),
        "person_months": Given("Person-months", MONTHS, CELL),
        "expenditure": Given("Expenditure", USD, CELL),
        "risk_score": Given("Mean risk score", SCORE, CELL),
        "stop_loss_excess": Given("Spending above the stop-loss attachments", USD, CELL),
        "truncation_excess": Given("Spending above the truncation point", USD, CELL),
        "base_national_trend": Given("National trend to BY3", "growth to BY3, 1 + rate", BASE_WORLD),
        "base_regional_trend": Given("Regional trend to BY3", "growth to BY3, 1 + rate", BASE_WORLD),
        "national_trend": Given("National trend", GROWTH, WORLD),
        "regional_trend": Given("Regional trend", GROWTH, WORLD),
        "prospective_trend": Given("Prospective trend (ACPT)", GROWTH, WORLD),
        "regional_pbpm": Given("Regional spending in BY3", STANDARD, ("category",)),
        "national_pbpm": Given("National spending in BY3", STANDARD, ("category",)),
        "rate_book_pbpm": Given("Regional rate book", STANDARD, WORLD),
        "aco_share": Given("The ACO's share of its region", "1", ("category",)),
        "quality_score": Given("Earned share of the quality points", "1", ("performance_year",)),
        "ai_score_effect": Given("Effect of the AI-inferred score at full weight", "1", ()),
    }
)
"""By field, in the order of the record."""
