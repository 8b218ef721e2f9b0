"""What a result rests on: the assumptions of a run with their sources, and the rules that its user changed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from leadmc.contract.book import Term
from leadmc.contract.programmes import book_of
from leadmc.inputs.config import rule_overrides
from leadmc.inputs.presets import AssumptionLine, assumption_table

GRADES: Final = {
    "C": "computed from public data",
    "S": "stated by a source",
    "K": "a prior, by professional knowledge",
    "H": "high confidence",
    "M": "medium",
    "L": "low",
    "user": "stated in the configuration",
}


class Basis(NamedTuple):
    """Assumptions as they stand in a run, and the rules for which the configuration has another value than the book."""

    assumptions: Sequence[AssumptionLine]
    overridden: Sequence[Term]


def basis(settings: Mapping[str, Any]) -> Basis:
    """Look up what the settings of a run mean.

    Parameters
    ----------
    settings
        The run's ``config.yaml``, as maps and lists.
    """
    assumed = dict(settings["assumptions"])
    preset = assumed.pop("preset")
    overrides = rule_overrides(preset, settings["rules"])
    terms = {term.path: term for track in settings["tracks"] for term in book_of(track, overrides)}
    return Basis(assumption_table(preset, assumed), [term for term in terms.values() if term.overridden])
