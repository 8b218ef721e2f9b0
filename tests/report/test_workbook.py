"""The workbook, opened again: the numbers of the summary to the printed digit, as numbers, and what they rest on."""

import zipfile
from datetime import datetime
from unittest import mock

import numpy as np
import openpyxl
import pytest
from example_cube import example_cube

from leadmc.measures.summary import summary
from leadmc.measures.tables import MILLION, PERCENT, Cell, cell
from leadmc.report import workbook
from leadmc.report.spreadsheet import Block, Sheet, write_sheets
from leadmc.report.workbook import write_workbook

MANIFEST = {
    "name": "example", "command": "leadmc run quickstart.yaml", "seed": 7, "finished": "2026-11-22T05:00:00+00:00",
    "unverified_terms": [{"path": "a.b", "title": "A term", "value": [0.6, 0.5], "confidence": "C", "source": "W0"}],
    "assumptions": ["Calibrated preset and nothing else."], "legend": {"W0": "a document"},
}  # fmt: skip
SETTINGS = {
    "assumptions": {"preset": "calibrated", "quality": {"mean": 0.9}},
    "rules": {"rate_book.mode": "NONE", "mixture": {"add_on.duration": {"1": 0.5, "book": 0.5}}},
    "tracks": ["professional", "global"],
}
SHEETS = [
    "Summary", "Percentiles", "Years", "Losses", "Course", "Choice", "Transition", "Variance", "Assumptions", "Rules",
    "Unverified", "Scenarios", "Provenance",
]  # fmt: skip


@pytest.fixture(scope="module")
def made():
    ds = example_cube(60)
    with mock.patch.object(workbook, "SAMPLE", 50):
        yield ds, summary(ds)


@pytest.fixture(scope="module")
def book(made, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "workbook.xlsx"
    write_workbook(*made, MANIFEST, path, settings=SETTINGS)
    return openpyxl.load_workbook(path)


def table(sheet, first):
    """Rows below the header that begins with a text, by the names of the columns; a name stands for its error too."""
    rows = [list(row) for row in sheet.iter_rows()]
    start = next(k for k, row in enumerate(rows) if row[0].value == first and row[0].border.bottom.style)
    names = [each.value for each in rows[start] if each.value]
    below = []
    for row in rows[start + 1 :]:
        if row[0].value is None:
            break
        below.append(dict(zip(names, row, strict=False)))
    return below


def shown(one):
    """What Excel shows of a number."""
    if isinstance(one.value, str):
        return one.value
    decimals = len(one.number_format.partition(".")[2])
    assert one.number_format in ("#,##0", "#,##0." + "0" * decimals)
    return f"{one.value:,.{decimals}f}"


def test_every_sheet_is_there_with_panes_names_and_print_settings(book):
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet.freeze_panes, sheet.title
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_cols
        assert sheet.column_dimensions["A"].width >= 9
        assert [name for name in book.defined_names if name.startswith(f"{sheet.title}_table")]
    assert book["Years"].auto_filter.ref
    assert book["Years"].print_title_rows == "$4:$4"


def test_defined_names_hold_their_tables(book):
    (sheet, cells) = next(book.defined_names["Rules_table"].destinations)
    assert book[sheet][cells][0][0].value == "Rule"
    assert book[sheet][cells][-1][0].value


def test_the_summary_has_the_digits_of_the_record(book, made):
    _, record = made
    rows = table(book["Summary"], "Ten-year net result")
    assert [row["Ten-year net result"].value for row in rows] == ["LEAD Global", "LEAD Professional"]
    for row, track in zip(rows, record["tracks"], strict=True):
        total = record["tracks"][track]["net_result"]["ten_year"]
        assert shown(row["Mean [$ million]"]) == cell(total["usd"]["mean"], MILLION).value
        assert shown(row["P5: one in 20 ends below [$ million]"]) == cell(total["usd"]["p5"], MILLION).value
        assert shown(row["Net result of ten years < 0 [%]"]) == cell(total["p_loss"], PERCENT).value
        assert isinstance(row["Mean [$ million]"].value, int | float)


def test_every_quantity_unit_and_horizon_has_its_row_and_errors_stand_beside(book, made):
    _, record = made
    rows = table(book["Years"], "Track")
    assert len(rows) == 2 * 4 * 3 * 10
    assert len(table(book["Percentiles"], "Track")) == 2 * 4 * 3 * 3
    sheet = book["Years"]
    (head,) = (row for row in sheet.iter_rows(values_only=True) if row[0] == "Track")
    mean = head.index("Mean")
    assert head[mean + 1] == "± SE"
    for row in sheet.iter_rows():
        if [one.value for one in row[:4]] == ["LEAD Global", "Net cash", "% of benchmark", "2030"]:
            pair = record["tracks"]["global"]["net_cash"]["by_year"]["2030"]["percent_of_benchmark"]["mean"]
            assert Cell(shown(row[mean]), shown(row[mean + 1])) == cell(pair)
            return
    pytest.fail("no such row")


def test_a_number_changed_in_the_cube_changes_in_the_workbook(made, book, tmp_path):
    ds = made[0].copy(deep=True)
    ds["net_result"] += 1e6
    record = summary(ds)
    write_workbook(ds, record, MANIFEST, tmp_path / "other.xlsx")
    changed = openpyxl.load_workbook(tmp_path / "other.xlsx")
    was, now = (table(each["Summary"], "Ten-year net result")[0]["Mean [$ million]"].value for each in (book, changed))
    assert now - was == pytest.approx(10, abs=0.11)
    assert table(changed["Scenarios"], "Scenario")[0]["Net result [USD]"].value == pytest.approx(
        ds["net_result"].sel(track="global").values[0, 0]
    )


def test_scenarios_are_those_of_the_cube(book, made):
    ds, _ = made
    rows = table(book["Scenarios"], "Scenario")
    assert len(rows) == 50 * 2 * 10
    row = rows[17 * 20 + 10 + 3]
    one = ds.isel(scenario=17).sel(track="professional", performance_year=2030)
    assert (row["Scenario"].value, row["Track"].value, row["Year"].value) == (17, "LEAD Professional", 2030)
    assert row["Final benchmark [USD]"].value == pytest.approx(one["benchmark"].item())
    assert row["Expenditure before stop-loss [USD]"].value == pytest.approx(one["expenditure"].sum().item())
    assert (row["Final benchmark [USD]"].number_format, row["Year"].number_format) == ("#,##0", "General")


def test_assumptions_and_rules_have_their_sources_and_what_the_user_stated(book):
    assumptions = {row["Assumption"].value: row for row in table(book["Assumptions"], "Assumption")}
    quality = assumptions["quality.mean"]
    assert (quality["Value"].value, quality["Stated"].value, quality["Source"].value) == (
        0.9,
        "yours",
        "stated by the user",
    )
    assert (quality["Plausible from"].value, quality["to"].value) == (0.82, 0.88)
    rules = {row["Rule"].value: row for row in table(book["Rules"], "Rule")}
    mode, add_on = rules["rate_book.mode"], rules["add_on.duration"]
    assert (mode["Value"].value, mode["Value of the book, where another"].value) == ("NONE", "CLIFF")
    assert mode["Verified"].value == "unverified"
    assert add_on["Drawn from"].value == "1: 0.5, book: 0.5"
    assert rules["discount.lower_spending"]["Source"].value
    assert not any(path.startswith(("mssp.", "reach.")) for path in rules)


def test_without_settings_what_they_say_is_left_out(made, tmp_path):
    write_workbook(*made, MANIFEST, tmp_path / "short.xlsx")
    assert not {"Assumptions", "Rules"} & set(openpyxl.load_workbook(tmp_path / "short.xlsx").sheetnames)


def test_unverified_terms_and_provenance(book):
    (term,) = table(book["Unverified"], "Rule")
    assert [one.value for one in term.values()] == ["a.b", "A term", "[0.6, 0.5]", "C", "W0"]
    facts = {row["What"].value: row["Value"].value for row in table(book["Provenance"], "What")}
    assert facts["command"] == "leadmc run quickstart.yaml"
    assert facts["seed"] == 7


def test_a_sensitivity_beside_the_run_has_a_sheet(made, tmp_path):
    estimate = {"value": 2e6, "se": 1e5}
    changes = {"mean": estimate, "p5": estimate, "p_loss": {"value": -0.02, "se": 0.005}}
    driver = {
        "path": "quality.mean", "title": "", "settings": [{"value": "0.82", "tracks": {"global": changes}}],
        "tracks": {"global": {name: {"swing": pair, "rank": 1} for name, pair in changes.items()}},
    }  # fmt: skip
    found = {
        "n_scenarios": 512, "base": {"global": changes}, "drivers": [driver], "stop_loss": {"global": changes},
        "management": None,
    }  # fmt: skip
    write_workbook(*made, MANIFEST, tmp_path / "more.xlsx", sensitivity=found)
    sheet = openpyxl.load_workbook(tmp_path / "more.xlsx")["Sensitivity"]
    rows = [row[:4] for row in sheet.iter_rows(values_only=True)]
    assert ("LEAD Global", "1  quality.mean = 0.82", 2.0, 0.1) in rows
    assert ("LEAD Global", "Stop-loss, elected less not", 2.0, 0.1) in rows


def test_the_same_run_gives_the_same_bytes_and_no_formula(made, tmp_path):
    for name in ("one", "two"):
        write_workbook(*made, MANIFEST, tmp_path / name, settings=SETTINGS)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with zipfile.ZipFile(tmp_path / "one") as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/" in name]
    assert not any("<f>" in text for text in sheets)


def test_texts_stay_texts_and_odd_numbers_are_written_as_such(tmp_path):
    rows = [("=1+1", Cell("n/a", "n/a"), np.inf, None), ("http://a", Cell("1,230,000", "50,000"), 0.25, True)]
    sheet = Sheet("Odd", "@title", (), (Block("", ("Text", "Estimate", "Number", "Switch"), rows),))
    write_sheets(tmp_path / "odd.xlsx", [sheet], title="odd", made=datetime(2026, 1, 1))
    found = openpyxl.load_workbook(tmp_path / "odd.xlsx")["Odd"]
    first, second = ([one.value for one in row] for row in found["A4:E5"])
    assert first == ["=1+1", "n/a", "n/a", "inf", None]
    assert found["A4"].data_type == "s"
    assert second == ["http://a", 1_230_000, 50_000, 0.25, "True"]
    assert found["B5"].number_format == "#,##0"


def test_rounded_ties_are_shown_as_the_report_prints_them(tmp_path):
    """12.5 with an error of 5 is printed 12; a cell that stored 12.5 would show 13."""
    pair = cell({"value": 0.125, "se": 0.05}, PERCENT)
    assert str(pair) == "12 ± 5"
    sheet = Sheet("Tie", "tie", (), (Block("", ("", "p"), [("a", pair)]),))
    write_sheets(tmp_path / "tie.xlsx", [sheet], title="tie", made=datetime(2026, 1, 1))
    assert openpyxl.load_workbook(tmp_path / "tie.xlsx")["Tie"]["B4"].value == 12


def test_nothing_is_left_of_a_partial_file(made, tmp_path):
    write_workbook(*made, MANIFEST, tmp_path / "w.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["w.xlsx"]
