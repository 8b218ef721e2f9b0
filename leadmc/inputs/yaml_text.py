"""Read a YAML file as the user meant it: no key twice, no silent surprise, every syntax error with its line."""

from pathlib import Path
from typing import Any

import yaml

from leadmc.base.errors import Fault, InputError


class _OneOfEach(yaml.SafeLoader):
    """YAML where a repeated key is an error; plain YAML silently keeps the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: dict[Any, yaml.Mark] = {}
        for key_node, _ in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key in seen and key != "<<":
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key} stands twice (first in line {seen[key].line + 1})", key_node.start_mark
                )
            if key is not None:
                seen[key] = key_node.start_mark
        return super().construct_mapping(node, deep=deep)


def read_yaml(path: Path) -> dict[Any, Any]:
    """Read a file that holds one YAML map.

    Raises
    ------
    InputError
        The file is missing, unreadable, empty, not UTF-8, not YAML, or not a map; or a key stands twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError([Fault(str(path), "no such file", "a configuration file", "Check the path.")]) from None
    except IsADirectoryError:
        raise InputError([Fault(str(path), "a directory", "a configuration file", "Name a file in it.")]) from None
    except UnicodeDecodeError:
        raise InputError([Fault(str(path), "not UTF-8 text", "YAML in UTF-8", "Save the file as UTF-8.")]) from None
    except OSError as error:
        raise InputError([Fault(str(path), error.strerror or "unreadable", "a file that can be read")]) from None
    content = _parsed(path.name, text)
    if content is None:
        raise InputError([Fault(path.name, "empty", "a map of settings", "Start from `leadmc init`.")])
    if not isinstance(content, dict):
        kind = type(content).__name__
        raise InputError([Fault(path.name, f"a {kind}", "a map of settings", "Write one `key: value` a line.")])
    return content


def _parsed(name: str, text: str) -> object:
    try:
        return yaml.load(text, Loader=_OneOfEach)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InputError([Fault(name + place, error.problem or "not YAML", "valid YAML, every key once")]) from None
    except RecursionError:
        raise InputError([Fault(name, "nested too deeply", "maps and lists a few levels deep")]) from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date or number that cannot be, such as 2026-99-99
        raise InputError([Fault(name, str(error).splitlines()[0], "valid YAML")]) from None
