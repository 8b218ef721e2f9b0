import dataclasses

import numpy as np
import pytest
from example_cube import example_cube

from leadmc.base.variables import COORDINATES, DIMENSIONS, VARIABLES, faults

PROMISED = {  # names that users rely on, by axes
    (
        "scenario",
        "performance_year",
        "category",
    ): "person_months expenditure stop_loss_excess risk_score risk_ratio_capped "
    "national_trend regional_trend prospective_trend blended_trend",
    ("scenario", "base_year", "category"): "base_person_months base_expenditure base_risk_score",
    ("scenario", "track", "performance_year"): "benchmark_before_discount benchmark stop_loss_net gross_savings "
    "shared_result add_on sequestration net_result net_cash rate_book_effect episodes_net high_performer_bonus "
    "capitation_gain guarantee_call beneficiary_programme_cost below_minimum",
    (
        "scenario",
        "performance_year",
    ): "aco_level coding quality_score rate_book_weight programme_cost deaths exits entrants",
    ("scenario", "track", "performance_year", "category"): "benchmark_pbpm",
    ("scenario", "track"): "guarantee",
    ("scenario", "rule"): "rule_choice",
    ("scenario",): "regional_position scenario_weight adversity lower_spending ai_score_effect",
    ("scenario", "base_year"): "base_aco_level",
}


def test_promised_names_and_axes():
    assert {n: dims for dims, names in PROMISED.items() for n in names.split()} == {
        n: v.dims for n, v in VARIABLES.items()
    }


def test_records_are_complete_and_frozen():
    for name, variable in VARIABLES.items():
        assert variable.name == name
        assert variable.unit in {"USD", "USD per person-month", "person-month", "person", "1"}
        assert variable.long_name
        assert variable.rule
        assert list(variable.dims) == [d for d in DIMENSIONS if d in variable.dims]
        assert np.dtype(variable.dtype).name == variable.dtype
    with pytest.raises(dataclasses.FrozenInstanceError):
        VARIABLES["benchmark"].unit = "EUR"


def test_axes_with_fixed_labels():
    assert COORDINATES["performance_year"] == tuple(range(2027, 2037))
    assert COORDINATES["base_year"] == (2024, 2025, 2026)


def test_a_right_data_set_has_no_faults():
    assert faults({name: (v.dims, str(v.dtype)) for name, v in example_cube(3).data_vars.items()}) == ()


def test_observed_base_years_need_no_scenario_axis():
    variable = VARIABLES["base_expenditure"]
    assert variable.runs_along(("base_year", "category"))
    assert not variable.runs_along(("scenario", "base_year"))
    assert not VARIABLES["benchmark"].runs_along(("track", "performance_year"))


def test_every_fault_is_named():
    found = {name: (v.dims, v.dtype) for name, v in VARIABLES.items() if name != "add_on"}
    found |= {"benchmark": (("track", "scenario"), "float64"), "deaths": (VARIABLES["deaths"].dims, "float32")}
    found["surprise"] = (("scenario",), "float64")
    assert sorted(str(fault) for fault in faults(found, "RUN/cube.zarr")) == [
        "RUN/cube.zarr, add_on: missing. Allowed: every variable of the registry.",
        "RUN/cube.zarr, benchmark, axes: track, scenario. Allowed: scenario, track, performance_year.",
        "RUN/cube.zarr, deaths, dtype: float32. Allowed: int64.",
        "RUN/cube.zarr, surprise: unknown variable. Allowed: the variables of the registry.",
    ]
