"""Primary care capitation: an advance on fees and a loan; it moves cash from one year to another and is never income.

Source: CMS1 (repaid in full, A), N3 (size, B), W0 (base rate, M); when a settlement is paid is professional knowledge
(R); rule book `capitation`.
"""

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.terms import CapitationTerms


def enhanced_advance(terms: CapitationTerms, track: str, benchmark: Array) -> Array:
    """Enhanced primary care capitation lent during the year, in the shape of ``benchmark`` [USD].

    ``max(target Bench - Base PCC, minimum Bench)``, with ``Base PCC = base_pcc Bench``.
    """
    if track not in terms.enhanced_tracks:
        return 0.0 * benchmark
    return np.maximum((terms.target - terms.base_pcc) * benchmark, terms.enhanced_minimum * benchmark)


def net_cash(terms: CapitationTerms, *, in_year: Array, at_settlement: Array) -> Array:
    """Cash that the ACO receives in each calendar year, [s, y] [USD].

    What is paid during the year (advance and add-on), and the settlement of an earlier year when its turn comes
    (shared result less sequestration less the advance repaid). What falls due after the last year is booked in the last
    year, so that ten years of cash add up to ten years of income.

    Parameters
    ----------
    in_year, at_settlement
        Amounts by performance year, [s, y] [USD].
    """
    cash = in_year.copy()
    last = cash.shape[1] - 1
    for y in range(cash.shape[1]):
        cash[:, min(y + terms.settlement_lag, last)] += at_settlement[:, y]
    return cash
