import json

import numpy as np
import pytest
from example_cube import example_cube

from leadmc.measures.summary import summary, summary_rows
from leadmc.measures.tables import FULL, cell, percentile_table


@pytest.fixture(scope="module")
def record(cube):
    return summary(cube)


def test_summary_is_json_in_the_documented_shape(record):
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert {name: record[name] for name in ("name", "seed", "sampler", "replicates", "n_scenarios")} == {
        "name": "example", "seed": 1, "sampler": "plain", "replicates": 1, "n_scenarios": 500,
    }  # fmt: skip
    quantity = record["tracks"]["global"]["net_result"]
    assert set(quantity) == {"by_year", "ten_year", "ten_year_discounted", "worst_year"}
    assert list(quantity["by_year"]) == [str(year) for year in range(2027, 2037)]
    assert set(quantity["ten_year"]) == {"usd", "percent_of_benchmark", "usd_pbpm", "p_loss"}
    assert set(quantity["ten_year"]["usd"]) == set(record["statistics"]) - {"p_loss"}
    assert set(quantity["ten_year"]["usd"]["p5"]) == {"value", "se"}
    assert record["transition"]["switch_year"] == 2032
    assert set(record["variance_split"]["global"]) >= {"claim noise", "trend and region"}
    assert set(record["transition"]["tracks"]["professional"]) >= {"step_percent", "effect_usd", "gain"}
    assert set(record["choice"]["ten_year"]) == {"difference_usd", "better"}
    assert record["interval"] == {
        "confidence": 0.95,
        "degrees_of_freedom": 499,
        "factor": pytest.approx(1.9647, abs=1e-4),
    }
    assert record["losses"]["quantity"] == "net_result"
    assert set(record["losses"]["tracks"]["global"]) == {"by_year", "any_year", "ten_year", "ten_year_discounted"}
    assert set(record["losses"]["tracks"]["global"]["ten_year"]) == {"0.0", "0.01", "0.02", "0.05"}
    assert set(record["course"]["tracks"]["global"]) == {
        "low_point_usd", "drawdown_usd", "reserve_usd", "drawdown_year", "break_even_year",
    }  # fmt: skip
    assert list(record["course"]["tracks"]["global"]["break_even_year"])[-1] == "never"
    assert set(record["guarantee"]["global"]) == {"by_year", "any_year"}
    assert set(record["guarantee"]["global"]["any_year"]) == {"called", "exceeded"}
    assert [(pair["first"], pair["second"]) for pair in record["pairs"]] == [("global", "professional")]
    assert record["pairs"][0]["ten_year"] == record["choice"]["ten_year"]
    assert set(record["regret"]["global"]) == {"regret_usd", "best"}


def test_summary_numbers_are_the_cubes(cube, record):
    total = cube["net_result"].sel(track="professional").sum("performance_year").to_numpy()
    found = record["tracks"]["professional"]["net_result"]["ten_year"]
    assert found["usd"]["mean"]["value"] == pytest.approx(total.mean())
    assert found["usd"]["p5"]["value"] == pytest.approx(np.quantile(total, 0.05))
    assert found["p_loss"]["value"] == (total < 0).mean()


def test_one_scenario_one_track_no_rate_book():
    record = summary(example_cube(1, rate_book=False).isel(track=[0]))
    assert record["transition"] is None
    assert record["choice"] is record["pairs"] is record["regret"] is None
    assert record["interval"]["factor"] is None
    assert record["tracks"]["global"]["net_result"]["ten_year"]["usd"]["mean"]["se"] is None
    json.dumps(record, allow_nan=False)


def test_rows_carry_every_pair(record):
    rows = list(summary_rows(record))
    assert len(rows) == 2 * 4 * 13 * (3 * 12 + 1)
    losses = [row for row in rows if row.statistic == "p_loss"]
    assert len(losses) == 2 * 4 * 13
    assert {row.unit for row in losses} == {"1"}


def test_table_prints_what_the_errors_support(record):
    table = percentile_table(record, "global")
    assert table.header[0] == "$ million"
    assert table.header[-1] == "Net result < 0 (%)"
    assert [name for name, _ in table.rows[-3:]] == ["Ten years", "Discounted", "Worst year"]
    assert len(percentile_table(record, "global", "gross_savings", FULL).rows[0][1]) == len(FULL)
    assert str(cell({"value": 12_345_678.0, "se": 234_567.0}, 1e6)) == "12.3 ± 0.2"
    assert str(cell({"value": None, "se": None})) == "n/a ± n/a"
