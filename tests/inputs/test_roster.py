"""The roster: what is read, what is forgiven, and the words for everything that is not."""

import hashlib
import re
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadmc.base.errors import InputError
from leadmc.inputs.rate_book import RateBook
from leadmc.inputs.roster import COLUMNS, person_keys, read_roster, write_roster

HEADER = "beneficiary_id,county_fips,category,age\n"
BOOK = RateBook(
    county_fips=("01001", "37063", "37183"),
    county_name=("Autauga", "Durham", "Wake"),
    state=("Alabama", "North Carolina", "North Carolina"),
    pbpm=np.ones((3, 2)),
    person_years=np.ones((3, 2)),
    national_pbpm=np.ones(2),
    provenance="",
)


def read(path):
    return read_roster(path, BOOK, female_share=0.56)


def written(tmp_path, text, name="roster.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults(tmp_path, text, name="roster.csv"):
    with pytest.raises(InputError) as error:
        read(written(tmp_path, text, name))
    return [line.removeprefix("  - ") for line in str(error.value).splitlines()[1:]]


def people(n):
    return pd.DataFrame(
        {
            "beneficiary_id": [f"P{i:07d}" for i in range(n)],
            "county_fips": np.where(np.arange(n) % 3, "37183", "01001"),
            "category": np.where(np.arange(n) % 20, "aged_disabled", "esrd"),
            "age": 65 + np.arange(n) % 30,
            "alignment": np.where(np.arange(n) % 9, "claims", "voluntary"),
            "sex": np.where(np.arange(n) % 2, "female", "male"),
            "spend_2025": np.arange(n) * 0.25,
            "months_2025": 12,
            "risk_score_2025": 1.0 + np.arange(n) % 7 / 10,
        }
    )


@pytest.mark.parametrize("name", ["roster.csv", "roster.parquet", "ROSTER.CSV"])
def test_what_is_written_is_read(tmp_path, name):
    frame = people(50)
    write_roster(tmp_path / name, frame)
    roster = read(tmp_path / name)
    panel = roster.population
    assert panel.county_fips == ("01001", "37183")
    np.testing.assert_array_equal(np.array(panel.county_fips)[panel.county], frame["county_fips"])
    np.testing.assert_array_equal(panel.age, frame["age"])
    np.testing.assert_array_equal(panel.sex, np.arange(50) % 2 == 0)
    np.testing.assert_array_equal(panel.category, np.arange(50) % 20 == 0)
    np.testing.assert_array_equal(panel.alignment, np.arange(50) % 9 == 0)
    np.testing.assert_array_equal(roster.spend[:, 1], frame["spend_2025"])
    np.testing.assert_array_equal(roster.risk_score[:, 1], frame["risk_score_2025"])
    assert np.isnan(roster.months[:, [0, 2]]).all()
    assert roster.notes == ()
    assert [array.dtype for array in panel[:6]] == [np.uint64, *[np.int32] * 5]


def test_formats_agree(tmp_path):
    for name in ("roster.csv", "roster.parquet"):
        write_roster(tmp_path / name, people(40))
    for left, right in zip(
        read(tmp_path / "roster.csv").population, read(tmp_path / "roster.parquet").population, strict=True
    ):
        np.testing.assert_array_equal(left, right)


def test_the_key_is_the_blake2b_of_the_id(tmp_path):
    roster = read(written(tmp_path, HEADER + " x1 ,37183,esrd,70\n"))
    digest = hashlib.blake2b(b"x1", digest_size=8).digest()
    assert roster.population.person_key[0] == int.from_bytes(digest, "little")


def test_defaults_are_noted(tmp_path):
    roster = read(written(tmp_path, HEADER + "a,37183,esrd,70\nb,37183,esrd,71\n"))
    assert roster.notes == (
        "alignment: blank in 2 rows, taken as claims",
        "sex: unknown in 2 rows, drawn with 56% women",
    )
    np.testing.assert_array_equal(roster.population.alignment, [0, 0])


def test_unknown_sex_is_drawn_from_the_key_alone(tmp_path):
    rows = [f"{i},37183,esrd,70\n" for i in range(10_000)]
    forward = read(written(tmp_path, HEADER + "".join(rows))).population
    backward = read(written(tmp_path, HEADER + "".join(reversed(rows)))).population
    np.testing.assert_array_equal(forward.sex, backward.sex[::-1])
    assert abs(forward.sex.mean() - 0.44) < 3 * np.sqrt(0.44 * 0.56 / 10_000)  # z = 3


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEADER + "a,37183,esrd,70\n",
        (HEADER + "a,37183,esrd,70\n").replace("\n", "\r\n"),
        "\n" + HEADER + "a,37183,esrd,70\n\n\n",
        HEADER.upper() + '"a", 37183 , ESRD ,"70"',
        " beneficiary_id , county_fips,category,age \na,37183.0,Esrd,7.0e1",
    ],
    ids=["BOM", "CRLF", "blank lines", "quotes, blanks, capitals", "blanks in header, decimals, exponent"],
)
def test_harmless_oddities_change_nothing(tmp_path, text):
    panel = read(written(tmp_path, text)).population
    assert (panel.county_fips, panel.age[0], panel.category[0]) == (("37183",), 70, 1)
    np.testing.assert_array_equal(panel.person_key, person_keys(pd.Series(["a"])))


def test_a_lost_leading_zero_is_restored_and_noted(tmp_path):
    roster = read(written(tmp_path, HEADER + "a,1001,esrd,70\nb,37183,esrd,70\n"))
    assert roster.population.county_fips == ("01001", "37183")
    assert "county_fips: written as a number in 1 rows, read with its leading zero" in roster.notes


def test_birth_year_gives_the_age_on_1_january_2024(tmp_path):
    roster = read(written(tmp_path, HEADER.replace("age", "birth_year") + "a,37183,esrd,1953\n"))
    assert roster.population.age[0] == 70


def test_age_goes_before_birth_year(tmp_path):
    roster = read(written(tmp_path, HEADER.replace("age", "age,birth_year") + "a,37183,esrd,71,1953\n"))
    assert roster.population.age[0] == 71
    assert "birth_year: not used, the roster has age" in roster.notes


def test_parquet_of_typed_columns_is_read(tmp_path):
    frame = pd.DataFrame(
        {
            "beneficiary_id": [1, 2],
            "county_fips": [1001, 37183],
            "category": pd.Categorical(["esrd", "high_needs"]),
            "age": [70.0, 71.0],
            "dual": [True, False],
        }
    )
    write_roster(tmp_path / "roster.parquet", frame)
    panel = read(tmp_path / "roster.parquet").population
    assert panel.county_fips == ("01001", "37183")
    np.testing.assert_array_equal(panel.category, [1, 2])
    np.testing.assert_array_equal(panel.person_key, person_keys(pd.Series(["1", "2"])))


def test_all_faults_of_all_rows_come_at_once_and_no_identifier(tmp_path):
    rows = (
        "MBI1,37183,esrd,70\nMBI1,37183,Smith,71\n,99999,esrdd,MBI2\nMBI3,abc,,-3\nMBI4,,high needs,300\n"
        "MBI5,37183,esrd,72.5\nMBI6,37183,esrd,1234567890\nMBI7,37183,esrd,NaN\n"
    )
    found = faults(tmp_path, HEADER + rows)
    county = (
        "Allowed: five-digit county codes (FIPS) of the rate book. Check the code, or give a rate book that has the"
        " county (region.rate_book). Connecticut is known by its eight counties, 09001 to 09015, not by its planning"
        " regions."
    )
    blank = "blank. Allowed: a value in every row. Fill it in or remove the row."
    categories = "Allowed: aged_disabled, esrd, high_needs."
    assert found == [
        f"roster.csv, row 3, beneficiary_id: {blank}",
        "roster.csv, rows 1, 2, beneficiary_id: duplicated id. Allowed: every id once. Keep one row a person.",
        f"roster.csv, row 5, county_fips: {blank}",
        f"roster.csv, row 3, county_fips: 99999. {county}",
        f"roster.csv, row 4, county_fips: not a county code. {county}",
        f"roster.csv, row 4, category: {blank}",
        f"roster.csv, rows 3, 5, category: esrdd, high needs. {categories} Did you mean esrd? Did you mean high_needs?",
        f"roster.csv, row 2, category: another word, not shown as it could name a person. {categories}",
        f"roster.csv, row 8, age: {blank}",
        "roster.csv, row 3, age: not a number. Allowed: whole years from 0 to 120. Write digits and a decimal point"
        " only.",
        "roster.csv, rows 4, 5, 6, age: -3, 300, 72.5. Allowed: whole years from 0 to 120.",
        "roster.csv, row 7, age: a long number, not shown as it could identify a person. Allowed: whole years from 0 to"
        " 120.",
    ]
    assert not re.search(r"MBI|Smith|1234567890", "".join(found))


def test_faults_of_optional_columns(tmp_path):
    header = (
        "beneficiary_id,county_fips,category,birth_year,spend_2024,months_2024,sex,alignment,dual,risk_score_2025\n"
    )
    rows = (
        "a,37183,esrd,1950,-5,13,F,Voluntary,yes,0\nb,37183,esrd,2024,100,0,x,,true,inf\n"
        'c,37183,esrd,1700,100,5.5,U,claim,q,1\n"d,x",37183,esrd,1940,"1,000",NA,M,claims,,\n'
    )
    number = "Write digits and a decimal point only."
    word = "another word, not shown as it could name a person"
    assert faults(tmp_path, header + rows) == [
        "roster.csv, row 3, alignment: claim. Allowed: claims, voluntary. Did you mean claims?",
        f"roster.csv, row 2, sex: {word}. Allowed: female, f, male, m, unknown, u.",
        f"roster.csv, row 3, dual: {word}. Allowed: no, false, 0, n, yes, true, 1, y.",
        "roster.csv, rows 2, 3, birth_year: 2024, 1700. Allowed: a year from 1903 to 2023.",
        f"roster.csv, row 4, spend_2024: not a number. Allowed: USD, not negative. {number}",
        "roster.csv, row 1, spend_2024: -5. Allowed: USD, not negative.",
        "roster.csv, rows 1, 3, months_2024: 13, 5.5. Allowed: whole months from 0 to 12.",
        f"roster.csv, row 2, risk_score_2025: not a number. Allowed: a score above 0. {number}",
        "roster.csv, row 1, risk_score_2025: 0. Allowed: a score above 0.",
        "roster.csv, row 2, spend_2024: spending in 0 months. Allowed: spending only in months of alignment.",
    ]


def test_many_faulty_rows_are_counted_not_listed(tmp_path):
    text = HEADER + "".join(f"a{i},37183,esrd,-1\n" for i in range(1000))
    assert faults(tmp_path, text) == [
        "roster.csv, rows 1, 2, 3, 4, 5 and 995 more, age: -1. Allowed: whole years from 0 to 120."
    ]


def test_columns_are_closed(tmp_path):
    found = faults(tmp_path, "beneficiary_id,categry,age,age,county_fips\na,b,c,d,e\n")
    every = f"Allowed: the columns {', '.join(COLUMNS)}."
    assert found == [
        f"roster.csv, column categry: unknown column. {every} Did you mean category?",
        "roster.csv, column age: stands twice. Allowed: every column once. Remove one.",
        "roster.csv, column category: missing. Allowed: the compulsory columns beneficiary_id, county_fips, category"
        " and age. Add it.",
    ]


def test_age_or_birth_year_is_compulsory(tmp_path):
    assert faults(tmp_path, "beneficiary_id,county_fips,category\na,37183,esrd\n") == [
        "roster.csv, column age: missing. Allowed: age or birth_year. Add one of the two."
    ]


def test_a_file_without_header_shows_nobody(tmp_path):
    (fault,) = faults(tmp_path, "MBI1,37183,esrd,70\nMBI2,37183,esrd,71\n")
    assert fault.startswith("roster.csv: no header row with known columns. Allowed: the columns beneficiary_id,")
    assert "MBI" not in fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "roster.csv: empty file. Allowed: a header and at least one row."),
        (HEADER, "roster.csv: no rows. Allowed: at least one beneficiary."),
        (
            HEADER.replace(",", ";") + "a;37183;esrd;70\n",
            "roster.csv: columns not separated by commas. Allowed: commas. Export it with commas.",
        ),
        (
            HEADER + "a,37183,esrd,70\nb,37183,esrd\nc,37183,esrd,70,1\n",
            "roster.csv: 2 rows of another length, the first is row 2. Allowed: 4 values a row, as in the header. Quote"
            " values that hold a comma.",
        ),
    ],
    ids=["empty", "header only", "semicolons", "ragged"],
)
def test_files_of_the_wrong_shape(tmp_path, text, fault):
    assert faults(tmp_path, text) == [fault]


@pytest.mark.parametrize(
    "text", [(HEADER + "caf\xe9,37183,esrd,70\n").encode("latin-1"), HEADER.encode("utf-16"), b"\n\n"]
)
def test_csv_that_cannot_be_decoded(tmp_path, text):
    assert faults(tmp_path, text) == [
        "roster.csv: damaged, cut short or of another kind. Allowed: complete CSV in UTF-8 with commas. Export it"
        " again."
    ]


@pytest.mark.parametrize("keep", [0.0, 0.1, 0.5, 0.99])
def test_parquet_cut_short(tmp_path, keep):
    write_roster(tmp_path / "whole.parquet", people(500))
    whole = (tmp_path / "whole.parquet").read_bytes()
    expected = (
        "cut.parquet: damaged, cut short or of another kind. Allowed: complete Parquet. Export it again."
        if keep
        else "cut.parquet: empty file. Allowed: a header and at least one row."
    )
    assert faults(tmp_path, whole[: int(len(whole) * keep)], "cut.parquet") == [expected]


def test_parquet_of_lists_is_refused(tmp_path):
    frame = people(2).assign(category=[["a"], ["b"]])
    write_roster(tmp_path / "roster.parquet", frame)
    with pytest.raises(
        InputError, match=r"column category: of type list<.*>. Allowed: plain text or numbers. Flatten it."
    ):
        read(tmp_path / "roster.parquet")


def test_other_extensions_are_refused(tmp_path):
    assert faults(tmp_path, "x", "roster.xlsx") == [
        "roster.xlsx: .xlsx. Allowed: .csv or .parquet. Save it in one of the two."
    ]
    with pytest.raises(InputError, match=r"roster: no extension. Allowed: .csv or .parquet."):
        write_roster(tmp_path / "roster", people(1))


def test_a_missing_file_or_a_directory_is_refused(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    for name in ("none.csv", "folder.csv"):
        with pytest.raises(
            InputError, match=rf"{name}: no such file. Allowed: a table, .csv or .parquet. Check the path."
        ):
            read(tmp_path / name)


def test_two_ids_with_one_hash_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("leadmc.inputs.roster.person_keys", lambda ids: np.zeros(len(ids), dtype=np.uint64))
    assert faults(tmp_path, HEADER + "a,37183,esrd,70\nb,37183,esrd,70\n") == [
        "roster.csv, rows 1, 2, beneficiary_id: two ids with one 64-bit hash. Allowed: ids of distinct hashes. Rename"
        " one."
    ]


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["f.csv", "f.parquet"]))
def test_no_bytes_whatever_cause_anything_but_an_input_error(tmp_path_factory, content, name):
    path = tmp_path_factory.mktemp("hostile") / name
    path.write_bytes(content)
    with pytest.raises(InputError):
        read(path)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.text(alphabet='a1,"\n\r;.-é\x00 ', max_size=6), min_size=4, max_size=4), max_size=4))
def test_hostile_rows_cause_an_input_error(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("hostile") / "f.csv"
    path.write_text(HEADER + "\n".join(",".join(row) for row in rows), encoding="utf-8", newline="")
    with pytest.raises(InputError):
        read(path)


def test_a_large_roster_is_read_quickly(tmp_path):
    write_roster(tmp_path / "roster.parquet", people(100_000))
    started = time.process_time()
    assert len(read(tmp_path / "roster.parquet").population.age) == 100_000
    assert (
        time.process_time() - started < 10.0
    )  # about 1 s on the development machine; ten times that is a loop over rows
