"""Finding the first field that a struct does not know, as the service does before anything else."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args, get_origin

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
