"""Settle a panel under any programme, and take single terms out of the way so that one rule at a time is seen."""

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.contract.experience import AcoFacts
from leadmc.contract.programmes import load_agreements, settle

NO_CODING = {"reach.risk_adjustment.coding_intensity_factor": 1.0}
WHOLE_COSTS = {"mssp.truncation.national_share.aged_disabled": 0.0, "mssp.truncation.national_share.esrd": 0.0}


def settled(track, panel, *, facts=None, overrides=None):
    """Settle under the books without coding intensity and truncation, with overrides by path."""
    terms = load_agreements(NO_CODING | WHOLE_COSTS | (overrides or {}))
    return settle(terms, track, facts or AcoFacts(), panel)


def of_year(result, name, year):
    """Amount of the first scenario in a year."""
    return getattr(result, name)[0, PERFORMANCE_YEARS.index(year)]
