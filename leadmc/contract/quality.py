"""Quality: a share of the benchmark has to be earned, and the unearned part is taken at settlement.

Source: CMS1 (share at risk, measures, gate, plan and pool exist, A), W3 (phase-in, B); weights, the gate's share, the
plan's points and the pool's bonus are not published and have no effect unless stated (E); rule book `quality`.
"""

from typing import Protocol

import numpy as np

from leadmc.contract.experience import Array
from leadmc.contract.terms import ClinicalMeasures, HighPerformersPool, ImprovementGate, PreventionPlan, QualityTerms
from leadmc.contract.trace import rule


class AtRisk(Protocol):
    """What a programme's terms say about quality."""

    @property
    def at_risk(self) -> float:
        """Share of the benchmark that has to be earned [1]."""


@rule(
    "Quality score with clinical measures",
    unit="1",
    formula="Q; (1 - weight) Q + weight while electronic clinical measures count for reporting alone",
    terms=("quality.clinical_measures",),
)
def with_clinical_measures(terms: ClinicalMeasures, year: int, score: Array) -> Array:
    """Score of all measures, [s] [1]: optional measures leave it, reported ones earn their points in full."""
    reported = terms.weight if terms.scoring[year] == "reporting" else 0.0
    return (1.0 - reported) * score + reported


@rule(
    "Share of the points behind the improvement gate that is kept",
    unit="1",
    formula="1 if Q - Q_last >= improvement or Q >= exceptional, else 1 - share",
    terms=("quality.improvement_gate",),
)
def kept_at_gate(terms: ImprovementGate, *, score: Array, last: Array) -> Array:
    """Find what the gate leaves of the points, [s] [1].

    ``last`` is the score of the year before; -inf before the first, so that every ACO improves on it.
    """
    passed = (score - last >= terms.improvement) | (score >= terms.exceptional)
    return np.where(passed, 1.0, 1.0 - terms.share)


def plan_points(terms: PreventionPlan) -> float:
    """Points of the Prevention Quality Plan [1]: earned with it, lost without it where it is required."""
    if terms.submitted:
        return terms.points
    return -terms.points if terms.required else 0.0


@rule(
    "Earned share of the quality points",
    unit="1",
    formula="Q with clinical measures x kept at the gate + points of the Prevention Quality Plan, within 0 and 1",
    terms=("quality.prevention_plan",),
)
def earned(terms: QualityTerms, year: int, *, score: Array, last: Array) -> Array:
    """Earned share of the points, [s] [1], from the quality score of the year and of the year before."""
    kept = kept_at_gate(terms.improvement_gate, score=score, last=last)
    measured = with_clinical_measures(terms.clinical_measures, year, score)
    return np.clip(measured * kept + plan_points(terms.prevention_plan), 0.0, 1.0)


@rule("Final benchmark", unit="USD", formula="Bench_disc (1 - at_risk (1 - Q))", terms=("quality.at_risk",))
def after_quality(terms: AtRisk, benchmark: Array, score: Array) -> Array:
    """Benchmark less what quality did not earn, ``Bench_disc (1 - at_risk (1 - Q))``, in the unit of ``benchmark``.

    ``score`` is the earned share of the quality points [1].
    """
    return benchmark * (1.0 - terms.at_risk * (1.0 - score))


@rule(
    "High-performer bonus",
    unit="USD",
    formula="bonus x discounted benchmark where the earned share reaches the threshold",
    terms=("quality.high_performers_pool",),
)
def high_performer_bonus(terms: HighPerformersPool, discounted: Array, score: Array) -> Array:
    """Bonus from the High Performers Pool, [s] [USD]; ``score`` is the earned share of the quality points [1]."""
    return np.where(score >= terms.threshold, terms.bonus * discounted, 0.0)
