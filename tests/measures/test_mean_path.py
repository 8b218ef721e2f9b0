import numpy as np
import pytest
from example_cube import example_cube

from leadmc.measures.mean_path import SUBTOTALS, TAKEN, mean_path
from leadmc.measures.risk import ten_year_total


def settled_cube():
    """Make a cube whose money obeys the settlement: what the example leaves at one is nothing here."""
    ds = example_cube(200)
    for name in ("episodes_net", "stop_loss_net", "add_on", "high_performer_bonus"):
        ds[name][:] = 0.0
    ds["add_on"][:] = 250_000.0
    ds["net_result"] += ds["add_on"]
    return ds


def test_lines_add_up_to_every_subtotal():
    path = mean_path(settled_cube())["amount"]
    for total, parts in SUBTOTALS.items():
        if parts:
            found = path.sel(line=list(parts)).sum("line")
            np.testing.assert_allclose(found, path.sel(line=total), rtol=1e-12, atol=1e-3)


def test_amounts_are_means_of_ten_year_totals():
    ds = settled_cube()
    path = mean_path(ds).sel(track="global")
    net = ten_year_total(ds, "net_result")[0]
    assert path["amount"].sel(line="net_result").item() == pytest.approx(net.mean())
    assert path["amount_se"].sel(line="net_result").item() == pytest.approx(net.std(ddof=1) / np.sqrt(200))
    assert path["amount"].sel(line="add_on").item() == pytest.approx(2_500_000.0)
    assert all(path["amount"].sel(line=name).item() <= 0 for name in TAKEN)
