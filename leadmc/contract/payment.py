"""Payment of a settlement without advances: when its cash moves, and what must be held ready for losses.

Source: REACH and MSSP practice (R); rule books `payment` and `guarantee`.
"""

from leadmc.contract.experience import Array
from leadmc.contract.trace import rule


@rule(
    "Net cash of the calendar year",
    unit="USD",
    formula="settlement of an earlier year when it is paid",
    terms=("payment.settlement_lag",),
)
def net_cash(net_result: Array, *, lag: int) -> Array:
    """Cash of each calendar year, [s, y] [USD], ``lag`` years after the performance year.

    What falls due after the last year is booked in the last year.
    """
    last = net_result.shape[1] - 1
    cash = 0.0 * net_result
    for y in range(net_result.shape[1]):
        cash[:, min(y + lag, last)] += net_result[:, y]
    return cash


@rule("Financial guarantee", unit="USD", formula="share x expenditure of BY3", terms=("guarantee",))
def held_ready(share: float, expenditure_by3: Array) -> Array:
    """Amount that must be held ready for losses, [s] [USD]."""
    return share * expenditure_by3
