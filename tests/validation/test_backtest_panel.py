"""The panel file: what is read, what is filled in, and everything wrong with it in one message."""

import numpy as np
import pytest
from aco_panel import made_panel, written

from leadmc.base.errors import InputError
from leadmc.validation.outlook import carried_forward
from leadmc.validation.panel_file import SHOWN, Panel, read_panel

HEADER = (
    "ACO_ID,year,sav,N_AB,N_AB_Year_ESRD_PY,N_AB_Year_DIS_PY,N_AB_Year_AGED_Dual_PY,N_AB_Year_AGED_NonDual_PY,"
    "MinSavPerc\n"
)


@pytest.fixture
def read(tmp_path):
    def from_text(text):
        path = tmp_path / "panel.csv"
        path.write_text(text)
        return read_panel(path)

    return from_text


def message(read, text):
    with pytest.raises(InputError) as caught:
        read(text)
    return str(caught.value)


def test_what_was_written_is_read(tmp_path):
    panel = made_panel(acos=40)
    read = read_panel(written(panel, tmp_path / "panel.csv"))
    for one, other in zip(read, panel, strict=True):
        np.testing.assert_array_equal(one, other)


def test_unknown_and_suppressed_person_years(read):
    panel = read(HEADER + "B,2019,1.5,6000,,,,,0.02\nA,2018,-2,9000,,900,500,7300,2.5\n")
    assert panel.aco.tolist() == ["A", "B"]
    assert panel.years.tolist() == [2018, 2019]
    assert panel.savings[0, 0] == -2.0
    assert panel.person_years[0, 0].tolist() == [0.0, 900.0, 500.0, 7300.0]  # a suppressed cell is nobody
    assert np.isnan(panel.person_years[1, 1]).all()  # nothing is known


def test_missing_columns_are_all_named(read):
    text = message(read, "ACO_ID,year,savings,N_AB\nA,2018,1,9000\n")
    assert "5 faults in the input" in text
    assert "panel.csv, column sav: missing. Allowed: the columns ACO_ID, year, sav, N_AB" in text
    assert "panel.csv, column N_AB_Year_ESRD_PY: missing" in text


def test_every_bad_cell_is_named(read):
    text = message(
        read,
        HEADER + "A,2018,much,9000,60,900,500,7300,\n"
        "A,2019.5,1,9000,60,900,500,7300,\n"
        ",2018,1,-5,60,900,500,7300,\n"
        "C,2018,101,9000,60,900,-1,7300,\n"
        "D,2018,1,9000,60,many,500,7300,\n"
        "E,2018,,9000,0,0,0,0,\n",
    )
    for fault in (
        "panel.csv, row 1, sav: much. Allowed: a rate in %, -100 to 100. Correct it.",
        "panel.csv, row 2, year: 2019.5. Allowed: a calendar year.",
        "panel.csv, row 3, ACO_ID: blank. Allowed: an identifier.",
        "panel.csv, row 3, N_AB: -5. Allowed: a number of beneficiaries above 0.",
        "panel.csv, row 4, sav: 101.",
        "panel.csv, row 4, N_AB_Year_AGED_Dual_PY: -1. Allowed: person-years, not negative, above 0 for some type.",
        "panel.csv, row 5, N_AB_Year_DIS_PY: many.",
        "panel.csv, row 6, sav: blank.",
        "panel.csv, row 6, N_AB_Year_ESRD_PY: 0.",
    ):
        assert fault in text


def test_an_aco_twice_in_a_year(read):
    row = "A,2018,1,9000,60,900,500,7300,\n"
    text = message(read, HEADER + row + row)
    assert "panel.csv, row 2, ACO_ID: A in 2018 again. Allowed: one row an ACO and year. Remove one." in text


def test_a_flood_of_faults_is_counted(read):
    text = message(read, HEADER + "".join(f"A{i},2018,bad,9000,60,900,500,7300,\n" for i in range(50)))
    assert f"panel.csv: {50 - SHOWN} more of them" in text


def test_no_rows(read):
    assert "panel.csv: no rows" in message(read, HEADER)


def test_until_forgets_the_future_and_those_who_have_no_past():
    panel = made_panel(acos=60, missing=0.5)
    past = panel.until(2020)
    assert past.years.tolist() == [2018, 2019, 2020]
    assert np.isfinite(past.savings).any(axis=1).all()
    assert len(past.aco) < len(panel.aco)


def test_mix_comes_from_the_nearest_year_and_else_from_everybody():
    nan = np.nan
    size = np.array([[100.0, 200.0, nan], [nan, 400.0, nan]])
    people = np.full((2, 3, 4), nan)
    people[0, 0] = [1.0, 9.0, 10.0, 80.0]
    panel = Panel(np.array(["A", "B"]), np.array([2018, 2019, 2020]), size, size, people)
    filled_size, filled = carried_forward(panel)
    assert filled_size.tolist() == [[100.0, 200.0, 200.0], [400.0, 400.0, 400.0]]
    assert filled[0, 1].tolist() == [2.0, 18.0, 20.0, 160.0]  # the same shares of twice the people
    np.testing.assert_allclose(filled[1, 1], [4.0, 36.0, 40.0, 320.0])  # those of all ACOs
