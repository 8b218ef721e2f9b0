"""The command that measures the machine: ``bench``."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadmc.base.errors import Fault, InputError
from leadmc.commands.answers import Answer, Format, print_csv, print_json, print_tables

if TYPE_CHECKING:
    from rich.table import Table


def bench(
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Small sizes, half a minute.")] = False,
    answer: Answer = Format.TABLE,
    out: Annotated[Path | None, typer.Option(help="Keep the figures in a new JSON file.")] = None,
) -> None:
    """Measure how fast leadmc is here: the kernel, threads, sizes, what a run costs beside it, and its start."""
    if out is not None and out.exists():
        raise InputError([Fault("--out", str(out), "a file that does not exist yet", "Choose another name.")])
    from leadmc.speed import measure

    found = measure(quick=quick)
    if out is not None:
        out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if answer is Format.TABLE:
        print_tables(_tables(found))
    elif answer is Format.JSON:
        print_json(found)
    else:
        print_csv([{"measured": name, "value": value} for name, value in _rows(found)])


def _tables(found: Mapping[str, Any]) -> "Iterator[Table]":
    from rich.markup import escape
    from rich.table import Table

    machine = found["machine"]
    table = Table(title=f"{machine['cpu']}, {machine['cores']} cores", title_justify="left")
    table.add_column("")
    table.add_column("", justify="right")
    for name, value in _rows(found):
        table.add_row(escape(name), value)
    yield table


def _rows(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Say what was measured, in words and figures."""
    timed, run, start = found["kernel"], found["run"], found["start"]
    for name, words in (
        ("kernel", "kernel, everything on, one thread [ns per beneficiary-year]"),
        ("twin", "its NumPy twin [ns per beneficiary-year]"),
        ("generator", "Philox4x32-10 alone [ns per block of four words]"),
    ):
        yield f"{words}, best", f"{timed['best_ns'][name]:.2f}"
        yield f"{words}, median", f"{timed['median_ns'][name]:.2f}"
    yield "kernel over Philox alone", f"{timed['kernel_over_generator']:.2f}"
    for each in found["threads"]:
        yield f"efficiency on {each['threads']} threads, same work", f"{each['strong']:.2f}"
        yield f"efficiency on {each['threads']} threads, as much work each", f"{each['weak']:.2f}"
        yield f"efficiency on {each['threads']} threads, the generator alone", f"{each['generator']:.2f}"
    for name, exponent in found["growth"].items():
        yield f"cost grows with {name} to the power of", f"{exponent:.3f}"
    yield "one scenario from drivers to settlement, one thread [ms]", f"{run['scenario_ms']:.3f}"
    yield "of this beside the kernel", f"{run['share_beside_the_kernel']:.0%}"
    yield "mean ten-year net result within 0.05% of benchmark [scenarios]", f"{run['precise_scenarios']:,.0f}"
    yield "the same, one thread [s]", f"{run['precise_seconds']:.1f}"
    yield "from nothing to the first scenario of a run [s]", f"{start['seconds']:.1f}"
    for name, words in (
        ("processor_seconds", "of the processor"),
        ("imports", "imports"),
        ("configuration", "configuration"),
        ("people", "people"),
        ("first_scenario", "kernel, first scenario, layout of the cube"),
    ):
        yield f"the same, {words} [s]", f"{start[name]:.2f}"
