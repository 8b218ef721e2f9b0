"""Random variation by size: the savings rate of an ACO without an effect, against the minimum savings rate.

The benchmark is the true expected spend of the panel, by category; every driver of the world is off. Ten performance
years of a scenario share people, so that errors are taken over batches of scenarios and not over years.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from leadmc.base.axes import BASE_YEARS
from leadmc.paths.kernel import EXPENDITURE, PERSON_MONTHS
from leadmc.validation.check import Check, facts, spread_of, within
from leadmc.validation.sample import Country, batches, sums_of

Array = npt.NDArray[np.float64]

SECTION = "1 random variation by size"
BATCHES = 20
CENTS = 100.0
PERCENT = 100.0


def savings_rates(country: Country, size: int, *, scenarios: int, seed: int) -> Array:
    """Gross savings over the benchmark of the performance years, [s, y] [1]."""
    population, people = country.panel(size)
    months, cost = country.expected(population)
    sums = sums_of(people, scenarios=scenarios, seed=seed)[:, len(BASE_YEARS) :]
    rate = (cost / months)[len(BASE_YEARS) :]  # y c
    benchmark = (sums[..., PERSON_MONTHS] * rate).sum(axis=-1)
    return np.asarray(1 - sums[..., EXPENDITURE].sum(axis=-1) / CENTS / benchmark)


def noise_checks(country: Country, scenarios: dict[int, int], *, seed: int) -> Iterator[Check]:
    """Compare the percentile at which the rule puts a size with its minimum savings rate.

    Parameters
    ----------
    country
        People and prices.
    scenarios
        Scenarios for each size to look at.
    seed
        Root seed.
    """
    fact, sd = facts()["minimum_savings_rate"], facts()["claim_noise_sd"]
    known = fact["confidence"]
    for size, count in scenarios.items():
        rates = savings_rates(country, size, scenarios=count, seed=seed)
        confidence = float(np.interp(size, list(known), list(known.values())))
        parts = [rates[each] for each in batches(count, BATCHES)]
        quantiles = np.array([np.quantile(part, confidence) for part in parts]) * PERCENT
        target, judged = fact["value"][size], size in fact["judged"]
        yield Check(
            SECTION,
            f"{size:,} lives: {confidence:.1%} quantile of the savings rate [%]",
            target,
            (target - fact["tolerance"], target + fact["tolerance"]),
            float(np.quantile(rates, confidence)) * PERCENT,
            float(spread_of(quantiles)),
            judged,
        )
        if judged:
            one = np.array([part.std() for part in parts]) * np.sqrt(size)
            name = f"{size:,} lives: SD of one person's year over the benchmark [1]"
            result = float(np.sqrt(np.square(one).mean()))
            yield Check(SECTION, name, sd["value"], within(sd), result, float(spread_of(one)))
