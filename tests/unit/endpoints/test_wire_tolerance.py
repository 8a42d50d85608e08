"""Reading a server: odd, new or broken input never raises and costs as little as possible."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from voice_tui.endpoints.realtime.wire import server_events as s
from voice_tui.endpoints.realtime.wire.codec import SERVER_TYPES, decode_server_event
from voice_tui.endpoints.realtime.wire.items import ErrorDetails, Item, RateLimit
from voice_tui.endpoints.realtime.wire.preview import (
    PREVIEW_TO_GA,
    Dialect,
    detect_dialect,
    dialect_of_session,
    session_to_ga,
)
from voice_tui.endpoints.realtime.wire.reader import read_event
from voice_tui.endpoints.realtime.wire.session import (
    AudioFormat,
    AudioInput,
    AudioOutput,
    SessionAudio,
    SessionConfig,
    Transcription,
    TurnDetection,
)
from voice_tui.endpoints.realtime.wire.session import given as given_or

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NOTHING = SessionConfig()
NAMES = st.sampled_from([*SERVER_TYPES, *PREVIEW_TO_GA])
FIELDS = st.sampled_from(
    ["event_id", "session", "item", "response", "error", "part", "delta", "item_id", "audio_start_ms", "rate_limits"]
)


def decode(**event: Any) -> object:
    return decode_server_event(json.dumps(event))


@given(st.binary(max_size=60))
def test_random_bytes_are_unknown(raw: bytes) -> None:
    assert isinstance(decode_server_event(raw), s.UnknownEvent)


@given(st.text(max_size=60))
def test_random_text_is_unknown(raw: str) -> None:
    assert isinstance(decode_server_event(raw), s.UnknownEvent)


@given(JSON)
def test_random_json_is_unknown(value: Any) -> None:
    assert isinstance(decode_server_event(json.dumps(value)), s.UnknownEvent)


@given(NAMES, st.dictionaries(FIELDS, JSON))
def test_a_known_name_with_random_fields_is_that_event(name: str, fields: dict[str, Any]) -> None:
    event = decode_server_event(json.dumps(fields | {"type": name}))
    assert isinstance(event, SERVER_TYPES[PREVIEW_TO_GA.get(name, name)])


SESSION_KEYS = ["modalities", "voice", "turn_detection", "input_audio_format", "output_audio_format", "audio", "tools"]


@given(st.dictionaries(st.sampled_from(SESSION_KEYS), JSON))
def test_a_random_session_is_a_session(session: dict[str, Any]) -> None:
    assert isinstance(decode(type="session.created", session=session), s.SessionCreated)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b'{"type":5}',
        b'{"type":["session.created"]}',
        b"[" * 100_000,
        b'{"type":"warning","x":' + b"[" * 100_000,
        "\ud800",
    ],
    ids=range(7),
)
def test_malformed_input_is_unknown_and_keeps_its_text(raw: bytes | str) -> None:
    event = decode_server_event(raw)
    assert isinstance(event, s.UnknownEvent)
    assert event.reason
    assert event.raw == (raw if isinstance(raw, bytes) else raw.encode(errors="surrogatepass"))


@pytest.mark.parametrize(
    ("raw", "event", "where"),
    [
        (
            b'{"type":"conversation.item.added","item":{"type":"message","content":' + b"[" * 900 + b"]" * 900 + b"}}",
            s.ConversationItemAdded(item=Item(type="message", content=[])),
            "conversation.item.added: item.content[]",
        ),
        (
            b'{"type":"error","error":{"message":"\xff"}}',
            s.Error(error=ErrorDetails("\ufffd")),
            "a message",
        ),
        (
            b'{"type":"input_audio_buffer.speech_started","item_id":"i","audio_start_ms":' + b"9" * 9_000 + b"}",
            s.InputSpeechStarted(item_id="i", audio_start_ms=0),
            "input_audio_buffer.speech_started: audio_start_ms",
        ),
        (
            b'{"type":"input_audio_buffer.speech_started","item_id":"i","audio_start_ms":1e999}',
            s.InputSpeechStarted(item_id="i", audio_start_ms=0),
            "input_audio_buffer.speech_started: audio_start_ms",
        ),
        (
            b'{"type":"session.created","session":[]}',
            s.SessionCreated(session=SessionConfig()),
            "session.created: session",
        ),
        (b'{"type":"session.updated"}', s.SessionUpdated(session=NOTHING), "session.updated: session"),
        (
            b'{"type":"conversation.item.truncated","item_id":"i","content_index":"zero","audio_end_ms":1}',
            s.ConversationItemTruncated(item_id="i", content_index=0, audio_end_ms=1),
            "conversation.item.truncated: content_index",
        ),
        (
            b'{"type":"input_audio_buffer.speech_stopped","audio_end_ms":12}',
            s.InputSpeechStopped(item_id="", audio_end_ms=12),
            "input_audio_buffer.speech_stopped: item_id",
        ),
    ],
    ids=range(8),
)
def test_a_detail_that_does_not_fit_is_left_out_and_named(raw: bytes, event: object, where: str) -> None:
    told: dict[str, str] = {}
    assert read_event(raw, told.__setitem__) == event
    assert list(told) == [where]


def test_unknown_fields_are_ignored_at_every_depth() -> None:
    event = decode(type="response.output_item.added", response_id="r", new=1, item={"type": "message", "new": {"a": 1}})
    assert event == s.OutputItemAdded(response_id="r", item=Item(type="message"))


def test_null_where_a_value_is_wanted_counts_as_absent() -> None:
    item = {"type": "message", "id": "item_1", "call_id": None, "name": None, "content": None, "status": None}
    event = decode(type="conversation.item.done", event_id=None, item=item, previous_item_id=None)
    assert event == s.ConversationItemDone(item=Item(type="message", id="item_1"))


def test_null_stays_null_where_it_means_something() -> None:
    session = {"audio": {"input": {"turn_detection": None}, "output": {"voice": None}}, "instructions": None}
    event = decode(type="session.updated", session=session)
    audio = SessionAudio(input=AudioInput(turn_detection=None), output=AudioOutput())
    assert event == s.SessionUpdated(session=SessionConfig(audio=audio))


def test_what_is_required_and_null_is_empty() -> None:
    assert decode(type="conversation.item.deleted", item_id=None) == s.ConversationItemDeleted(item_id="")


def test_fractions_of_milliseconds_are_rounded_down() -> None:
    event = decode(type="input_audio_buffer.speech_started", item_id="item_1", audio_start_ms=12.9)
    assert event == s.InputSpeechStarted(item_id="item_1", audio_start_ms=12)


def test_nulls_inside_lists_of_objects_are_mended_too() -> None:
    event = decode(type="rate_limits.updated", rate_limits=[{"name": "tokens", "limit": None, "remaining": 7.0}])
    assert event == s.RateLimitsUpdated(rate_limits=[RateLimit(name="tokens", remaining=7)])


@pytest.mark.parametrize(
    ("event", "details"),
    [
        ({"error": {"message": None, "code": 429}}, ErrorDetails("429", code="429")),
        ({"error": "no such model", "code": "model_not_found"}, ErrorDetails("no such model", code="model_not_found")),
        ({"message": "gone"}, ErrorDetails("gone")),
        ({}, ErrorDetails("no reason given")),
        (
            {"error": {"message": "m", "type": "t", "code": "c", "param": "p", "event_id": "e"}},
            ErrorDetails("m", type="t", code="c", param="p", event_id="e"),
        ),
    ],
)
def test_an_error_is_never_lost(event: dict[str, Any], details: ErrorDetails) -> None:
    assert decode(type="error", **event) == s.Error(error=details)


# --- dialects ---


PREVIEW_SESSION = {
    "id": "sess_1",
    "object": "realtime.session",
    "model": "gpt-4o-realtime-preview",
    "modalities": ["audio", "text"],
    "instructions": "Be brief.",
    "voice": "alloy",
    "speed": 1.0,
    "turn_detection": {"type": "server_vad", "threshold": 0.5, "silence_duration_ms": 200},
    "input_audio_format": "pcm16",
    "output_audio_format": "g711_ulaw",
    "input_audio_transcription": {"model": "whisper-1"},
    "input_audio_noise_reduction": None,
    "tools": [],
    "tool_choice": "auto",
    "temperature": 0.8,
    "max_response_output_tokens": "inf",
    "expires_at": 1785217650,
}


def test_a_preview_session_is_read_as_ga() -> None:
    assert decode(type="session.created", event_id="event_1", session=PREVIEW_SESSION) == s.SessionCreated(
        event_id="event_1",
        session=SessionConfig(
            id="sess_1",
            object="realtime.session",
            model="gpt-4o-realtime-preview",
            output_modalities=["audio"],
            instructions="Be brief.",
            audio=SessionAudio(
                input=AudioInput(
                    format=AudioFormat("audio/pcm"),
                    transcription=Transcription(model="whisper-1"),
                    noise_reduction=None,
                    turn_detection=TurnDetection(type="server_vad", threshold=0.5, silence_duration_ms=200),
                ),
                output=AudioOutput(format=AudioFormat("audio/pcmu"), voice="alloy", speed=1.0),
            ),
            tools=[],
            tool_choice="auto",
            temperature=0.8,
            max_output_tokens="inf",
            expires_at=1785217650,
        ),
    )


def test_a_ga_session_passes_unchanged() -> None:
    ga = {"type": "realtime", "audio": {"output": {"voice": "marin"}}, "output_modalities": ["text"]}
    assert session_to_ga(ga) == ga


def test_a_flat_session_without_a_voice_is_still_preview() -> None:
    assert session_to_ga({"turn_detection": None}) == {"audio": {"input": {"turn_detection": None}}}


@pytest.mark.parametrize(("modalities", "ga"), [(["text"], ["text"]), (["text", "audio"], ["audio"])])
def test_modalities(modalities: list[str], ga: list[str]) -> None:
    assert session_to_ga({"modalities": modalities}) == {"output_modalities": ga}


def test_turn_detection_none_by_name_is_null() -> None:
    assert session_to_ga({"turn_detection": {"type": "none"}}) == {"audio": {"input": {"turn_detection": None}}}


def test_nulls_that_say_nothing_are_dropped_and_foreign_formats_kept() -> None:
    flat = {"voice": None, "modalities": None, "input_audio_format": None, "output_audio_format": "opus"}
    assert session_to_ga(flat) == {"audio": {"output": {"format": {"type": "opus"}}}}


@pytest.mark.parametrize(
    ("session", "dialect"),
    [
        ({"audio": {}, "voice": "alloy"}, Dialect.GA),
        ({"type": "realtime"}, Dialect.GA),
        ({}, None),
        ({"voice": "alloy"}, Dialect.PREVIEW),
        ({"input_audio_format": "pcm16"}, Dialect.PREVIEW),
        ({"voice": {"type": "azure-standard", "name": "en-US-Ava"}}, Dialect.VOICE_LIVE),
    ],
)
def test_the_dialect_of_a_session(session: dict[str, Any], dialect: Dialect | None) -> None:
    assert dialect_of_session(session) is dialect


@pytest.mark.parametrize(
    ("url", "dialect"),
    [
        ("wss://api.openai.com/v1/realtime?model=gpt-realtime", Dialect.GA),
        ("wss://res.openai.azure.com/openai/v1/realtime?model=deployment", Dialect.GA),
        ("wss://res.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=d", Dialect.PREVIEW),
        ("wss://gateway.example/realtime?deployment=d&api-version=2024-10-01-preview", Dialect.PREVIEW),
        ("wss://res.services.ai.azure.com/voice-live/realtime?api-version=2025-10-01&model=m", Dialect.VOICE_LIVE),
        ("ws://localhost:8765/v1/realtime", Dialect.GA),
    ],
)
def test_the_dialect_a_url_promises(url: str, dialect: Dialect) -> None:
    assert detect_dialect(url) is dialect


def test_given_fills_in_for_absent_and_null_only() -> None:
    assert given_or(UNSET, 5) == 5
    assert given_or(None, 5) == 5
    assert given_or(0, 5) == 0
