"""The preview dialect, read as strictly as GA: its own structs, and what they are in GA's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from voice_tui.endpoints.realtime.wire import client_events as client
from voice_tui.endpoints.realtime.wire.client_events import ClientEvent, ClientEventBase
from voice_tui.endpoints.realtime.wire.codec import CLIENT_TYPES
from voice_tui.endpoints.realtime.wire.dialects import CONTENT
from voice_tui.endpoints.realtime.wire.items import Item, ResponseParams
from voice_tui.endpoints.realtime.wire.preview import SESSION_PATHS, session_to_ga
from voice_tui.endpoints.realtime.wire.session import SessionConfig
from voice_tui.server.checks import check_choice

FORMATS = ("pcm16", "g711_ulaw", "g711_alaw")
MODALITIES = (["text"], ["text", "audio"], ["audio", "text"])


class PreviewTurnDetection(Struct):
    """How turns are found; there is no idle timeout."""

    type: str = "server_vad"
    threshold: float | UnsetType = UNSET
    prefix_padding_ms: int | UnsetType = UNSET
    silence_duration_ms: int | UnsetType = UNSET
    eagerness: str | UnsetType = UNSET
    create_response: bool | UnsetType = UNSET
    interrupt_response: bool | UnsetType = UNSET


class PreviewTranscription(Struct):
    """The recogniser."""

    model: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    prompt: str | UnsetType = UNSET


class PreviewNoiseReduction(Struct):
    """``near_field`` or ``far_field``."""

    type: str


class PreviewHearing(Struct):
    """What sessions of both kinds have."""

    modalities: list[str] | UnsetType = UNSET
    input_audio_format: str | UnsetType = UNSET
    input_audio_transcription: PreviewTranscription | None | UnsetType = UNSET
    input_audio_noise_reduction: PreviewNoiseReduction | None | UnsetType = UNSET
    turn_detection: PreviewTurnDetection | None | UnsetType = UNSET
    client_secret: dict[str, Any] | UnsetType = UNSET


class PreviewSession(PreviewHearing):
    """The flat session."""

    model: str | UnsetType = UNSET
    instructions: str | UnsetType = UNSET
    voice: str | UnsetType = UNSET
    speed: float | UnsetType = UNSET
    output_audio_format: str | UnsetType = UNSET
    tools: list[dict[str, Any]] | UnsetType = UNSET
    tool_choice: str | dict[str, Any] | UnsetType = UNSET
    temperature: float | UnsetType = UNSET
    max_response_output_tokens: int | str | UnsetType = UNSET
    tracing: str | dict[str, Any] | None | UnsetType = UNSET


class PreviewTranscriptionSession(PreviewHearing):
    """The session of ``?intent=transcription``."""

    include: list[str] | None | UnsetType = UNSET


class PreviewParams(Struct):
    """The body of ``response.create``."""

    modalities: list[str] | UnsetType = UNSET
    instructions: str | UnsetType = UNSET
    voice: str | UnsetType = UNSET
    output_audio_format: str | UnsetType = UNSET
    tools: list[dict[str, Any]] | UnsetType = UNSET
    tool_choice: str | dict[str, Any] | UnsetType = UNSET
    temperature: float | UnsetType = UNSET
    max_response_output_tokens: int | str | UnsetType = UNSET
    max_output_tokens: int | str | UnsetType = UNSET
    conversation: str | UnsetType = UNSET
    input: list[dict[str, Any]] | UnsetType = UNSET
    metadata: dict[str, str] | UnsetType = UNSET


class PreviewSessionUpdate(ClientEventBase, tag="session.update"):
    """See `client.SessionUpdate`."""

    session: PreviewSession


class PreviewTranscriptionUpdate(ClientEventBase, tag="transcription_session.update"):
    """Change a transcription session."""

    session: PreviewTranscriptionSession


class PreviewResponseCreate(ClientEventBase, tag="response.create"):
    """See `client.ResponseCreate`."""

    response: PreviewParams | UnsetType = UNSET


PREVIEW_TYPES: dict[str, Any] = CLIENT_TYPES | {
    "session.update": PreviewSessionUpdate,
    "transcription_session.update": PreviewTranscriptionUpdate,
    "response.create": PreviewResponseCreate,
}
GA_TYPES: dict[str, Any] = {name: struct for name, struct in CLIENT_TYPES.items() if "transcription" not in name}

_GA_CONTENT = {old: new for new, old in CONTENT.items()}


def to_ga(event: Any) -> ClientEvent:
    """A preview event as GA would have it.

    Raises:
        ProtocolError: A value that GA has no name for.
    """
    translate = _TRANSLATED.get(type(event))
    read: ClientEvent = event if translate is None else translate(event)
    return read


def _session(event: PreviewSessionUpdate) -> client.SessionUpdate:
    return _update(event, "realtime")


def _transcription(event: PreviewTranscriptionUpdate) -> client.SessionUpdate:
    event.session.modalities = UNSET  # it writes, whatever is said
    return _update(event, "transcription")


def _update(event: PreviewSessionUpdate | PreviewTranscriptionUpdate, kind: str) -> client.SessionUpdate:
    flat = msgspec.to_builtins(event.session)
    flat.pop("client_secret", None)
    _check(flat, "session")
    session = msgspec.convert(session_to_ga(flat) | {"type": kind}, SessionConfig)
    return client.SessionUpdate(event_id=event.event_id, session=session)


def _request(event: PreviewResponseCreate) -> client.ResponseCreate:
    if isinstance(event.response, UnsetType):
        return client.ResponseCreate(event_id=event.event_id)
    flat = msgspec.to_builtins(event.response)
    _check(flat, "response")
    if "input" in flat:
        flat["input"] = [_item(item, f"response.input[{i}]") for i, item in enumerate(flat["input"])]
    params = msgspec.convert(session_to_ga(flat), ResponseParams)
    return client.ResponseCreate(event_id=event.event_id, response=params)


def _create(event: client.ConversationItemCreate) -> client.ConversationItemCreate:
    event.item = msgspec.convert(_item(msgspec.to_builtins(event.item), "item"), Item)
    return event


def _item(item: dict[str, Any], where: str) -> dict[str, Any]:
    """An item whose parts have GA's names; the names that only GA has are none here."""
    if item.get("role") != "assistant" or not isinstance(parts := item.get("content"), list):
        return item
    named: list[Any] = []
    for i, part in enumerate(parts):
        if isinstance(part, dict) and isinstance(name := part.get("type"), str):
            if name in CONTENT:
                check_choice(f"{where}.content[{i}].type", name, ("text",))
            part = part | {"type": _GA_CONTENT.get(name, name)}
        named.append(part)
    return item | {"content": named}


def _check(flat: dict[str, Any], where: str) -> None:
    if "modalities" in flat:
        check_choice(f"{where}.modalities", flat["modalities"], MODALITIES)
    for name in ("input_audio_format", "output_audio_format"):
        if name in flat:
            check_choice(f"{where}.{name}", flat[name], FORMATS)


_TRANSLATED: dict[type, Callable[[Any], ClientEvent]] = {
    PreviewSessionUpdate: _session,
    PreviewTranscriptionUpdate: _transcription,
    PreviewResponseCreate: _request,
    client.ConversationItemCreate: _create,
}

# -- errors: where the client has written what is wrong --

_RENAMED = {
    f"{where}.{'.'.join(path)}{leaf}": f"{where}.{name}"
    for where in ("session", "response")
    for name, path in SESSION_PATHS.items()
    for leaf in ((".type", "") if name.endswith("_format") else ("",))
}


def in_preview(text: str) -> str:
    """A parameter, or a sentence that names some, as the client knows them."""
    for ga, flat in _RENAMED.items():
        text = text.replace(ga, flat)
    for ga, old in CONTENT.items():
        text = text.replace(f"'{ga}'", f"'{old}'")
    return text
