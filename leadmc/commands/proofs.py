"""Commands that test the model against the world: ``reproduce``, ``backtest``, ``calibrate``."""

from pathlib import Path
from typing import Annotated

import typer

from leadmc.commands.answers import FAILED, Answer, Format, fail, print_csv, print_json, print_tables


def reproduce(
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Small samples, under a minute.")] = False,
    answer: Answer = Format.TABLE,
) -> None:
    """Check the model against outside facts; exit with 1 if a fact is missed."""
    from rich.console import Console

    from leadmc import terminal
    from leadmc.validation.reproduce import reproduce as checked

    with terminal.progress(Console(stderr=True), "checks") as progress:
        records = [check.record() for check in checked(quick=quick, progress=progress)]
    if answer is Format.TABLE:
        print_tables(terminal.checks(records))
    elif answer is Format.JSON:
        print_json(records)
    else:
        print_csv(records)
    missed = [record["name"] for record in records if record["verdict"] == "FAIL"]
    if missed:
        fail(f"{len(missed)} of {len(records)} checks failed: {'; '.join(missed)}.", FAILED)


def backtest(
    panel: Annotated[Path, typer.Argument(metavar="PANEL.csv", help="Real ACO results, one row an ACO and year.")],
    *,
    first: Annotated[int, typer.Option("--from", help="Year in which the first forecast is made.")],
    last: Annotated[int, typer.Option("--to", help="Last year forecast; all are forecast one year ahead.")],
    answer: Answer = Format.TABLE,
    figure: Annotated[Path | None, typer.Option(help="Draw calibration and coverage, .svg or .png.")] = None,
) -> None:
    """Forecast real ACOs' savings rates one year ahead, and score the forecasts."""
    from leadmc.inputs.assumptions import load_assumptions
    from leadmc.validation.backtest import backtest as tested
    from leadmc.validation.backtest import result_rows
    from leadmc.validation.panel_file import read_panel

    if figure is not None:
        from leadmc.report.backtest_figure import check_extension, write_figure

        check_extension(figure)
    found = tested(read_panel(panel), first=first, last=last, assumptions=load_assumptions())
    if answer is Format.TABLE:
        from leadmc import terminal

        print_tables(terminal.backtest(result_rows(found)))
    elif answer is Format.JSON:
        print_json(found)
    else:
        print_csv(result_rows(found))
    if figure is not None:
        write_figure(found, figure)


def calibrate(
    *,
    national: Annotated[Path | None, typer.Option(help="Spending of the nation by year.")] = None,
    states: Annotated[Path | None, typer.Option(help="Spending of the states by year.")] = None,
    counties: Annotated[Path | None, typer.Option(help="Spending of counties in two years.")] = None,
    panel: Annotated[Path | None, typer.Option(help="Results of ACOs by year.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write an assumptions file for a configuration to include.")] = None,
    answer: Answer = Format.TABLE,
) -> None:
    """Fit the drivers to CMS files, the packaged ones or yours of the same form, with their standard errors."""
    from leadmc.inputs.calibration.assumptions_file import estimate_rows, write_assumptions
    from leadmc.inputs.calibration.fitting import fit_all, read_public_files
    from leadmc.inputs.presets import assumption_table

    stated = {"national": national, "states": states, "counties": counties, "panel": panel}
    fitted = fit_all(read_public_files({kind: path for kind, path in stated.items() if path is not None}))
    defaults = {line.path: line.value for line in assumption_table()}
    if out is not None:
        write_assumptions(out, fitted)
    if answer is Format.TABLE:
        from leadmc import terminal

        print_tables([terminal.estimates(fitted, defaults)])
        if out is not None:
            typer.echo(f"Wrote {out}. A configuration includes it with `assumptions: {{file: {out.name}}}`.")
    elif answer is Format.JSON:
        print_json(list(estimate_rows(fitted, defaults)))
    else:
        print_csv(estimate_rows(fitted, defaults))
