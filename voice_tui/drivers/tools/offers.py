"""What servers list, made into tools that any endpoint takes: names, descriptions and schemas from outside."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from voice_tui.drivers.tools.server import Listed
from voice_tui.messages.tools import ToolSpec
from voice_tui.plain_text import clean_text
from voice_tui.tools.names import legal, unique
from voice_tui.tools.servers import ServerOptions

MOST = 64
"""Tools of a server that the model is told of: each answer reads all of them."""
DESCRIPTION = 1_000
SCHEMA = 8_000
"""Characters of a description and of a schema; what is longer is cut, or left out."""


@dataclass(frozen=True, slots=True)
class Offers:
    """A server's tools as the model is told of them.

    Attributes:
        specs: What it is told.
        names: What the server calls each of them.
        odd: What was wrong, one line each.
    """

    specs: tuple[ToolSpec, ...]
    names: dict[str, str] = field(default_factory=dict)
    odd: tuple[str, ...] = ()


def offers(listed: Iterable[Listed], options: ServerOptions, taken: Container[str]) -> Offers:
    """The tools of a server.

    Args:
        listed: As it lists them.
        options: How it is reached.
        taken: Names that other tools have.
    """
    specs: list[ToolSpec] = []
    names: dict[str, str] = {}
    odd: list[str] = []
    for tool in listed:
        if len(specs) == MOST:
            odd.append(f"it lists more than {MOST} tools: the others are left out")
            break
        name = unique(tool.name, _Both(taken, names), legal(options.name))
        schema, why = _schema(tool.schema)
        if why:
            odd.append(f"{legal(tool.name)}: {why}")
        if schema is None:
            continue
        words = clean_text(tool.description)[:DESCRIPTION]
        names[name] = tool.name
        asks = options.asks(tool.name)
        specs.append(ToolSpec(name, words, schema, asks, options.timeout_s, options.name))
    return Offers(tuple(specs), names, tuple(odd))


@dataclass(frozen=True, slots=True)
class _Both:
    one: Container[str]
    other: Container[str]

    def __contains__(self, name: object) -> bool:
        return name in self.one or name in self.other


def _schema(given: object) -> tuple[dict[str, Any] | None, str]:
    """A schema of an object that an endpoint takes, and what is wrong with the given one; None: it is left out."""
    if not isinstance(given, dict):
        return {"type": "object", "properties": {}}, "it has no schema: it is called without arguments"
    kept = {key: value for key, value in given.items() if key not in ("$schema", "$id", "title")}
    kind = kept.get("type", "object")
    if kind != "object":
        return None, f"its arguments are no object but {clean_text(str(kind))[:40]}: it is left out"
    if not isinstance(kept.get("properties", {}), dict):
        return None, "its properties are no table: it is left out"
    try:
        length = len(json.dumps(kept))
    except (TypeError, ValueError, RecursionError):
        return None, "its schema is no JSON: it is left out"
    if length > SCHEMA:
        return None, f"its schema has {length:,} characters: it is left out"
    return {"type": "object", "properties": {}} | _cleaned(kept), ""


def _cleaned(value: Any) -> Any:
    """Every text in it without what a terminal would obey."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): _cleaned(inner) for key, inner in value.items()}
    return [_cleaned(inner) for inner in value] if isinstance(value, list) else value


def words_of(odd: Iterable[str]) -> Iterator[str]:
    """What is said of odd tools: a few by name, the others by number."""
    lines = list(odd)
    yield from lines[:3]
    if len(lines) > 3:
        yield f"{len(lines) - 3} more of its tools are odd"
