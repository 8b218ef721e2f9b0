"""The YAML that leadmc ships: rule books, assumptions, outside facts; each file is read once a process."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

# libyaml reads the packaged files ten times as fast as Python; where it is missing, Python does
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def packaged_yaml(package: str, *place: str) -> Mapping[str, Any]:
    """Read a file below a package; it is shared, so nobody may change what it holds."""
    text = resources.files(package).joinpath(*place).read_text(encoding="utf-8")
    content: Mapping[str, Any] = yaml.load(text, Loader=LOADER)
    return content
