"""A user's map against a closed schema: a frozen record, or every fault in leadmc's words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from leadmc.base.errors import Fault, InputError, did_you_mean

Record = TypeVar("Record", bound=BaseModel)

LONGEST_SHOWN: Final = 60
IN_WORDS: Final = {
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "model_type": "a map",
    "dict_type": "a map",
    "tuple_type": "a list",
    "too_short": "at least one entry",
    "string_pattern_mismatch": "text on one line",
    "finite_number": "a finite number",
}


def validated(model: type[Record], values: Mapping[Any, Any], path: Path) -> Record:
    """Read the content of a file as a record.

    Parameters
    ----------
    model
        The schema.
    values
        What the file holds.
    path
        The file; what it names is relative to its folder.

    Raises
    ------
    InputError
        Everything that the schema does not allow.
    """
    try:
        return model.model_validate(values, context={"folder": path.parent})
    except ValidationError as error:
        details = error.errors(include_url=False)
        within = {each["loc"][:-1] for each in details}
        told = [each for each in details if each["type"] != "too_short" or each["loc"] not in within]
        raise InputError(_fault(each, model, path.name) for each in told) from None


def _fault(detail: ErrorDetails, model: type[BaseModel], file: str) -> Fault:
    """Say in leadmc's words what the schema found at one key."""
    loc = [part for part in detail["loc"] if part != "[key]"]
    where = ", ".join(filter(None, [file, ".".join(map(str, loc))]))
    if detail["type"] in {"extra_forbidden", "invalid_key"}:
        keys = _keys_at(loc[:-1], model)
        return Fault(where, "unknown key", f"the keys {', '.join(keys)}", did_you_mean(str(loc[-1]), keys))
    if detail["type"] == "missing":
        return Fault(where, "missing", "a value for every compulsory key", f"Add {loc[-1]}.")
    stated = detail.get("ctx", {})
    allowed = stated.get("allowed") or IN_WORDS.get(detail["type"]) or detail["msg"].removeprefix("Input should be ")
    remedy = stated.get("remedy", "")
    if isinstance(detail["input"], str) and detail["type"] in {"int_type", "float_type"}:
        remedy = "Write it without quotes; YAML wants a point and a sign with an exponent (1.0e-3)."
    if detail["input"] is None:
        remedy = "Leave the key out for its default."
    return Fault(where, _shown(detail["input"]), allowed, remedy)


def _shown(value: object) -> str:
    if isinstance(value, dict | list | tuple | BaseModel):
        return ""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _keys_at(loc: list[int | str], model: type[BaseModel]) -> list[str]:
    """Keys that the schema knows in a section."""
    section: Any = model
    for part in loc:
        annotation = section.model_fields[part].annotation
        section = next(
            kind for kind in (annotation, *getattr(annotation, "__args__", ())) if hasattr(kind, "model_fields")
        )
    return list(section.model_fields)
