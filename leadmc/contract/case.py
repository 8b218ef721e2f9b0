"""A case: who signed what, and what they experienced; settled, explained, and asked at which savings it turns."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.contract.book import STAY_OUT
from leadmc.contract.break_even import break_even, crossings
from leadmc.contract.experience import AcoFacts, Experience, Settlement
from leadmc.contract.explanation import Explanation, explain
from leadmc.contract.programmes import Agreements, book_of, settle


class Case(NamedTuple):
    """What is to be settled.

    Parameters
    ----------
    tracks, facts, overrides, terms
        Who signed what: tracks, facts of the ACO, the user's rules by path, and the typed terms that they make.
    experience
        Of one scenario; nobody is there after the last year.
    last_year
        The last performance year to settle.
    """

    tracks: tuple[str, ...]
    facts: AcoFacts
    overrides: Mapping[str, Any]
    terms: Agreements
    experience: Experience
    last_year: int

    def settle(self, track: str, experience: Experience) -> Settlement:
        """Settle an experience under what was signed for a track."""
        return settle(self.terms, track, self.facts, experience)

    def explain(self, track: str) -> tuple[Settlement, Explanation]:
        """Settle a track, and explain what was done up to the last year."""
        book = book_of(track, self.overrides)
        settlement, found = explain(track, lambda: self.settle(track, self.experience), self.experience, book)
        return settlement, found.until(self.last_year)


def decisive_savings(case: Case) -> Iterator[dict[str, Any]]:
    """Find the savings that decide, year by year: where each track begins to pay, and where tracks change places.

    Yields
    ------
    dict
        The performance year; by track, the savings above which its net result is positive; and by pair of tracks, those
        at which they change places, against the benchmark of the first. Each is a list, empty where there are none
        [share of the benchmark before the discount].
    """
    signed = {track: partial(case.settle, track) for track in case.tracks if track != STAY_OUT}
    spent = case.experience.expenditure[0].any(axis=(1, 2))
    years = [year for year, some in zip(PERFORMANCE_YEARS, spent, strict=True) if year <= case.last_year and some]
    pays = {track: break_even(settle, case.experience, years) for track, settle in signed.items()}
    equal = {
        f"{one} = {other}": crossings(signed[one], signed[other], case.experience, years)
        for one, other in combinations(signed, 2)
    }
    for year in years:
        least = {track: savings[year] for track, savings in pays.items()}
        yield {
            "performance_year": year,
            **{track: [] if savings is None else [savings] for track, savings in least.items()},
            **{pair: list(savings[year]) for pair, savings in equal.items()},
        }
