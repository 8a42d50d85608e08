"""The wire of one client: what it sends is read in its dialect and its audio, and what it gets is written so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from voice_tui.endpoints.realtime.wire import client_events as client
from voice_tui.endpoints.realtime.wire import server_events as wire
from voice_tui.endpoints.realtime.wire.client_events import ClientEvent
from voice_tui.endpoints.realtime.wire.codec import ProtocolError, decode_client_event, encode
from voice_tui.endpoints.realtime.wire.dialects import CONTENT, flat_session
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.endpoints.realtime.wire.preview import PREVIEW_TO_GA, Dialect
from voice_tui.endpoints.realtime.wire.server_events import ServerEvent
from voice_tui.endpoints.realtime.wire.session import SessionConfig, given
from voice_tui.server.checks import check_length
from voice_tui.server.session_config import format_of
from voice_tui.server.wire.preview import GA_TYPES, PREVIEW_TYPES, in_preview, to_ga
from voice_tui.server.wire.sound import PCM, ClientSound, converted

MAX_EVENT_ID_CHARS = 512
MAX_APPEND_BYTES = 15 * 1024 * 1024  # of audio, as the client encodes it

Fields = dict[str, Any]


class ClientWire:
    """Reads and writes one connection.

    Args:
        dialect: What the client speaks, GA or preview.
    """

    def __init__(self, dialect: Dialect = Dialect.GA) -> None:
        self.dialect = dialect
        self._types = GA_TYPES if dialect is Dialect.GA else PREVIEW_TYPES
        self._sound = ClientSound()
        self._seen: dict[type, Callable[[Any], None]] = {
            wire.SessionCreated: lambda event: self._agreed(event.session),
            wire.SessionUpdated: lambda event: self._agreed(event.session),
            wire.ResponseCreated: self._answer_begins,
            wire.ResponseDone: lambda event: self._sound.answer_ends(event.response.id),
        }
        self._encoded: dict[type, Callable[[Any], ServerEvent | None]] = {
            wire.OutputAudioDelta: self._audio_delta,
            wire.ConversationItemRetrieved: self._retrieved,
        }

    # -- in --

    def read(self, message: str | bytes) -> ClientEvent:
        """What the client sent, in GA's words, its audio as 24 kHz PCM.

        Raises:
            ProtocolError: It must be refused.
        """
        if isinstance(message, bytes):
            raise ProtocolError("invalid_event", "Events are JSON text; this was a binary frame.")
        event = decode_client_event(message, self._types)
        event_id = given(event.event_id, None)
        try:
            check_length("event_id", event_id or "", MAX_EVENT_ID_CHARS)
            return self._heard(event if self.dialect is Dialect.GA else to_ga(event))
        except ProtocolError as error:
            error.event_id = event_id
            raise

    def _heard(self, event: ClientEvent) -> ClientEvent:
        if isinstance(event, client.InputAudioBufferAppend):
            if len(event.audio) > MAX_APPEND_BYTES:
                message = f"Invalid 'audio': {len(event.audio)} bytes of audio, the maximum is {MAX_APPEND_BYTES}."
                raise ProtocolError("string_above_max_length", message, "audio")
            event.audio = self._sound.incoming(event.audio)
        elif self._sound.hears != PCM:
            if isinstance(event, client.ConversationItemCreate):
                self._heard_item(event.item)
            elif isinstance(event, client.ResponseCreate) and not isinstance(event.response, UnsetType):
                for item in event.response.input or ():
                    self._heard_parts(item.get("content"))
        return event

    def _heard_item(self, item: Item) -> None:
        for part in item.content or ():
            if isinstance(part.audio, str):
                part.audio = converted(part.audio, self._sound.heard)

    def _heard_parts(self, parts: Any) -> None:
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict) and isinstance(part.get("audio"), str):
                part["audio"] = converted(part["audio"], self._sound.heard)

    def as_written(self, error: ProtocolError) -> ProtocolError:
        """A refusal of what an event means, in the names that the client wrote."""
        if self.dialect is Dialect.GA:
            return error
        param = in_preview(error.param) if error.param else None
        return ProtocolError(error.code, in_preview(str(error)), param, error.event_id)

    # -- out --

    def write(self, event: ServerEvent) -> bytes | None:
        """An event as the client reads it; None where its dialect has no such event."""
        if seen := self._seen.get(type(event)):
            seen(event)
        if encoded := self._encoded.get(type(event)):
            changed = encoded(event)
            if changed is None:
                return None
            event = changed
        return encode(event) if self.dialect is Dialect.GA else preview_text(event)

    def _agreed(self, session: SessionConfig) -> None:
        self._sound.hears, self._sound.speaks = format_of(session, "input"), format_of(session, "output")

    def _answer_begins(self, event: wire.ResponseCreated) -> None:
        audio = event.response.audio
        if not isinstance(audio, UnsetType):
            self._sound.answer_begins(event.response.id, audio["output"]["format"]["type"])

    def _audio_delta(self, event: wire.OutputAudioDelta) -> wire.OutputAudioDelta | None:
        audio = self._sound.outgoing(event.response_id, event.item_id, event.delta)
        return msgspec.structs.replace(event, delta=audio) if audio else None

    def _retrieved(self, event: wire.ConversationItemRetrieved) -> wire.ConversationItemRetrieved:
        item = event.item
        own = item.role == "assistant"

        def shown(part: ContentPart) -> ContentPart:
            if not isinstance(part.audio, str):
                return part
            audio = converted(part.audio, lambda pcm: self._sound.recording(pcm, own=own))
            return msgspec.structs.replace(part, audio=audio)

        content = UNSET if isinstance(item.content, UnsetType) else [shown(part) for part in item.content]
        return msgspec.structs.replace(event, item=msgspec.structs.replace(item, content=content))


# -- the preview dialect --

GA_TO_PREVIEW = {ga: old for old, ga in PREVIEW_TO_GA.items()}
ONLY_GA = (wire.ConversationItemDone, wire.TimeoutTriggered)
LACKING = ("truncation", "prompt", "include", "reasoning", "parallel_tool_calls")
TRANSCRIPTION = "realtime.transcription_session"


def preview_text(event: ServerEvent) -> bytes | None:
    """An event in the preview dialect; None where it has no such event."""
    if isinstance(event, ONLY_GA):
        return None
    fields: Fields = msgspec.to_builtins(event)
    fields["type"] = GA_TO_PREVIEW.get(fields["type"], fields["type"])
    for name, rewrite in _REWRITTEN.items():
        if name in fields:
            fields[name] = rewrite(fields[name])
    if fields["type"] == "response.function_call_arguments.done":
        fields.pop("name", None)
    if fields["type"].startswith("session.") and fields["session"].get("object") == TRANSCRIPTION:
        fields["type"] = f"transcription_{fields['type']}"
    return msgspec.json.encode(fields)


def _session(session: Fields) -> Fields:
    flat = flat_session({name: value for name, value in session.items() if name not in LACKING}, Dialect.PREVIEW)
    if isinstance(detection := flat.get("turn_detection"), dict):
        flat["turn_detection"] = {name: value for name, value in detection.items() if name != "idle_timeout_ms"}
    if session["object"] == TRANSCRIPTION:
        flat["include"] = session.get("include")
    return flat


def _response(response: Fields) -> Fields:
    limit = response.pop("max_output_tokens", None)
    flat = flat_session(response, Dialect.PREVIEW) | {"max_output_tokens": limit}
    flat["output"] = [_item(item) for item in flat["output"]]
    if usage := flat.get("usage"):
        for name in ("cached_tokens_details", "image_tokens"):
            usage["input_token_details"].pop(name, None)
    return flat


def _item(item: Fields) -> Fields:
    out: Fields = {"object": "realtime.item"} | item
    if "content" in item:
        out["content"] = [part | {"type": CONTENT.get(part["type"], part["type"])} for part in item["content"]]
    return out


_REWRITTEN: dict[str, Callable[[Fields], Fields]] = {
    "session": _session,
    "response": _response,
    "item": _item,
}
