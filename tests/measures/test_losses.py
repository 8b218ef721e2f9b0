import numpy as np
import pytest
from example_cube import example_cube

from leadmc.measures.exceedance import exceedance
from leadmc.measures.losses import guarantee_calls, loss_probabilities
from leadmc.measures.risk import risk


def paper_cube():
    """Four scenarios of the Global track [USD]; benchmark 100 a year."""
    ds = example_cube(4)
    ds["net_result"][:] = 0.0
    ds["benchmark"][:] = 100.0
    ds["net_result"].loc[{"track": "global", "performance_year": 2027}] = [-1.0, -2.0, 5.0, 0.0]
    ds["net_result"].loc[{"track": "global", "performance_year": 2036}] = [1.02, -9.0, -6.0, 0.0]
    return ds


def test_losses_by_hand():
    chance = loss_probabilities(paper_cube(), shares=(0.0, 0.01, 0.05)).sel(track="global")["probability"]
    assert chance.sel(horizon="2027").to_numpy().tolist() == [0.5, 0.25, 0.0]  # -1 is not more than 1% of 100
    assert chance.sel(horizon="2036").to_numpy().tolist() == [0.5, 0.5, 0.5]
    assert chance.sel(horizon="any_year").to_numpy().tolist() == [0.75, 0.5, 0.5]
    assert chance.sel(horizon="ten_year").to_numpy().tolist() == [0.5, 0.25, 0.0]  # .02, -11, -1, 0 of 1,000
    # At 3% a year the last year counts .766 and all ten 8.79: -.22, -8.90, .40, 0 of 879.
    assert chance.sel(horizon="ten_year_discounted").to_numpy().tolist() == [0.5, 0.25, 0.0]


def test_losses_agree_with_the_distribution(cube):
    chance = loss_probabilities(cube).sel(share=0.0)
    measured = risk(cube).sel(quantity="net_result", scale="usd", statistic="p_loss")
    for horizon in ("2030", "ten_year", "ten_year_discounted"):
        both = chance["probability"].sel(horizon=horizon), measured["value"].sel(horizon=horizon)
        assert both[0].to_numpy().tolist() == both[1].to_numpy().tolist()
    worst = measured["value"].sel(horizon="worst_year").to_numpy()
    assert (chance["probability"].sel(horizon="any_year").to_numpy() == worst).all()
    assert (chance["probability_se"] > 0).all()


def test_larger_losses_are_rarer(cube):
    assert (np.diff(loss_probabilities(cube)["probability"], axis=-1) <= 0).all()


def test_what_is_owed_beyond_the_guarantee():
    ds = example_cube(4)
    ds["shared_result"][:] = 10.0
    ds["sequestration"][:] = 0.0
    ds["guarantee"][:] = 3.0
    ds["guarantee_call"][:] = 0.0
    ds["shared_result"].loc[{"track": "global", "performance_year": 2028}] = [-3.0, -3.01, -5.0, 1.0]
    ds["shared_result"].loc[{"track": "global", "performance_year": 2029}] = [1.0, -9.0, 1.0, -9.0]
    ds["guarantee_call"].loc[{"track": "global", "performance_year": 2028}] = [0.5, 0.0, 0.0, 0.0]
    found = guarantee_calls(ds).sel(track="global", horizon=["2027", "2028", "2029", "any_year"])
    assert found["exceeded"].to_numpy().tolist() == [0.0, 0.5, 0.5, 0.75]
    assert found["called"].to_numpy().tolist() == [0.0, 0.25, 0.0, 0.25]


def test_exceedance_by_hand():
    curve = exceedance(paper_cube(), track="global", horizon="2036", at=[-10.0, -9.0, 0.0, 2.0])
    assert curve["probability"].to_numpy().tolist() == [1.0, 0.75, 0.25, 0.0]
    assert curve["amount"].attrs["units"] == "USD"


def test_exceedance_of_anything_by_year(cube):
    assert exceedance(cube, "expenditure")["probability"][0] > 0.99  # the lowest amount is the lowest result
    assert (np.diff(exceedance(cube, "net_result", horizon="worst_year")["probability"]) <= 0).all()
    assert exceedance(cube, "quality_score", horizon="2030", at=[0.0, 1.0])["probability"].to_numpy() == pytest.approx(
        [1, 0]
    )
