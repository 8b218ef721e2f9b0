"""The base years of a roster: sums by hand, and the words for what a roster lacks."""

import numpy as np
import pytest

from leadmc.base.axes import AGED_DISABLED, CLAIMS, HIGH_NEEDS, VOLUNTARY
from leadmc.base.errors import InputError
from leadmc.inputs.base_years import base_years, check_observed, first_year, in_words
from leadmc.inputs.rate_book import RateBook
from leadmc.inputs.roster import read_roster

BOOK = RateBook(
    county_fips=("37063",),
    county_name=("Durham",),
    state=("North Carolina",),
    pbpm=np.ones((1, 2)),
    person_years=np.ones((1, 2)),
    national_pbpm=np.ones(2),
    provenance="",
)
HEADER = "beneficiary_id,county_fips,category,age,alignment"
HISTORY = f"""\
{HEADER},aligned_2027,spend_2025,months_2025,risk_score_2025,spend_2026,months_2026,risk_score_2026,category_2025
A,37063,high_needs,70,claims,yes,1000,,0.8,5000,12,2.0,aged_disabled
B,37063,aged_disabled,70,claims,,200,6,1.4,0,12,,
C,37063,aged_disabled,70,voluntary,no,9000,5,1.0,,0,,
D,37063,aged_disabled,66,claims,yes,,,,,,,
"""


def read(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_text(text)
    return read_roster(path, BOOK, female_share=0.5)


def test_sums_by_hand(tmp_path):
    """2025: A 12 months at 0.8 and B 6 at 1.4 in one cell, (12 x 0.8 + 6 x 1.4) / 18 = 1; C died in the sixth month."""
    roster = read(tmp_path, HISTORY)
    expected_score = np.full(roster.spend.shape, 0.5)
    sums = base_years(roster, expected_score)
    assert sums.person_months.shape == (1, 3, 3, 2)
    assert not sums.person_months[0, 0].any()  # 2024 has no column: not known of anybody
    assert sums.person_months[0, 1, AGED_DISABLED].tolist() == [18.0, 5.0]
    assert sums.expenditure[0, 1, AGED_DISABLED].tolist() == [1200.0, 9000.0]
    assert sums.risk_score[0, 1, AGED_DISABLED, CLAIMS] == pytest.approx(1.0)
    assert sums.risk_score[0, 1, AGED_DISABLED, VOLUNTARY] == 1.0
    assert sums.person_months[0, 2, HIGH_NEEDS, CLAIMS] == 12.0
    assert sums.expenditure[0, 2, HIGH_NEEDS, CLAIMS] == 5000.0
    assert sums.risk_score[0, 2, AGED_DISABLED, CLAIMS] == 0.5  # B's is not known
    assert sums.person_months.sum() == 18 + 5 + 24


def test_truncation_by_hand(tmp_path):
    """2025 at 2,400 a year, 1,800 for High Needs: A keeps 1,000; B, six months, 200 of 1,200; C, five months, 1,000."""
    roster = read(tmp_path, HISTORY)
    threshold = np.tile([2400.0, 9000.0, 1800.0], (3, 1))
    sums = base_years(roster, np.ones(roster.spend.shape), threshold)
    assert sums.truncation_excess[0, 1, AGED_DISABLED].tolist() == [0.0, 8000.0]
    assert sums.truncation_excess[0, 2, HIGH_NEEDS].tolist() == [3200.0, 0.0]
    assert sums.truncation_excess.sum() == 11_200.0
    assert not base_years(roster, np.ones(roster.spend.shape)).truncation_excess.any()  # nobody asked
    unlimited = base_years(roster, np.ones(roster.spend.shape), np.full((3, 3), np.inf))
    assert not unlimited.truncation_excess.any()


def test_the_first_year_is_the_first_with_spending_or_an_unknown_one_before_it(tmp_path):
    assert first_year(read(tmp_path, HISTORY)).tolist() == [0, 0, 0, 3]
    text = f"{HEADER},spend_2024,months_2024,spend_2025,spend_2026\nA,37063,esrd,70,claims,1,0,2,3\n"
    with pytest.raises(InputError, match="spending in 0 months"):
        read(tmp_path, text)
    text = f"{HEADER},spend_2024,spend_2025,spend_2026\nA,37063,esrd,70,claims,,2,3\nB,37063,esrd,70,claims,1,2,3\n"
    assert first_year(read(tmp_path, text)).tolist() == [1, 0]


def test_who_has_gone_has_no_slot_and_labels_are_todays_unless_stated(tmp_path):
    roster = read(tmp_path, HISTORY)
    assert roster.aligned.tolist() == [True, True, False, True]
    assert roster.still_aligned().population.age.tolist() == [70, 70, 66]
    assert roster.category_then[0].tolist() == [HIGH_NEEDS, AGED_DISABLED, HIGH_NEEDS]


def test_a_roster_without_spending_is_refused(tmp_path):
    roster = read(tmp_path, f"{HEADER}\nA,37063,esrd,70,claims\n")
    with pytest.raises(InputError) as error:
        check_observed(roster, "x/roster.csv")
    assert str(error.value).splitlines()[1] == (
        "  - roster.csv, columns spend_2024, spend_2025, spend_2026: no spending. Allowed: with base_years: observed,"
        " spending in at least one base year for most people aligned now."
    )


def test_a_roster_with_spending_for_few_is_refused(tmp_path):
    people = "".join(f"P{i},37063,esrd,70,claims,{'' if i else 5}\n" for i in range(9))
    with pytest.raises(InputError) as error:
        check_observed(read(tmp_path, f"{HEADER},spend_2026\n{people}"), "roster.csv")
    assert str(error.value).splitlines()[1] == (
        "  - roster.csv, rows 2, 3, 4, 5, 6 and more: 8 of 9 people without spending. Allowed: with base_years:"
        " observed, spending in at least one base year for most people aligned now. Fill in spend_2024, spend_2025,"
        " spend_2026, or simulate the base years."
    )
    check_observed(read(tmp_path, HISTORY), "roster.csv")


def test_what_is_missing_is_said(tmp_path):
    whole = in_words(read(tmp_path, HISTORY))
    assert whole == ("base years: 3 people aligned now; person-months with spending 2024: 0, 2025: 23, 2026: 24",)
    bare = in_words(read(tmp_path, f"{HEADER},spend_2026\nA,37063,esrd,70,claims,3\n"))
    assert [line.split(".")[0] for line in bare[1:]] == [
        "base years: nobody has aligned_2027: no",
        "base years: category_2024 and so on say nothing but category; labels are filled in likewise",
        "base years: no risk scores; people count with the mean of their age, sex and category",
    ]


def test_a_roster_of_people_who_have_all_gone_is_refused(tmp_path):
    with pytest.raises(InputError) as error:
        read(tmp_path, f"{HEADER},aligned_2027\nA,37063,esrd,70,claims,no\n")
    assert str(error.value).splitlines()[1] == (
        "  - roster.csv, column aligned_2027: no in every row. Allowed: at least one person aligned now."
        " Leave the column out."
    )


def test_spending_of_nothing_is_no_spending(tmp_path):
    with pytest.raises(InputError, match="no spending"):
        check_observed(read(tmp_path, f"{HEADER},spend_2026\nA,37063,esrd,70,claims,0\n"), "roster.csv")
