"""Goals of precision: read as written, refused in full, and reached as the square root of the scenarios says."""

import numpy as np
import pytest
from example_cube import example_cube

from leadmc.base.errors import InputError
from leadmc.measures.goal import EXAMPLE, read_goal, scenarios_needed, standard_error
from leadmc.measures.risk import risk

TRACKS = ("professional", "global")


def test_the_example_is_read():
    goal = read_goal(EXAMPLE, TRACKS)
    assert goal[1:] == ("tvar95", "net_result", "ten_year", "global", "percent_of_benchmark", 0.05)


@pytest.mark.parametrize(
    ("text", "statistic", "horizon", "scale"),
    [
        ("p5(net_result.2032,professional) se<=250000 USD", "p5", "2032", "usd"),
        ("p_loss( gross_savings.worst_year , global ) se <= 0.5%", "p_loss", "worst_year", "usd"),
        ("mean(net_cash.ten_year_discounted, global) se <= 1e-2% of benchmark", "mean", "ten_year_discounted", None),
    ],
)
def test_other_goals_are_read_and_measured_as_the_summary_does(text, statistic, horizon, scale):
    ds = example_cube(400)
    goal = read_goal(text, TRACKS)
    cell = {"quantity": goal.quantity, "horizon": horizon, "track": goal.track, "statistic": statistic}
    expected = float(risk(ds).se.sel(scale=scale or "percent_of_benchmark", **cell))
    factor = 100 if statistic == "p_loss" else 1
    assert standard_error(ds, goal) == pytest.approx(factor * expected, rel=1e-12)


def test_every_fault_is_told_at_once():
    with pytest.raises(InputError) as refused:
        read_goal("tvar(net_rsult.sum, mssp) se <= 0 %", TRACKS)
    text = str(refused.value)
    for part in ("until, statistic: tvar", "until, quantity: net_rsult", "net_result", "until, horizon: sum"):
        assert part in text
    for part in ("until, track: mssp. Allowed: professional, global", "% of benchmark or USD", "a number above 0"):
        assert part in text
    with pytest.raises(InputError, match="a goal such as tvar95"):
        read_goal("precise, please", TRACKS)


def test_scenarios_go_with_the_square_of_the_error():
    goal = read_goal("mean(net_result.total, global) se <= 1 USD", TRACKS)
    assert scenarios_needed(1000, 2.0, goal) == 4400  # four times, and a tenth
    assert scenarios_needed(1000, 50.0, goal) == 8000  # eight times at most from one look to the next
    assert scenarios_needed(1000, float("nan"), goal) == 8000
    ds = example_cube(2000)
    seen = standard_error(ds.isel(scenario=np.arange(500)), goal)
    assert standard_error(ds, goal) == pytest.approx(seen / 2, rel=0.1)
