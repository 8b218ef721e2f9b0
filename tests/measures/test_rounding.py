from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadmc.measures.rounding import rounded
from leadmc.measures.tables import cell

NAN, INF = float("nan"), float("inf")

WORKED = [
    (1_234_567, 34_000, "1,230,000"),
    (12.3456, 0.021, "12.35"),
    (12.3456, 0.0961, "12.3"),  # the error rounds to 0.1
    (-1_234.5, 20, "-1,230"),
    (0, 0, "0"),
    (0, 0.03, "0.00"),
    (-0.0, 0.1, "0.0"),
    (-3, 45, "0"),  # never "-0"
    (-6, 45, "-10"),
    (2.5, 1, "2"),
    (1 / 3, 0, "0.333333"),  # exact: six digits
    (123_456_789, 0, "123,457,000"),
    (999_999.7, 0.001, "1,000,000"),
    (1e300, 1e290, "1.00000e+300"),
    (1.5, 1e300, "0"),
    (1.234e-20, 1e-22, "1.23e-20"),
    (0, 1e-40, "0"),
    (1e-300, 1, "0"),
    (NAN, 1, "n/a"),
    (1, NAN, "n/a"),
    (INF, 1, "n/a"),
    (1, INF, "n/a"),
    (1, -1, "n/a"),
]


@pytest.mark.parametrize(("value", "se", "text"), WORKED)
def test_worked(value, se, text):
    assert rounded(value, se) == text


@pytest.mark.parametrize(
    ("value", "se", "text"),
    [
        (0.0, 8e-7, "0 ± 0"),  # a percentile inside an atom at zero: 80 cents in $ million
        (3.8360000000000003, 4.4e-16, "3.8360 ± 0"),
        (-13.274612, 3e-7, "-13.2746 ± 0"),
        (1 / 300, 0.0, "0.0033 ± 0"),
        (-2e-9, 0.0, "0 ± 0"),
        (0.00123, 0.00036, "0.0012 ± 0.0004"),  # 12 of a million scenarios, in percent
        (0.0, 7e-5, "0.0000 ± 0.0001"),  # never seen in a million
        (0.0, 0.035, "0.00 ± 0.04"),
        (123_456.789, 0.0, "123,457 ± 0"),
    ],
)
def test_an_error_too_small_for_the_unit_is_none(value, se, text):
    assert str(cell({"value": value, "se": se})) == text


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(value=finite, se=finite.map(abs))
def test_what_is_printed_is_the_value_and_no_digit_is_noise(value, se):
    text = rounded(value, se)
    number = Decimal(text.replace(",", ""))
    assert not text.startswith("-0") or number != 0
    unit = Decimal(1).scaleb(number.as_tuple().exponent) if "." in text or "e" in text else Decimal(1)
    # off by half of the first digit's place of the error at most, or of the sixth digit of the value
    assert abs(number - Decimal(value)) <= max(Decimal("5.3") * Decimal(se), abs(Decimal(value)) * Decimal("1e-5"))
    # the last digit printed after the point is worth no less than the error's first digit, or the sixth of the value
    if number and unit < 1:
        assert unit >= Decimal(se) / 10
        assert unit >= abs(number) * Decimal("0.9e-6")


@given(value=finite, se=finite.map(abs))
def test_sign_is_symmetric(value, se):
    assert rounded(-value, se).removeprefix("-") == rounded(value, se).removeprefix("-")
