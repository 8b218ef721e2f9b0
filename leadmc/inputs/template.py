"""The configuration that a new user starts from: every key, its default and its meaning, written from the schema."""

import math
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from leadmc.inputs.presets import COMPLETE
from leadmc.inputs.settings import Settings

WIDTH: Final = 118
HEADER: Final = """\
# A leadmc configuration. Only name, seed, scenarios and population are compulsory; the rest stands at its default.
# `leadmc validate` checks it and lists every assumption, `leadmc rules` every rule, each with its source.
"""
EXAMPLES: Final[Mapping[str, Any]] = {
    "assumptions": {"preset": COMPLETE, "national_trend": {"starting_deviation": -0.035}},
    "rules": {"rate_book.mode": "LINEAR5", "mixture": {"add_on.duration": {"book": 0.5, 10: 0.5}}},
}


def config_text(values: Mapping[str, Any]) -> str:
    """Write a commented configuration.

    Parameters
    ----------
    values
        What the configuration states, as nested maps; every other key takes its default.

    Returns
    -------
    str
        YAML that reads back as ``values`` with every default.
    """
    return HEADER + "\n".join(_section(Settings, values, depth=0)) + "\n"


def _section(model: type[BaseModel], values: Mapping[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for name, field in model.model_fields.items():
        if depth == 0:
            yield ""
        margin = f"{indent}# "
        yield from textwrap.wrap(field.description or "", WIDTH, initial_indent=margin, subsequent_indent=margin)
        inner, value = _model_of(field), values.get(name, _default(field))
        if inner is not None and isinstance(value, Mapping):
            yield f"{indent}{name}:"
            yield from _section(inner, value, depth + 1)
        else:
            yield f"{indent}{'# ' if value is None else ''}{name}: {_inline(value)}"
        if name in EXAMPLES:
            yield f"# {name}: {_inline(EXAMPLES[name])}   # for example"


def _model_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the schema of a key that is itself a section."""
    kinds = (field.annotation, *getattr(field.annotation, "__args__", ()))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _default(field: FieldInfo) -> Any:
    default = field.get_default(call_default_factory=True)
    return default.model_dump() if isinstance(default, BaseModel) else default


def _inline(value: Any) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    return yaml.safe_dump(plain, default_flow_style=True, width=math.inf, sort_keys=False).removesuffix("...\n").strip()
