"""Shapes: every event has a type of its dialect, all the fields of that type, and no other.

The types are those of the ``openai`` package, which are generated from the service's own description. Where a service
is known to send more than they know, a table says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, get_args

from openai.types import realtime as ga
from openai.types.beta import realtime as preview
from pydantic import BaseModel, TypeAdapter, ValidationError

Record = dict[str, Any]


def _adapters(union: Any) -> dict[str, TypeAdapter[Any]]:
    """Event type → its validator, from one of the package's unions of event models."""
    models = get_args(get_args(union)[0])
    return {name: TypeAdapter(model) for model in models for name in get_args(model.model_fields["type"].annotation)}


SERVICES: dict[tuple[str, str], Any] = {
    ("ga", "client"): ga.RealtimeClientEvent,
    ("ga", "server"): ga.RealtimeServerEvent,
    ("preview", "client"): preview.RealtimeClientEvent,
    ("preview", "server"): preview.RealtimeServerEvent,
    ("voicelive", "client"): preview.RealtimeClientEvent,
    ("voicelive", "server"): preview.RealtimeServerEvent,
}

# In the package's types, but the service has another name for it.
NEVER = {
    ("ga", "server", "conversation.item.created"): "it is conversation.item.added",
    ("ga", "server", "conversation.created"): "nothing takes its place",
}

# Types that the package lacks. They are judged by their order alone.
UNTYPED = {
    ("voicelive", "server"): (
        "conversation.item.done",  # of the user's spoken items
        "warning",
        "response.audio_timestamp.*",
        "response.animation_*",
    )
}

# What the services send beside the package's fields, by event type: paths, or beginnings of paths that end in "*".
BESIDE: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("ga", "server"): {
        "session.*": ("session.id", "session.object", "session.expires_at"),
        "*.delta": ("obfuscation",),  # padding against traffic analysis
        "response.content_part.*": ("content",),  # Azure says ``part`` twice
        "conversation.item.*": ("item.phase",),  # gpt-realtime-2 and later
        "response.output_item.*": ("item.phase",),
        "response.done": ("response.output[].phase",),
    },
    ("preview", "server"): {
        "session.*": ("session.object", "session.expires_at"),
        "*.delta": ("obfuscation",),
        "response.function_call_arguments.done": ("name",),
    },
    # Voice Live speaks preview with voices, models, detectors and transcribers of its own.
    ("voicelive", "server"): {
        "session.*": ("session.*",),
        "conversation.item.input_audio_transcription.completed": ("usage",),
        "response.function_call_arguments.done": ("name",),
        "response.*": ("response.voice*", "response.usage*"),
    },
    ("voicelive", "client"): {
        "session.update": ("session.*",),
        "conversation.item.create": ("item.content*",),  # it takes the names of both dialects
    },
}


@cache
def _schema(dialect: str, side: str) -> dict[str, TypeAdapter[Any]]:
    return _adapters(SERVICES[dialect, side])


@cache
def _allowed(dialect: str, side: str, kind: str) -> tuple[str, ...]:
    table = BESIDE.get((dialect, side), {})
    return tuple(path for pattern, paths in table.items() if fnmatchcase(kind, pattern) for path in paths)


def shape_faults(dialect: str, side: str, event: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with an event's type and fields.

    Yields:
        (name of the rule, detail): ``known_type`` or ``known_fields``.
    """
    kind = event.get("type") if isinstance(event, dict) else None
    if not isinstance(kind, str):
        yield "known_type", "there is no type"
        return
    if any(fnmatchcase(kind, pattern) for pattern in UNTYPED.get((dialect, side), ())):
        return
    adapter = _schema(dialect, side).get(kind)
    if adapter is None or (dialect, side, kind) in NEVER:
        yield "known_type", NEVER.get((dialect, side, kind), f"the {side} has no such event in this dialect")
        return
    for path, detail in _differences(adapter, event):
        if not any(path == p or (p.endswith("*") and path.startswith(p[:-1])) for p in _allowed(dialect, side, kind)):
            yield "known_fields", f"{path}: {detail}"


def _differences(adapter: TypeAdapter[Any], event: dict[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        read = adapter.validate_json(json.dumps(_without_references(event)), strict=True)
    except ValidationError as error:
        for found in error.errors():
            yield ".".join(map(str, found["loc"])), found["msg"]
    else:
        for path in _undeclared(read):
            yield path, "unknown field"


def _without_references(event: dict[str, Any]) -> dict[str, Any]:
    """The event without ``{"type": "item_reference", "id"}``, which the service takes and the types forget."""
    response = event.get("response")
    if event["type"] != "response.create" or not isinstance(response, dict):
        return event
    given = response.get("input")
    if not isinstance(given, list):
        return event
    kept = [item for item in given if not _is_reference(item)]
    return {**event, "response": {**response, "input": kept}}


def _is_reference(item: Any) -> bool:
    wanted = {"type", "id"}
    return isinstance(item, dict) and item.keys() == wanted and item["type"] == "item_reference"


def _undeclared(value: Any, path: str = "") -> Iterator[str]:
    """Fields for which a model has no declaration (the package's models take any)."""
    if isinstance(value, BaseModel):
        dot = f"{path}." if path else ""
        yield from (f"{dot}{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from _undeclared(getattr(value, name), f"{dot}{name}")
    elif isinstance(value, list):
        for child in value:
            yield from _undeclared(child, f"{path}[]")
