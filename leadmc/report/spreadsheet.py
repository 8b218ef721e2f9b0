"""Sheets of an Excel workbook: tables of numbers that stay numbers, shown to the digits that their errors support.

An estimate takes two columns, the value and its standard error. Both are stored as `measures.rounding` prints them, so
that a cell, the report and the terminal show the same digits; ``summary.json`` has them all.
"""

import math
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import xlsxwriter

from leadmc.measures.rounding import NO_ESTIMATE
from leadmc.measures.tables import Cell

Entry = str | float | Cell | None
Row = tuple[Entry, ...]
Style = tuple[tuple[str, Any], ...]
"""What a format says to XlsxWriter."""

WIDEST: Final = 48
"""Characters of a column; longer texts wrap."""
NARROWEST: Final = 9
HEIGHT: Final = 15
"""Of a line [points]."""
ACROSS: Final = 210
"""Characters across a printed page; a wider sheet takes more pages, each with the columns that name the rows."""
ERROR: Final = "± SE"
WHOLE: Final = "#,##0"
TOP: Final = (("valign", "top"),)
TEXT: Final = (("text_wrap", True), ("indent", 1), *TOP)
BOLD: Final = (("bold", True),)
TITLE: Final = (*BOLD, ("font_size", 14))
HEADING: Final = (*BOLD, ("bottom", 1), ("text_wrap", True), ("valign", "bottom"))
SOFT: Final = (("font_color", "#5a6472"),)
LETTER: Final = 1
"""Paper of the United States, by Excel's number for it."""


class Block(NamedTuple):
    """A table of a sheet.

    Parameters
    ----------
    title
        What it holds; empty where the sheet says it.
    header
        Name of each column; one for an estimate.
    rows
        Their entries; those of a column are all estimates or none is.
    numbers
        How Excel shows numbers of a column that are no estimates, by its name; as they come where it is not named.
    """

    title: str
    header: tuple[str, ...]
    rows: Sequence[Row]
    numbers: Mapping[str, str] = MappingProxyType({})


class Sheet(NamedTuple):
    """A sheet: its name on the tab, what to know before reading it, and its tables.

    ``keys`` columns at the left name the rows and stay in sight.
    """

    name: str
    title: str
    notes: tuple[str, ...]
    blocks: tuple[Block, ...]
    keys: int = 1


class Pen:
    """Writes one sheet, table by table.

    Parameters
    ----------
    book
        The workbook of XlsxWriter.
    formats
        Formats of the workbook by what they say, so that each is there once.
    sheet
        What to write.
    """

    def __init__(self, book: Any, formats: dict[Style, Any], sheet: Sheet):
        self._book, self._formats, self._sheet = book, formats, sheet
        self._page = book.add_worksheet(sheet.name)
        self._row = 0
        self._widths: dict[int, int] = {}
        self._texts: list[tuple[int, int, str]] = []

    def write(self) -> None:
        """Write everything, then set widths, heights, panes and how it prints."""
        self._line(self._sheet.title, TITLE)
        for note in self._sheet.notes:
            self._line(note, SOFT)
        alone = len(self._sheet.blocks) == 1
        for number, block in enumerate(self._sheet.blocks, start=1):
            self._row += 1
            self._block(block, "table" if alone else f"table_{number}", alone=alone)
        if not alone:
            self._page.freeze_panes(1, self._sheet.keys)
        self._fit()

    def _fit(self) -> None:
        widths = {column: min(max(width + 1, NARROWEST), WIDEST) for column, width in self._widths.items()}
        for column, width in widths.items():
            self._page.set_column(column, column, width)
        lines: dict[int, int] = {}
        for row, column, text in self._texts:
            if len(text) > widths[column]:
                lines[row] = max(lines.get(row, 1), len(textwrap.wrap(text, widths[column])))
        for row, count in lines.items():
            self._page.set_row(row, HEIGHT * count)
        self._page.set_landscape()
        self._page.set_paper(LETTER)
        self._page.fit_to_pages(-(-sum(widths.values()) // ACROSS), 0)
        self._page.repeat_columns(0, self._sheet.keys - 1)
        self._page.set_footer("&L&A&RPage &P of &N")
        self._page.hide_gridlines(2)

    def _line(self, text: str, style: Style) -> None:
        self._page.write_string(self._row, 0, text, self._format(style))
        self._row += 1

    def _block(self, block: Block, name: str, *, alone: bool) -> None:
        if block.title:
            self._line(block.title, BOLD)
        head, width = self._row, 0
        pairs = [any(isinstance(row[k], Cell) for row in block.rows) for k in range(len(block.header))]
        for text, pair in zip(block.header, pairs, strict=True):
            for part in (text, ERROR) if pair else (text,):
                style = (*HEADING, ("align", "right")) if pair else HEADING
                self._text(head, width, part, style, longest=max(map(len, part.split()), default=0))
                width += 1
        self._row += len(block.rows)
        column = 0
        for k, (text, pair) in enumerate(zip(block.header, pairs, strict=True)):
            entries = [row[k] for row in block.rows]
            self._entries(head + 1, column, entries, block.numbers.get(text, "General"))
            column += 1 + pair
        cells = xlsxwriter.utility.xl_range_abs(head, 0, self._row, width - 1)
        self._book.define_name(f"{self._sheet.name}_{name}", f"={self._sheet.name}!{cells}")
        if alone:
            self._page.freeze_panes(head + 1, self._sheet.keys)
            self._page.repeat_rows(head)
            self._page.autofilter(head, 0, self._row, width - 1)
        self._row += 1

    def _entries(self, first: int, column: int, entries: Sequence[Entry], number: str) -> None:
        """Write a column from a row on; an estimate has its error beside it."""
        style = self._format((("num_format", number), *TOP))
        numbers: list[float] = []
        for row, entry in enumerate(entries, start=first):
            if isinstance(entry, Cell):
                self._estimate(row, column, entry.value, ())
                self._estimate(row, column + 1, entry.se, SOFT)
            elif isinstance(entry, int | float) and not isinstance(entry, bool) and math.isfinite(entry):
                self._page.write_number(row, column, entry, style)
                numbers.append(entry)
            elif entry is not None:
                self._text(row, column, str(entry), TEXT, longest=len(str(entry)))
        shown = {min(numbers), max(numbers)} if "#" in number and numbers else set(numbers)
        self._widen(column, max((len(f"{one:,.0f}" if "#" in number else f"{one:g}") for one in shown), default=0))

    def _estimate(self, row: int, column: int, text: str, style: Style) -> None:
        """Write a printed number as the number that it prints, with as many decimals."""
        self._widen(column, len(text))
        if text == NO_ESTIMATE:
            self._page.write_string(row, column, text, self._format((*SOFT, ("align", "right"))))
            return
        decimals = len(text.partition(".")[2])
        shown = "0.0E+00" if "e" in text else f"{WHOLE}.{'0' * decimals}" if decimals else WHOLE
        number = float(text.replace(",", ""))
        self._page.write_number(row, column, number, self._format((*style, ("num_format", shown), *TOP)))

    def _text(self, row: int, column: int, text: str, style: Style, *, longest: int) -> None:
        """Write a text that wraps, in a column that has room for so many characters."""
        self._widen(column, longest)
        self._texts.append((row, column, text))
        self._page.write_string(row, column, text, self._format(style))

    def _widen(self, column: int, characters: int) -> None:
        self._widths[column] = max(self._widths.get(column, 0), characters)

    def _format(self, style: Style) -> Any:
        if style not in self._formats:
            self._formats[style] = self._book.add_format(dict(style))
        return self._formats[style]


def write_sheets(path: Path, sheets: Sequence[Sheet], *, title: str, made: datetime) -> None:
    """Write a workbook that is there in full or not at all; same content, same bytes.

    Parameters
    ----------
    path
        The file.
    sheets
        In the order of their tabs.
    title
        Of the document.
    made
        When the numbers were made.
    """
    partial = path.with_name(path.name + ".partial")
    # texts stay texts, whatever sign they begin with
    book = xlsxwriter.Workbook(str(partial), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": made})
    formats: dict[Style, Any] = {}
    for sheet in sheets:
        Pen(book, formats, sheet).write()
    book.close()
    partial.replace(path)
