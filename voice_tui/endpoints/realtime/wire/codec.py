"""Bytes in, structs out, and back: the only place that knows JSON.

Reading a server is tolerant: unknown names, unknown fields and odd shapes become `UnknownEvent`
or are ignored. Reading a client (the embedded server does) is strict: what does not fit is a
`ProtocolError` with the code, message and parameter that the real service would answer.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, get_args

import msgspec

from voice_tui.endpoints.realtime.wire.client_events import ClientEvent, SessionUpdate
from voice_tui.endpoints.realtime.wire.preview import PREVIEW_TO_GA, Dialect, session_to_ga
from voice_tui.endpoints.realtime.wire.server_events import ServerEvent, UnknownEvent
from voice_tui.endpoints.realtime.wire.tolerance import mend, mend_error, unknown_parameter

SESSION_EVENTS = {"session.created", "session.updated"}
# What reading bad text raises: bad JSON, a number too long for an int (ValueError), nesting too deep.
UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)


class ProtocolError(Exception):
    """A client event that a server must refuse, in the words of the wire."""

    def __init__(self, code: str, message: str, param: str | None = None, event_id: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.param, self.event_id = code, message, param, event_id


class _Head(msgspec.Struct):
    type: str = ""


def _name(struct: Any) -> str:
    return str(struct.__struct_config__.tag)


SERVER_TYPES: dict[str, Any] = {_name(s): s for s in get_args(ServerEvent)}
CLIENT_TYPES: dict[str, Any] = {_name(s): s for s in get_args(ClientEvent)}

_head = msgspec.json.Decoder(_Head)
_encoder = msgspec.json.Encoder()
# A decoder a name, for what is written in GA names; the other dialect's names are converted.
_server_decoders = {name: msgspec.json.Decoder(struct) for name, struct in SERVER_TYPES.items()}
_client_decoders = {name: msgspec.json.Decoder(struct) for name, struct in CLIENT_TYPES.items()}


def encode(event: ClientEvent | ServerEvent) -> bytes:
    """An event as GA wire text (UTF-8 JSON, audio in standard base64)."""
    return _encoder.encode(event)


def event_type(event: ClientEvent | ServerEvent | UnknownEvent) -> str:
    """The event's GA name on the wire."""
    return event.type if isinstance(event, UnknownEvent) else _name(type(event))


def decode_server_event(raw: bytes | str) -> ServerEvent | UnknownEvent:
    """Read what a server sent, in either dialect. Never raises for bad input: that is an `UnknownEvent`."""
    data = _utf8(raw)
    try:
        name = _head.decode(data).type
    except UNREADABLE as error:
        return UnknownEvent("", data, f"not an event: {error}")
    ga_name = PREVIEW_TO_GA.get(name, name)
    struct = SERVER_TYPES.get(ga_name)
    if struct is None:
        return UnknownEvent(name, data, "no such event is known")
    try:
        if ga_name == name and name not in SESSION_EVENTS:
            with suppress(msgspec.ValidationError):  # then it is mended below
                event: ServerEvent = _server_decoders[name].decode(data)
                return event
        builtins = msgspec.json.decode(data) | {"type": ga_name}
        if name in SESSION_EVENTS and isinstance(builtins.get("session"), dict):
            builtins["session"] = session_to_ga(builtins["session"])
        if name == "error":
            builtins = mend_error(builtins)
        converted: ServerEvent = msgspec.convert(mend(builtins, struct), struct)
    except (*UNREADABLE, TypeError) as error:
        return UnknownEvent(name, data, f"does not fit: {error}")
    return converted


def decode_client_event(raw: bytes | str) -> ClientEvent:
    """Read what a client sent, strictly.

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
    if name not in CLIENT_TYPES:
        known = ", ".join(f"'{n}'" for n in CLIENT_TYPES)
        message = f"Invalid value: {name!r}. Supported values are: {known}."
        raise ProtocolError("invalid_value", message, "type", event_id)
    try:
        path = unknown_parameter(builtins, CLIENT_TYPES[name])
    except RecursionError as error:
        raise ProtocolError("invalid_json", "Could not parse the event as JSON: nested too deeply.") from error
    if path:
        raise ProtocolError("unknown_parameter", f"Unknown parameter: '{path}'.", path, event_id)
    try:
        event: ClientEvent = _client_decoders[name].decode(data)
    except msgspec.DecodeError as error:
        raise _refusal(error, event_id) from error
    if isinstance(event, SessionUpdate) and event.session.type is msgspec.UNSET:
        raise _missing("session.type", event_id)
    return event


def _utf8(raw: bytes | str) -> bytes:
    return raw if isinstance(raw, bytes) else raw.encode(errors="surrogatepass")


def _missing(param: str, event_id: str | None) -> ProtocolError:
    return ProtocolError("missing_required_parameter", f"Missing required parameter: '{param}'.", param, event_id)


def _refusal(error: msgspec.DecodeError, event_id: str | None) -> ProtocolError:
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
    "Dialect",
    "ProtocolError",
    "decode_client_event",
    "decode_server_event",
    "encode",
    "event_type",
]
