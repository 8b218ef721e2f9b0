"""Numbers as text, to the digits that their standard error supports and no further."""

import math
from decimal import Decimal
from typing import Final

NO_ESTIMATE: Final = "n/a"
DIGITS: Final = 6
"""Significant digits at most, for numbers without any error."""
LONGEST: Final = 12
"""Digits before or after the point beyond which powers of ten are easier to read."""


FINEST: Final = -4
"""Power of ten of the last digit of an estimate in a reader's unit: $100 in millions, and one scenario in a million in
percent. An error below it, as that of a percentile inside an atom, is none."""


def rounded(value: float, se: float, finest: int | None = None) -> str:
    """Print a value whose last digit stands where its standard error has its first.

    Parameters
    ----------
    value, se
        The estimate and its standard error, in the unit to print.
    finest
        Power of ten of the last digit worth printing, whatever the error supports; none unless given.

    Returns
    -------
    str
        ``1,230,000`` for 1,234,567 with an error of 34,000. Six significant digits at most. ``n/a`` where the value or
        the error is not a number: an estimate does not travel without its error.
    """
    if not (math.isfinite(value) and math.isfinite(se) and se >= 0):
        return NO_ESTIMATE
    if finest is not None and se < 10.0**finest / 2:
        se = 0.0
    places = [_leading(se)] if se else []
    if value:
        places.append(_leading(value) - DIGITS + 1)
    if not places:
        return "0"
    place = max(places) if finest is None else max(*places, finest)
    number = Decimal(round(Decimal(value).scaleb(-place))).scaleb(place)
    if not number and not se:
        return "0"
    if place >= -LONGEST and number.adjusted() <= LONGEST:
        return f"{number:,f}"
    return f"{number:e}" if number else "0"


def _leading(number: float) -> int:
    """Power of ten of the first digit of a number rounded to one digit: 1 for 94, 2 for 96."""
    return int(f"{number:.0e}".partition("e")[2])
