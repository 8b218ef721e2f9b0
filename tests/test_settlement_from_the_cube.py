"""What stands in the cube explains itself: every money of the settlement follows from the other variables, to a cent.

The corridors are written here anew, with the numbers of the agreement.
"""

import warnings

import numpy as np
import pytest
import xarray as xr
from small_runs import prepared, simulated

from leadmc.base.axes import CATEGORIES, PERFORMANCE_YEARS
from leadmc.base.variables import VARIABLES
from leadmc.cube.store import CUBE

CENT = 0.01

# contract-rules, section 1.3: upper edge of a band as a share of the benchmark, and the ACO's share within it
GLOBAL = ((0.15, 1.00), (0.35, 0.50), (0.50, 0.25), (np.inf, 0.10))
SAVINGS = ((0.10, 0.60), (0.15, 0.35), (0.20, 0.15), (np.inf, 0.05))
LOSSES = ((0.10, 0.50), (0.15, 0.35), (0.20, 0.15), (np.inf, 0.05))
CORRIDORS = {"global": (GLOBAL, GLOBAL), "professional": (SAVINGS, LOSSES)}

PROMISED = {
    ("scenario", "performance_year", "category"): {
        "person_months": "person-month",
        "expenditure": "USD",
        "stop_loss_excess": "USD",
        "risk_score": "1",
        "risk_ratio_capped": "1",
        "national_trend": "1",
        "regional_trend": "1",
        "prospective_trend": "1",
    },
    ("scenario", "base_year", "category"): {"base_person_months": "person-month", "base_expenditure": "USD"},
    ("scenario", "track", "performance_year"): dict.fromkeys(
        (
            "benchmark_before_discount",
            "benchmark",
            "stop_loss_net",
            "gross_savings",
            "shared_result",
            "add_on",
            "sequestration",
            "net_result",
            "net_cash",
            "rate_book_effect",
        ),
        "USD",
    ),
    ("scenario", "performance_year"): {"quality_score": "1", "rate_book_weight": "1"},
}

WILD = {"national_trend": {"innovation_sd": 0.15}, "aco_level": {"innovation_sd": 0.2}}
"""So wild that every band is visited."""


@pytest.fixture(scope="module", params=["calm", "wild"])
def run(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    stated = {
        "calm": {"scenarios": 300},
        "wild": {"scenarios": 300, "assumptions": WILD, "rules": {"stop_loss.elected": True}},
    }[request.param]
    return request.param, simulated(prepared(folder, **stated), folder)


@pytest.fixture(scope="module")
def cube(run):
    return run[1]


def share(gross, benchmark, bands):
    """``B sum_k r_k max(0, min(p, U_k) - U_k-1)`` with ``p = gross / B``, for gross of 0 or more."""
    total, lower = 0.0, 0.0
    for upper, rate in bands:
        total += rate * max(0.0, min(gross / benchmark, upper) - lower)
        lower = upper
    return total * benchmark


def test_the_shared_result_is_the_corridors_of_gross_savings_and_benchmark(cube):
    for track, (savings, losses) in CORRIDORS.items():
        of_track = cube.sel(track=track)
        columns = [of_track[name].values.ravel() for name in ("gross_savings", "benchmark", "shared_result")]
        for gross, benchmark, shared in zip(*columns, strict=True):
            expected = share(gross, benchmark, savings) if gross > 0 else -share(-gross, benchmark, losses)
            assert abs(shared - expected) < CENT


def test_every_band_was_visited(run):
    name, cube = run
    if name == "calm":
        return
    percent = cube["gross_savings"] / cube["benchmark"]
    for track, schedules in CORRIDORS.items():
        for schedule, side in zip(schedules, (percent, -percent), strict=True):
            edges = [0.0, *(edge for edge, _ in schedule)]
            counts, _ = np.histogram(side.sel(track=track), bins=[*edges[:-1], 1e9])
            assert counts.min() > 0, (track, counts)


def test_gross_savings_are_benchmark_less_expenditure_plus_stop_loss(run):
    name, cube = run
    expected = cube["benchmark"] - cube["expenditure"].sum("category") + cube["stop_loss_net"]
    xr.testing.assert_allclose(
        cube["gross_savings"], expected.transpose(*cube["gross_savings"].dims), atol=CENT, rtol=0
    )
    assert bool((cube["stop_loss_net"] != 0).any()) == (name == "wild")


def test_the_net_result_is_the_shared_one_less_sequestration_plus_add_on_and_bonus(cube):
    expected = cube["shared_result"] - cube["sequestration"] + cube["add_on"] + cube["high_performer_bonus"]
    xr.testing.assert_allclose(cube["net_result"], expected, atol=CENT, rtol=0)


def test_advances_change_the_time_of_cash_and_not_its_sum(cube):
    years = ("performance_year",)
    assert (cube["add_on"] >= 0).all()
    assert (cube["net_cash"] != cube["net_result"]).any()
    repaid = cube["net_cash"].isel(performance_year=slice(1, None)).sum(years)
    assert np.isfinite(repaid).all()


def test_benchmarks_of_the_categories_add_up(cube):
    months = cube["person_months"]
    total = (cube["benchmark_pbpm"] * months).sum("category")
    xr.testing.assert_allclose(total, cube["benchmark"], atol=CENT, rtol=0)


def test_people_neither_appear_nor_vanish(cube):
    leavers = cube["deaths"] + cube["exits"]
    np.testing.assert_array_equal(
        cube["entrants"].isel(performance_year=slice(1, None)), leavers.isel(performance_year=slice(-1))
    )
    months = cube["person_months"].sum("category")
    assert (months <= 12 * 700).all()
    assert (months >= 12 * 700 - 12 * cube["deaths"]).all()


def test_every_number_is_finite(cube):
    for name, values in cube.data_vars.items():
        assert np.isfinite(values).all(), name


def test_what_cannot_be_negative_is_not(cube):
    for name, variable in VARIABLES.items():
        if variable.sign == "non-negative" and name in cube:
            assert (cube[name] >= 0).all(), name


def test_names_axes_and_units_are_the_promised_ones(cube):
    for dims, units in PROMISED.items():
        for name, unit in units.items():
            assert cube[name].dims == dims
            assert cube[name].attrs["units"] == unit
    assert list(cube["performance_year"].values) == list(PERFORMANCE_YEARS) == list(range(2027, 2037))
    assert list(cube["category"].values) == list(CATEGORIES) == ["aged_disabled", "esrd", "high_needs"]
    assert list(cube["track"].values) == ["professional", "global"]
    assert list(cube["scenario"].values) == list(range(300))


def test_every_variable_says_what_it_is(cube):
    for name, values in cube.data_vars.items():
        assert all(values.attrs[key] for key in ("units", "long_name", "rule")), name


def test_plain_xarray_opens_it_in_silence(tmp_path):
    study = prepared(tmp_path, scenarios=3)
    cube = simulated(study, tmp_path)
    (run,) = tmp_path.glob("run-*")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opened = xr.open_zarr(str(run / CUBE)).load()
    xr.testing.assert_identical(opened, cube)
