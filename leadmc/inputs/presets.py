"""Presets of assumptions: files in which every number stands with its unit, range, evidence and source."""

import copy
import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from leadmc.base.errors import Fault, InputError
from leadmc.base.packaged import packaged_yaml

COMPLETE = "calibrated"
PRESETS = (COMPLETE, "noise-only")


class Leaf(BaseModel):
    """One assumption as a preset states it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Any
    unit: str
    range: tuple[float, float] | None = None
    grade: str = Field(pattern=r"^[CSK]([+/][CSK])* [HML](-[HML])?$")
    source: str


class Evidence(NamedTuple):
    """What a value rests on: grade (see ``AssumptionLine``) and source."""

    grade: str
    source: str


USER = Evidence("user", "stated by the user")


class AssumptionLine(NamedTuple):
    """One assumption as it stands in a run.

    Parameters
    ----------
    path
        Sections and key, for example ``national_trend.innovation_sd``.
    value
        The value used, in ``unit``.
    unit
        Unit of the value.
    range
        Plausible range; not a limit.
    grade
        Evidence (C computed, S stated, K prior) and confidence (H, M, L), or ``user``.
    source
        Where the value comes from.
    overridden
        Whether the user, not the preset, stated the value.
    """

    path: str
    value: object
    unit: str
    range: tuple[float, float] | None
    grade: str
    source: str
    overridden: bool

    @property
    def outside_range(self) -> bool:
        """Whether the user's number lies outside the plausible range; a preset may switch a driver off."""
        if not self.overridden or self.range is None:
            return False
        return isinstance(self.value, int | float) and not self.range[0] <= self.value <= self.range[1]


def merged_values(preset: str, overrides: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Lay overrides over a preset.

    Returns
    -------
    tuple
        The values as a nested dictionary without the evidence, and the faults found in the keys.

    Raises
    ------
    InputError
        The preset is unknown.
    """
    leaves, changes, _ = _preset(preset)
    values = _nested_values(leaves)
    _lay_over(values, changes, leaves)
    faults = list(_key_faults(overrides, leaves, ()))
    _lay_over(values, overrides, leaves)
    return values, faults


def assumption_table(preset: str = COMPLETE, overrides: Mapping[str, Any] | None = None) -> tuple[AssumptionLine, ...]:
    """List every assumption with its value, unit, evidence and source.

    Raises
    ------
    InputError
        The preset or a key is unknown.
    """
    values, faults = merged_values(preset, overrides or {})
    if faults:
        raise InputError(faults)
    leaves, changes, changes_evidence = _preset(preset)
    lines = []
    for path, leaf in _walk(leaves, ()):
        overridden = _states(overrides or {}, path)
        evidence = Evidence(leaf.grade, leaf.source)
        if overridden:
            evidence = USER
        elif _states(changes, path):
            evidence = changes_evidence
        lines.append(
            AssumptionLine(".".join(path), _at(values, path), leaf.unit, leaf.range, *evidence, overridden=overridden)
        )
    return tuple(lines)


def pydantic_faults(error: ValidationError, *, root: str) -> list[Fault]:
    """Say what a schema found in leadmc's own words, one fault per place."""
    faults = []
    for detail in error.errors():
        seen = detail["input"]
        message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        faults.append(
            Fault(
                where=".".join([root, *(str(part) for part in detail["loc"])]),
                seen="" if isinstance(seen, BaseModel | Mapping) else repr(seen),
                allowed=message,
            )
        )
    return faults


@cache
def _preset(name: str) -> tuple[dict[str, Any], dict[str, Any], Evidence]:
    """Read the leaves of the complete preset, the changes of the named one, and what those changes rest on."""
    if name not in PRESETS:
        raise InputError([Fault("assumptions.preset", repr(name), " or ".join(PRESETS), _did_you_mean(name, PRESETS))])
    leaves = _leaves(_read(COMPLETE))
    if name == COMPLETE:
        return leaves, {}, USER
    stated = _read(name)
    return leaves, stated["values"], Evidence(stated["grade"], stated["source"])


def _read(name: str) -> Mapping[str, Any]:
    return packaged_yaml("leadmc.inputs", "assumption_sets", f"{name}.yaml")


def _leaves(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Turn every mapping that states a value into a leaf."""
    return {key: Leaf(**node) if "value" in node else _leaves(node) for key, node in tree.items()}


def _walk(leaves: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Leaf]]:
    for key, node in leaves.items():
        if isinstance(node, Leaf):
            yield (*path, key), node
        else:
            yield from _walk(node, (*path, key))


def _nested_values(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """Copy the values out of the leaves: the leaves are shared by every caller."""
    return {
        key: copy.deepcopy(node.value) if isinstance(node, Leaf) else _nested_values(node)
        for key, node in leaves.items()
    }


def _lay_over(values: dict[str, Any], changes: Mapping[str, Any], leaves: Mapping[str, Any]) -> None:
    """Put changes into values where the preset knows the key; the rest has been reported as a fault."""
    for key, change in changes.items():
        node = leaves.get(key)
        if isinstance(node, Leaf):
            both_maps = isinstance(change, Mapping) and isinstance(values[key], Mapping)
            values[key] = {**values[key], **change} if both_maps else change
        elif node is not None and isinstance(change, Mapping):
            _lay_over(values[key], change, node)


def _key_faults(overrides: Mapping[str, Any], leaves: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Fault]:
    """Find the keys that no preset knows, and values where a section belongs."""
    for key, change in overrides.items():
        where = ".".join(["assumptions", *path, str(key)])
        node = leaves.get(key)
        if node is None:
            yield Fault(where, "unknown key", ", ".join(leaves), _did_you_mean(str(key), leaves))
        elif not isinstance(node, Leaf):
            if isinstance(change, Mapping):
                yield from _key_faults(change, node, (*path, key))
            else:
                yield Fault(where, repr(change), f"a map with keys among {', '.join(node)}")


def _did_you_mean(seen: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(seen, list(known), n=1)
    return f"Did you mean {close[0]}?" if close else ""


def _at(tree: Mapping[str, Any], path: tuple[str, ...]) -> object:
    node: Any = tree
    for key in path:
        node = node[key]
    return node


def _states(tree: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Whether a tree of plain values states this path."""
    node: Any = tree
    for key in path:
        if not isinstance(node, Mapping) or key not in node:
            return False
        node = node[key]
    return True
