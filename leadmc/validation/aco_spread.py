"""How far ACOs lie apart: savings rates and growth of simulated ACOs against those of the Shared Savings Program.

Each scenario is one ACO with people, a region and a history of its own, in a nation that all would share: the trend of
the benchmark follows it without error. It is settled for ten years as the Shared Savings Program settled in the years
of the panel: truncated costs, regional adjustment, a risk ratio within its cap, and a new benchmark after five years.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2

from leadmc.base.axes import CATEGORIES, PERFORMANCE_YEARS, YEARS
from leadmc.contract.experience import Experience
from leadmc.contract.programmes import load_agreements, settle
from leadmc.inputs.calibration.position import MIDDLE, log_position
from leadmc.inputs.settings import Aco, Sampler
from leadmc.inputs.truncation import PERCENTILE, thresholds, truncation
from leadmc.paths.aggregates import experience
from leadmc.paths.sweep import sweep
from leadmc.scenarios.draw import draw_world
from leadmc.validation.check import Check, facts, spread_of, within
from leadmc.validation.sample import PERSON_YEARS_A_TASK, UNINSURED, Country, batches, in_parallel

Array = npt.NDArray[np.float64]

SECTION = "4 spread of ACO results"
BATCHES = 20
PERCENT = 100.0
BAND = (0.05, 0.95)
RESAMPLES = 1000
RESAMPLES_FOR_ALL = 20_000  # a covariance needs more than the ends of an interval
RESAMPLING_SEED = 1
PANEL = "mssp_aco_years.csv"
SMALLEST_SHARE = 1e-3  # the ACO's share of its region, where the region is all that its trend should follow


class Simulated(NamedTuple):
    """ACOs of one size.

    Parameters
    ----------
    savings
        Gross savings rate, [s, y] [%].
    adjustment
        Regional adjustment of the year's benchmark over the benchmark without it, [s, y] [1].
    cost_growth, score_growth
        Log growth of cost per person-month against the nation, and of the score, from year to year, [s, t] [%].
    """

    savings: Array
    adjustment: Array
    cost_growth: Array
    score_growth: Array


def simulate_acos(country: Country, size: int, *, scenarios: int, seed: int) -> Simulated:
    """Simulate ACOs of one size under the calibrated assumptions, where those of the programme stand on average."""
    stated = facts()["shared_savings_terms"]
    terms, unadjusted = (load_agreements(stated["value"] | stated[more]) for more in ("value", "unadjusted"))
    acos = country.assumptions.aco_level.model_copy(update={"start_mean": facts()["position"]["value"]})
    assumptions = country.assumptions.model_copy(update={"aco_level": acos})
    population, people = country.panel(size)
    cut = truncation(country.reference, country.rates.national_pbpm, percentile=PERCENTILE)
    savings, adjustment = np.empty((2, scenarios, len(PERFORMANCE_YEARS)))
    growth = np.empty((2, scenarios, len(YEARS) - 1))
    chunk = max(1, PERSON_YEARS_A_TASK // (size * len(PERFORMANCE_YEARS)))

    def task(first: int) -> None:
        part = np.arange(first, min(first + chunk, scenarios))
        world = draw_world(assumptions, seed=seed, scenarios=part, sampler=Sampler(), beneficiaries=population.age.size)
        attachment = np.full((len(part), len(PERFORMANCE_YEARS), len(CATEGORIES)), UNINSURED)
        limit = thresholds(cut.dollars, world.national_level)
        sums = sweep(people, world, attachment, seed=seed, first_scenario=first, truncation=limit)
        seen = experience(sums, world, country.rates, aco_share=SMALLEST_SHARE)
        settled, plain = (settle(each, stated["track"], Aco().facts(), seen) for each in (terms, unadjusted))
        savings[part] = settled.gross_savings / settled.benchmark * PERCENT
        adjustment[part] = settled.benchmark / plain.benchmark - 1.0
        growth[:, part] = growth_of(seen, world.national_level[..., 0])

    in_parallel(task, range(0, scenarios, chunk))
    return Simulated(savings, adjustment, growth[0], growth[1])


def growth_of(seen: Experience, national_level: Array) -> Array:
    """Log growth of truncated cost per person-month against the nation, and of the mean score, [2, s, t] [%]."""
    person_months = np.concatenate([seen.base_person_months, seen.person_months], axis=1)
    counted = np.concatenate(
        [seen.base_expenditure - seen.base_truncation_excess, seen.expenditure - seen.truncation_excess], axis=1
    )
    scores = np.concatenate([seen.base_risk_score, seen.risk_score], axis=1)
    months = person_months.sum(axis=(2, 3))
    cost = counted.sum(axis=(2, 3)) / months / national_level
    score = (person_months * scores).sum(axis=(2, 3)) / months
    growth: Array = np.diff(np.log(np.stack([cost, score])), axis=2) * PERCENT
    return growth


def spread_checks(country: Country, scenarios: Mapping[int, int], *, seed: int) -> Iterator[Check]:
    """Compare the spread of savings rates by size, their persistence and the variance of growth with the facts.

    Parameters
    ----------
    country
        People, prices and the world's assumptions.
    scenarios
        ACOs to simulate by lower end of the size band.
    seed
        Root seed.
    """
    fact = facts()["published_spread"]
    panel = read_years()
    acos = {
        low: simulate_acos(country, fact["sizes"][low], scenarios=count, seed=seed) for low, count in scenarios.items()
    }
    recent = panel[panel["year"].isin(fact["years"])]
    ends = dict(zip(fact["value"], [*list(fact["value"])[1:], np.inf], strict=True))
    real = {low: recent[(recent["N_AB"] >= low) & (recent["N_AB"] < ends[low])] for low in acos}
    checks = []
    for low, simulated in acos.items():
        parts = np.array([pooled_sd(simulated.savings[part]) for part in batches(len(simulated.savings), BATCHES)])
        name = f"SD of savings rates, {low:,} lives or more [%]"
        result = pooled_sd(simulated.savings)
        checks.append(Check(SECTION, name, fact["value"][low], spread_band(real[low]), result, float(spread_of(parts))))
    yield from checks
    yield all_bands(checks, list(real.values()))
    yield from _persistence(acos, panel)
    yield from _positions(acos, fact["sizes"])
    yield from _growth(acos, fact["sizes"])


def all_bands(checks: Sequence[Check], real: Sequence[pd.DataFrame]) -> Check:
    """Judge all bands at once: squared distance of the logarithms of the spreads, over the errors of both sides.

    Of seven bands of 90% one misses by chance every other time. Under a true model the distance is chi-square with as
    many degrees of freedom as there are bands; ACOs are drawn again with all their bands together.

    Parameters
    ----------
    checks
        Of the spread, one for each band.
    real
        Savings rates of real ACOs in each of these bands.
    """
    every = pd.concat(real)["ACO_ID"].unique()
    weight = np.concatenate([np.ones((1, len(every))), resampled(len(every), times=RESAMPLES_FOR_ALL)])
    spreads = np.log([_sd(_sums(rows).reindex(every, fill_value=0.0), weight) for rows in real])  # band, sample
    result, error = np.array([[each.result, each.se] for each in checks]).T
    covariance = np.cov(spreads[:, 1:]) + np.diag(np.square(error / result))
    apart = np.log(result) - spreads[:, 0]
    distance = float(apart @ np.linalg.solve(covariance, apart))
    law = chi2(len(checks))
    name = f"SD of savings rates, all {len(checks)} bands at once: chi-square"
    passes = (0.0, float(law.ppf(BAND[1])))
    return Check(SECTION, name, len(checks), passes, distance, 0.0, judged=False, note=f"p = {law.sf(distance):.3f}")


def pooled_sd(savings: Array) -> float:
    """Spread between ACOs within a year, over years [%]."""
    return float(np.sqrt(savings.var(axis=0, ddof=1).mean()))


def autocorrelation(savings: Array) -> Array:
    """Correlation of an ACO's deviations from the year's mean, by lag from 1, [y - 1] [1]."""
    apart = savings - savings.mean(axis=0)
    variance = np.square(apart).mean()
    lags = range(1, savings.shape[1])
    return np.array([(apart[:, lag:] * apart[:, :-lag]).mean() / variance for lag in lags])


def _persistence(acos: Mapping[int, Simulated], panel: pd.DataFrame) -> Iterator[Check]:
    """Autocorrelation, each size band with the same weight in simulation as it has ACOs in the panel."""
    fact = facts()["autocorrelation"]["value"]
    bands = np.array(list(acos))
    count = np.bincount(np.searchsorted(bands, panel["N_AB"], side="right") - 1, minlength=len(bands))
    parts = np.array(
        [
            np.average(
                [autocorrelation(each.savings[part]) for each, part in zip(acos.values(), cut, strict=True)],
                axis=0,
                weights=count,
            )
            for cut in zip(*(batches(len(each.savings), BATCHES) for each in acos.values()), strict=True)
        ]
    )
    whole = np.average([autocorrelation(each.savings) for each in acos.values()], axis=0, weights=count)
    errors = spread_of(parts)
    for k, (lag, target) in enumerate(fact.items()):
        name = f"autocorrelation of savings rates, lag {lag}"
        passes = autocorrelation_band(panel, lag)
        yield Check(SECTION, name, target, passes, float(whole[k]), float(errors[k]), lag == 1)


def _positions(acos: Mapping[int, Simulated], sizes: Mapping[int, int]) -> Iterator[Check]:
    """Variance by size of where ACOs stand as agreements begin, and how it fades, as ``leadmc calibrate`` has it."""
    fact = facts()["positions"]
    terms = load_agreements().mssp
    weights, length = terms.regional_adjustment.enhanced, terms.agreement.years
    inverse = np.array([1 / sizes[low] for low in acos])
    first = np.arange(0, len(PERFORMANCE_YEARS), length)
    times = np.repeat(np.arange(len(first)), length)[: len(PERFORMANCE_YEARS)]
    since = np.arange(len(PERFORMANCE_YEARS)) % length + MIDDLE

    def fitted(cut: tuple[slice, ...]) -> Array:
        chosen = list(zip(acos.values(), cut, strict=True))
        where = [log_position(each.adjustment[part], times, weights) for each, part in chosen]
        variance = [each[:, first].var(axis=0, ddof=1).mean() * PERCENT**2 for each in where]
        slope, intercept = np.polyfit(inverse, variance, 1, w=1 / np.array(variance))
        beyond = [each.savings[part] / PERCENT - each.adjustment[part] for each, part in chosen]
        x, y = (
            np.concatenate([(k - k.mean(axis=0)).ravel() for k in of]) for of in ([w * since for w in where], beyond)
        )
        return np.array([intercept, slope, (x * y).sum() / (x * x).sum()])

    cuts = zip(*(batches(len(each.savings), BATCHES) for each in acos.values()), strict=True)
    result, errors = fitted(tuple(slice(None) for _ in acos)), spread_of(np.array([fitted(cut) for cut in cuts]))
    for k, (name, known) in enumerate(fact["value"].items()):
        title = f"position against the region: {name}"
        yield Check(SECTION, title, known["value"], within(known), float(result[k]), float(errors[k]), judged=False)


def _growth(acos: Mapping[int, Simulated], sizes: Mapping[int, int]) -> Iterator[Check]:
    """Variance of growth as ``a + b / N`` by size, and the correlation of cost and score."""
    fact = facts()["growth_variance"]
    inverse = np.array([1 / sizes[low] for low in acos])
    cuts = list(zip(*(batches(len(each.savings), BATCHES) for each in acos.values()), strict=True))
    whole = tuple(slice(None) for _ in acos)

    def fitted(cut: tuple[slice, ...]) -> Array:
        chosen = list(zip(acos.values(), cut, strict=True))
        lines = []
        for growth in ("cost_growth", "score_growth"):
            variance = [getattr(each, growth)[part].var(axis=0, ddof=1).mean() for each, part in chosen]
            slope, intercept = np.polyfit(inverse, variance, 1, w=1 / np.array(variance))
            lines += [intercept, slope]
        together = [_correlation(each.cost_growth[part], each.score_growth[part]) for each, part in chosen]
        return np.array([*lines, np.mean(together)])

    result, errors = fitted(whole), spread_of(np.array([fitted(cut) for cut in cuts]))
    names = ("cost_intercept", "cost_slope", "score_intercept", "score_slope", "correlation")
    for k, name in enumerate(names):
        title = f"growth of cost and score against the nation: {name}"
        known = fact[name]
        yield Check(SECTION, title, known["value"], within(known), float(result[k]), float(errors[k]), judged=False)


def _correlation(left: Array, right: Array) -> float:
    return float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(left.T, right.T, strict=True)]))


def read_years() -> pd.DataFrame:
    """Read savings rates of real ACOs by year."""
    table = files("leadmc.inputs") / "data" / PANEL
    with table.open("rb") as file:
        rows = pd.read_csv(file, usecols=["ACO_ID", "year", "N_AB", "sav"])
    return rows.dropna().reset_index(drop=True)


def spread_band(rows: pd.DataFrame) -> tuple[float, float]:
    """Bootstrap interval of the standard deviation of savings rates [%]."""
    sums = _sums(rows)
    return _interval(_sd(sums, resampled(len(sums))))


def _sums(rows: pd.DataFrame) -> pd.DataFrame:
    """Count of results, their sum and sum of squares, by ACO."""
    return rows.assign(one=1.0, square=rows["sav"] ** 2).groupby("ACO_ID")[["one", "sav", "square"]].sum()


def _sd(sums: pd.DataFrame, weight: Array) -> Array:
    """Spread of savings rates with each ACO counted so often, [sample] [%]; ``weight`` [sample, aco]."""
    n, total, square = weight @ sums.to_numpy().T[:, :, None]
    return np.asarray(np.sqrt((square - total**2 / n) / (n - 1))[:, 0])


def autocorrelation_band(rows: pd.DataFrame, lag: int) -> tuple[float, float]:
    """Bootstrap interval of the correlation of savings rates ``lag`` years apart, pooled over years [1]."""
    wide = rows.pivot_table(index="ACO_ID", columns="year", values="sav")
    wide = wide - wide.mean()
    years = [int(year) for year in wide.columns]
    pairs = [wide[[year, year + lag]].dropna() for year in years if year + lag in years]
    left, right = (np.concatenate([pair.iloc[:, side] for pair in pairs]) for side in (0, 1))
    aco = np.concatenate([pair.index.to_numpy() for pair in pairs])
    products = pd.DataFrame(np.stack([left * right, left**2, right**2], axis=1)).groupby(aco).sum().to_numpy()
    both, first, second = resampled(len(products)) @ products.T[:, :, None]
    return _interval(both / np.sqrt(first * second))


def _interval(figures: Array) -> tuple[float, float]:
    low, high = np.quantile(figures, BAND).tolist()
    return low, high


def resampled(acos: int, times: int | None = None) -> Array:
    """How often each ACO is drawn in samples with replacement, [sample, aco]; the same in every run."""
    share = np.full(acos, 1 / acos)
    return np.random.default_rng(RESAMPLING_SEED).multinomial(acos, share, times or RESAMPLES).astype(float)
