"""Bytes in, structs out, and back: the only place that knows JSON.

Reading a server is tolerant (`reader.py`). Reading a client (the embedded server does) is strict: what does not fit
is a `ProtocolError` with the code, message and parameter that the real service would answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from voice_tui.endpoints.realtime.wire.client_events import ClientEvent, SessionUpdate
from voice_tui.endpoints.realtime.wire.reader import SERVER_TYPES, UNREADABLE, read_event
from voice_tui.endpoints.realtime.wire.server_events import ServerEvent, UnknownEvent
from voice_tui.endpoints.realtime.wire.tolerance import unknown_parameter, without_nulls


class ProtocolError(Exception):
    """A client event that a server must refuse, in the words of the wire."""

    def __init__(self, code: str, message: str, param: str | None = None, event_id: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.param, self.event_id = code, message, param, event_id


def _name(struct: Any) -> str:
    return str(struct.__struct_config__.tag)


CLIENT_TYPES: dict[str, Any] = {_name(s): s for s in get_args(ClientEvent)}

SWITCHES = frozenset({
    "session.tracing", "session.prompt", "session.include", "input.turn_detection", "input.transcription",
    "input.noise_reduction", "session.turn_detection", "session.input_audio_transcription",
    "session.input_audio_noise_reduction", "turn_detection.idle_timeout_ms",
})  # fmt: skip
"""What null switches off, with what it stands in, in all dialects; everywhere else null is absence."""

_encoder = msgspec.json.Encoder()


def encode(event: ClientEvent | ServerEvent) -> bytes:
    """An event as GA wire text (UTF-8 JSON, audio in standard base64)."""
    return _encoder.encode(event)


def event_type(event: ClientEvent | ServerEvent | UnknownEvent) -> str:
    """The event's GA name on the wire."""
    return event.type if isinstance(event, UnknownEvent) else _name(type(event))


def decode_server_event(raw: bytes | str) -> ServerEvent | UnknownEvent:
    """Read one event of a server, in any dialect and apart from all others. Never raises for bad input."""
    return read_event(raw, lambda where, why: None)


def decode_client_event(raw: bytes | str, types: Mapping[str, Any] = CLIENT_TYPES) -> Any:
    """Read what a client sent, strictly.

    Args:
        raw: As it came.
        types: The structs of the client's dialect, by the names of its events.

    Returns:
        One of these structs.

    Raises:
        ProtocolError: With the code and message of the real service: ``invalid_json``, ``invalid_value`` (unknown
            event type), ``unknown_parameter``, ``missing_required_parameter`` or ``invalid_type``.
    """
    data = _utf8(raw)
    try:
        builtins = msgspec.json.decode(data)
    except UNREADABLE as error:
        raise ProtocolError("invalid_json", f"Could not parse the event as JSON: {error}.") from error
    if not isinstance(builtins, dict):
        raise ProtocolError("invalid_type", "Invalid type: an event must be an object.")
    event_id = builtins.get("event_id")
    event_id = event_id if isinstance(event_id, str) else None
    name = builtins.get("type")
    if name is None:
        raise _missing("type", event_id)
    if not isinstance(name, str):
        raise ProtocolError("invalid_type", "Invalid type for 'type': expected a string.", "type", event_id)
    if name not in types:
        known = ", ".join(f"'{n}'" for n in types)
        message = f"Invalid value: {name!r}. Supported values are: {known}."
        raise ProtocolError("invalid_value", message, "type", event_id)
    struct = types[name]
    try:
        path = unknown_parameter(builtins, struct)
        builtins = without_nulls(builtins, struct, SWITCHES)
    except RecursionError as error:
        raise ProtocolError("invalid_json", "Could not parse the event as JSON: nested too deeply.") from error
    if path:
        raise ProtocolError("unknown_parameter", f"Unknown parameter: '{path}'.", path, event_id)
    try:
        event = msgspec.convert(builtins, struct)
    except msgspec.ValidationError as error:
        raise _refusal(error, event_id) from error
    if isinstance(event, SessionUpdate) and event.session.type is msgspec.UNSET:
        raise _missing("session.type", event_id)
    return event


def _utf8(raw: bytes | str) -> bytes:
    return raw if isinstance(raw, bytes) else raw.encode(errors="surrogatepass")


def _missing(param: str, event_id: str | None) -> ProtocolError:
    return ProtocolError("missing_required_parameter", f"Missing required parameter: '{param}'.", param, event_id)


def _refusal(error: msgspec.ValidationError, event_id: str | None) -> ProtocolError:
    """Msgspec's words in the service's words."""
    text = str(error)
    match = re.search(r" - at `\$\.?(.*)`$", text)
    path = match.group(1) if match else ""
    reason = text[: match.start()] if match else text
    if missing := re.search(r"missing required field `(\w+)`", reason):
        param = ".".join(p for p in (path, missing.group(1)) if p)
        return _missing(param, event_id)
    if "base64" in reason:
        return ProtocolError(
            "invalid_value", f"Invalid '{path}': expected standard base64 with padding.", path, event_id
        )
    return ProtocolError("invalid_type", f"Invalid type for '{path}': {reason[0].lower()}{reason[1:]}.", path, event_id)


__all__ = [
    "CLIENT_TYPES",
    "SERVER_TYPES",
    "ProtocolError",
    "decode_client_event",
    "decode_server_event",
    "encode",
    "event_type",
]
