"""Every driver's numbers, fitted in one go: what was estimated, how well, from which file, for which assumption."""

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from leadmc.base.errors import Fault, InputError
from leadmc.contract.programmes import load_agreements
from leadmc.inputs.calibration import public_files
from leadmc.inputs.calibration.listed import CostAndRisk, ListedGrowth, cost_and_risk, listed_growth, mixed
from leadmc.inputs.calibration.national import autoregression, combined, long_run_mean, pandemic_averaged
from leadmc.inputs.calibration.position import position, usable
from leadmc.inputs.calibration.public_files import SERVICE_COLUMNS, AcoYears, Counties, Nation, States, by_year
from leadmc.inputs.calibration.relative import horizon_sd, state_growth
from leadmc.inputs.calibration.savings import (
    Drift,
    autocorrelation,
    change_variance,
    cross_section_variance,
    drift,
    state_space,
)
from leadmc.inputs.calibration.service_growth import shares, together, volatility
from leadmc.inputs.calibration.spread import (
    Array,
    Estimate,
    Groups,
    SizeVariance,
    root,
    variance_by_size,
    within_year,
)

LONGEST_LAG: Final = 4
HIGHEST_PERSISTENCE: Final = 0.95  # for the error of a mean; nearer to 1 ten years would have none
GROWTH: Final = "ln per year"
SQUARED: Final = "ln^2 per year"
SQUARED_PEOPLE: Final = "ln^2 x people"


class Fitted(NamedTuple):
    """One estimate.

    Parameters
    ----------
    name
        What it is.
    unit
        Of value and standard error.
    estimate
        Value, standard error, observations.
    source
        The file it comes from.
    path
        The assumption that it speaks to; blank where it is evidence only.
    written
        Whether it goes into an assumptions file.
    note
        What to know before using it; for an estimate that is not written, why.
    """

    name: str
    unit: str
    estimate: Estimate
    source: str
    path: str = ""
    written: bool = False
    note: str = ""


class PublicFiles(NamedTuple):
    """The four files, read and checked, and what each is called in a source."""

    nation: Nation
    states: States
    counties: Counties
    panel: AcoYears
    source: Mapping[str, str]


def read_public_files(paths: Mapping[str, Path]) -> PublicFiles:
    """Read the four files, the packaged one where the user has none.

    Parameters
    ----------
    paths
        The user's files by kind (``public_files.KINDS``).

    Raises
    ------
    InputError
        Every fault of every file, or years that they do not share.
    """
    faults: list[Fault] = []

    def read(kind: str, take: Callable[[pd.DataFrame], Any]) -> Any:
        try:
            return take(public_files.read_file(kind, paths.get(kind)))
        except InputError as error:
            faults.extend(error.faults)
            return None

    nation, states = read("national", public_files.nation), read("states", public_files.states)
    counties, panel = read("counties", public_files.counties), read("panel", public_files.aco_years)
    if faults:
        raise InputError(faults)
    public_files.refuse_years_apart(nation, states, counties)
    packaged = public_files.choices()["files"]
    source = {kind: paths[kind].name if kind in paths else packaged[kind]["source"] for kind in public_files.KINDS}
    return PublicFiles(nation, states, counties, panel, source)


def fit_all(data: PublicFiles) -> tuple[Fitted, ...]:
    """Fit every driver that the files know something about.

    Raises
    ------
    InputError
        The panel has too few agreements, changes of savings, or large ACOs.
    """
    return (
        *_national(data.nation, data.source["national"]),
        *_states(data.nation, data.states, data.source["states"]),
        *_counties(data),
        *_listed(data),
        *_savings(data.panel, data.source["panel"]),
        *_services(data.panel, data.source["panel"]),
    )


def _national(nation: Nation, source: str) -> Iterator[Fitted]:
    growth = pandemic_averaged(np.diff(np.log(nation.spending)), _is_pandemic(nation.year[1:]))
    own, priors = autoregression(growth), public_files.choices()["priors"]
    found = {
        name: combined(getattr(own, name), mean=priors[name]["mean"], sd=priors[name]["sd"])
        for name in ("persistence", "innovation_sd")
    }
    phi = min(found["persistence"].value, HIGHEST_PERSISTENCE)
    ahead = "the default looks ahead, where recent growth of 6-9% weighs more than the mean of all years"
    yield Fitted(
        "national growth, mean",
        GROWTH,
        long_run_mean(growth, persistence=phi),
        source,
        "national_trend.mu.aged_disabled",
        note=ahead,
    )
    for name, unit in (("persistence", "1"), ("innovation_sd", GROWTH)):
        prior = priors[name]
        words = name.replace("_sd", " SD")
        yield Fitted(f"national AR(1) {words}, from the series alone", unit, getattr(own, name), source)
        note = f"prior {prior['mean']:g} ± {prior['sd']:g}: {prior['source']}"
        path = f"national_trend.{name}"
        yield Fitted(f"national AR(1) {words}, with its prior", unit, found[name], source, path, True, note)


def _states(nation: Nation, states: States, source: str) -> Iterator[Fitted]:
    shared, here, there = np.intersect1d(nation.year, states.year, return_indices=True)
    level = np.log(states.spending[:, there]) - np.log(nation.spending[here])
    is_pandemic = _is_pandemic(shared[1:])
    fit = state_growth(level, is_pandemic)
    yield Fitted("state growth, SD", GROWTH, fit.innovation_sd, source, "regional_level.innovation_sd", True)
    yield Fitted("state level, reversion", "share per year", fit.reversion, source, "regional_level.reversion", True)
    if fit.pandemic_factor is not None:
        path = "pandemic.regional_noise_factor"
        note = "against the years before it, since later years are still disturbed"
        yield Fitted("state growth, SD in a pandemic", "ratio", fit.pandemic_factor, source, path, True, note)
    yield Fitted("states, SD of levels", "ln", fit.level_sd, source)
    for years in range(1, level.shape[1]):
        yield Fitted(f"states, SD of {years}-year growth", "ln", horizon_sd(level, years), source)


def _counties(data: PublicFiles) -> Iterator[Fitted]:
    against_nation, against_state = (_county_variance(data, own_state=own) for own in (False, True))
    source = data.source["counties"]
    yield from _by_size("county growth against the nation", against_nation, source)
    yield from _by_size("county growth against its state", against_state, source)
    within = root(against_state.at_infinity)
    yield Fitted("county growth within its state, SD", GROWTH, within, source, "county_level.innovation_sd", True)


def _county_variance(data: PublicFiles, *, own_state: bool) -> SizeVariance:
    counties, codes = data.counties, public_files.choices()["state_codes"]
    growth = np.log(counties.spending[:, 1] / counties.spending[:, 0])
    if own_state:
        by_code = {codes.get(code): code for code in data.states.code}
        of_state = [by_code.get(fips[:2], "") for fips in counties.fips]
        reference = _state_growth(data.states, of_state, np.full(len(growth), counties.year[1]))
    else:
        level = np.log(data.nation.spending[np.isin(data.nation.year, counties.year)])
        reference = np.full(len(growth), level[-1] - level[0])
    known = np.isfinite(reference)
    deviation = (growth - reference)[known]
    limit = public_files.choices()["outlier_sds"]
    return variance_by_size(deviation, counties.people[known], np.flatnonzero(known), outlier_sds=limit)


def _listed(data: PublicFiles) -> Iterator[Fitted]:
    growth, of_state = _listed_growth(data.panel)
    choices, source = public_files.choices(), data.source["panel"]
    limit = choices["outlier_sds"]
    public_files.refuse_few_observations("growth rates of base years", len(growth.cost))
    fit = cost_and_risk(growth, outlier_sds=limit)
    yield from _by_size("ACO cost growth, fixed list", fit.cost, source)
    yield from _by_size("ACO risk growth, fixed list", fit.risk, source)
    own = _against_state(growth, _state_growth(data.states, of_state, growth.year), limit)
    yield from _by_size("ACO cost growth against its state", own, source)
    county = _county_variance(data, own_state=True).at_infinity
    yield from _aco_drivers(fit, own, county, source)
    ordinary = ~_is_pandemic(growth.year)
    calm = variance_by_size(
        within_year(growth.cost[ordinary], growth.year[ordinary]),
        growth.people[ordinary],
        growth.aco[ordinary],
        outlier_sds=limit,
    )
    alone = choices["independent_noise"]
    factor = Estimate(calm.per_person.value / alone["value"], calm.per_person.se / alone["value"], calm.per_person.n)
    note = f"years without pandemic, over {alone['value']:g}: {alone['source']}; the people's own noise must fit it"
    yield Fitted("over-dispersion of claim noise", "ratio", factor, source, "over_dispersion.factor", note=note)


def _aco_drivers(fit: CostAndRisk, own: SizeVariance, county: Estimate, source: str) -> Iterator[Fitted]:
    """Read the ACO's drivers off the variances: what a very large ACO has left, less what its county brings."""
    left = own.at_infinity
    variance = Estimate(left.value - county.value, math.hypot(left.se, county.se), left.n)
    note = "variance against the state less that of counties within it; more where the list of participants changes"
    yield Fitted("ACO drift, SD", GROWTH, root(variance), source, "aco_level.innovation_sd", True, note)
    yield Fitted("ACO coding drift, SD", GROWTH, root(fit.risk.at_infinity), source, "coding.drift_sd", True)
    yield Fitted("cost and risk growth, correlation", "1", fit.correlation, source, "dependence.aco.coding", True)
    yield Fitted("cost on risk growth, slope", "1", fit.slope, source)


def _listed_growth(panel: AcoYears) -> tuple[ListedGrowth, list[str]]:
    """Growth over the base years of each agreement, from its last row, and the state of each observation."""
    last = ~pd.DataFrame({"aco": panel.aco, "start": panel.start}).duplicated(keep="last").to_numpy()
    dollars = panel.base_people * np.nan_to_num(panel.base_cost[:, -1])
    growth = listed_growth(
        mixed(panel.base_cost, panel.base_people)[last],
        mixed(panel.base_risk, dollars[:, -panel.base_risk.shape[2] :])[last],
        np.nansum(panel.base_people, axis=1)[last],
        start=panel.start[last],
        aco=panel.aco[last],
    )
    state = dict(zip(panel.aco.tolist(), panel.state, strict=True))
    return growth, [state[aco] for aco in growth.aco.tolist()]


def _against_state(growth: ListedGrowth, of_state: Array, outlier_sds: float) -> SizeVariance:
    known = np.isfinite(of_state)
    deviation = within_year((growth.cost - of_state)[known], growth.year[known])
    return variance_by_size(deviation, growth.people[known], growth.aco[known], outlier_sds=outlier_sds)


def _savings(panel: AcoYears, source: str) -> Iterator[Fitted]:
    choices = public_files.choices()
    first = int(panel.year.min())
    savings, people = (by_year(panel, values, first=first) for values in (panel.savings, panel.people))
    start = np.nan_to_num(by_year(panel, panel.start.astype(np.float64), first=first)).astype(np.int64)
    for lag in range(1, min(LONGEST_LAG, savings.shape[1] - 1) + 1):
        yield Fitted(f"savings, autocorrelation at lag {lag}", "1", autocorrelation(savings, lag), source)
    limits = {"stable_size": choices["stable_size"], "outlier_sds": choices["outlier_sds"]}
    yield from _by_size("savings, yearly change", change_variance(savings, people, start, **limits), source)
    complete = slice(max(choices["savings_from"] - first, 0), None)
    savings, people, start = savings[:, complete], people[:, complete], start[:, complete]
    two_years = np.isfinite(savings[:, 2:] - savings[:, :-2]) & (start[:, 2:] == start[:, :-2]) & (start[:, 2:] > 0)
    public_files.refuse_few_observations("changes of savings over two years of an agreement", int(two_years.sum()))
    lasting = drift(savings, people, start, outlier_sds=choices["outlier_sds"])
    yield from _drift(lasting, source)
    yield from _position(panel, lasting, source)
    spread = cross_section_variance(savings, people, outlier_sds=choices["outlier_sds"])
    yield from _by_size("savings, between ACOs", spread, source)
    space = state_space(savings, people)
    yield Fitted("persistent savings, variance of a large ACO", "share^2", space.effect_at_infinity, source)
    yield Fitted("persistent savings, variance by size", "share^2 x people", space.effect_per_person, source)
    yield Fitted("noise of savings, variance by size", "share^2 x people", space.noise_per_person, source)
    note = "benchmarks of the Shared Savings Program are rebased, which ends an effect sooner than LEAD does"
    yield Fitted("persistence of savings", "1", space.persistence, source, "aco_level.persistence", note=note)


def _drift(found: Drift, source: str) -> Iterator[Fitted]:
    """Lay out how the change of savings under one agreement grows with the years."""
    large, by_size = found.innovation.at_infinity, found.innovation.per_person
    yield Fitted("drift of savings, variance of a large ACO", SQUARED, large, source, note="cost and coding together")
    path = "aco_level.innovation_per_person"
    yield Fitted("ACO drift, variance by size", f"{SQUARED_PEOPLE} per year", by_size, source, path, True)
    yield Fitted("passing noise of savings, variance by size", SQUARED_PEOPLE, found.noise_per_person, source)


def _position(panel: AcoYears, lasting: Drift, source: str) -> Iterator[Fitted]:
    """Lay out where ACOs stand against their regions."""
    public_files.refuse_few_observations("regional adjustments with agreement and savings", len(usable(panel)))
    weights = load_agreements().mssp.regional_adjustment.enhanced
    found = position(panel, weights, lasting, outlier_sds=public_files.choices()["outlier_sds"])
    chosen = "of ACOs that joined and stayed: no assumption about others"
    yield Fitted("position against the region, mean", "ln", found.mean, source, note=chosen)
    yield Fitted("position against the region, variance of a large ACO", "ln^2", found.seen.at_infinity, source)
    yield Fitted("position against the region, variance by size", SQUARED_PEOPLE, found.seen.per_person, source)
    yield Fitted("position against the region, fading", "share per year", found.fading, source)
    start, note = found.start, "without noise of the base years and drift within them"
    yield Fitted("start of a large ACO, SD", "ln", root(start.at_infinity), source, "aco_level.start_sd", True, note)
    path = "aco_level.start_per_person"
    yield Fitted("start, variance by size", SQUARED_PEOPLE, start.per_person, source, path, True, note)


def _services(panel: AcoYears, source: str) -> Iterator[Fitted]:
    choices, names = public_files.choices(), tuple(SERVICE_COLUMNS)
    growth, people, aco = _service_growth(panel, choices["stable_size"])
    large = people >= choices["large"]
    public_files.refuse_few_observations(f"changes of ACOs of {choices['large']:,} people", int(large.sum()))
    note = f"ACOs of {choices['large']:,} people or more; used for proportions only"
    for name, every, big in zip(names, volatility(growth), volatility(growth[large]), strict=True):
        yield Fitted(f"{name}, volatility in all ACOs", GROWTH, every, source)
        path = f"utilisation.services.{name}.volatility"
        yield Fitted(f"{name}, volatility", GROWTH, big, source, path, True, note)
    recent = (panel.year >= choices["savings_from"]) & (panel.service > 0.0).all(axis=1)
    for name, share in zip(names, shares(panel.service[recent], panel.aco[recent]), strict=True):
        path = f"utilisation.services.{name}.share"
        yield Fitted(f"{name}, share of cost", "1", share, source, path, True)
    joint = together(growth[large], aco[large])
    yield Fitted("services, mean correlation", "1", joint.mean, source, "utilisation.correlation", True, note)
    for (j, k), pair in joint.pairs.items():
        yield Fitted(f"{names[j]} with {names[k]}, correlation", "1", pair, source)


def _service_growth(panel: AcoYears, stable_size: float) -> tuple[Array, Array, Groups]:
    """Growth by service against the mean of the year, of ACOs with a stable panel, [n, k]; their people and number."""
    following = (np.diff(panel.aco) == 0) & (np.diff(panel.year) == 1)
    people = panel.people[1:]
    known = (panel.service[1:] > 0.0).all(axis=1) & (panel.service[:-1] > 0.0).all(axis=1)
    kept = following & known & (np.abs(np.diff(np.log(panel.people))) < stable_size)
    growth = np.log(panel.service[1:][kept] / panel.service[:-1][kept])
    year = panel.year[1:][kept]
    deviation = np.stack([within_year(column, year) for column in growth.T], axis=1)
    return deviation, people[kept], panel.aco[1:][kept]


def _state_growth(states: States, code: list[str], year: Groups) -> Array:
    """Growth of the state of each observation into its year, NaN where the file does not know it, [n] [ln]."""
    growth = pd.DataFrame(np.diff(np.log(states.spending), axis=1), index=list(states.code), columns=states.year[1:])
    known: dict[Any, float] = growth.stack().to_dict()
    return np.array([known.get(each, np.nan) for each in zip(code, year.tolist(), strict=True)])


def _is_pandemic(year: Groups) -> Any:
    return np.isin(year, public_files.choices()["pandemic_years"])


def _by_size(name: str, variance: SizeVariance, source: str) -> Iterator[Fitted]:
    note = f"{variance.outliers} outliers left out" if variance.outliers else ""
    yield Fitted(f"{name}, variance of a large one", SQUARED, variance.at_infinity, source, note=note)
    yield Fitted(f"{name}, variance by size", SQUARED_PEOPLE, variance.per_person, source, note=note)
