import numpy as np
import pytest
from example_cube import example_cube

from leadmc.base.errors import InputError
from leadmc.measures.comparison import (
    compare,
    difference_rows,
    people_faults,
    setting_differences,
)
from leadmc.measures.draws import Draws, drawn_by
from leadmc.measures.insurance import stop_loss_value
from leadmc.measures.paired import paired
from leadmc.measures.precision import LOSS, MEAN, PERCENTILE, SD, TVAR
from leadmc.measures.tables import comparison_table

STATISTICS = (MEAN, SD, *PERCENTILE, LOSS, TVAR)


def otherwise(ds, gain=1e6):
    """The same scenarios, with more money in each year of the Global track."""
    other = ds.copy(deep=True)
    other["net_result"].loc[{"track": "global"}] += gain
    return other


def test_a_constant_gain_is_known_exactly(cube):
    total = compare(cube, otherwise(cube)).sel(quantity="net_result", scale="usd", track="global", horizon="ten_year")
    for statistic in ("mean", "p5", "p50", "tvar95"):
        one = total.sel(statistic=statistic)
        assert one["difference"] == pytest.approx(1e7)
        assert one["difference_se"] == pytest.approx(0, abs=1e-3)
    assert total["difference"].sel(statistic="sd") == pytest.approx(0, abs=1e-3)
    assert total["difference"].sel(statistic="p_loss") < 0


def test_a_run_against_itself_differs_in_nothing(cube):
    same = compare(cube, cube)
    assert (same["difference"] == 0).all()
    assert (same["difference_se"] == 0).all()
    assert (compare(cube, cube, unpaired=True)["difference_se"] > 0).all()


@pytest.mark.parametrize("sampler", ["plain", "sobol"])
def test_paired_errors_are_those_of_repeated_runs(sampler):
    # 300 runs tell an SD to 4%. Errors of percentiles of results so alike are too large, of P1 by a quarter.
    rng = np.random.default_rng(0)
    before = rng.standard_normal((300, 1024))
    after = 1.05 * before + 0.1 * rng.standard_normal((300, 1024)) + 0.05
    drawn = drawn_by(sampler, np.arange(1024), replicates=16)
    found = paired(before, after, STATISTICS, drawn)
    ratio = found.se.mean(axis=0) / found.value.std(axis=0)
    percentile = np.array([each in PERCENTILE for each in STATISTICS])
    assert ratio[~percentile] == pytest.approx(np.ones(4), abs=0.12)
    assert ((ratio[percentile] > 0.9) & (ratio[percentile] < 1.35)).all()
    apart = np.hypot(*(paired(0 * x, x, STATISTICS, Draws(1024)).se for x in (before, after)))
    assert (found.se.mean(axis=0) < 0.6 * apart.mean(axis=0)).all()


def test_runs_that_do_not_share_their_draws_are_refused():
    with pytest.raises(InputError) as caught:
        compare(example_cube(40, seed=1), example_cube(30, seed=2, sampler="antithetic"))
    text = str(caught.value)
    assert "seed: 1 and 2. Allowed: the same in both runs." in text
    assert "sampler: plain and antithetic" in text
    assert "scenarios: 40 and 30. Allowed: the same numbers in both runs." in text
    assert "--unpaired" in text
    assert compare(example_cube(40, seed=1), example_cube(30, seed=2), unpaired=True).attrs["unpaired"] == 1


def test_runs_without_a_track_in_common_are_refused(cube):
    with pytest.raises(InputError, match=r"tracks: none in common. Allowed: a track that both runs settle"):
        compare(cube.sel(track=["global"]), cube.sel(track=["professional"]))


def test_settings_that_differ_are_listed_and_those_that_change_people_refused():
    first = {"seed": 1, "rules": {}, "population": {"synthetic": {"beneficiaries": 5}, "aco": {"entering": "new"}}}
    second = {
        "seed": 1,
        "rules": {"a.b": 2},
        "population": {"synthetic": {"beneficiaries": 6}, "aco": {"entering": "renewing"}},
    }
    changed = setting_differences(first, second)
    assert changed == [
        ("population.synthetic.beneficiaries", 5, 6),
        ("population.aco.entering", "new", "renewing"),
        ("rules.a.b", None, 2),
    ]
    (fault,) = people_faults(changed)
    assert str(fault).startswith("population.synthetic.beneficiaries: 5 and 6. Allowed: the same in both runs.")


def test_rows_and_table(cube):
    compared = compare(cube, otherwise(cube))
    rows = list(difference_rows(compared))
    assert len(rows) == 4 * 2 * 13 * (3 * 12 + 1)
    assert {row.unit for row in rows if row.statistic == "p_loss"} == {"1"}
    table = comparison_table(compared, "global")
    assert table.header == ("$ million", "First", "Second", "Difference")
    mean = dict(table.rows)["Mean"]
    assert mean[2].value == "10.0000"  # six digits at most, and no error
    assert "Net result < 0 (%)" in dict(table.rows)


def test_stop_loss_by_hand():
    ds = example_cube(100)
    rng = np.random.default_rng(1)
    ds["benchmark"][:] = 100.0
    luck = rng.exponential(2.0, 100)
    ds["stop_loss_excess"][:] = 0.0
    ds["stop_loss_excess"].loc[{"performance_year": 2027, "category": "esrd"}] = luck
    ds["stop_loss_net"][:] = 0.0
    ds["stop_loss_net"].loc[{"performance_year": 2027}] = (luck - 2.0)[:, None]
    ds["gross_savings"][:] = 0.0
    ds["gross_savings"].loc[{"performance_year": 2027}] = -2.0  # what luck took, insurance gave back
    found = stop_loss_value(ds).sel(track="global")
    assert found["excess"].sel(horizon="2027", statistic="mean") == pytest.approx(luck.mean())
    assert found["net"].sel(horizon="ten_year", statistic="mean") == pytest.approx((luck.mean() - 2) / 10)
    assert found["change"].sel(horizon="2027", change_in="sd") == pytest.approx(-luck.std(ddof=1))
    assert found["change"].sel(horizon="2027", change_in="mean") == pytest.approx(luck.mean() - 2)
