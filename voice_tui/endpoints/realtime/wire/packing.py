"""Events of the Realtime wire, as a tape keeps them: every field, with the sound in them apart."""

from __future__ import annotations

from typing import Any

import msgspec

from voice_tui.endpoints.realtime.wire.client_events import ClientEvent, InputAudioBufferAppend
from voice_tui.endpoints.realtime.wire.server_events import OutputAudioDelta, ServerEvent, UnknownEvent
from voice_tui.messages.packing import Packed

UNKNOWN = "unknown"


def pack(event: Any) -> Packed:
    """A client's or a server's event as JSON, what nobody knows included."""
    if isinstance(event, UnknownEvent):
        raw = event.raw.decode("latin-1")  # any byte is a character there, and a secret stays one that is found
        return Packed({UNKNOWN: {"type": event.type, "raw": raw, "reason": event.reason}})
    if isinstance(event, OutputAudioDelta):
        return Packed(msgspec.to_builtins(msgspec.structs.replace(event, delta=b"")), event.delta)
    if isinstance(event, InputAudioBufferAppend):
        return Packed(msgspec.to_builtins(msgspec.structs.replace(event, audio=b"")), event.audio)
    return Packed(msgspec.to_builtins(event))


def unpack(packed: Packed) -> object:
    """The event again.

    Raises:
        msgspec.ValidationError: It is none.
    """
    unknown = packed.fields.get(UNKNOWN)
    if unknown is not None:
        return UnknownEvent(unknown["type"], unknown["raw"].encode("latin-1"), unknown["reason"])
    event: object = msgspec.convert(packed.fields, ServerEvent | ClientEvent)
    if isinstance(event, OutputAudioDelta):
        event.delta = packed.audio
    if isinstance(event, InputAudioBufferAppend):
        event.audio = packed.audio
    return event
