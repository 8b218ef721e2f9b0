"""Commands about the agreement itself: ``rules``."""

from typing import Annotated

import typer

from leadmc.commands.answers import Answer, Format, print_csv, print_json, print_tables


def rules(
    programme: Annotated[str, typer.Argument(metavar="[lead]", help="The programme.")] = "lead",
    answer: Answer = Format.TABLE,
) -> None:
    """Print the rule book: every term with its years, source and confidence."""
    from leadmc import terminal
    from leadmc.contract.book import printed_sources
    from leadmc.contract.programmes import rule_book

    book = rule_book(programme)
    if answer is Format.TABLE:
        print_tables([terminal.terms(f"Rule book: {programme}", book)])
        for key, source in printed_sources(programme).items():
            typer.echo(f"{key}: {source}")
    elif answer is Format.JSON:
        print_json([term._asdict() for term in book])
    else:
        print_csv(term._asdict() for term in book)
