"""Terms and experience for a settlement without simulation: what is read, what is defaulted, what is refused."""

import csv
from pathlib import Path

import numpy as np
import pytest

from leadmc.base.axes import BASE_YEARS, BY3, CATEGORIES, CLAIMS, PERFORMANCE_YEARS, VOLUNTARY, YEARS
from leadmc.base.errors import InputError
from leadmc.contract.programmes import ALL_TRACKS
from leadmc.inputs.experience_table import COLUMNS
from leadmc.inputs.settlement_files import read_case

EXAMPLES = Path(__file__).parents[2] / "configs" / "settle"


def table(years=YEARS, **changes):
    """Rows of one quiet cell; ``changes`` give a column a value, or a value by year."""
    rows = []
    for year in years:
        row = {"year": year, "category": "aged_disabled", "person_months": 12_000, "expenditure": 12_000_000}
        row["regional_pbpm"] = 1_010 if year == BASE_YEARS[BY3] else ""
        for name, value in changes.items():
            row[name] = value.get(year, "") if isinstance(value, dict) else value
        rows.append(row)
    return rows


def written(folder, rows, terms="tracks: [global]\n", header=None):
    (folder / "terms.yaml").write_text(terms)
    with (folder / "experience.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, header or list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / "terms.yaml", folder / "experience.csv"


def refused(folder, rows, terms="tracks: [global]\n", **how):
    with pytest.raises(InputError) as error:
        read_case(*written(folder, rows, terms, **how))
    return str(error.value)


def test_a_quiet_table_is_read_with_its_defaults(tmp_path):
    case, notes = read_case(*written(tmp_path, table()))
    told = case.experience
    assert case.tracks == ("global",)
    assert case.last_year == 2036
    assert told.person_months[0, :, 0, CLAIMS].tolist() == [12_000.0] * 10
    assert told.person_months.sum() == 120_000.0
    assert told.base_expenditure[0, :, 0, CLAIMS].tolist() == [12e6] * 3
    assert told.regional_pbpm[0, 0] == told.national_pbpm[0, 0] == 1_010.0
    assert told.rate_book_pbpm[0, :, 0].tolist() == [1_010.0] * 10
    assert (told.quality_score == 1.0).all()
    assert (told.risk_score[0, :, 0, CLAIMS] == 1.0).all()
    assert not told.risk_score[0, :, 1:].any()
    assert notes == (
        "no column alignment: everybody is aligned by claims",
        "no column risk_score: 1",
        "no column stop_loss_excess: 0",
        "no column truncation_excess: 0",
        "no column national_trend: 1",
        "no column regional_trend: national_trend",
        "no column prospective_trend: national_trend",
        "no column national_pbpm: regional_pbpm",
        "no column rate_book_pbpm: regional_pbpm x regional_trend",
        "no column quality_score: 1",
    )


def test_trends_are_levels_of_the_last_base_year(tmp_path):
    growth = {year: round(1.05 ** (year - 2026), 6) for year in YEARS}
    case, _ = read_case(*written(tmp_path, table(national_trend=growth, regional_trend={**growth, 2030: 1.3})))
    told = case.experience
    assert told.base_national_trend[0, 0, 0] == pytest.approx(1.05**2, abs=1e-5)
    assert told.base_national_trend[0, BY3, 0] == 1.0
    assert told.regional_trend[0, 3, 0] == 1.3
    assert told.prospective_trend[0, 3, 0] == growth[2030]
    assert told.rate_book_pbpm[0, 3, 0] == pytest.approx(1_010 * 1.3)


def test_both_alignments_and_all_categories(tmp_path):
    rows = [
        row | {"category": category, "alignment": alignment, "quality_score": 0.8 if row["year"] > 2026 else ""}
        for category in CATEGORIES
        for alignment in ("claims", "voluntary")
        for row in table()
    ]
    case, _ = read_case(*written(tmp_path, rows))
    assert case.experience.person_months[0, 4, 2, VOLUNTARY] == 12_000.0
    assert (case.experience.quality_score == 0.8).all()


def test_a_table_may_end_early_and_later_years_do_not_matter(tmp_path):
    long, _ = read_case(*written(tmp_path, table(expenditure=12_345_678)))
    short, notes = read_case(*written(tmp_path, table(YEARS[:6], expenditure=12_345_678)))
    assert short.last_year == 2029
    assert notes[1] == "the table ends with 2029: later years are not settled"
    for name in ("benchmark", "gross_savings", "net_result", "net_cash"):
        whole, part = (getattr(case.settle("global", case.experience), name) for case in (long, short))
        np.testing.assert_array_equal(part[0, :3], whole[0, :3])
    assert {entry.year for entry in short.explain("global")[1].entries} == {None, 2027, 2028, 2029}


def test_terms_of_the_file_and_of_the_command_line(tmp_path):
    terms = """\
tracks: [professional]
aco: {entering: renewing, predecessor: mssp, prior_savings_pbpm: {2026: 30.0}}
aco_share: 0.3
ai_score_effect: 0.01
rules: {sequestration.rate: 0, mssp.minimum_rate.election: 0.02}
"""
    files = written(tmp_path, table(), terms)
    case, _ = read_case(*files)
    assert case.tracks == ("professional",)
    assert case.facts.predecessor == "mssp"
    assert case.facts.prior_savings_pbpm == (0.0, 0.0, 30.0)
    assert case.terms.lead.sequestration.rate == 0.0
    assert (case.experience.aco_share == 0.3).all()
    assert case.experience.ai_score_effect.tolist() == [0.01]
    assert read_case(*files, ("stay-out", "global"))[0].tracks == ("stay-out", "global")


@pytest.mark.parametrize("track", ALL_TRACKS)
def test_every_track_settles_a_table_with_empty_categories(tmp_path, track):
    case, _ = read_case(*written(tmp_path, table()), (track,))
    settled = case.settle(track, case.experience)
    for name, values in settled._asdict().items():
        assert np.isfinite(values).all(), name


def test_all_faults_of_both_files_are_told_at_once(tmp_path):
    rows = table(risk_score=1.0, quality_score=dict.fromkeys(PERFORMANCE_YEARS, 0.9))
    rows[0]["year"] = 2023
    rows[1]["category"] = "aged"
    terms = "tracks: [globl]\nshare: 1\nrules: {discount.high: 0.1}\n"
    message = refused(tmp_path, rows, terms)
    assert message.startswith("4 faults in the input:")
    assert "terms.yaml, tracks.0: 'globl'. Allowed: 'professional', 'global'" in message
    assert (
        "terms.yaml, share: unknown key. Allowed: the keys tracks, aco, aco_share, ai_score_effect, rules." in message
    )
    assert "experience.csv, row 1, year: '2023'. Allowed: 2024 to 2036." in message
    assert "experience.csv, row 2, category: 'aged'. Allowed: aged_disabled or esrd or high_needs." in message


def test_rules_that_do_not_exist_are_refused_with_the_table(tmp_path):
    message = refused(tmp_path, table(expenditure="much"), "rules: {discount.high: 0.1}\n")
    assert "rules: discount.high. Allowed: a path of the rule book" in message
    assert "experience.csv, row 1, expenditure: 'much'. Allowed: a number of 0 or more [USD]." in message


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"expenditure": {**dict.fromkeys(YEARS, 1e6), 2028: ""}},
            "row 5, expenditure: blank. Allowed: a number [USD].",
        ),
        ({"person_months": -1}, "row 1, person_months: '-1'. Allowed: a number of 0 or more [person-month]."),
        ({"risk_score": 0}, "row 1, risk_score: 0. Allowed: a number above 0 where person_months is above 0."),
        ({"risk_score": "inf"}, "row 1, risk_score: 'inf'. Allowed: a number above 0 [1]."),
        (
            {"quality_score": dict.fromkeys(PERFORMANCE_YEARS, 85)},
            "row 4, quality_score: '85'. Allowed: a number from 0 to 1 [1].",
        ),
        ({"quality_score": 0.9}, "row 1, quality_score: '0.9'. Allowed: blank outside 2027 to 2036."),
        (
            {"regional_pbpm": dict.fromkeys(YEARS, 1000)},
            "row 1, regional_pbpm: '1000'. Allowed: blank outside 2026.",
        ),
        (
            {"regional_pbpm": ""},
            "2026, aged_disabled, regional_pbpm: blank. Allowed: a number [USD per person-month at a risk score of 1] "
            "in at least one row.",
        ),
        (
            {"national_trend": {**dict.fromkeys(YEARS, 1.0), 2030: ""}},
            "2030, aged_disabled, national_trend: blank. Allowed: a number [1, the level of 2026] in at least one row.",
        ),
        ({"national_trend": 1.05}, "row 3, national_trend: 1.05. Allowed: 1 in 2026."),
        (
            {"stop_loss_excess": {**dict.fromkeys(PERFORMANCE_YEARS, 0), 2031: 2e7}},
            "row 8, stop_loss_excess: 2e+07. Allowed: no more than expenditure.",
        ),
        ({"person_months": 0}, "row 1, expenditure: 1.2e+07. Allowed: 0 where person_months is 0."),
        ({"expense": 1}, "column expense: unknown. Allowed: year, category, alignment, person_months"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_row(tmp_path, changes, told):
    assert f"experience.csv, {told}" in refused(tmp_path, table(**changes))


def test_a_missing_column_is_refused(tmp_path):
    rows = [{key: value for key, value in row.items() if key != "expenditure"} for row in table()]
    assert "experience.csv, column expenditure: missing. Allowed: the columns year, category, person_months" in refused(
        tmp_path, rows
    )


def test_years_and_cells_must_be_whole(tmp_path):
    rows = [*table(), *(row | {"category": "esrd"} for row in table())]
    del rows[17], rows[4]
    rows.append(dict(rows[0]))
    message = refused(tmp_path, rows)
    allowed = (
        "Allowed: a row for every year from 2024 to the last of the table, 2036. Where nobody was aligned write 0."
    )
    assert "experience.csv, row 25: the same as row 1. Allowed: every year and cell once." in message
    assert f"experience.csv, aged_disabled, claims: no 2028. {allowed}" in message
    assert f"experience.csv, esrd, claims: no 2028. {allowed}" in message


def test_a_table_of_base_years_alone_is_refused(tmp_path):
    assert "no 2027." in refused(tmp_path, table(YEARS[:3]))


def test_a_year_has_one_quality_and_a_category_one_trend(tmp_path):
    rows = [
        row | {"category": category, "quality_score": "" if row["year"] < 2027 else quality}
        for category, quality in (("aged_disabled", 0.9), ("esrd", 0.8))
        for row in table()
    ]
    assert "experience.csv, 2027, quality_score: 0.8 and 0.9. Allowed: one value for each year." in refused(
        tmp_path, rows
    )


def test_people_may_be_absent_from_a_cell(tmp_path):
    rows = table(risk_score=1.1)
    rows[5] |= {"person_months": 0, "expenditure": 0, "risk_score": ""}
    case, _ = read_case(*written(tmp_path, rows))
    assert case.experience.risk_score[0, 2, 0, CLAIMS] == 0.0


@pytest.mark.parametrize("track", ALL_TRACKS)
def test_the_example_is_read_and_settled(track):
    case, notes = read_case(EXAMPLES / "terms.yaml", EXAMPLES / "experience.csv", (track,))
    assert len(notes) == 4
    settlement, found = case.explain(track)
    assert all(identity.holds for identity in found.identities)
    assert np.isfinite(settlement.net_result).all()


def test_the_columns_are_those_that_the_documentation_lists():
    text = (Path(__file__).parents[2] / "docs" / "settle.md").read_text()
    for name, column in COLUMNS.items():
        (row,) = (line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        years = "every" if column.years == (YEARS[0], YEARS[-1]) else "-".join(map(str, sorted(set(column.years))))
        assert cells == [f"`{name}`", column.meaning, column.unit, years, column.default or "must be there"]
