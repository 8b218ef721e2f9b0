"""What a roster tells of its base years: who was there, and the sums on which an observed benchmark rests.

A base year in which no row has spending is unknown; in any other, a person without spending was not aligned. Months
left blank are twelve. A cell is the category of the year and the alignment; cells are summed as they are given.
"""

from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import ALIGNMENTS, BASE_YEARS, CATEGORIES, MONTHS
from leadmc.base.errors import Fault, InputError
from leadmc.inputs.roster import ALIGNED_NOW, CATEGORY_THEN, SHOWN, SPEND, Roster

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

MOST: Final = 0.5  # of the people aligned now, at least; fewer would make the base years of another panel


class BaseYears(NamedTuple):
    """Sums of the base years, [1, b, c, a]; the same in every scenario.

    Parameters
    ----------
    person_months, expenditure
        [person-month, USD].
    risk_score
        Person-month weighted mean [1]; the roster's scores count as renormalised to the reference population. 0 where
        nobody was.
    truncation_excess
        Annualised spending above the threshold of truncation [USD].
    """

    person_months: Array
    expenditure: Array
    risk_score: Array
    truncation_excess: Array


def present(roster: Roster) -> Flags:
    """Who was aligned in which base year and what it cost is known, [n, b]."""
    return np.asarray(~np.isnan(roster.spend) & (roster.months != 0.0), dtype=np.bool_)


def months_aligned(roster: Roster) -> Array:
    """Months in each base year, 12 where the roster does not say, 0 for who was not there, [n, b] [months]."""
    return np.where(present(roster), np.where(np.isnan(roster.months), MONTHS, roster.months), 0.0)


def first_year(roster: Roster) -> npt.NDArray[np.intp]:
    """Return the base year in which each person was first there, 3 for who came after them, [n]."""
    there = present(roster)
    unknown = ~there.any(axis=0)
    first = np.argmax(there | unknown, axis=1)
    return np.where(there.any(axis=1), first, len(BASE_YEARS))


def has_todays_labels(roster: Roster) -> bool:
    """Whether every base year has the category of today: what a file says that has no other."""
    return bool((roster.category_then == roster.population.category[:, None]).all())


def base_years(roster: Roster, expected_score: Array, threshold: Array | None = None) -> BaseYears:
    """Add a roster's base years up.

    Parameters
    ----------
    roster
        People aligned now and, where the file has them, those who have gone since.
    expected_score
        Mean score of people of the same age, sex and category, for whom the roster has no score, [n, b] [1].
    threshold
        Annualised cost at which a programme truncates, [b, c] [USD]; None: no programme asks.
    """
    months = months_aligned(roster)
    score = np.where(np.isnan(roster.risk_score), expected_score, roster.risk_score)
    sums = np.zeros((4, len(BASE_YEARS), len(CATEGORIES), len(ALIGNMENTS)))
    above = np.maximum(roster.spend - _limit(roster, months, threshold), 0.0)
    for b in range(len(BASE_YEARS)):
        here = months[:, b] > 0
        cell = roster.category_then[here, b], roster.population.alignment[here]
        for total, value in zip(sums, (months, roster.spend, months * score, above), strict=True):
            np.add.at(total[b], cell, value[here, b])
    person_months, expenditure, score_months, excess = sums[:, None]
    mean = np.divide(score_months, person_months, out=np.zeros_like(score_months), where=person_months > 0)
    return BaseYears(person_months, expenditure, mean, excess)


def _limit(roster: Roster, months: Array, threshold: Array | None) -> Array:
    """Spending that counts at most, for the months that each person was there, [n, b] [USD]."""
    limit = np.full_like(months, np.inf)
    if threshold is not None:
        annual = threshold[np.arange(len(BASE_YEARS)), roster.category_then]
        np.multiply(annual, months / MONTHS, out=limit, where=months > 0)
    return limit


def check_observed(roster: Roster, file: str) -> None:
    """Refuse a roster that cannot make a benchmark: without spending, or with it for too few of the people.

    Raises
    ------
    InputError
        Which columns or rows lack it.
    """
    allowed = "with base_years: observed, spending in at least one base year for most people aligned now"
    there = present(roster)
    if not (roster.spend[there] > 0.0).any():
        raise InputError([Fault(f"{Path(file).name}, columns {', '.join(SPEND)}", "no spending", allowed)])
    without = np.flatnonzero(roster.aligned & ~there.any(axis=1))
    if without.size > (1.0 - MOST) * roster.aligned.sum():
        rows = ", ".join(str(row + 1) for row in without[:SHOWN])
        seen = f"{without.size} of {roster.aligned.sum()} people without spending"
        remedy = f"Fill in {', '.join(SPEND)}, or simulate the base years."
        raise InputError([Fault(f"{Path(file).name}, rows {rows} and more", seen, allowed, remedy)])


def in_words(roster: Roster) -> tuple[str, ...]:
    """Say what an observed benchmark rests on, and what the roster lacks for it."""
    months = months_aligned(roster)
    known = ", ".join(f"{year}: {total:,.0f}" for year, total in zip(BASE_YEARS, months.sum(axis=0), strict=True))
    said = [f"base years: {roster.aligned.sum():,} people aligned now; person-months with spending {known}"]
    if roster.aligned.all():
        said.append(
            f"base years: nobody has {ALIGNED_NOW}: no. Those who died or left are missing, whose last years cost most;"
            " they are filled in as a panel of the reference population would have them"
        )
    if has_todays_labels(roster):
        said.append(f"base years: {CATEGORY_THEN[0]} and so on say nothing but category; labels are filled in likewise")
    scored = ~np.isnan(roster.risk_score) & (months > 0)
    if not scored.any():
        said.append("base years: no risk scores; people count with the mean of their age, sex and category")
    return tuple(said)
