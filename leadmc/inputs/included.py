"""An assumptions file that a configuration includes: its values stand beneath those that the configuration states.

The configuration goes on as if it had stated them all, so that the copy in a run directory holds every value and
needs no other file.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from leadmc.base.errors import Fault, InputError
from leadmc.inputs.yaml_text import read_yaml

KEY: Final = "file"


def with_included_assumptions(values: Mapping[Any, Any], path: Path) -> dict[Any, Any]:
    """Put the file named by ``assumptions.file`` beneath the stated assumptions; maps are merged by key.

    Parameters
    ----------
    values
        Content of a configuration file.
    path
        Where it stands: the included file is relative to it.

    Raises
    ------
    InputError
        The included file is missing, is no map, or names a file or preset in its turn.
    """
    stated = values.get("assumptions")
    if not isinstance(stated, dict) or KEY not in stated:
        return dict(values)
    name = stated[KEY]
    if not isinstance(name, str):
        raise InputError([Fault(f"{path.name}, assumptions.{KEY}", repr(name), "the name of a file of assumptions")])
    included = read_yaml(path.parent / Path(name).expanduser())
    faults = [
        Fault(f"{name}, {key}", repr(included[key]), "assumptions only", f"State {key} in {path.name}.")
        for key in (KEY, "preset")
        if key in included
    ]
    if faults:
        raise InputError(faults)
    own = {key: value for key, value in stated.items() if key != KEY}
    return {**values, "assumptions": _laid_over(included, own)}


def _laid_over(beneath: Mapping[Any, Any], above: Mapping[Any, Any]) -> dict[Any, Any]:
    merged = {**beneath, **above}
    for key in beneath.keys() & above.keys():
        if isinstance(beneath[key], Mapping) and isinstance(above[key], Mapping):
            merged[key] = _laid_over(beneath[key], above[key])
    return merged
