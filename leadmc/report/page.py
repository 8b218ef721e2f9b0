"""What a page is made of: figures and tables, each for one track and unit or for all of them, under headings."""

from typing import NamedTuple

from markupsafe import Markup

from leadmc.measures.tables import Table


class Picture(NamedTuple):
    """A figure on the page.

    Parameters
    ----------
    finding
        What it shows, as its title.
    drawing
        One SVG element.
    note
        How to read it.
    track, unit
        The track and the scale that it is for; empty where it is for all.
    wide
        Whether it needs more room than others.
    """

    finding: str
    drawing: Markup
    note: str
    track: str = ""
    unit: str = ""
    wide: bool = False


class Sheet(NamedTuple):
    """A table on the page.

    Parameters
    ----------
    caption
        What it holds.
    table
        Its cells.
    columns
        The percentile of each column; empty for the others.
    track, unit
        As for a picture.
    """

    caption: str
    table: Table
    columns: tuple[str, ...] = ()
    track: str = ""
    unit: str = ""


class Section(NamedTuple):
    """A part of the page: its heading, what to know before reading it, figures, tables.

    Parameters
    ----------
    name
        By which it is linked.
    title, intro
        Heading, and sentences below it.
    pictures, sheets
        Figures first, tables below.
    """

    name: str
    title: str
    intro: tuple[str, ...]
    pictures: tuple[Picture, ...] = ()
    sheets: tuple[Sheet, ...] = ()
