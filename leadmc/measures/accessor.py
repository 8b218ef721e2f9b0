"""The measures of a cube at hand: ``ds.leadmc``, on any dataset with the variables and attributes of a cube.

It works on a cube in memory, on one from disk and on one in Dask arrays: each measure reads the variables that it needs
and no others. Measures are imported when they are asked for.

>>> import xarray as xr
>>> import leadmc
>>> ds = xr.open_zarr("mine/cube.zarr")  # doctest: +SKIP
>>> ds.leadmc.exceedance("net_result", track="global")  # doctest: +SKIP
"""

from collections.abc import Sequence
from typing import Any

import xarray as xr


@xr.register_dataset_accessor("leadmc")  # type: ignore[no-untyped-call]
class Measures:
    """Measures of a cube, each with its standard error; see the function of the same name for what it gives.

    Parameters
    ----------
    ds
        A cube. A selection of scenarios, years or tracks will do.
    """

    def __init__(self, ds: xr.Dataset):
        self._ds = ds

    def summary(self) -> dict[str, Any]:
        """Summarise everything, ready for JSON: the content of ``summary.json``."""
        from leadmc.measures.summary import summary

        return summary(self._ds)

    def risk(self) -> xr.Dataset:
        """Estimate the distribution of every reported quantity, by scale, track and horizon."""
        from leadmc.measures.risk import risk

        return risk(self._ds)

    def exceedance(
        self,
        quantity: str = "net_result",
        track: str | None = None,
        horizon: str = "ten_year",
        at: Sequence[float] | None = None,
    ) -> xr.Dataset:
        """Estimate the probability that a quantity is above each of some amounts."""
        from leadmc.measures.exceedance import exceedance

        return exceedance(self._ds, quantity, track, horizon, at)

    def prob_loss(self, quantity: str = "net_result", shares: Sequence[float] | None = None) -> xr.Dataset:
        """Estimate the probability of a loss of more than each share of the benchmark, by track and horizon."""
        from leadmc.measures.losses import SHARES, loss_probabilities

        return loss_probabilities(self._ds, quantity, SHARES if shares is None else shares)

    def guarantee_calls(self) -> xr.Dataset:
        """Estimate how likely the financial guarantee is called, and how likely it is too small."""
        from leadmc.measures.losses import guarantee_calls

        return guarantee_calls(self._ds)

    def course(self, quantity: str = "net_result", ruin: Sequence[float] | None = None) -> xr.Dataset:
        """Estimate drawdown, break-even year and reserves of the cumulative result."""
        from leadmc.measures.cumulative import RUIN, course

        return course(self._ds, quantity, RUIN if ruin is None else ruin)

    def transition(self) -> xr.Dataset | None:
        """Estimate what the switch to the regional rate book does; None where it never weighs anything."""
        from leadmc.measures.transition import transition

        return transition(self._ds)

    def pairs(self) -> xr.Dataset | None:
        """Compare every two tracks on paired scenarios; None for a single track."""
        from leadmc.measures.choice import pairs

        return pairs(self._ds)

    def regret(self) -> xr.Dataset:
        """Estimate what is lost by having chosen a track that turned out not to be the best."""
        from leadmc.measures.choice import regret

        return regret(self._ds)

    def stop_loss(self) -> xr.Dataset:
        """Estimate what stop-loss is worth before the corridors."""
        from leadmc.measures.insurance import stop_loss_value

        return stop_loss_value(self._ds)

    def variance_split(self, quantity: str = "net_result") -> xr.Dataset:
        """Split the variance of the ten-year result: claim noise, ACO, trend and region, rules, and what is between."""
        from leadmc.measures.attribution import variance_split

        return variance_split(self._ds, quantity)

    def compare(self, other: xr.Dataset, *, unpaired: bool = False) -> xr.Dataset:
        """Compare with another run: its statistics less these, with errors that know which draws both share."""
        from leadmc.measures.comparison import compare

        return compare(self._ds, other, unpaired=unpaired)
