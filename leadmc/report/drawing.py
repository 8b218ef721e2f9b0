"""From a figure to SVG that can stand inside a page: same bytes for the same data, colours left to the page."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from io import StringIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import matplotlib as mpl
from markupsafe import Markup, escape
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from leadmc.report.paper import Paper

STYLE: Final = Path(__file__).with_name("report.mplstyle")


def style() -> dict[Any, Any]:
    """Read the one style file over Matplotlib's defaults, whatever the user's own settings."""
    settings = mpl.rc_params_from_file(STYLE, use_default_template=True)
    return {key: value for key, value in settings.items() if not key.startswith("backend")}


@contextmanager
def styled() -> Iterator[Paper]:
    """Give paper for figures in the style of the report; the caller's settings come back afterwards."""
    with mpl.rc_context(style()):
        yield Paper()


@cache  # every figure asks several times
def palette() -> Mapping[str, str]:
    """Colours of the style file [hex] by the name of the page's variable."""
    settings = style()
    roles = {"ink": settings["text.color"], "soft": settings["xtick.color"], "rule": settings["grid.color"]}
    tracks = {f"track-{i}": one["color"] for i, one in enumerate(settings["axes.prop_cycle"])}
    return MappingProxyType({name: to_hex(colour) for name, colour in (roles | tracks).items()})


def svg(figure: Figure, name: str, title: str) -> Markup:
    """Draw a figure as an SVG element.

    Parameters
    ----------
    figure
        Drawn within ``styled``.
    name
        Unique on the page: the prefix of every id in the drawing.
    title
        What the figure shows, for readers who cannot see it.

    Returns
    -------
    Markup
        One ``<svg role="img">`` element with text as text and colours as variables of the page.
    """
    out = StringIO()
    figure.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r'( id="|"#|url\(#)', rf"\g<1>{name}-", text)
    for role, colour in palette().items():
        text = text.replace(colour, f"var(--{role})")
    label = f'<svg role="img" aria-labelledby="{name}-title"'
    body = text.removeprefix("<svg").replace(">", f'>\n <title id="{name}-title">{escape(title)}</title>', 1)
    return Markup(label + body)  # Matplotlib escapes its own text
