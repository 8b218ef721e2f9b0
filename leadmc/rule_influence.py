"""Rules that nobody has published, each as it could be instead: the same scenarios settled again, one rule changed.

Some scenarios of a run are simulated once more and settled under every alternative of every unverified term, one at a
time, and under every way to the regional rate book. All comparisons are paired: people and world are the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np

from leadmc.base.processor import usable_cores
from leadmc.contract.book import Term
from leadmc.contract.mixture import Rules
from leadmc.contract.programmes import unverified
from leadmc.measures.draws import Draws, drawn_by
from leadmc.measures.paired import moving
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
Nets = Mapping[str, Array]
"""Ten-year net result by track, [s] [USD]."""


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

    def net(self, rules: Rules, tracks: Iterable[str]) -> Nets:
        """Settle tracks; their ten-year net result, [s] [USD]."""
        done = self.done._replace(under=tuple(rules.apart(self.done.rule_choice)))
        return {track: settle_track(self.study, track, done).net_result.sum(axis=1) for track in tracks}


class Alternative(NamedTuple):
    """One term at one of its alternatives.

    Parameters
    ----------
    term, alternative
        The term, and the name of the alternative.
    rules
        All rules, with the alternative among them.
    nets
        What the scenarios come to under these rules, of the tracks that the term concerns.
    """

    term: Term
    alternative: str
    rules: Rules
    nets: Nets


class Way(NamedTuple):
    """One way to the rate book.

    Parameters
    ----------
    mode
        Of the transition.
    path, alternative
        Another term of the rate book that is changed as well; None where none is.
    nets
        What the scenarios come to.
    """

    mode: str
    path: str | None
    alternative: str | None
    nets: Nets


def resettled(study: Study, scenarios: int = SCENARIOS) -> Resettled:
    """Simulate, on all cores, the first scenarios of a run or all of them; mixed terms have the book's value."""
    settings = study.config.settings
    numbers = np.arange(min(scenarios, settings.scenarios))
    fixed = study._replace(config=replace(study.config, mixture=()))
    done = simulate(fixed, numbers, workers=usable_cores())
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
    config = again.study.config
    own = again.net(config.rules(), config.settings.tracks)
    uncertain = [term for term in config.unverified_terms() if term.path not in SIMULATED]
    alone = list(settled_otherwise(again, config.rules(), uncertain))
    return {
        "n_scenarios": again.drawn.size,
        "terms": sorted(influence(again, own, alone), key=_largest, reverse=True),
        "rate_book": list(_compared(again, own, ways_to_the_rate_book(again, own, alone))),
    }


def settled_otherwise(again: Resettled, rules: Rules, terms: Iterable[Term]) -> Iterator[Alternative]:
    """Change some terms, one at a time, to each of their alternatives, and settle.

    Parameters
    ----------
    again
        The scenarios.
    rules
        Those that hold otherwise.
    terms
        Which of them to change.
    """
    tracks = again.study.config.settings.tracks
    for term in terms:
        for alternative, changed in rules.otherwise(term):
            nets = again.net(changed, [track for track in tracks if track in term.tracks])
            yield Alternative(term, alternative, changed, nets)


def influence(again: Resettled, own: Nets, alone: Iterable[Alternative]) -> Iterator[Record]:
    """Tell what each alternative of each term changes.

    Parameters
    ----------
    again
        The scenarios.
    own
        Results under the run's own rules.
    alone
        Results with one term changed.
    """
    before = {track: moving(net, CHANGED, again.drawn) for track, net in own.items()}
    for term, alternative, _, nets in alone:
        tracks = {}
        for track, net in nets.items():
            change = moving(net, CHANGED, again.drawn).less(before[track], again.drawn)
            tracks[track] = {f"{name}_usd": pair for name, pair in by_name(CHANGED, change).items()}
        said = {key: getattr(term, key) for key in ("path", "title", "source", "confidence")}
        yield said | {"alternative": alternative, "tracks": tracks}


def ways_to_the_rate_book(again: Resettled, own: Nets, alone: Sequence[Alternative]) -> Iterator[Way]:
    """Settle under every mode of the transition: as the other terms are, and with one of them changed.

    Parameters
    ----------
    again, own, alone
        As of `influence`; what is in them is not settled again.
    """
    config = again.study.config
    for mode in (term for term in config.unverified_terms() if term.path == MODE):
        yield Way(mode.value, None, None, {track: net for track, net in own.items() if track in mode.tracks})
        yield from _beside_mode(mode.value, (one for one in alone if _leads_to_the_rate_book(one.term)))
    for one in (one for one in alone if one.term.path == MODE):
        yield Way(one.alternative, None, None, one.nets)
        others = filter(_leads_to_the_rate_book, unverified(one.rules.overrides, config.settings.tracks))
        yield from _beside_mode(one.alternative, settled_otherwise(again, one.rules, others))


def _leads_to_the_rate_book(term: Term) -> bool:
    return term.path.startswith(RATE_BOOK) and term.path != MODE


def _beside_mode(mode: str, changed: Iterable[Alternative]) -> Iterator[Way]:
    return (Way(mode, one.term.path, one.alternative, one.nets) for one in changed)


def _compared(again: Resettled, own: Nets, ways: Iterable[Way]) -> Iterator[Record]:
    """Tell what every way comes to, and how far its mean is from that of the run's own rules."""
    before = {track: moving(net, (MEAN,), again.drawn) for track, net in own.items()}
    for mode, path, alternative, nets in ways:
        tracks = {}
        for track, net in nets.items():
            change = moving(net, (MEAN,), again.drawn).less(before[track], again.drawn)
            tracks[track] = {
                "ten_year_usd": by_name(SPREAD, estimate(net, SPREAD, again.drawn)),
                "change_usd": by_name((MEAN,), change)[MEAN.name],
            }
        yield {"tracks": tracks, "mode": mode, "path": path, "alternative": alternative}


def _largest(found: Record) -> float:
    return max((abs(track["mean_usd"]["value"]) for track in found["tracks"].values()), default=0.0)


def by_name(statistics: Sequence[Statistic], found: Estimate) -> Record:
    """Write estimates of statistics, the only axis, by their names."""
    return dict(zip((one.name for one in statistics), in_json(found), strict=True))


def in_json(found: Estimate) -> Iterator[Record]:
    """Write estimates along one axis for JSON, which knows no NaN."""
    yield from map(json_pair, *found)
