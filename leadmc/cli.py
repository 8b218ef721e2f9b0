"""The command line: every command under its name, and one way out for every mistake.

Exit status: 0 done, 1 failed, 2 bad input, 130 stopped by the user. What a command needs is imported when it runs, so
that help and complaints come at once.
"""

import gc
from typing import Final

import typer

from leadmc.base.errors import InputError, LeadmcError, StoppedError
from leadmc.commands import (
    agreement,
    beginnings,
    bench,
    comparisons,
    doubts,
    drivers,
    proofs,
    records,
    reports,
    runs,
    sampling,
)
from leadmc.commands.answers import BAD_INPUT, FAILED, STOPPED, fail

COLLECT_AFTER: Final = 100_000
"""New objects before Python looks for cycles of garbage. Imports make a third of a million that stay; after each 700,
as Python would, it looks 560 times before the first scenario, and that takes 0.3 s more than looking thrice."""

COMMANDS = (
    runs.run,
    beginnings.init,
    beginnings.validate,
    runs.summary,
    reports.report,
    comparisons.compare,
    records.verify,
    records.export,
    sampling.samplers,
    drivers.sensitivity,
    doubts.influence,
    doubts.transition,
    agreement.rules,
    agreement.explain,
    agreement.settle,
    proofs.reproduce,
    proofs.backtest,
    proofs.calibrate,
    bench.bench,
)

app = typer.Typer(
    name="leadmc",
    help="Monte Carlo risk analysis for the CMS LEAD model.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for each in COMMANDS:
    app.command()(each)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its status; a user's mistake gives a message and never a traceback."""
    gc.set_threshold(COLLECT_AFTER)
    try:
        app(args=arguments, prog_name="leadmc")
    except InputError as error:
        fail(error, BAD_INPUT)
    except StoppedError as stopped:
        fail(stopped, STOPPED)
    except LeadmcError as error:
        fail(f"Failed: {error}", FAILED)
    except OSError as error:
        fail(f"Failed: {error}", FAILED)
    except SystemExit as end:  # Typer has made it of Ctrl-C
        if end.code == STOPPED:
            typer.echo("Stopped. Nothing was kept.", err=True)
        raise
