"""Filling a tool's arguments from what was understood, by its JSON schema. What was not understood is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from voice_tui.server.brains.demo.grammar import plain
from voice_tui.server.brains.demo.spoken_numbers import first_numbers
from voice_tui.server.brains.dialogue import Tool

# What a property's name says that it wants. The first kind that was understood is taken.
KINDS: dict[str, tuple[str, ...]] = {
    "text": ("fact", "text", "content", "memory", "note", "statement", "information", "value"),
    "subject": ("subject", "topic", "about", "key", "title"),
    "speaker": ("speaker", "person", "user", "who"),
    "query": ("query", "q", "question", "search", "text", "topic", "subject", "about", "what", "fact", "memory", "key"),
}
QUOTED = re.compile(r"[\"“](?P<v>[^\"”]+)[\"”]")
STOP = r"(?=\s*(?:,|;|\band\b|\.\s|[.?!]*$))"
AFTER = re.compile(r"\b(?:with|for|in|to|of|about|on|at|named|called)\s+(?P<v>[^,.?!]+)", re.IGNORECASE)
YES, NO = re.compile(r"\b(?:true|yes|on|enabled)\b", re.I), re.compile(r"\b(?:false|no|off|disabled)\b", re.I)


def properties(tool: Tool) -> dict[str, dict[str, Any]]:
    """The tool's properties; a schema that is not an object has none."""
    found = tool.parameters.get("properties")
    pairs = found.items() if isinstance(found, dict) else ()
    return {str(name): schema if isinstance(schema, dict) else {} for name, schema in pairs}


def required(tool: Tool) -> list[str]:
    """The names of the properties that a call cannot do without."""
    names = tool.parameters.get("required")
    return [str(name) for name in names] if isinstance(names, list) else []


def missing(tool: Tool, arguments: Mapping[str, Any]) -> list[str]:
    """Which required properties were not understood."""
    return [name for name in required(tool) if name not in arguments]


def filled(tool: Tool, understood: Mapping[str, str]) -> dict[str, Any]:
    """Arguments from what was understood, of the kinds in `KINDS`; a lone property takes the first of it."""
    out: dict[str, Any] = {}
    known = properties(tool)
    for name, schema in known.items():
        kinds = [kind for kind in understood if name.lower() in KINDS[kind]]
        if not kinds and len(known) == 1:
            kinds = list(understood)
        if kinds and (value := _fitting(schema, understood[kinds[0]])) is not None:
            out[name] = value
    return out


def extracted(tool: Tool, said: str) -> dict[str, Any]:
    """Arguments that a request names: "with city Lisbon", "in Lisbon" for the only text, the only number, an enum."""
    known, text = properties(tool), plain(said)
    out: dict[str, Any] = {}
    for name, schema in known.items():
        if (value := _named(name, schema, text)) is not None:
            out[name] = value
    for name, schema in known.items():
        if name not in out and name in (required(tool) or known) and (value := _alone(known, schema, text)) is not None:
            out[name] = value
    return out


def arguments_text(arguments: Mapping[str, Any]) -> str:
    """Arguments as a call carries them."""
    return json.dumps(arguments, ensure_ascii=False)


def _kind(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "string")
    kinds = kind if isinstance(kind, list) else [kind]
    return str(next((one for one in kinds if one != "null"), "string"))


def _fitting(schema: Mapping[str, Any], text: str) -> Any:
    """The text as the schema wants it, None where it cannot be that."""
    kind, choices = _kind(schema), schema.get("enum")
    if isinstance(choices, list):
        return next((choice for choice in choices if str(choice).lower() == text.lower()), None)
    if kind == "array":
        items = schema.get("items")
        value = _fitting(items if isinstance(items, dict) else {}, text)
        return None if value is None else [value]
    if kind in ("integer", "number"):
        return _number(kind, text)
    if kind == "boolean":
        return True if YES.search(text) else False if NO.search(text) else None
    return text if kind == "string" and text else None


def _number(kind: str, text: str) -> int | float | None:
    if written := re.search(r"-?\d+\.\d+", text) if kind == "number" else None:
        return float(written[0])
    numbers = first_numbers(text)
    return numbers[0] if numbers else None


def _named(name: str, schema: Mapping[str, Any], text: str) -> Any:
    """The value behind the property's own name."""
    words = re.sub(r"[_\W]+", " ", name).strip()
    pattern = rf"\b{re.escape(words)}\s*(?:is|as|of|to|=|:)?\s+(?P<v>\"[^\"]+\"|.+?){STOP}"
    found = re.search(pattern, text, re.IGNORECASE)
    value = _fitting(schema, found["v"].strip('" ')) if found else None
    if value is None and isinstance(choices := schema.get("enum"), list):
        return next((one for one in choices if re.search(rf"\b{re.escape(str(one))}\b", text, re.IGNORECASE)), None)
    return value


def _alone(known: Mapping[str, Mapping[str, Any]], schema: Mapping[str, Any], text: str) -> Any:
    """The value that can only be meant for this property, the only one of its kind."""
    kind = _kind(schema)
    if sum(_kind(other) == kind for other in known.values()) != 1 or "enum" in schema:
        return None
    if kind in ("integer", "number"):
        return _number(kind, text)
    found = QUOTED.search(text) or AFTER.search(text)
    return _fitting(schema, found["v"].strip()) if kind == "string" and found else None
