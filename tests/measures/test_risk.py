import numpy as np
import pytest
import xarray as xr
from example_cube import example_cube

from leadmc.measures.choice import break_even_savings, choice, pairs, regret
from leadmc.measures.risk import QUANTITIES, risk
from leadmc.measures.transition import step_beyond_trend, switch_year, transition

YEARS = [str(year) for year in range(2027, 2037)]


def paper_cube():
    """Four scenarios on paper [USD]: two tracks, net results that can be added in the head."""
    ds = example_cube(4)
    ds["net_result"][:] = 0.0
    ds["net_result"].loc[{"track": "global", "performance_year": 2027}] = [10, -10, 20, 0]
    ds["net_result"].loc[{"track": "global", "performance_year": 2030}] = [-4, 4, 4, 0]
    ds["net_result"].loc[{"track": "professional", "performance_year": 2027}] = [5, -5, 10, 0]
    ds["benchmark"][:] = 100.0
    return ds


def test_worked_horizons():
    measured = risk(paper_cube()).sel(quantity="net_result", track="global")
    value = measured["value"].sel(scale="usd")
    assert list(measured["horizon"].to_numpy()) == [*YEARS, "ten_year", "ten_year_discounted", "worst_year"]
    assert value.sel(statistic="mean", horizon="2027") == 5
    assert value.sel(statistic="mean", horizon="ten_year") == 6  # 6, -6, 24, 0
    assert value.sel(statistic="p50", horizon="ten_year") == 3
    assert value.sel(statistic="mean", horizon="worst_year") == -3.5  # -4, -10, 0, 0
    assert value.sel(statistic="p_loss", horizon="2027") == 0.25
    assert value.sel(statistic="p_loss", horizon="ten_year") == 0.25
    assert value.sel(statistic="p_loss", horizon="worst_year") == 0.5  # a loss in any year
    assert value.sel(statistic="tvar95", horizon="ten_year") == -6
    relative = measured["value"].sel(scale="percent_of_benchmark", statistic="mean")
    assert relative.sel(horizon="2027") == 5
    assert relative.sel(horizon="ten_year") == pytest.approx(0.6)


def test_discounted_and_per_person_month_by_hand():
    ds = paper_cube()
    ds["person_months"][:] = 1 / 3  # one person-month a year over the categories
    ds.attrs["discount_rate"] = 0.1
    value = risk(ds).sel(quantity="net_result", track="global", statistic="p50")["value"]
    # 10, -10, 20, 0 in the first year and -4, 4, 4, 0 three years later, worth a third less (1 / 1.331)
    totals = np.array([10 - 4 / 1.331, -10 + 4 / 1.331, 20 + 4 / 1.331, 0])
    assert value.sel(scale="usd", horizon="ten_year_discounted") == pytest.approx(np.median(totals))
    factors = 1.1 ** -np.arange(10.0)
    share = value.sel(scale="percent_of_benchmark", horizon="ten_year_discounted")
    assert share == pytest.approx(np.median(totals) / factors.sum())
    assert value.sel(scale="usd_pbpm", horizon="ten_year") == pytest.approx(3 / 10)
    assert value.sel(scale="usd_pbpm", horizon="2027") == pytest.approx(5)


def test_every_estimate_has_an_error(cube):
    measured = risk(cube)
    assert list(measured["quantity"].to_numpy()) == list(QUANTITIES)
    assert np.isfinite(measured["value"]).all()
    assert (measured["se"] > 0).all()


def test_no_benchmark_no_percentage():
    ds = paper_cube()
    ds["benchmark"].loc[{"performance_year": 2036}] = 0.0
    relative = risk(ds)["value"].sel(scale="percent_of_benchmark", statistic="mean", quantity="net_result")
    assert relative.sel(horizon="2036").isnull().all()
    assert relative.sel(horizon=["2027", "ten_year"]).notnull().all()


def test_order_of_axes_does_not_matter(cube):
    turned = cube.transpose("performance_year", "track", ...)
    assert risk(turned).equals(risk(cube))


def test_choice_on_paper():
    compared = choice(paper_cube())
    total = compared.sel(horizon="ten_year")
    assert total["difference"].sel(statistic="mean") == 3.5  # 1, -1, 14, 0
    assert total["difference"].sel(statistic="p50") == 0.5
    assert total["better"] == 0.5  # a tie is not better
    assert (compared.attrs["first"], compared.attrs["second"]) == ("global", "professional")


def test_choice_needs_both_tracks(cube):
    assert choice(cube.sel(track=["global"])) is None


def test_regret_on_paper():
    # Totals: global 6, -6, 24, 0; professional 5, -5, 10, 0
    missed = regret(paper_cube())
    assert missed["regret"].sel(statistic="mean").to_numpy() == pytest.approx([0.25, 3.75])
    assert missed["best"].to_numpy().tolist() == [0.75, 0.5]  # the tie counts for both


def test_every_pair_is_compared_once(cube):
    rival = cube.sel(track=["global"]).assign_coords(track=["reach-global"])
    three = xr.concat([cube, rival], dim="track", data_vars="minimal", coords="minimal", compat="override")
    compared = pairs(three)
    assert list(zip(compared["first"].to_numpy(), compared["second"].to_numpy(), strict=True)) == [
        ("global", "professional"), ("global", "reach-global"), ("professional", "reach-global"),
    ]  # fmt: skip
    assert (compared["difference"].isel(pair=0) == choice(cube)["difference"]).all()
    assert (compared["difference"].isel(pair=1) == 0).all()
    assert pairs(cube.sel(track=["global"])) is None


def with_savings(ds, noise, seed=0):
    """Tracks that are even at savings of 7.5% before the discount: all of x - 3 against 60% of x, half of losses."""
    rng = np.random.default_rng(seed)
    n = ds.sizes["scenario"]
    x = rng.normal(5, 5, n)
    ds["benchmark_before_discount"][:] = 10.0
    ds["expenditure"][:] = (10 * (1 - x / 100) / 3)[:, None, None]
    professional = np.where(x > 0, 0.6, 0.5) * x
    for track, rate in (("global", x - 3 + noise * rng.standard_normal(n)), ("professional", professional)):
        ds["net_result"].loc[{"track": track}] = np.repeat(rate[:, None] / 10, 10, axis=1)
    return ds


def test_break_even_savings_are_those_of_the_rule_book():
    # Global keeps x - 3%, Professional 60% of x: even at 7.5%
    value, se = break_even_savings(with_savings(example_cube(400), 0.0))
    assert value == pytest.approx(7.5)
    assert se == pytest.approx(0, abs=1e-9)


def test_global_gains_two_fifths_of_each_percent_saved_beyond():
    ds = with_savings(example_cube(400), 0.0)
    one = pairs(ds).isel(pair=0)
    saved = 100 - ds["expenditure"].sum(["category", "performance_year"])  # of a benchmark of ten times 10
    assert one["slope"] == pytest.approx(0.4)
    assert one["slope_se"] == pytest.approx(0, abs=1e-9)
    assert one["savings"] == pytest.approx(saved.mean().item())
    assert one["savings_se"] == pytest.approx(saved.std(ddof=1).item() / np.sqrt(400), rel=0.25)


def test_error_of_break_even_savings_is_that_of_repeated_runs():
    ds = example_cube(400)
    found = [break_even_savings(with_savings(ds, 2.0, seed)) for seed in range(60)]
    value, se = np.array([one.value for one in found]), np.array([one.se for one in found])
    assert value.mean() == pytest.approx(7.5, abs=3.5 * value.std() / np.sqrt(60))
    assert se.mean() == pytest.approx(value.std(), rel=0.35)  # an SD of 60 is known to 9%


def test_break_even_savings_far_from_all_scenarios_are_not_guessed(cube):
    ds = with_savings(example_cube(400), 0.0)
    ds["net_result"].loc[{"track": "global"}] -= 5.0
    assert np.isnan(break_even_savings(ds).value)
    assert np.isnan(break_even_savings(cube.isel(scenario=slice(10))).se)


def test_pairing_is_narrower_than_two_runs(cube):
    paired = choice(cube).sel(horizon="ten_year", statistic="mean")["difference_se"]
    apart = risk(cube).sel(quantity="net_result", scale="usd", horizon="ten_year", statistic="mean")["se"]
    assert paired < np.sqrt(np.square(apart).sum())


def test_switch_year_is_found_in_the_cube(cube):
    assert switch_year(cube) == 2032
    assert switch_year(example_cube(3, rate_book=False)) is None
    assert transition(example_cube(3, rate_book=False)) is None
    linear = example_cube(3)
    linear["rate_book_weight"][:] = [0, 0, 0, 0, 0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert switch_year(linear) == 2032  # the first of equal rises


def test_step_by_hand():
    # Two categories of 10 and 30 person-months, the third empty. Trend 1.1 for both. Benchmark before: 100 and 200;
    # after: 132 and 220. Reached 10 x 132 + 30 x 220 = 7,920, expected 10 x 110 + 30 x 220 = 7,700: 2.857...% beyond.
    ds = example_cube(1)
    ds["person_months"][:] = [10, 30, 0]
    ds["blended_trend"][:] = 1.2
    ds["blended_trend"].loc[{"performance_year": 2032}] = 1.32
    ds["benchmark_pbpm"].loc[{"performance_year": 2031}] = [100, 200, 5]
    ds["benchmark_pbpm"].loc[{"performance_year": 2032}] = [132, 220, 77]
    assert step_beyond_trend(ds, 2032) == pytest.approx(100 * 220 / 7_700)


def test_share_that_gains_is_one_less_the_share_that_loses(cube):
    moved = transition(cube)
    later = moved.sel(horizon=["2032", "2036", "ten_year"])
    assert later["gain"].to_numpy() == pytest.approx(1 - later["effect"].sel(statistic="p_loss").to_numpy())
    assert (moved.sel(horizon="2027")["gain"] == 0).all()
    assert moved.attrs["switch_year"] == 2032
