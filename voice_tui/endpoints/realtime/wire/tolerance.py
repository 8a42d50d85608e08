"""What a client may write beside what a struct says: fields it does not know are found, nulls that say nothing go."""

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


@cache
def _required(struct: type[msgspec.Struct]) -> frozenset[str]:
    """The names a struct cannot do without."""
    return frozenset(field.encode_name for field in msgspec.structs.fields(struct) if field.required)


@cache
def _holds_anything(annotation: Any) -> bool:
    """Whether an annotation is an object of any fields, or a list of such."""
    if get_origin(annotation) is dict:
        return get_args(annotation)[1] in (Any, object)
    return any(_holds_anything(part) for part in get_args(annotation))


def without_nulls(value: Any, annotation: Any, meant: frozenset[str] = frozenset(), inside: str = "") -> Any:
    """The same JSON without the nulls that say nothing: an optional field that is null is an absent one.

    Clients whose language has no absent fields write null for them. What a struct cannot do without stays null, so that
    it is refused. Of an object that may hold anything only its own fields are looked at, not what is inside.

    Args:
        value: Decoded JSON.
        annotation: The type it should have.
        meant: Where null says something: fields, each with the name of what it stands in ("input.turn_detection").
        inside: The name of the field that holds ``value``.
    """
    if isinstance(value, list):
        return [without_nulls(item, annotation, meant, inside) for item in value]
    if not isinstance(value, dict):
        return value
    if not (structs := structs_in(annotation)):
        anything = _holds_anything(annotation)
        return {name: child for name, child in value.items() if child is not None or not anything}
    fields: dict[str, Any] = {}
    required: set[str] = set()
    for struct in structs:
        fields |= fields_of(struct)
        required |= _required(struct)
    return {
        name: without_nulls(child, fields.get(name), meant, name)
        for name, child in value.items()
        if child is not None or name in required or f"{inside}.{name}" in meant
    }
