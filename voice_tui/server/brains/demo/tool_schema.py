"""Filling a tool's arguments from what was understood, by its JSON schema. What was not understood is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from voice_tui.server.brains.demo.grammar import plain
from voice_tui.server.brains.demo.spoken_numbers import first_numbers
from voice_tui.server.brains.dialogue import Call, Tool

# What a property's name says that it wants. The first kind that was understood is taken.
KINDS: dict[str, tuple[str, ...]] = {
    "text": ("fact", "text", "content", "memory", "note", "statement", "information", "value"),
    "subject": ("subject", "topic", "about", "key", "title"),
    "speaker": ("speaker", "person", "user", "who"),
    "query": ("query", "q", "question", "search", "text", "topic", "subject", "about", "what", "fact", "memory", "key"),
}
QUOTED = re.compile(r"[\"“](?P<v>[^\"”]+)[\"”]")
STOP = r"(?=\s*(?:,|;|\band\b|\.\s|[.?!]*$))"
AFTER = re.compile(r"\b(?:with|for|in|to|of|about|on|at|named|called)\s+(?=(?P<v>[^,.?!]+))", re.IGNORECASE)
# What one says behind what one means: courtesy anywhere, and behind a place when (or in what unit) it is asked for.
COURTESY = r"(?:please|thank you|thanks|thank you very much|for me|if you can|can you|could you|would you|will you)"
_DAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|morning|afternoon|evening|night|weekend|week|month|year|hour)"
TIME = (
    r"(?:(?:at|for|on|in|by|until|over|during|later|from)\s+)?(?:"
    r"(?:right |just )?now|today|tonight|tomorrow|yesterday|currently|later|soon|again|the moment|(?:the )?day after|"
    rf"(?:(?:this|next|last|the|coming|every|tomorrow|today|following)\s+)*{_DAY}|"
    r"(?:the )?next (?:few|\w+) (?:days|hours|weeks)|(?:\w+ )?(?:minutes|hours|days|weeks)(?: from now)?|"
    r"\d{1,2}(?::\d\d)?(?: ?[ap]\.?m\.?| o'?clock)?|celsius|centigrade|fahrenheit|kelvin|degrees(?: \w+)?|"
    r"(?:be )?like|outside|(?:over )?(?:here|there)|as well|too)"
)
BEHIND = re.compile(rf"(?:^|[\s,;]+)(?:{COURTESY})$", re.IGNORECASE)
BEHIND_A_PLACE = re.compile(rf"(?:^|[\s,;]+)(?:{COURTESY}|{TIME})$", re.IGNORECASE)
BEFORE_A_PLACE = re.compile(r"^(?:(?:the )?(?:city|town|village|area) of|downtown|central)\s+", re.IGNORECASE)
PLACES = frozenset({
    "address", "airport", "area", "city", "country", "destination", "location", "origin", "place", "region", "state",
    "station", "town", "village", "where",
})  # fmt: skip
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
    needed = {name: known[name] for name in required(tool) if name in known} or known
    for name in needed:
        if name not in out and (value := _alone(name, needed, text)) is not None:
            out[name] = value
    return out


def arguments_text(arguments: Mapping[str, Any]) -> str:
    """Arguments as a call carries them."""
    return json.dumps(arguments, ensure_ascii=False)


def arguments_of(call: Call) -> dict[str, Any]:
    """The arguments of a call; none where they are no JSON object."""
    try:
        read = json.loads(call.arguments)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def is_time(text: str) -> bool:
    """Whether a text says when, and nothing else."""
    return not _trimmed("place", text)


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
    value = _fitting(schema, _trimmed(name, found["v"])) if found else None
    if value is None and isinstance(choices := schema.get("enum"), list):
        return next((one for one in choices if re.search(rf"\b{re.escape(str(one))}\b", text, re.IGNORECASE)), None)
    return value


def _alone(name: str, known: Mapping[str, Mapping[str, Any]], text: str) -> Any:
    """The value that can only be meant for this property, the only one of its kind."""
    schema = known[name]
    kind = _kind(schema)
    if sum(_kind(other) == kind for other in known.values() if "enum" not in other) != 1 or "enum" in schema:
        return None
    if kind in ("integer", "number"):
        return _number(kind, text)
    if kind != "string":
        return None
    if quoted := QUOTED.search(text):
        return _fitting(schema, quoted["v"].strip())
    return next((value for said in _behind_prepositions(name, text) if (value := _fitting(schema, said))), None)


def _behind_prepositions(name: str, text: str) -> Iterator[str]:
    """What stands behind each preposition of a text; of a place no more than up to the next one."""
    for found in AFTER.finditer(text):
        value = found["v"]
        if _is_place(name):
            value = re.split(r"\s(?:in|for|at|on|with|using|and)\s", f"{value} ", maxsplit=1)[0]
        yield _trimmed(name, value)


def _is_place(name: str) -> bool:
    return bool(PLACES & set(re.sub(r"(?<=[a-z])(?=[A-Z])|[_\W]+", " ", name).lower().split()))


def _trimmed(name: str, value: str) -> str:
    """A value without what is said only around it."""
    behind = BEHIND_A_PLACE if _is_place(name) else BEHIND
    while (shorter := behind.sub("", value.strip(" \"'“”,;:.!?"))) != value:
        value = shorter
    return BEFORE_A_PLACE.sub("", value) if _is_place(name) else value
