"""The axes of the model: calendar years, beneficiary categories, alignment types."""

from typing import Final

BASE_YEARS: Final = (2024, 2025, 2026)
PERFORMANCE_YEARS: Final = tuple(range(2027, 2037))
YEARS: Final = BASE_YEARS + PERFORMANCE_YEARS
BY3: Final = BASE_YEARS.index(2026)

CATEGORIES: Final = ("aged_disabled", "esrd", "high_needs")
AGED_DISABLED, ESRD, HIGH_NEEDS = range(3)

SEXES: Final = ("female", "male")
FEMALE, MALE = range(2)

ALIGNMENTS: Final = ("claims", "voluntary")
CLAIMS, VOLUNTARY = range(2)

MONTHS: Final = 12

# Ages at which the formulas of a person's life are hinged; their values between and beyond are assumptions [years].
ENTRY_AGE: Final = 65  # the youngest entrant
ENTRY_BREAK_AGE: Final = 75  # where the two pieces of the entry ages meet
HAZARD_CENTRE: Final = 75.0  # the log hazard of death is a quadratic around it
HAZARD_UNIT: Final = 10.0
