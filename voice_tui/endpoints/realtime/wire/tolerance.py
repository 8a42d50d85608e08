"""Finding the first field that a struct does not know, as the service does before anything else."""

from __future__ import annotations

import math
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import msgspec


@cache
def fields_of(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """The names a struct knows on the wire, and the type of each."""
    return {field.encode_name: field.type for field in msgspec.structs.fields(struct)}


def structs_in(annotation: Any) -> list[type[msgspec.Struct]]:
    """The structs an annotation may hold, looking through unions and lists."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return [annotation]
    if get_origin(annotation) is dict:
        return []
    return [struct for part in get_args(annotation) for struct in structs_in(part)]


def unknown_parameter(value: Any, annotation: Any, path: str = "") -> str | None:
    """The dotted path of the first unknown field, or None.

    Args:
        value: Decoded JSON.
        annotation: The type it should have; dicts typed ``dict[...]`` may hold anything.
        path: Where ``value`` stands, for the answer.
    """
    structs = structs_in(annotation)
    if not structs:
        return None
    if isinstance(value, list):
        found = (unknown_parameter(item, annotation, f"{path}[{i}]") for i, item in enumerate(value))
        return next((f for f in found if f), None)
    if not isinstance(value, dict):
        return None
    fields: dict[str, Any] = {}
    for struct in structs:
        fields |= fields_of(struct)
        tag_field = struct.__struct_config__.tag_field
        if tag_field:
            fields.setdefault(tag_field, str)
    for name, child in value.items():
        here = f"{path}.{name}" if path else str(name)
        if name not in fields:
            return here
        if deeper := unknown_parameter(child, fields[name], here):
            return deeper
    return None


def mend(value: Any, annotation: Any) -> Any:
    """A copy of decoded JSON that fits its structs better; what cannot be mended stays as it is.

    Null where a value is wanted is left out, a number where text is wanted becomes text, a fraction where a whole
    number is wanted is rounded down.

    Args:
        value: Decoded JSON.
        annotation: The type it should have.
    """
    structs = structs_in(annotation)
    if isinstance(value, list):
        return [mend(item, annotation) for item in value] if structs else value
    if not isinstance(value, dict) or not structs:
        return _mend_scalar(value, annotation)
    fields = {name: kind for struct in structs for name, kind in fields_of(struct).items()}
    out = {}
    for name, child in value.items():
        kind = fields.get(name, Any)
        if child is not None or _admits(kind, NoneType):
            out[name] = mend(child, kind)
    return out


def mend_error(event: dict[str, Any]) -> dict[str, Any]:
    """An ``error`` event that says it in one text, or in the event itself, as one whose error is an object."""
    error = event.get("error")
    if isinstance(error, dict):
        return event
    message = error if isinstance(error, str) else event.get("message")
    return event | {"error": {"message": message, "code": event.get("code")}}


def _mend_scalar(value: Any, annotation: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or _admits(annotation, type(value)):
        return value
    if isinstance(value, float) and _admits(annotation, int):
        return math.floor(value) if math.isfinite(value) else value
    if isinstance(value, int) and _admits(annotation, float):
        return value
    return str(value) if _admits(annotation, str) else value


def _admits(annotation: Any, kind: type) -> bool:
    """Whether a value of this kind fits the annotation as it is."""
    if get_origin(annotation) in (Union, UnionType):
        return any(_admits(part, kind) for part in get_args(annotation))
    return annotation in (Any, object, kind)
