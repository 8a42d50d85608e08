"""Putting right what only looks odd in a server's JSON, so that one null does not cost a whole event.

Servers written against generated models send every optional field, empty ones as null; others write codes as
numbers, milliseconds with a fraction, or the whole error as one string.
"""

from __future__ import annotations

import math
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from voice_tui.protocol.strictness import fields_of, structs_in


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
