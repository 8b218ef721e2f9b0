"""Commands about the agreement itself: ``rules``, ``explain``, ``settle``."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadmc.base.errors import Fault, InputError
from leadmc.commands.answers import FAILED, Answer, Format, RunDirectory, fail, print_csv, print_json, print_tables

if TYPE_CHECKING:
    from leadmc.contract.explanation import Explanation

Year = Annotated[int | None, typer.Option(help="A performance year; every year by default.")]


def rules(
    programme: Annotated[str | None, typer.Argument(metavar="[lead|reach|mssp]", help="LEAD by default.")] = None,
    *,
    unverified: Annotated[bool, typer.Option("--unverified", help="Only what no named source confirms.")] = False,
    track: Annotated[str | None, typer.Option(help="Only what concerns a track.")] = None,
    year: Year = None,
    config: Annotated[Path | None, typer.Option(help="With the values of this configuration.")] = None,
    answer: Answer = Format.TABLE,
) -> None:
    """Print the rule book: every term with its years, source and confidence."""
    from leadmc import terminal
    from leadmc.contract.book import printed_sources
    from leadmc.contract.listing import chosen_programme, listed
    from leadmc.contract.programmes import rule_book

    chosen = chosen_programme(programme, track, year)
    overrides, origins = _said_by(config)
    book = {term.path: term.value for term in listed(rule_book(chosen), year=year)}
    found = tuple(listed(rule_book(chosen, overrides), track=track, year=year, unverified=unverified))
    if answer is Format.TABLE:
        changed = {path: f"{origin}; the book: {book[path]}" for path, origin in origins.items() if path in book}
        print_tables([terminal.terms(f"Rule book: {chosen}", found, changed)])
        _print_sources(printed_sources(chosen), {term.source for term in found})
        return
    records = [
        {**term._asdict(), "origin": origins.get(term.path, "book"), "book_value": book[term.path]} for term in found
    ]
    (print_json if answer is Format.JSON else print_csv)(records)


def explain(
    run: RunDirectory,
    *,
    scenario: Annotated[int, typer.Option(help="Number of the scenario, from 0.")],
    track: Annotated[str, typer.Option(help="A track of the run.")],
    year: Year = None,
    answer: Answer = Format.TABLE,
) -> None:
    """Explain one scenario's settlement, line by line; exit with 1 if it is not what the run holds."""
    from leadmc.replay import replay

    found = replay(run, scenario=scenario, track=track, year=year)
    same = not found.differs
    if answer is Format.JSON:
        from leadmc.report.statement import record

        head = {"run": run.name, "scenario": scenario, "same_as_cube": same, "differs": list(found.differs)}
        print_json(head | record(found.explanation))
    else:
        _print_explanations([found.explanation], answer)
    if not same:
        fail(
            f"Not the numbers of the run: {', '.join(found.differs)} of scenario {scenario} differ from the cube. "
            "The version of leadmc, of its libraries or the machine has changed since, or the cube has.",
            FAILED,
        )
    _fail_where_nothing_adds_up([found.explanation])
    if answer is Format.TABLE:
        typer.echo(f"Every number of scenario {scenario} is that of the run, to the last bit.")


def settle(
    terms: Annotated[Path, typer.Argument(metavar="TERMS.yaml", help="Tracks, facts of the ACO, rules.")],
    experience: Annotated[Path, typer.Argument(metavar="EXPERIENCE.csv", help="One row a year, category, alignment.")],
    *,
    track: Annotated[list[str] | None, typer.Option(help="Instead of the file's; may be given again.")] = None,
    explained: Annotated[bool, typer.Option("--explain", help="Line by line, as leadmc explain.")] = False,
    break_even: Annotated[bool, typer.Option("--break-even", help="The savings that decide, year by year.")] = False,
    answer: Answer = Format.TABLE,
) -> None:
    """Settle real or budgeted years without any simulation."""
    if explained and break_even:
        raise InputError([Fault("--explain, --break-even", "both", "one of the two")])
    from leadmc.contract.case import decisive_savings
    from leadmc.inputs.settlement_files import read_case
    from leadmc.report.statement import record, results

    case, notes = read_case(terms, experience, tuple(track or ()))
    if break_even:
        _print_decisive(list(decisive_savings(case)), answer)
        return
    settled = {name: case.explain(name) for name in case.tracks}
    explanations = [found for _, found in settled.values()]
    money = [list(results(name, done, case.experience, case.last_year)) for name, (done, _) in settled.items()]
    if answer is Format.JSON:
        lines = [record(each) for each in explanations] if explained else []
        print_json({"notes": notes, "results": [row for rows in money for row in rows], "explanations": lines})
    elif explained:
        _print_explanations(explanations, answer)
    elif answer is Format.CSV:
        print_csv(row for rows in money for row in rows)
    else:
        _print_money(notes, money)
    _fail_where_nothing_adds_up(explanations)


def _said_by(config: Path | None) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """Give what a configuration lays over the books, by path: its values, and where each comes from."""
    if config is None:
        return {}, {}
    from leadmc.inputs.config import load_config

    loaded = load_config(config)
    said = loaded.rules()
    origins = {path: "yours" if path in loaded.settings.rules else "the preset's" for path in said.overrides}
    for term in said.mixture:
        weights = (f"{name} {weight:g}" for name, weight in zip(term.alternatives, term.weights, strict=True))
        origins[term.path] = f"mixed: {', '.join(weights)}"
    return said.overrides, origins


def _print_sources(printed: Mapping[str, str], cited: Iterable[str]) -> None:
    """Spell out the keys of the sources that were cited."""
    for key in printed:
        if key in cited:
            typer.echo(f"{key}: {printed[key]}")


def _print_explanations(found: Iterable["Explanation"], answer: Format) -> None:
    """Print statements and their sources, or a row for every number."""
    from leadmc.report import statement

    if answer is Format.CSV:
        print_csv(row for each in found for row in statement.rows(each))
        return
    from rich.console import Console

    from leadmc.contract.book import printed_sources
    from leadmc.contract.programmes import programme_of

    width = Console().width
    for each in found:
        for line in statement.statement(each, width):
            typer.echo(line)
        typer.echo()
        if cited := statement.cited(each):
            _print_sources(printed_sources(programme_of(each.track)), cited)


def _print_money(notes: Iterable[str], money: Iterable[list[dict[str, Any]]]) -> None:
    """Print what was defaulted, and the money of every track."""
    from leadmc import terminal

    for note in notes:
        typer.echo(note)
    for rows in money:
        print_tables(terminal.settlement(rows))


def _print_decisive(rows: list[dict[str, Any]], answer: Format) -> None:
    """Print the savings that decide."""
    from leadmc import terminal

    if answer is Format.TABLE:
        typer.echo("Savings, in % of the benchmark before discount, above which a track pays, and where two are equal:")
        print_tables([terminal.decisive_savings(rows)])
    elif answer is Format.JSON:
        print_json(rows)
    else:
        print_csv({name: _in_one_cell(value) for name, value in row.items()} for row in rows)


def _in_one_cell(value: Any) -> Any:
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def _fail_where_nothing_adds_up(found: Iterable["Explanation"]) -> None:
    """Exit with 1 if a year's parts do not make its total."""
    wrong = [f"{each.name} {each.year}" for one in found for each in one.identities if not each.holds]
    if wrong:
        fail(f"Does not add up to the cent: {', '.join(wrong)}.", FAILED)
