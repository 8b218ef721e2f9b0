"""What the numbers say, in sentences for a board; every number with the error that it carries."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from leadmc.measures.tables import MILLION, PERCENT, cell

Record = Mapping[str, Any]
Pair = Mapping[str, float | None]

ACRONYMS: Final = {"mssp": "MSSP", "reach": "REACH"}
CLEAR: Final = 2.0
"""Standard errors beyond which a difference is called one."""


class TrackWords(NamedTuple):
    """What a board asks of one track, as sentences."""

    title: str
    loss: str
    middle: str
    bad: str
    worst_year: str


def track_title(track: str) -> str:
    """Name a track for a reader: ``MSSP Enhanced`` for ``mssp-enhanced``."""
    return " ".join(ACRONYMS.get(word, word.capitalize()) for word in track.split("-"))


def chance(pair: Pair, scenarios: int) -> str:
    """Print a probability in percent; an event never seen, or always, is told as such."""
    if pair["value"] == 0:
        return f"0% (none of {scenarios:,} scenarios)"
    if pair["value"] == 1:
        return f"100% (all of {scenarios:,} scenarios)"
    return f"{cell(pair, PERCENT)}%"


def amount(pair: Pair, *, error: bool = True) -> str:
    """Print money as a loss or a gain in $ million, with its error; in a title only to the digits that it supports."""
    value = pair["value"]
    if value is None:
        return "an unknown amount"
    size = cell({"value": abs(value), "se": pair["se"]}, MILLION)
    return f"a {'loss' if value < 0 else 'gain'} of ${size if error else size.value} million"


def describe(record: Record, track: str) -> TrackWords:
    """Say how likely a ten-year loss is on a track, and how bad one in twenty is."""
    quantity = record["tracks"][track]["net_result"]
    total, worst, n = quantity["ten_year"], quantity["worst_year"], record["n_scenarios"]
    relative = cell(total["percent_of_benchmark"]["p5"])
    return TrackWords(
        track_title(track),
        chance(total["p_loss"], n),
        f"Half of the scenarios end better than {amount(total['usd']['p50'])} over ten years.",
        f"One scenario in 20 ends worse than {amount(total['usd']['p5'])} ({relative}% of benchmark); "
        f"the average of those is {amount(total['usd']['tvar95'])}.",
        f"The chance of a loss in at least one year is {chance(worst['p_loss'], n)}; "
        f"in one scenario in 20 the worst single year ends worse than {amount(worst['usd']['p5'])}.",
    )


def verdict(record: Record) -> str:
    """Say which track is better and how sure that is; without two tracks, how likely a loss is."""
    compared, n = record["choice"], record["n_scenarios"]
    if compared is None:
        return " ".join(
            f"{track_title(track)} loses money over ten years with a chance of "
            f"{chance(quantities['net_result']['ten_year']['p_loss'], n)}."
            for track, quantities in record["tracks"].items()
        )
    first, second = track_title(compared["first"]), track_title(compared["second"])
    total = compared["ten_year"]
    mean = total["difference_usd"]["mean"]
    share = f"{first} pays more than {second} in {chance(total['better'], n)} of scenarios."
    if not distinct(mean):
        return (
            f"On average over ten years {first} and {second} cannot be told apart: the difference is "
            f"${cell(mean, MILLION)} million. {share}"
        )
    ahead, behind = (first, second) if mean["value"] > 0 else (second, first)
    gap = cell({"value": abs(mean["value"]), "se": mean["se"]}, MILLION)
    return f"{ahead} pays ${gap} million more than {behind} over ten years on average. {share}"


def distinct(pair: Pair) -> bool:
    """Whether a number differs from zero by more than its error can explain."""
    value, se = pair["value"], pair["se"]
    return value is not None and se is not None and abs(value) > CLEAR * se


def distribution_finding(record: Record) -> str:
    """State what the ten-year totals show."""
    ends = [
        f"{track_title(track)} ends worse than {amount(quantities['net_result']['ten_year']['usd']['p5'], error=False)}"
        for track, quantities in record["tracks"].items()
    ]
    return f"Over ten years, in one scenario in 20, {' and '.join(ends)}"


def fan_finding(record: Record, track: str) -> str:
    """State how a bad year of a track changes from the first year to the last."""
    years = record["tracks"][track]["net_result"]["by_year"]
    (first, start), *_, (last, end) = years.items()
    before, after = (amount(cell["usd"]["p5"], error=False) for cell in (start, end))
    return f"{track_title(track)}: a bad year, one in 20, goes from {before} in {first} to {after} in {last}"


def difference_finding(record: Record) -> str:
    """State how often the first track pays more."""
    compared = record["choice"]
    first, second = track_title(compared["first"]), track_title(compared["second"])
    often = chance(compared["ten_year"]["better"], record["n_scenarios"])
    return f"{first} pays more than {second} over ten years in {often} of scenarios"


def step_finding(record: Record) -> str:
    """State how the benchmark moves against its trend when the rate book takes over."""
    moved, n = record["transition"], record["n_scenarios"]
    parts = [
        f"{track_title(track)} falls behind its trend in {chance(one['step_percent']['p_loss'], n)}"
        for track, one in moved["tracks"].items()
    ]
    year = moved["switch_year"]
    return f"From {year - 1} to {year} the benchmark of {' and of '.join(parts)} of scenarios"
