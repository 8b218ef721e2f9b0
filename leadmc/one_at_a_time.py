"""What the answer hangs on: every uncertain assumption and rule moved, one at a time, on the same people and draws.

An assumption goes to either end of its plausible range, a rule to each of its alternatives. Where a change leaves what
people cost as it was, nobody is simulated again. Stop-loss and management programmes are valued in the same way: the
same scenarios with and without.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
import xarray as xr

from leadmc.base.errors import Fault, InputError
from leadmc.base.processor import usable_cores
from leadmc.base.variables import VARIABLES
from leadmc.contract.book import TRACKS_OF
from leadmc.cube.assemble import Rows
from leadmc.cube.run_directory import SENSITIVITY, write_whole
from leadmc.inputs.config import Config, with_assumption, with_scenarios
from leadmc.inputs.otherwise import ELECTED, RULE, Driver, Setting, drivers, under, unmixed
from leadmc.inputs.rate_book import price_growth
from leadmc.inputs.reference import Reference
from leadmc.inputs.settings import LHS_POINTS
from leadmc.measures.attribution import variance_split
from leadmc.measures.draws import CONFIDENCE, Draws
from leadmc.measures.paired import moving, paired
from leadmc.measures.precision import MEAN, Array, Estimate, estimate
from leadmc.measures.tornado import STATISTICS, Swing, ranks, swing
from leadmc.report.statement import number_or_text
from leadmc.rule_influence import Nets, Resettled, by_name, in_json, resettled
from leadmc.study import Simulated, Study, prepare, priced, settle, settle_chunk, settled_rows, simulate

Progress = Callable[[int, int, float], None]
Record = dict[str, Any]
Asked = TypeVar("Asked")
Found = TypeVar("Found")

SCENARIOS: Final = 512
"""Of each change, unless told otherwise: a minute of one core for 12,000 people on the tracks of LEAD, and enough to
tell most of the first ten drivers apart."""
FOR_THE_SPLIT: Final = 4
"""Times as many for the split of the variance: its regression has some 110 terms and wants four scenarios for each."""
CHUNK: Final = 256
"""Scenarios simulated at once for the split; holds whole groups of every sampler."""
INTERVENTIONS: Final = "management.interventions"
FIGURE: Final = "tornado.svg"


class Otherwise(NamedTuple):
    """What a setting of a driver leads to: results, or why it is not possible."""

    setting: Setting
    nets: Nets
    refusal: str


class Bench(NamedTuple):
    """What every change starts from.

    Parameters
    ----------
    again
        The scenarios under the configuration as it is, simulated.
    nets
        Their results.
    reference
        The reference population.
    workers
        Threads.
    """

    again: Resettled
    nets: Nets
    reference: Reference
    workers: int

    def each(self, work: Callable[[Asked], Found], asked: Iterable[Asked]) -> Iterator[Found]:
        """Do some work in threads; answers come in order."""
        with ThreadPoolExecutor(self.workers) as pool:
            yield from pool.map(work, asked)

    def simulated(self, config: Config) -> tuple[Study, Simulated]:
        """Take the scenarios through another configuration."""
        study, done = self.again.study, self.again.done
        before = None
        if not _same_people(study.config, config):
            other = prepare(config)
        elif _prices(study.config) != _prices(config):
            other = priced(study, config, self.reference)
        else:
            other, before = study._replace(config=config), done
        return other, simulate(other, np.arange(self.again.drawn.size), before)

    def otherwise(self, driver: Driver, setting: Setting) -> Otherwise:
        """Settle under another value of a driver."""
        try:
            config = driver.at(self.again.study.config, setting)
        except InputError as error:
            return Otherwise(setting, {}, "; ".join(map(str, error.faults)))
        if driver.kind == RULE:
            return Otherwise(setting, self.again.net(config.rules(), driver.tracks), "")
        settled = settle(*self.simulated(config))
        return Otherwise(setting, {track: one.net_result.sum(axis=1) for track, one in settled.items()}, "")


def sensitivity(
    config: Config,
    *,
    scenarios: int | None = None,
    everything: bool = False,
    workers: int | None = None,
    progress: Progress = lambda *_: None,
) -> Record:
    """Move every uncertain driver and rule of a configuration, one at a time.

    Parameters
    ----------
    config
        Its number of scenarios does not matter. Rules that it mixes have the book's value, but for the variance split.
    scenarios
        Of each change, a multiple of 64, 512 by default; four times as many for the variance split.
    everything
        As of ``inputs.otherwise.drivers``.
    workers
        Threads, as many as cores by default; no number depends on them.
    progress
        Called with scenarios done, scenarios in all, and seconds since the first one began.

    Returns
    -------
    dict
        Ready for JSON::

            {"name", "seed", "sampler", "n_scenarios", "interval": {"confidence", "factor"},
             "base":       {track: S},
             "drivers":    [{"kind", "path", "title", "unit", "value", "source", "confidence",
                             "settings": [{"value", "tracks": {track: S}}],
                             "tracks":   {track: {statistic: {"swing": E, "rank": number or null}}}}],
             "refused":    [{"path", "value", "why"}],
             "stop_loss":  {track: S},
             "management": null or {"programme_cost_usd": E, "tracks": {track: {"net": S, "after_cost": S}}},
             "n_scenarios_split", "variance_split": {track: {part: E}}}

            S = {"mean": E, "p5": E, "p_loss": E}      of the ten-year net result [USD; 1], or of its change
            E = {"value": number, "se": number}

        Drivers come with the largest swing of a mean first; ``rank`` is as of ``measures.tornado.ranks``. Stop-loss is
        elected less not, of the tracks that offer it; management is with the programmes less without.

    Raises
    ------
    InputError
        Broken groups of scenarios, or faults of the roster.
    """
    if scenarios is None:
        scenarios = SCENARIOS
    if scenarios % LHS_POINTS or scenarios < LHS_POINTS:
        raise InputError([Fault("--scenarios", str(scenarios), f"a multiple of {LHS_POINTS}")])
    reference = Reference(config.assumptions.people)
    study = prepare(unmixed(with_scenarios(config, scenarios)), reference)
    again = resettled(study, scenarios)
    nets = again.net(again.study.config.rules(), config.settings.tracks)
    bench = Bench(again, nets, reference, workers or usable_cores())
    listed = list(drivers(again.study.config, everything=everything))
    steps = [(driver, setting) for driver in listed for setting in driver.settings]
    begun, done, total = perf_counter(), 0, scenarios * (len(steps) + FOR_THE_SPLIT)

    def tell(more: int) -> None:
        nonlocal done
        done += more
        progress(done, total, perf_counter() - begun)

    split = _split(study._replace(config=config), bench, scenarios * FOR_THE_SPLIT, tell)
    found: list[Otherwise] = []
    for one in bench.each(lambda step: bench.otherwise(*step), steps):
        found.append(one)
        tell(scenarios)
    return {
        "name": config.settings.name,
        "seed": config.settings.seed,
        "sampler": config.settings.sampler.kind,
        "n_scenarios": scenarios,
        "interval": {"confidence": CONFIDENCE, "factor": again.drawn.factor()},
        "base": {track: _estimates(net, again.drawn) for track, net in bench.nets.items()},
        **_drivers(bench, listed, found),
        "stop_loss": _stop_loss(bench),
        "management": _management(bench),
        "n_scenarios_split": scenarios * FOR_THE_SPLIT,
        "variance_split": split,
    }


def refuse_taken(out: Path) -> None:
    """Raise InputError if a directory, which may be that of a run, has a file already that ``write`` would write."""
    taken = [out / name for name in (SENSITIVITY, FIGURE) if (out / name).exists()]
    if taken:
        raise InputError([Fault(str(path), "already there", "a place for a new file") for path in taken])


def write(record: Mapping[str, Any], out: Path) -> None:
    """Write ``sensitivity.json`` and ``tornado.svg``, the figure of the first track; errors as of ``refuse_taken``."""
    from leadmc.report.tornado import tornado_file  # draws with matplotlib, which is slow to import

    refuse_taken(out)
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / SENSITIVITY, json.dumps(record, indent=1, allow_nan=False) + "\n")
    write_whole(out / FIGURE, tornado_file(record, next(iter(record["base"]))))


def _same_people(one: Config, other: Config) -> bool:
    """Whether configurations that differ in assumptions and rules alone have the same people, at whatever prices."""
    if one.settings.population.base_years == "observed":
        return False
    priced_alike = one.assumptions.benchmark_basis == "base_years" or _prices(one) == _prices(other)
    return one.assumptions.people == other.assumptions.people and priced_alike


def _prices(config: Config) -> tuple[float, float]:
    return price_growth(config.assumptions.national_trend)


def _estimates(net: Array, drawn: Draws) -> Record:
    return by_name(STATISTICS, estimate(net, STATISTICS, drawn))


def _changes(before: Nets, after: Nets, drawn: Draws) -> Record:
    """Tell by track what changes."""
    return {track: by_name(STATISTICS, paired(before[track], net, STATISTICS, drawn)) for track, net in after.items()}


def _drivers(bench: Bench, listed: list[Driver], found: list[Otherwise]) -> Record:
    """Tell what every setting changes, how far each driver swings every track, and what was refused."""
    drawn, rest = bench.again.drawn, iter(found)
    refused: list[Record] = []
    records: list[Record] = []
    results: dict[str, list[tuple[Record, Swing]]] = {track: [] for track in bench.nets}
    own = {track: moving(net, STATISTICS, drawn) for track, net in bench.nets.items()}
    for driver in listed:
        settled = [next(rest) for _ in driver.settings]
        refused += [
            {"path": driver.path, "value": one.setting.name, "why": one.refusal} for one in settled if one.refusal
        ]
        possible = [one for one in settled if not one.refusal]
        said = {key: value for key, value in driver._asdict().items() if key not in ("tracks", "settings")}
        record = said | {"value": number_or_text(driver.value), "settings": [], "tracks": {}}
        moved = {track: [moving(one.nets[track], STATISTICS, drawn) for one in possible] for track in driver.tracks}
        for k, one in enumerate(possible):
            changes = {track: by_name(STATISTICS, each[k].less(own[track], drawn)) for track, each in moved.items()}
            record["settings"].append({"value": one.setting.name, "tracks": changes})
        for track, each in moved.items():
            results[track].append((record, swing([own[track], *each])))
        records.append(record)
    for track, swings in results.items():
        _rank(track, swings, drawn)
    return {"drivers": sorted(records, key=_largest, reverse=True), "refused": refused}


def _rank(track: str, swings: list[tuple[Record, Swing]], drawn: Draws) -> None:
    """Enter the swings of one track and their ranks in the records of the drivers."""
    ranked = [ranks([each for _, each in swings], k, drawn) for k in range(len(STATISTICS))]
    for d, (record, each) in enumerate(swings):
        sizes = by_name(STATISTICS, each.estimate(drawn))
        record["tracks"][track] = {
            name: {"swing": size, "rank": ranked[k][d]} for k, (name, size) in enumerate(sizes.items())
        }


def _largest(record: Record) -> float:
    return max((track[MEAN.name]["swing"]["value"] for track in record["tracks"].values()), default=0.0)


def _stop_loss(bench: Bench) -> Record:
    """Settle with stop-loss and without it; where an ACO may elect it."""
    config = bench.again.study.config
    offered = [track for track in bench.nets if track in (*TRACKS_OF["lead"], *TRACKS_OF["reach"])]
    without, elected = (
        bench.again.net(under(config, dict.fromkeys(ELECTED, choice)).rules(), offered) for choice in (False, True)
    )
    return _changes(without, elected, bench.again.drawn)


def _management(bench: Bench) -> Record | None:
    """Simulate without the programmes that the configuration has; None where it has none."""
    study, done, drawn = bench.again
    if not study.config.assumptions.management.interventions:
        return None
    settled = settle(*bench.simulated(with_assumption(study.config, INTERVENTIONS, [])))
    without = {track: one.net_result.sum(axis=1) for track, one in settled.items()}
    cost = settled_rows(done, settle(study, done))["programme_cost"].sum(axis=1)
    spent = estimate(cost, (MEAN,), drawn)
    net, after_cost = (
        _changes(without, {track: each - paid for track, each in bench.nets.items()}, drawn) for paid in (0.0, cost)
    )
    return {
        "programme_cost_usd": by_name((MEAN,), spent)[MEAN.name],
        "tracks": {track: {"net": net[track], "after_cost": after_cost[track]} for track in net},
    }


def _split(study: Study, bench: Bench, scenarios: int, tell: Callable[[int], None]) -> Record:
    """Split the variance of a run of the configuration as it is, mixed rules included."""
    starts = range(0, scenarios, CHUNK)
    parts: list[Rows] = []
    for rows, _ in bench.each(
        lambda first: settle_chunk(study, np.arange(first, min(first + CHUNK, scenarios))), starts
    ):
        parts.append(rows)
        tell(len(rows["scenario_weight"]))
    settings = study.config.settings
    cube = xr.Dataset(
        {name: (VARIABLES[name].dims, np.concatenate([rows[name] for rows in parts])) for name in parts[0]},
        coords={"scenario": np.arange(scenarios), "track": list(settings.tracks)},
        attrs={
            "sampler": settings.sampler.kind,
            "replicates": settings.sampler.replicates,
            "control": int(settings.sampler.control),
        },
    )
    found = variance_split(cube)
    names = [str(part) for part in found["part"].to_numpy()]
    return {
        track: dict(zip(names, in_json(Estimate(share, se)), strict=True))
        for track, share, se in zip(
            settings.tracks, found["share"].to_numpy(), found["share_se"].to_numpy(), strict=True
        )
    }
