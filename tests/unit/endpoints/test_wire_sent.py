"""What we send, held against the ``openai`` package's types and against our own strict reading."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.wire import event_faults
from voice_tui.endpoints.realtime.wire import client_events as c
from voice_tui.endpoints.realtime.wire.codec import CLIENT_TYPES, decode_client_event, encode
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item, ResponseParams
from voice_tui.endpoints.realtime.wire.session import (
    AudioFormat,
    AudioInput,
    AudioOutput,
    NoiseReduction,
    SessionAudio,
    SessionConfig,
    Transcription,
    TurnDetection,
)

PCM = AudioFormat(type="audio/pcm", rate=24000)
SERVER_VAD = TurnDetection(
    type="server_vad",
    threshold=0.5,
    prefix_padding_ms=300,
    silence_duration_ms=500,
    idle_timeout_ms=None,
    create_response=True,
    interrupt_response=False,
)
SEMANTIC_VAD = TurnDetection(type="semantic_vad", eagerness="low", create_response=True, interrupt_response=True)
TOOL = {"type": "function", "name": "dial", "description": "Dial.", "parameters": {"type": "object", "properties": {}}}


def session(**fields: Any) -> c.SessionUpdate:
    return c.SessionUpdate(session=SessionConfig(type="realtime", **fields))


def message(role: str, kind: str, text: str) -> c.ConversationItemCreate:
    return c.ConversationItemCreate(item=Item(type="message", role=role, content=[ContentPart(type=kind, text=text)]))


HAND_MADE: list[c.ClientEvent] = [
    session(),
    session(
        instructions="Be brief.",
        output_modalities=["audio"],
        audio=SessionAudio(
            input=AudioInput(
                format=PCM,
                transcription=Transcription(model="whisper-1", language="en", prompt="names", keywords=["voice"]),
                noise_reduction=NoiseReduction(type="near_field"),
                turn_detection=SERVER_VAD,
            ),
            output=AudioOutput(format=PCM, voice="marin", speed=1.25),
        ),
        tools=[TOOL],
        tool_choice="auto",
        max_output_tokens="inf",
        truncation={"type": "retention_ratio", "retention_ratio": 0.8},
        tracing="auto",
        include=["item.input_audio_transcription.logprobs"],
    ),
    session(audio=SessionAudio(input=AudioInput(turn_detection=SEMANTIC_VAD))),
    session(
        audio=SessionAudio(input=AudioInput(turn_detection=None, transcription=None, noise_reduction=None)),
        output_modalities=["text"],
        tool_choice={"type": "function", "name": "dial"},
        max_output_tokens=200,
        tracing=None,
    ),
    c.InputAudioBufferAppend(audio=bytes(4800)),
    c.InputAudioBufferCommit(event_id="event_client_1"),
    c.InputAudioBufferClear(),
    message("user", "input_text", "Hello"),
    message("system", "input_text", "Speak slowly."),
    message("assistant", "output_text", "Hello."),
    c.ConversationItemCreate(
        item=Item(type="message", role="user", content=[ContentPart(type="input_audio", audio="AAA=")]),
        previous_item_id="root",
    ),
    c.ConversationItemCreate(
        item=Item(
            type="message", id="item_note", role="system", content=[ContentPart(type="input_text", text="So far: tea.")]
        ),
        previous_item_id="root",
    ),
    c.ConversationItemCreate(item=Item(type="function_call", call_id="call_1", name="dial", arguments="{}")),
    c.ConversationItemCreate(item=Item(type="function_call_output", call_id="call_1", output="done")),
    c.ConversationItemRetrieve(item_id="item_1"),
    c.ConversationItemTruncate(item_id="item_1", content_index=0, audio_end_ms=1480),
    c.ConversationItemDelete(item_id="item_1"),
    c.ResponseCreate(),
    c.ResponseCreate(
        response=ResponseParams(
            output_modalities=["text"],
            instructions="Sum up.",
            conversation="none",
            input=[{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}],
            tools=[TOOL],
            tool_choice="none",
            max_output_tokens=64,
            metadata={"purpose": "summary"},
            audio=SessionAudio(output=AudioOutput(voice="cedar")),
        )
    ),
    c.ResponseCreate(
        response=ResponseParams(tools=[TOOL], tool_choice={"type": "function", "name": "dial"}, max_output_tokens="inf")
    ),
    c.ResponseCancel(),
    c.ResponseCancel(response_id="resp_1"),
    c.OutputAudioBufferClear(),
]


def wrong_with(event: c.ClientEvent) -> list[tuple[str, str]]:
    return event_faults("ga", "client", msgspec.json.decode(encode(event)))


def test_the_hand_made_events_cover_every_ga_client_event() -> None:
    assert {type(event) for event in HAND_MADE} == set(CLIENT_TYPES.values()) - {c.TranscriptionSessionUpdate}


@pytest.mark.parametrize("event", HAND_MADE, ids=[type(event).__name__ for event in HAND_MADE])
def test_what_we_send_is_what_the_sdk_describes(event: c.ClientEvent) -> None:
    assert wrong_with(event) == []


@pytest.mark.parametrize("event", HAND_MADE, ids=[type(event).__name__ for event in HAND_MADE])
def test_what_we_send_passes_our_own_strict_reading(event: c.ClientEvent) -> None:
    assert decode_client_event(encode(event)) == event


def test_an_answer_may_be_made_from_references() -> None:
    """The package's types forget item references, which the service takes."""
    event = c.ResponseCreate(
        response=ResponseParams(conversation="none", input=[{"type": "item_reference", "id": "item_1"}])
    )
    assert decode_client_event(encode(event)) == event
    assert wrong_with(event) == []


def test_what_the_package_does_not_describe_is_seen() -> None:
    update = c.SessionUpdate(session=SessionConfig(type="realtime", output_modalities=["smell"]))
    assert {rule for rule, _ in wrong_with(update)} == {"known_fields"}
    both = c.SessionUpdate(session=SessionConfig(type="realtime", output_modalities=["audio", "text"]))
    assert {rule for rule, _ in wrong_with(both)} == {"in_range"}
