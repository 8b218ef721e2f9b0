"""Reconciliation: benchmark against expenditure, and what is left for the ACO.

Source: W0 (order, C), CMS1 (the add-on is outside the savings base, A). Money is positive towards the ACO.
"""

from leadmc.contract.experience import Array


def over_panel(cells: Array) -> Array:
    """Sum of all categories and alignment types, [s], in the unit of ``cells`` [s, c, a]."""
    total: Array = cells.sum(axis=(1, 2))
    return total


def gross_savings(*, benchmark: Array, expenditure: Array, stop_loss_net: Array) -> Array:
    """Find the savings before sharing: ``benchmark - expenditure + stop_loss_net`` [USD]."""
    return benchmark - expenditure + stop_loss_net


def settlement_payment(*, shared: Array, sequestration: Array) -> Array:
    """Find what the settlement itself pays or collects: ``shared - sequestration`` [USD]."""
    return shared - sequestration


def net_result(*, payment: Array, add_on: Array) -> Array:
    """Income of the year: ``payment + add_on`` [USD]; advances are not income."""
    return payment + add_on


def settlement_cash(*, payment: Array, advance: Array) -> Array:
    """Cash at settlement: the payment less the advance repaid [USD]; often negative in a good year."""
    return payment - advance


def cash_in_year(*, advance: Array, add_on: Array) -> Array:
    """Cash during the performance year: advance and add-on [USD]."""
    return advance + add_on
