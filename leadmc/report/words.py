"""What the numbers say, in sentences; every number with the error that it carries, and no claim beyond it."""

from collections.abc import Mapping
from typing import Any, Final

from leadmc.contract.book import STAY_OUT, TRACKS
from leadmc.measures.tables import MILLION, PERCENT, SCALE_UNITS, cell

Record = Mapping[str, Any]
Pair = Mapping[str, float | None]

ACRONYMS: Final = {"mssp": "MSSP", "reach": "REACH"}
CLEAR: Final = 2.0
"""Standard errors beyond which a difference is called one."""
COUNTS: Final = ("none", "one", "two", "three", "four", "five", "six", "seven")
USD: Final = "usd"
UNKNOWN: Final = "an unknown amount"


def track_title(track: str) -> str:
    """Name a track for a reader: ``LEAD Global`` for ``global``, ``MSSP Enhanced`` for ``mssp-enhanced``."""
    if track == STAY_OUT:
        return "Signing nothing"
    name = " ".join(ACRONYMS.get(word, word.capitalize()) for word in track.split("-"))
    return f"LEAD {name}" if track in TRACKS else name


def chance(pair: Pair, scenarios: int) -> str:
    """Print a probability in percent; an event never seen, or always, is told as such."""
    if pair["value"] == 0:
        return f"0% (none of {scenarios:,} scenarios)"
    if pair["value"] == 1:
        return f"100% (all of {scenarios:,} scenarios)"
    return f"{cell(pair, PERCENT)}%"


def money(pair: Pair, *, scale: str = USD, error: bool = True) -> str:
    """Print the size of an amount in the unit of a scale; in a title only to the digits that its error supports."""
    value = pair["value"]
    if value is None or pair["se"] is None:
        return UNKNOWN
    size = cell({"value": abs(value), "se": pair["se"]}, SCALE_UNITS[scale][1])
    text = str(size) if error else size.value
    return {USD: f"${text} million", "usd_pbpm": f"${text} per person-month"}.get(scale, f"{text}% of benchmark")


def amount(pair: Pair, *, scale: str = USD, error: bool = True) -> str:
    """Print money as a loss or a gain."""
    value, size = pair["value"], money(pair, scale=scale, error=error)
    if value is None or size == UNKNOWN:
        return UNKNOWN
    return f"a {'loss' if value < 0 else 'gain'} of {size}"


def distinct(pair: Pair) -> bool:
    """Whether a number differs from zero by more than its error can explain."""
    value, se = pair["value"], pair["se"]
    return value is not None and se is not None and abs(value) > CLEAR * se


def ten_year(record: Record, track: str) -> Record:
    """Ten-year net result of a track, by scale and statistic."""
    found: Record = record["tracks"][track]["net_result"]["ten_year"]
    return found


def ranked(record: Record) -> list[str]:
    """Tracks by the mean of their ten-year net result, the highest first."""
    return sorted(record["tracks"], key=lambda track: -(ten_year(record, track)[USD]["mean"]["value"] or 0.0))


def between(record: Record, one: str, other: str) -> Record:
    """Find the comparison of two tracks, whichever stands first in it."""
    return next(pair for pair in record["pairs"] if {pair["first"], pair["second"]} == {one, other})


def verdict(record: Record) -> list[str]:
    """Say which track is better and how sure that is; without two tracks, how likely a loss is."""
    n = record["n_scenarios"]
    if not record["pairs"]:
        track, *_ = record["tracks"]
        return [
            f"{track_title(track)} loses money over ten years with a chance of "
            f"{chance(ten_year(record, track)['p_loss'], n)}."
        ]
    best, second, *others = ranked(record)
    said = [_ahead(between(record, best, second), best, second, next_one=bool(others))]
    if others:
        of = COUNTS[len(record["tracks"])]
        often = chance(record["regret"][best]["best"], n)
        said.append(f"{track_title(best)} is the best of the {of} in {often} of scenarios.")
    else:
        said.append(_more_often(between(record, best, second), n))
    lead = [track for track in ranked(record) if track in TRACKS]
    if len(lead) == len(TRACKS) and lead != [best, second]:
        pair = between(record, *lead)
        said += [_ahead(pair, *lead, next_one=False), _more_often(pair, n)]
    return said


def _ahead(pair: Record, best: str, second: str, *, next_one: bool) -> str:
    mean = pair["ten_year"]["difference_usd"]["mean"]
    better, other = track_title(best), track_title(second)
    if not distinct(mean):
        return f"On average over ten years {better} and {other} cannot be told apart: the difference is {money(mean)}."
    if next_one:
        return f"{better} leaves the ACO best off: {money(mean)} more over ten years on average than the next, {other}."
    return f"{better} leaves the ACO {money(mean)} better off than {other}, on average over ten years."


def _more_often(pair: Record, scenarios: int) -> str:
    first, second = (track_title(pair[name]) for name in ("first", "second"))
    return f"{first} is better than {second} in {chance(pair['ten_year']['better'], scenarios)} of scenarios."


def total_finding(record: Record, scale: str) -> str:
    """State how bad one in twenty is on the track where it is least and where it is most."""
    ordered = _by(record, lambda track: ten_year(record, track)[scale]["p5"])
    worst, best = ordered[0], ordered[-1]
    mild, hard = (
        f"{amount(ten_year(record, track)[scale]['p5'], scale=scale, error=False)} on {track_title(track)}"
        for track in (best, worst)
    )
    ends = f"than {mild} and than {hard}" if best != worst else f"than {hard}"
    return f"Over ten years, one scenario in 20 ends worse {ends}"


def loss_finding(record: Record) -> str:
    """State on which track a ten-year loss is least and most likely."""
    ordered = _by(record, lambda track: ten_year(record, track)["p_loss"])
    least, most = ordered[0], ordered[-1]
    n = record["n_scenarios"]
    first, last = (f"{chance(ten_year(record, track)['p_loss'], n)} on {track_title(track)}" for track in (least, most))
    return f"A ten-year loss has a chance of {first}" + (f", of {last}" if least != most else "")


def spread_finding(record: Record, track: str) -> str:
    """State how likely a ten-year loss is on one track."""
    often = chance(ten_year(record, track)["p_loss"], record["n_scenarios"])
    return f"{track_title(track)} loses money over ten years in {often} of scenarios"


def fan_finding(record: Record, track: str, scale: str) -> str:
    """State how a bad year of a track changes from the first year to the last."""
    years = record["tracks"][track]["net_result"]["by_year"]
    (first, start), *_, (last, end) = years.items()
    before, after = (amount(cell[scale]["p5"], scale=scale, error=False) for cell in (start, end))
    return f"{track_title(track)}: a bad year, one in 20, goes from {before} in {first} to {after} in {last}"


def fall_finding(record: Record) -> str:
    """State how deep the cumulative result falls where it falls deepest."""
    tracks = record["course"]["tracks"]
    worst, *_ = _by(record, lambda track: tracks[track]["drawdown_usd"]["p5"])
    deep = money(tracks[worst]["drawdown_usd"]["p5"], error=False)
    return (
        f"In one scenario in 20 the cumulative result of {track_title(worst)} falls by more than {deep} from its height"
    )


def when_finding(record: Record, track: str) -> str:
    """State how often the cumulative result is never back."""
    never = chance(record["course"]["tracks"][track]["break_even_year"]["never"], record["n_scenarios"])
    return f"{track_title(track)}: in {never} of scenarios the cumulative result is below zero at the end"


def effect_finding(record: Record, track: str) -> str:
    """State what the rate book does to the benchmark of a track."""
    moved = record["transition"]["tracks"][track]
    mean = moved["effect_usd"]["ten_year"]["mean"]
    gains = chance(moved["gain"]["ten_year"], record["n_scenarios"])
    way = "raises" if (mean["value"] or 0.0) > 0 else "lowers"
    change = f"{way} the benchmark by {money(mean)}" if distinct(mean) else "changes the mean benchmark by little"
    return f"{track_title(track)}: the rate book {change} over ten years, and raises it in {gains} of scenarios"


def step_finding(record: Record) -> str:
    """State how the benchmark moves against its trend when the rate book takes over."""
    moved, n = record["transition"], record["n_scenarios"]
    parts = [
        f"{track_title(track)} falls behind its trend in {chance(moved['tracks'][track]['step_percent']['p_loss'], n)}"
        for track in moved_tracks(record)
    ]
    year = moved["switch_year"]
    return f"From {year - 1} to {year} the benchmark of {' and of '.join(parts)} of scenarios"


def moved_tracks(record: Record) -> list[str]:
    """Tracks whose benchmark the rate book touches."""
    tracks = record["transition"]["tracks"] if record["transition"] else {}
    return [track for track, one in tracks.items() if any(one["effect_usd"]["ten_year"]["mean"].values())]


def path_finding(record: Record, track: str, gross: Pair) -> str:
    """State what gross savings become of."""
    net = ten_year(record, track)[USD]["mean"]
    return f"{track_title(track)}: on average {amount(gross)} before sharing becomes {amount(net)}"


def regret_finding(record: Record) -> str:
    """State which track is regretted least."""
    regret = record["regret"]
    least, *_ = _by(record, lambda track: regret[track]["regret_usd"]["mean"])
    mean = money(regret[least]["regret_usd"]["mean"])
    return f"{track_title(least)} misses {mean} on average against the track that turns out best, the least of all"


def choice_finding(record: Record, track: str) -> str:
    """State how often a track is the best of all."""
    best = chance(record["regret"][track]["best"], record["n_scenarios"])
    return f"No track is better than {track_title(track)} in {best} of scenarios"


def enough_finding(record: Record, track: str) -> str:
    """State how well the mean and the bad twentieth are known with all scenarios."""
    total, n = ten_year(record, track)[USD], record["n_scenarios"]
    mean, tail = (cell({"value": total[name]["se"], "se": total[name]["se"]}, MILLION).value for name in ("mean", "p5"))
    return f"{track_title(track)}: with {n:,} scenarios the mean is known to ± ${mean} million, P5 to ± ${tail} million"


def _by(record: Record, pair: Any) -> list[str]:
    """Tracks in ascending order of an estimate; who signs nothing stands aside unless alone."""
    signed = [track for track in record["tracks"] if track != STAY_OUT] or [STAY_OUT]
    return sorted(signed, key=lambda track: pair(track)["value"] or 0.0)


def split_finding(record: Record, track: str) -> str:
    """State which part explains most of the spread of a track."""
    parts = {part: share for part, share in record["variance_split"][track].items() if share["value"] is not None}
    most = max(parts, key=lambda part: parts[part]["value"])
    return f"{track_title(track)}: {most} explains {cell(parts[most], PERCENT)}% of the spread"


def rule_finding(track: str, term: Record, mean: Pair) -> str:
    """State what the most influential rule would do."""
    return f"{track_title(track)}: {otherwise(term)} would {moves(mean)}"


def otherwise(term: Record) -> str:
    """Name an alternative of a rule."""
    other = str(term["alternative"]).replace("_", " ")
    return f"\N{LEFT DOUBLE QUOTATION MARK}{term['title']}\N{RIGHT DOUBLE QUOTATION MARK} as {other}"


def moves(mean: Pair) -> str:
    """Say what a change does to a mean."""
    return f"{'raise' if (mean['value'] or 0.0) > 0 else 'lower'} the mean by {money(mean)}"
