"""The county rate book: worked by hand, then its invariants, then what it says to a user whose file is wrong."""

import math

import numpy as np
import pandas as pd
import pytest

from leadmc.base.errors import InputError
from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.rate_book import (
    _standardised,
    five_digits,
    load_rate_book,
    price_growth,
    service_area,
)

FLAT = (0.0, 0.0)


@pytest.fixture(scope="module")
def book():
    return load_rate_book(None, FLAT)


def test_standardisation_and_credibility_by_hand():
    # Two counties of X, one without data, and one of Y. S = 35,000,000 / 475 = 73,684.21; K = (1 / 0.1)^2 = 100.
    # X: actual/expected 1.085714, Z 1/2 -> 1.042857; Y: 0.977143, Z 3/4 -> 0.982857.
    # counties: 1.064286, 1.042857 (no data: its state), 0.978571; weighted by expected spending 0.996617, scaled to 1.
    counties = pd.DataFrame(
        {
            "state": ["X", "X", "Y"],
            "py_ESRD": [100.0, np.nan, 300.0],
            "pc_ESRD": [80_000.0, np.nan, 90_000.0],
            "risk_ESRD": [1.0, np.nan, 1.25],
        }
    )
    rate, people, mean = _standardised(counties, ("ESRD",), {"ESRD": {"person_cv": 1.0, "county_cv": 0.1}})
    assert mean == 87_500.0
    np.testing.assert_array_equal(people, [100.0, 0.0, 300.0])
    np.testing.assert_allclose(rate, [93_441.15, 91_559.79, 85_915.69], atol=0.01)


def test_types_are_combined_by_expected_spending():
    # K = 0, national rates 100 and 300: each county expects 10 x 100 + 10 x 300 = 4,000; the first spent 900 + 3,300.
    counties = pd.DataFrame(
        {
            "state": ["X", "X"],
            "py_DIS": [10.0, 10.0],
            "pc_DIS": [90.0, 110.0],
            "risk_DIS": [1.0, 1.0],
            "py_AGND": [10.0, 10.0],
            "pc_AGND": [330.0, 270.0],
            "risk_AGND": [1.0, 1.0],
        }
    )
    certain = {"person_cv": 0.0, "county_cv": 1.0}
    rate, _, mean = _standardised(counties, ("DIS", "AGND"), {"DIS": certain, "AGND": certain})
    assert mean == 200.0
    np.testing.assert_allclose(rate, [200.0 * 4_200 / 4_000, 200.0 * 3_800 / 4_000], rtol=1e-12)


def test_packaged_book_is_complete(book):
    assert len(book.county_fips) == 3214
    assert list(book.county_fips) == sorted(set(book.county_fips))
    assert all(len(code) == 5 and code.isdigit() for code in book.county_fips)
    assert np.isfinite(book.pbpm).all()
    assert (book.pbpm > 0.0).all()
    assert "public domain" in book.provenance


@pytest.mark.parametrize(
    ("fips", "name"),
    [
        ("51600", "Fairfax City"),
        ("51059", "Fairfax"),
        ("29510", "St. Louis City"),
        ("29189", "St. Louis"),
        ("24510", "Baltimore City"),
        ("17099", "La Salle"),
        ("12086", "Miami-Dade"),
        ("72127", "San Juan"),
    ],
)
def test_names_that_are_easily_confused_have_their_own_codes(book, fips, name):
    assert book.county_name[book.county_fips.index(fips)] == name


def test_levels_are_those_of_medicare(book):
    # CMS 2018, all rows of the file, the five left out included (under 0.1%): 10,970 USD for aged and disabled, 85,402
    # for ESRD; nation 2018-2024: 13,606 / 10,681.
    np.testing.assert_allclose(book.national_pbpm[0] * 12, 10_970 * 13_606 / 10_681, rtol=1e-3)
    np.testing.assert_allclose(book.national_pbpm[1] * 12, 85_402 * math.exp(0.162), rtol=1e-3)
    spread = np.sqrt(np.average((book.pbpm / book.national_pbpm - 1) ** 2, axis=0, weights=book.person_years))
    assert (spread > 0.07).all()
    assert (spread < 0.13).all()


def test_growth_multiplies_every_rate(book):
    grown = load_rate_book(None, (math.log(1.1), math.log(1.2)))
    np.testing.assert_allclose(grown.pbpm, book.pbpm * [1.1, 1.2], rtol=1e-12)
    np.testing.assert_allclose(grown.national_pbpm, book.national_pbpm * [1.1, 1.2], rtol=1e-12)


def test_growth_follows_the_assumptions():
    changed = {"national_trend": {"known_growth": {2025: 0.08}, "mu": {"esrd": 0.03}, "starting_deviation": -0.035}}
    trend = load_assumptions("noise-only", changed).national_trend
    assert price_growth(trend) == pytest.approx((0.08 - 0.035, 0.08 + 0.03 - 0.035))


def test_service_area_is_the_weighted_mean(book):
    counties = ("37183", "37063")
    rates = book.pbpm[book.rows(counties)]
    np.testing.assert_allclose(service_area(book, counties, [3, 1]), 0.75 * rates[0] + 0.25 * rates[1], rtol=1e-12)


def test_service_area_refuses_an_unknown_county(book):
    with pytest.raises(InputError) as error:
        service_area(book, ("37183", "99999"), [1, 1])
    assert str(error.value) == (
        "1 fault in the input:\n  - service area: 99999. Allowed: five-digit county codes (FIPS) of the rate book."
        " Check the code, or give a rate book that has the county (region.rate_book). Connecticut is known by its eight"
        " counties, 09001 to 09015, not by its planning regions."
    )


def test_codes_without_their_leading_zero_are_mended():
    codes = pd.Series(["1001", " 37183 ", "1001.0", "37183.0", "12", "abc", ""])
    assert list(five_digits(codes)) == ["01001", "37183", "01001", "37183", "12", "abc", ""]


def written(tmp_path, text):
    path = tmp_path / "rates.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def message(path):
    with pytest.raises(InputError) as error:
        load_rate_book(path, FLAT)
    return str(error.value)


def test_users_book_is_read_and_not_trended(tmp_path):
    text = (
        "\ufeffcounty_fips,aged_disabled_pbpm,esrd_pbpm,aged_disabled_person_years,esrd_person_years\r\n"
        "37183,1200,8000,100,1\r\n1001,1000,9000,300,3\r\n"
    )
    book = load_rate_book(written(tmp_path, text), (1.0, 1.0))
    assert book.county_fips == ("01001", "37183")
    np.testing.assert_array_equal(book.pbpm, [[1000.0, 9000.0], [1200.0, 8000.0]])
    np.testing.assert_array_equal(book.person_years, [[300.0, 3.0], [100.0, 1.0]])
    np.testing.assert_allclose(book.national_pbpm, [1050.0, 8750.0])
    assert book.provenance == "the user's file rates.csv, taken as risk-standardised and at 2026 prices"


def test_users_book_without_person_years_has_a_plain_mean(tmp_path):
    text = "county_fips,aged_disabled_pbpm,esrd_pbpm\n37183,1200,8000\n37063,1000,9000\n"
    book = load_rate_book(written(tmp_path, text), FLAT)
    np.testing.assert_allclose(book.national_pbpm, [1100.0, 8500.0])


def test_every_bad_cell_is_named(tmp_path):
    text = (
        "county_fips,aged_disabled_pbpm,esrd_pbpm,aged_disabled_person_years,esrd_person_years\n"
        "37183,-1,8000,1,1\n37183,x,,1,-2\nabc,1,inf,1,1\n"
    )
    assert message(written(tmp_path, text)).splitlines() == [
        "7 faults in the input:",
        "  - rates.csv, row 2, county_fips: 37183. Allowed: five digits, each county once. Correct it.",
        "  - rates.csv, row 3, county_fips: abc. Allowed: five digits, each county once. Correct it.",
        "  - rates.csv, row 1, aged_disabled_pbpm: -1. Allowed: a rate above 0 in USD. Correct it.",
        "  - rates.csv, row 2, aged_disabled_pbpm: x. Allowed: a rate above 0 in USD. Correct it.",
        "  - rates.csv, row 2, esrd_pbpm: blank. Allowed: a rate above 0 in USD. Correct it.",
        "  - rates.csv, row 3, esrd_pbpm: inf. Allowed: a rate above 0 in USD. Correct it.",
        "  - rates.csv, row 2, esrd_person_years: -2. Allowed: a number of person-years, not negative. Correct it.",
    ]


def test_missing_and_unknown_columns_are_named(tmp_path):
    assert message(written(tmp_path, "county_fips,esrd_pbpm,colour\n37183,1,2\n")).splitlines()[1:] == [
        "  - rates.csv, column aged_disabled_pbpm: missing. Allowed: the columns county_fips, aged_disabled_pbpm,"
        " esrd_pbpm. Add it.",
        "  - rates.csv, column colour: unknown. Allowed: the columns county_fips, aged_disabled_pbpm, esrd_pbpm,"
        " aged_disabled_person_years, esrd_person_years, county_name, state.",
    ]


def test_person_years_come_for_both_groups_or_for_none(tmp_path):
    text = "county_fips,aged_disabled_pbpm,esrd_pbpm,esrd_person_years\n37183,1,2,3\n"
    assert message(written(tmp_path, text)).splitlines()[1:] == [
        "  - rates.csv, column aged_disabled_person_years: missing. Allowed: the columns county_fips,"
        " aged_disabled_pbpm, esrd_pbpm, aged_disabled_person_years, esrd_person_years. Add it."
    ]


def test_a_repeated_column_is_refused(tmp_path):
    text = "county_fips,aged_disabled_pbpm,esrd_pbpm,esrd_pbpm\n37183,1,2,3\n"
    assert message(written(tmp_path, text)).endswith(
        "  - rates.csv: a column stands twice. Allowed: every column once. Remove one."
    )


def test_a_book_without_rows_is_refused(tmp_path):
    assert "rates.csv: no rows. Allowed: at least one county. Add the counties of the service area." in message(
        written(tmp_path, "county_fips,aged_disabled_pbpm,esrd_pbpm\n")
    )


def test_an_unreadable_book_is_refused(tmp_path):
    damaged = (
        "rates.csv: damaged, cut short or of another kind. Allowed: complete CSV in UTF-8 with commas. Export it again."
    )
    assert message(written(tmp_path, b"\xff\xfe\x00")).endswith(damaged)
    assert "rates.csv: empty file." in message(written(tmp_path, ""))
