"""Reconciliation: benchmark against expenditure, and what is left for the ACO.

Source: W0 (order, C), CMS1 (the add-on is outside the savings base, A). Money is positive towards the ACO.
"""

from leadmc.contract.experience import Array
from leadmc.contract.trace import rule


def over_panel(cells: Array) -> Array:
    """Sum of all categories and alignment types, [s], in the unit of ``cells`` [s, c, a]."""
    total: Array = cells.sum(axis=(1, 2))
    return total


@rule("Expenditure", unit="USD", formula="sum of the expenditure of each cell", terms=("expenditure",))
def expenditure(cells: Array) -> Array:
    """Expenditure of the panel in a performance year, before stop-loss, [s] [USD], from cells [s, c, a]."""
    return over_panel(cells)


@rule("Spending above the attachments", unit="USD", formula="sum of that of each cell, stop-loss elected or not")
def stop_loss_excess(cells: Array) -> Array:
    """Spending of single beneficiaries above their attachments, elected or not, [s] [USD], from cells [s, c, a]."""
    return over_panel(cells)


@rule("Gross savings", unit="USD", formula="final benchmark - expenditure + stop-loss, net")
def gross_savings(*, benchmark: Array, expenditure: Array, stop_loss_net: Array) -> Array:
    """Find the savings before sharing: ``benchmark - expenditure + stop_loss_net`` [USD]."""
    return benchmark - expenditure + stop_loss_net


@rule("Settlement payment", unit="USD", formula="shared result - sequestration")
def settlement_payment(*, shared: Array, sequestration: Array) -> Array:
    """Find what the settlement itself pays or collects: ``shared - sequestration`` [USD]."""
    return shared - sequestration


@rule("Net result", unit="USD", formula="settlement payment + add-on + high-performer bonus")
def net_result(*, payment: Array, add_on: Array, bonus: Array) -> Array:
    """Income of the year: ``payment + add_on + bonus`` [USD]; advances are not income."""
    return payment + add_on + bonus


@rule(
    "Cash at settlement",
    unit="USD",
    formula="settlement payment + high-performer bonus - advance repaid - advanced payment returned",
    terms=("capitation",),
)
def settlement_cash(*, payment: Array, bonus: Array, advance: Array, returned: Array) -> Array:
    """Cash at settlement: payment and bonus less what is repaid [USD]; often negative in a good year."""
    return payment + bonus - advance - returned


@rule("Cash during the year", unit="USD", formula="advance + add-on", terms=("capitation",))
def cash_in_year(*, advance: Array, add_on: Array) -> Array:
    """Cash during the performance year: advance and add-on [USD]."""
    return advance + add_on
