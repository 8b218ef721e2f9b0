"""Quality: a share of the benchmark has to be earned, and the unearned part is taken at settlement.

Source: CMS1 (A); rule book `quality`.
"""

from leadmc.contract.experience import Array
from leadmc.contract.terms import QualityTerms


def after_quality(terms: QualityTerms, benchmark: Array, score: Array) -> Array:
    """Benchmark less what quality did not earn, ``Bench_disc (1 - at_risk (1 - Q))``, in the unit of ``benchmark``.

    ``score`` is the earned share of the quality points [1].
    """
    return benchmark * (1.0 - terms.at_risk * (1.0 - score))
