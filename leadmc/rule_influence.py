"""Rules that nobody has published, each as it could be instead: the same scenarios settled again, one rule changed.

Some scenarios of a run are simulated once more and settled under every alternative of every unverified term, one at a
time, and under every way to the regional rate book. All comparisons are paired: people and world are the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np

from leadmc.contract.book import TRACKS_OF, Term
from leadmc.contract.mixture import Rules
from leadmc.contract.programmes import unverified
from leadmc.measures.draws import Draws, drawn_by
from leadmc.measures.paired import paired
from leadmc.measures.precision import MEAN, PERCENTILE, Array, Estimate, Statistic, estimate, json_pair
from leadmc.study import Simulated, Study, settle_track, simulate

SCENARIOS: Final = 256
"""Scenarios settled again, of the run's first: at 12,000 people they take a second or two, and paired differences need
few. A multiple of every group of scenarios that a sampler draws together."""

MODE: Final = "rate_book.mode"
RATE_BOOK: Final = "rate_book."
SIMULATED: Final = ("stop_loss.attachment_multiple",)
"""Terms under which people are simulated: settling again would not show what they change."""
SPREAD: Final[tuple[Statistic, ...]] = (MEAN, *(one for one in PERCENTILE if one.name in {"p5", "p95"}))
CHANGED: Final = SPREAD[:2]
"""Of which the change is told."""

Record = dict[str, Any]


class Resettled(NamedTuple):
    """Scenarios that can be settled again under other rules.

    Parameters
    ----------
    study
        The run, without a mixture.
    done
        Its first scenarios, simulated.
    drawn
        How they were drawn.
    """

    study: Study
    done: Simulated
    drawn: Draws

    def net(self, rules: Rules, tracks: Iterable[str]) -> dict[str, Array]:
        """Settle tracks; their ten-year net result, [s] [USD]."""
        done = self.done._replace(under=tuple(rules.apart(self.done.rule_choice)))
        return {track: settle_track(self.study, track, done).net_result.sum(axis=1) for track in tracks}


def resettled(study: Study, scenarios: int = SCENARIOS) -> Resettled:
    """Simulate the first scenarios of a run, or all where it has fewer; terms that it mixes have the book's value."""
    settings = study.config.settings
    numbers = np.arange(min(scenarios, settings.scenarios))
    fixed = study._replace(config=replace(study.config, mixture=()))
    done = simulate(fixed, numbers)
    sampler = settings.sampler
    drawn = drawn_by(sampler.kind, numbers, replicates=sampler.replicates, weights=done.world.weight)
    return Resettled(fixed, done, drawn)


def rules_record(study: Study) -> Record:
    """Settle a run's first scenarios again under other rules; what ``summary.json`` says of it.

    ::

        {"n_scenarios",
         "terms":     [{"path", "title", "source", "confidence", "alternative",
                        "tracks": {track: {"mean_usd": E, "p5_usd": E}}}],
         "rate_book": [{"mode", "path", "alternative",
                        "tracks": {track: {"ten_year_usd": {statistic: E}, "change_usd": E}}}]}

    ``terms`` lists what each alternative of each unverified term changes in the ten-year net result, the largest change
    of a mean first. ``rate_book`` lists every way to the rate book, without and with each alternative of one other term
    of the rate book (``path`` null without), and its difference to the run's own rules. Either way, terms that the run
    mixes have the book's value.
    """
    again = resettled(study)
    own = again.net(again.study.config.rules(), study.config.settings.tracks)
    found = sorted(influence(again, own), key=_largest, reverse=True)
    return {"n_scenarios": again.drawn.size, "terms": found, "rate_book": list(ways_to_the_rate_book(again, own))}


def influence(again: Resettled, own: Mapping[str, Array]) -> Iterator[Record]:
    """Change one unverified term at a time to each of its alternatives.

    Parameters
    ----------
    again
        The scenarios.
    own
        Ten-year net result under the run's own rules by track, [s] [USD].
    """
    config = again.study.config
    for term in config.unverified_terms():
        for name, rules in () if term.path in SIMULATED else config.rules().otherwise(term):
            said = {key: getattr(term, key) for key in ("path", "title", "source", "confidence")}
            after = again.net(rules, [track for track in own if track in term.tracks])
            changes = {track: paired(own[track], net, CHANGED, again.drawn) for track, net in after.items()}
            tracks = {
                track: {f"{name}_usd": pair for name, pair in by_name(CHANGED, one).items()}
                for track, one in changes.items()
            }
            yield said | {"alternative": name, "tracks": tracks}


def ways_to_the_rate_book(again: Resettled, own: Mapping[str, Array]) -> Iterator[Record]:
    """Settle under every mode of the transition: as the other terms are, and with one of them changed.

    Parameters
    ----------
    again, own
        As of `influence`.
    """
    config = again.study.config
    modes = [term for term in config.unverified_terms() if term.path == MODE]
    for mode, rules in ((mode, rules) for term in modes for mode, rules in _modes(config.rules(), term)):
        yield _way(again, own, rules) | {"mode": mode, "path": None, "alternative": None}
        for term in unverified(rules.overrides, config.settings.tracks):
            for name, changed in rules.otherwise(term) if term.path.startswith(RATE_BOOK) and term.path != MODE else ():
                yield _way(again, own, changed) | {"mode": mode, "path": term.path, "alternative": name}


def _modes(rules: Rules, mode: Term) -> Iterator[tuple[str, Rules]]:
    """Name the run's own mode first, then the others."""
    yield mode.value, rules
    yield from rules.otherwise(mode)


def _way(again: Resettled, own: Mapping[str, Array], rules: Rules) -> Record:
    tracks = {}
    for track, net in again.net(rules, [each for each in own if each in TRACKS_OF["lead"]]).items():
        spread, change = estimate(net, SPREAD, again.drawn), paired(own[track], net, (MEAN,), again.drawn)
        tracks[track] = {"ten_year_usd": by_name(SPREAD, spread), "change_usd": by_name((MEAN,), change)[MEAN.name]}
    return {"tracks": tracks}


def _largest(found: Record) -> float:
    return max((abs(track["mean_usd"]["value"]) for track in found["tracks"].values()), default=0.0)


def by_name(statistics: Sequence[Statistic], found: Estimate) -> Record:
    """Write estimates of statistics, the only axis, by their names."""
    return dict(zip((one.name for one in statistics), in_json(found), strict=True))


def in_json(found: Estimate) -> Iterator[Record]:
    """Write estimates along one axis for JSON, which knows no NaN."""
    yield from map(json_pair, *found)
