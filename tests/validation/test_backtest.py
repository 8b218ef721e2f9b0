"""The backtest: truly out of sample, calibrated where the model is true, and clear about what it cannot do."""

import csv
import io
import json

import numpy as np
import pytest
from aco_panel import NOISE, made_panel, written

from leadmc.base.errors import InputError
from leadmc.report.backtest_figure import write_figure
from leadmc.validation.backtest import check_years, judged, record, result_rows
from leadmc.validation.outlook import load_programme, outlook

ONSET = 2020


@pytest.fixture(scope="module")
def panel():
    return made_panel(acos=350, seed=11)


@pytest.fixture(scope="module")
def found(panel):
    programme = load_programme()
    return record([judged(outlook(panel, NOISE, onset=ONSET, year=year), panel) for year in (2022, 2023)], programme)


def test_nothing_of_the_coming_year_reaches_its_forecast(panel):
    coming = panel.years == 2022
    changed = panel._replace(
        savings=np.where(coming, -3 * panel.savings, panel.savings),
        beneficiaries=np.where(coming, 7 * panel.beneficiaries, panel.beneficiaries),
        person_years=np.where(coming[:, None], 5.0, panel.person_years),
    )
    one, other = (outlook(each, NOISE, onset=ONSET, year=2022) for each in (panel, changed))
    assert one.laws == other.laws
    np.testing.assert_array_equal(one.aco, other.aco)
    for model, forecast in one.forecasts.items():
        np.testing.assert_array_equal(forecast.mean, other.forecasts[model].mean)  # bit for bit
        np.testing.assert_array_equal(forecast.variance, other.forecasts[model].variance)
        assert forecast.programme_variance == other.forecasts[model].programme_variance


def test_forecasts_of_a_true_model_are_calibrated(found):
    for level, covered in found["coverage"].items():
        assert abs(covered - float(level)) < 3.3 * found["coverage_se"][level]  # z = 3.3
    assert found["pit_ks_p"] > 0.01


def test_the_past_of_an_aco_is_worth_something(found):
    size_only, top_down = found["models"]["size_only"], found["models"]["top_down"]
    assert size_only["crps_excess"] > 5 * size_only["crps_excess_se"]
    assert abs(top_down["crps_excess"]) < 0.02 * found["crps"]  # the same model, its noise estimated


def test_parts_add_up_to_the_whole(found):
    assert sum(each["models"]["bottom_up"]["n"] for each in found["years"]) == found["n"]
    assert sum(each["models"]["bottom_up"]["n"] for each in found["by_size"]) == found["n"]
    whole = sum(each["models"]["bottom_up"]["n"] * each["models"]["bottom_up"]["crps"] for each in found["by_size"])
    assert whole == pytest.approx(found["n"] * found["crps"])
    assert sum(found["pit_histogram"]) == found["n"]


def test_centring_takes_the_error_of_the_programme_mean_away(panel):
    made = outlook(panel, NOISE, onset=ONSET, year=2023)
    shifted = panel._replace(savings=panel.savings + 5.0 * (panel.years == 2023))
    one, other = judged(made, panel), judged(made, shifted)
    np.testing.assert_allclose(other.centred["bottom_up"].pit, one.centred["bottom_up"].pit, atol=1e-12)
    assert other.surprise == pytest.approx(one.surprise + 5.0)
    assert other.uncentred["bottom_up"].crps.mean() > one.uncentred["bottom_up"].crps.mean() + 1.0


def test_years_that_cannot_be_tested_are_refused(panel):
    for first, last, text in (
        (2022, 2022, "--from, --to: 2022, 2022. Allowed: a year and a later one."),
        (2022, 2025, "2024 is not in the panel. Allowed: years of the panel: 2018, 2019, 2020, 2021, 2022, 2023."),
        (2018, 2019, "--from: 2018. Allowed: a year with at least 1 before it in the panel."),
    ):
        with pytest.raises(InputError) as caught:
            check_years(panel, first, last)
        assert text in str(caught.value)


def test_too_few_acos_and_no_mix_are_refused():
    few = made_panel(acos=20)
    with pytest.raises(InputError, match=r"ACOs of the panel: [0-9]+ with results in both 2020 and 2021") as caught:
        check_years(few, 2020, 2021)
    assert "Allowed: at least 30." in str(caught.value)
    nothing = made_panel(acos=100)
    nothing.person_years[:] = np.nan
    with pytest.raises(InputError, match=r"none known until 2020. Allowed: person-years by type of at least one ACO"):
        check_years(nothing, 2020, 2021)


def test_rows_name_every_model_and_part(found):
    rows = result_rows(found)
    assert [row["part"] for row in rows if row["scope"] == "year"][::4] == ["2021-2022", "2022-2023"]
    assert {row["model"] for row in rows} == {"bottom_up", "top_down", "size_only"}
    assert [row["part"] for row in rows if row["scope"] == "size"][-1] == "50,000 or more"
    assert rows[0]["coverage_80"] == found["coverage"]["80"]


def test_the_figure_is_the_same_twice(found, tmp_path):
    for name in ("one.svg", "two.svg"):
        write_figure(found, tmp_path / name)
    text = (tmp_path / "one.svg").read_text()
    assert text == (tmp_path / "two.svg").read_text()
    assert "fell inside their 90% interval" in text


def test_the_command_answers_in_json_and_draws(leadmc_says, panel, found, tmp_path):
    path = written(panel, tmp_path / "panel.csv")
    figure = tmp_path / "figure.svg"
    status, out, _ = leadmc_says("backtest", path, "--from", 2022, "--to", 2023, "--format", "json", "--figure", figure)
    answer = json.loads(out)
    assert status == 0
    assert list(answer["coverage"]) == ["50", "80", "90", "95"]
    assert {"coverage", "crps", "pit_ks_p", "n"} <= set(answer)
    assert answer["n"] == found["years"][1]["models"]["bottom_up"]["n"]
    assert figure.exists()


def test_the_command_answers_in_tables_and_csv(leadmc_says, monkeypatch, panel, found, tmp_path):
    monkeypatch.setattr("leadmc.validation.backtest.backtest", lambda *_, **__: found)
    path = written(panel, tmp_path / "panel.csv")
    status, out, _ = leadmc_says("backtest", path, "--from", 2021, "--to", 2023)
    assert status == 0
    assert "All forecasts: results inside their interval [%]" in out
    assert "…" not in out  # everything fits on 80 columns
    status, out, _ = leadmc_says("backtest", path, "--from", 2021, "--to", 2023, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    assert float(rows[0]["crps"]) == found["crps"]


def test_the_command_refuses_with_status_2(leadmc_says, tmp_path):
    status, _, err = leadmc_says("backtest", tmp_path / "no.csv", "--from", 2021, "--to", 2022)
    assert status == 2
    assert "no.csv: no such file" in err
    status, _, err = leadmc_says(
        "backtest", tmp_path / "no.csv", "--from", 2021, "--to", 2022, "--figure", tmp_path / "figure.docx"
    )
    assert status == 2
    assert "--figure: figure.docx. Allowed: a file name that ends in .svg or .png. Rename it." in err
