"""What is known about people, beside what the reference population achieves: targets, facts and mortality by age."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from leadmc.base.packaged import packaged_yaml
from leadmc.inputs.assumptions import People
from leadmc.inputs.presets import COMPLETE, assumption_table
from leadmc.inputs.solved_people import MET

FACTS: Final = "published_moments.yaml"
MORTALITY_TOLERANCE: Final = 0.1  # of a band's mortality


class Comparison(NamedTuple):
    """One moment beside its target.

    Parameters
    ----------
    name, meaning
        Short name, and what it measures.
    target, low, high
        What is known and its plausible range.
    achieved
        In the stationary reference population.
    judged
        Whether a miss is a failure; else ``why`` not.
    why
        Reason for not judging, or nothing.
    source
        Where the target comes from.
    """

    name: str
    meaning: str
    target: float
    low: float
    high: float
    achieved: float
    judged: bool
    why: str
    source: str

    @property
    def verdict(self) -> str:
        """Pass within the range, FAIL outside, reported where it is not judged."""
        if not self.judged:
            return "reported"
        return "pass" if self.low <= self.achieved <= self.high else "FAIL"


def achieved_beside_target(
    people: People, found: Mapping[str, float], *, preset: str = COMPLETE, stated: Mapping[str, Any] | None = None
) -> tuple[Comparison, ...]:
    """Lay moments beside what is known of them.

    Parameters
    ----------
    people
        Assumptions about people.
    found
        Their moments, as of ``moments.moments``.
    preset, stated
        Where the assumptions come from: preset, and the user's values over it. A target that the user states has the
        tolerance of the search for a range.
    """
    facts = packaged_yaml("leadmc.inputs", "data", FACTS)
    rows = [*_targets(preset, stated or {}), *_facts(facts), *_bands(people)]
    return tuple(Comparison(**row, achieved=found[row["name"]]) for row in rows)


def _targets(preset: str, stated: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for line in assumption_table(preset, stated):
        if not line.path.startswith("people.targets.") or not isinstance(line.value, float) or line.range is None:
            continue
        reach = MET * (line.range[1] - line.range[0])
        low, high = (line.value - reach, line.value + reach) if line.overridden else line.range
        name = line.path.removeprefix("people.targets.")
        yield _row(name, line.source, line.value, low, high, line.source)


def _facts(facts: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for name, fact in facts.items():
        low, high = fact["range"]
        row = _row(name, fact["meaning"], fact["target"], low, high, fact["source"])
        yield row | {"judged": fact["judged"], "why": fact.get("why", "")}


def _bands(people: People) -> Iterator[dict[str, Any]]:
    for age, rate in sorted(people.mortality_by_age.items()):
        meaning = f"deaths by people on 1 January aged {age} or more, up to the next band"
        reach = MORTALITY_TOLERANCE * rate
        yield _row(f"mortality_{age}", meaning, rate, rate - reach, rate + reach, "people.mortality_by_age")


def _row(name: str, meaning: str, target: float, low: float, high: float, source: str) -> dict[str, Any]:
    return {
        "name": name,
        "meaning": meaning,
        "target": target,
        "low": low,
        "high": high,
        "judged": True,
        "why": "",
        "source": source,
    }
