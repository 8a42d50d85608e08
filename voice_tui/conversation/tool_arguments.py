"""The arguments of a call, held against the JSON schema of its tool: what is wrong is said so that a model mends it.

Schemas come from anywhere. What is not known of them is no reason to refuse a call, and no schema makes this fail or
takes long: a pattern is not tried, for who wrote it decides how long that takes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from voice_tui.plain_text import one_line

DEPTH = 16
"""Values within values: deeper ones are not looked at."""
STEPS = 5_000
"""So many values and schemas are looked at: a schema that refers to itself could have a call looked at for ever."""
MOST_FAULTS = 4
"""More are not said at once."""
VALUE_LENGTH = 60
"""Characters of a wrong value that are shown."""

_IS: dict[str, Callable[[Any], bool]] = {
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: not isinstance(v, bool) and (isinstance(v, int) or (isinstance(v, float) and v.is_integer())),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, dict),
}
_BOUNDS: dict[str, tuple[str, Callable[[Any, Any], bool], str]] = {
    "minimum": ("number", lambda v, bound: v >= bound, "at least"),
    "maximum": ("number", lambda v, bound: v <= bound, "at most"),
    "exclusiveMinimum": ("number", lambda v, bound: v > bound, "more than"),
    "exclusiveMaximum": ("number", lambda v, bound: v < bound, "less than"),
    "minLength": ("string", lambda v, bound: len(v) >= bound, "characters: at least"),
    "maxLength": ("string", lambda v, bound: len(v) <= bound, "characters: at most"),
    "minItems": ("array", lambda v, bound: len(v) >= bound, "items: at least"),
    "maxItems": ("array", lambda v, bound: len(v) <= bound, "items: at most"),
}


def read_arguments(text: str) -> tuple[dict[str, Any], str]:
    """The arguments of a call as the model wrote them, and "" or why they can't be read, one line."""
    try:
        value = json.loads(text or "{}")
    except ValueError as error:
        return {}, f"the arguments are not JSON: {error}"
    except RecursionError:
        return {}, "the arguments are not JSON that can be read: too many values within values"
    if not isinstance(value, dict):
        return {}, "the arguments are not a JSON object"
    return value, ""


def faults(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
    """What is wrong with the arguments, by the schema of an object: one line, "" for nothing."""
    found = list(islice(_Check(schema).faults("", schema, dict(arguments), 0), MOST_FAULTS + 1))
    more = "; …" if len(found) > MOST_FAULTS else ""
    return "; ".join(found[:MOST_FAULTS]) + more


class _Check:
    """Looks at values; each fault begins with the path to the value.

    Args:
        root: Where references lead to.
    """

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root, self._steps = root, 0

    def faults(self, path: str, schema: object, value: object, depth: int) -> Iterator[str]:
        self._steps += 1
        if self._steps > STEPS or depth > DEPTH:
            return
        if schema is False:
            yield f"{path}: not allowed"
        if not isinstance(schema, Mapping):
            return
        if isinstance(reference := schema.get("$ref"), str):
            yield from self.faults(path, self._resolved(reference), value, depth + 1)
        kinds = _kinds(schema)
        if kinds and not any(_IS[kind](value) for kind in kinds):
            if not (value is None and schema.get("nullable") is True):
                yield f"{_at(path)}{_shown(value)} is no {' or '.join(kinds)}"
            return
        choices = schema.get("enum", [schema["const"]] if "const" in schema else None)
        if isinstance(choices, list) and not any(_same(value, choice) for choice in choices):
            yield f"{_at(path)}{_shown(value)} is not one of {', '.join(_shown(choice) for choice in choices[:20])}"
        for name, (kind, holds, words) in _BOUNDS.items():
            bound = schema.get(name)
            if _IS["number"](bound) and _IS[kind](value) and not holds(value, bound):
                yield f"{_at(path)}{_shown(value)}: {words} {bound}"
        yield from self._combined(path, schema, value, depth)
        if isinstance(value, dict):
            yield from self._members(path, schema, value, depth)
        elif isinstance(value, list):
            firsts = schema.get("prefixItems")
            each = firsts if isinstance(firsts, list) else []
            for i, item in enumerate(value):
                inner = each[i] if i < len(each) else schema.get("items")
                yield from self.faults(f"{path}[{i}]", inner, item, depth + 1)

    def _members(self, path: str, schema: Mapping[str, Any], value: dict[str, Any], depth: int) -> Iterator[str]:
        properties = schema.get("properties")
        known: Mapping[str, Any] = properties if isinstance(properties, Mapping) else {}
        required = schema.get("required")
        for name in required if isinstance(required, list) else []:
            if isinstance(name, str) and name not in value:
                yield f"{_join(path, name)}: missing"
        others = schema.get("additionalProperties")
        for name, inner in value.items():
            if name in known:
                yield from self.faults(_join(path, name), known[name], inner, depth + 1)
            elif others is False and "patternProperties" not in schema:
                yield f"{_join(path, name)}: unknown, there are {', '.join(map(str, known)) or 'none'}"
            elif isinstance(others, Mapping) and "patternProperties" not in schema:
                yield from self.faults(_join(path, name), others, inner, depth + 1)

    def _combined(self, path: str, schema: Mapping[str, Any], value: object, depth: int) -> Iterator[str]:
        for part in _list(schema, "allOf"):
            yield from self.faults(path, part, value, depth + 1)
        for name in ("anyOf", "oneOf"):
            parts = _list(schema, name)
            wrong = [next(self.faults(path, part, value, depth + 1), "") for part in parts]
            if wrong and all(wrong):
                yield wrong[0] if len(wrong) == 1 else " and ".join(dict.fromkeys(wrong))

    def _resolved(self, reference: str) -> object:
        """Where a reference within the schema leads to; None for any other."""
        found: object = self._root
        for step in reference.removeprefix("#").split("/")[1:] if reference.startswith("#") else [""]:
            step = step.replace("~1", "/").replace("~0", "~")
            found = found.get(step) if isinstance(found, Mapping) else None
        return found


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    """The types that a schema allows; none where it says nothing that is known."""
    said = schema.get("type")
    kinds = said if isinstance(said, list) else [said]
    known = [kind for kind in kinds if isinstance(kind, str) and kind in _IS]
    return known if len(known) == len(kinds) else []


def _list(schema: Mapping[str, Any], name: str) -> list[Any]:
    parts = schema.get(name)
    return parts if isinstance(parts, list) else []


def _same(value: object, choice: object) -> bool:
    """JSON knows true and 1 apart."""
    return isinstance(value, bool) is isinstance(choice, bool) and value == choice


def _join(path: str, name: object) -> str:
    return f"{path}.{one_line(name)}" if path else one_line(name)


def _at(path: str) -> str:
    return f"{path}: " if path else ""


def _shown(value: object) -> str:
    try:
        return one_line(json.dumps(value, ensure_ascii=False), VALUE_LENGTH)
    except (TypeError, ValueError, RecursionError):
        return one_line(repr(value), VALUE_LENGTH)
