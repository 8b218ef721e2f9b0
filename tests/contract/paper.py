"""Panels small enough to settle on paper, and random ones that look like nothing on paper."""

from typing import Any

import numpy as np

from leadmc.base.axes import AGED_DISABLED, CLAIMS
from leadmc.contract.experience import AcoFacts, Experience
from leadmc.contract.lead import settle
from leadmc.contract.programmes import load_lead

DOLLARS = (
    "base_expenditure",
    "expenditure",
    "stop_loss_excess",
    "regional_pbpm",
    "national_pbpm",
    "rate_book_pbpm",
)


def paper_panel(**changes: Any) -> Experience:
    """Return 1,000 aged and disabled, claims-aligned people at 1,000 USD a month, in a world at rest.

    ``base_pbpm``, ``base_score``, ``pbpm``, ``score`` set those of that cell; other names replace whole arrays.
    """
    base_months, months = np.zeros((1, 3, 3, 2)), np.zeros((1, 10, 3, 2))
    cell = (..., AGED_DISABLED, CLAIMS)
    base_months[cell], months[cell] = 12_000.0, 12_000.0
    base_spending, spending = base_months.copy(), months.copy()
    base_score, score = np.zeros_like(base_months), np.zeros_like(months)
    base_spending[cell] *= np.asarray(changes.pop("base_pbpm", 1_000.0))
    spending[cell] *= changes.pop("pbpm", 1_000.0)
    base_score[cell] = changes.pop("base_score", 1.0)
    score[cell] = changes.pop("score", 1.0)
    region = changes.pop("region", 1_000.0)
    panel = Experience(
        base_person_months=base_months,
        base_expenditure=base_spending,
        base_risk_score=base_score,
        person_months=months,
        expenditure=spending,
        risk_score=score,
        stop_loss_excess=np.zeros_like(months),
        truncation_excess=np.zeros_like(months),
        base_truncation_excess=np.zeros_like(base_months),
        base_national_trend=np.ones((1, 3, 3)),
        base_regional_trend=np.ones((1, 3, 3)),
        national_trend=np.ones((1, 10, 3)),
        regional_trend=np.ones((1, 10, 3)),
        prospective_trend=np.ones((1, 10, 3)),
        regional_pbpm=np.full((1, 3), region),
        national_pbpm=np.full((1, 3), 1_000.0),
        rate_book_pbpm=np.full((1, 10, 3), region),
        aco_share=np.full(3, 0.25),
        quality_score=np.ones((1, 10)),
        ai_score_effect=np.zeros(1),
    )
    return panel._replace(**changes)


def settled(track: str, panel: Experience, *, facts: AcoFacts | None = None, **overrides: Any) -> Any:
    """Settle a panel under the book with overrides, whose dots are written as double underscores."""
    paths = {name.replace("__", "."): value for name, value in overrides.items()}
    return settle(load_lead(paths), track, facts or AcoFacts(), panel)


def random_panel(seed: int, scenarios: int, *, empty: float = 0.0) -> Experience:
    """Draw a panel of all six cells; a share ``empty`` of them has nobody in it."""
    rng = np.random.default_rng(seed)

    def cells(years: int, low: float, high: float) -> Any:
        return rng.uniform(low, high, (scenarios, years, 3, 2))

    def growth(years: int) -> Any:
        return rng.uniform(0.9, 1.5, (scenarios, years, 3))

    base_months = cells(3, 0.0, 20_000.0) * (rng.uniform(size=(scenarios, 3, 3, 2)) >= empty)
    months = cells(10, 0.0, 20_000.0) * (rng.uniform(size=(scenarios, 10, 3, 2)) >= empty)
    spending = months * cells(10, 300.0, 3_000.0)
    base_spending = base_months * cells(3, 300.0, 3_000.0)
    return Experience(
        base_person_months=base_months,
        base_expenditure=base_spending,
        base_risk_score=np.where(base_months > 0.0, cells(3, 0.5, 2.0), 0.0),
        person_months=months,
        expenditure=spending,
        risk_score=np.where(months > 0.0, cells(10, 0.5, 2.0), 0.0),
        stop_loss_excess=0.1 * spending,
        truncation_excess=0.05 * spending,
        base_truncation_excess=0.05 * base_spending,
        base_national_trend=growth(3),
        base_regional_trend=growth(3),
        national_trend=growth(10),
        regional_trend=growth(10),
        prospective_trend=growth(10),
        regional_pbpm=rng.uniform(500.0, 2_000.0, (scenarios, 3)),
        national_pbpm=rng.uniform(500.0, 2_000.0, (scenarios, 3)),
        rate_book_pbpm=rng.uniform(500.0, 2_000.0, (scenarios, 10, 3)),
        aco_share=rng.uniform(0.0, 1.0, 3),
        quality_score=rng.uniform(0.0, 1.0, (scenarios, 10)),
        ai_score_effect=rng.normal(0.0, 0.02, scenarios),
    )
