"""Bring the tables of docs/nomenclature.md up to date with the registry: ``python docs/make_nomenclature.py``."""

import re
from collections.abc import Iterable
from pathlib import Path

from leadmc.base.variables import VARIABLES
from leadmc.measures.risk import QUANTITIES, STATISTICS

PAGE = Path(__file__).parent / "nomenclature.md"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a Markdown table."""
    lines = [list(heads), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def variables() -> str:
    """List the variables of the cube as the registry has them."""
    rows = (
        (f"`{one.name}`", one.long_name, ", ".join(one.dims), one.unit, one.sign, one.rule)
        for one in VARIABLES.values()
    )
    return table(
        ("Cube, code, JSON", "Figures and tables", "Axes", "Unit", "A positive number", "Where it comes from"), rows
    )


def statistics() -> str:
    """List the statistics of a distribution."""
    return table(("Name", "What it says"), ((f"`{one.name}`", one.meaning) for one in STATISTICS))


def quantities() -> str:
    """List the money of which a summary gives distributions."""
    return ", ".join(f"`{name}`" for name in QUANTITIES) + "."


TABLES = {"variables": variables, "statistics": statistics, "quantities": quantities}


def filled(page: str) -> str:
    """Put every generated part between its marks."""
    for name, write in TABLES.items():
        marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page = marks.sub(lambda found, write=write: found[1] + write() + "\n" + found[2], page)
    return page


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
