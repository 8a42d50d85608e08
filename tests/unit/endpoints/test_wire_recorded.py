"""What we read and write, held against the ``openai`` package's types and against recorded sessions.

The recordings (OpenAI, Azure OpenAI, Voice Live) and the conformance checker lie in a folder ``shared`` beside the
repository; where it is missing, the tests that need it are skipped.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openai.types.realtime import RealtimeClientEvent
from pydantic import BaseModel, TypeAdapter, ValidationError

from voice_tui.endpoints.realtime.wire import client_events as c
from voice_tui.endpoints.realtime.wire.codec import CLIENT_TYPES, decode_client_event, decode_server_event, encode
from voice_tui.endpoints.realtime.wire.items import ContentPart, InputTokens, Item, ResponseParams, Usage
from voice_tui.endpoints.realtime.wire.server_events import (
    Error,
    FunctionCallArgumentsDelta,
    FunctionCallArgumentsDone,
    OutputItemAdded,
    OutputItemDone,
    ResponseDone,
    SessionCreated,
    UnknownEvent,
)
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

PROTOCOL = Path(__file__).parents[3].parent / "shared" / "protocol"
CONFORMANCE = PROTOCOL / "conformance.py"
RECORDINGS = sorted((PROTOCOL / "recorded").glob("*.jsonl"))
NO_RECORDINGS = "no recorded sessions in ../shared/protocol/recorded"

need_recordings = pytest.mark.skipif(not RECORDINGS, reason=NO_RECORDINGS)
each_recording = pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=path.stem) for path in RECORDINGS]
    or [pytest.param(None, marks=pytest.mark.skip(reason=NO_RECORDINGS), id="none")],
)
need_checker = pytest.mark.skipif(not CONFORMANCE.exists(), reason="no ../shared/protocol/conformance.py")

SDK_CLIENT_EVENT: TypeAdapter[Any] = TypeAdapter(RealtimeClientEvent)

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
            audio={"output": {"voice": "cedar"}},
        )
    ),
    c.ResponseCreate(
        response=ResponseParams(tools=[TOOL], tool_choice={"type": "function", "name": "dial"}, max_output_tokens="inf")
    ),
    c.ResponseCancel(),
    c.ResponseCancel(response_id="resp_1"),
    c.OutputAudioBufferClear(),
]


@dataclass(frozen=True)
class Line:
    """A line of a recording."""

    dir: str
    dialect: str
    event: dict[str, Any]

    @property
    def raw(self) -> bytes:
        return msgspec.json.encode(self.event)


def lines(path: Path) -> list[Line]:
    return [msgspec.json.decode(line, type=Line, strict=True) for line in path.read_bytes().splitlines()]


def ga_client_events() -> list[tuple[str, c.ClientEvent]]:
    found = [(path.stem, line) for path in RECORDINGS for line in lines(path)]
    return [(n, decode_client_event(x.raw)) for n, x in found if (x.dir, x.dialect) == ("client", "ga")]


def extras(value: Any, path: str = "$") -> list[str]:
    """The fields a validated model has no declaration for (the SDK's models take any)."""
    if isinstance(value, BaseModel):
        unknown = [f"{path}.{name}" for name in value.model_extra or {}]
        return unknown + [e for name, child in value for e in extras(child, f"{path}.{name}") if child is not None]
    if isinstance(value, list):
        return [e for i, child in enumerate(value) for e in extras(child, f"{path}[{i}]")]
    return []


def check_against_sdk(event: c.ClientEvent) -> None:
    assert extras(SDK_CLIENT_EVENT.validate_json(encode(event), strict=True)) == []


def conformance(records: list[dict[str, Any]], *options: str) -> str:
    """What the checker says against the records ("" = nothing)."""
    text = "\n".join(json.dumps(record) for record in records)
    command = [sys.executable, str(CONFORMANCE), "--quiet", *options]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def record(direction: str, event: Any, **more: str) -> dict[str, Any]:
    return {"dir": direction, "dialect": "ga", "event": msgspec.json.decode(encode(event)), **more}


def test_the_hand_made_events_cover_every_ga_client_event() -> None:
    assert {type(event) for event in HAND_MADE} == set(CLIENT_TYPES.values()) - {c.TranscriptionSessionUpdate}


@pytest.mark.parametrize("event", HAND_MADE, ids=[type(event).__name__ for event in HAND_MADE])
def test_what_we_send_is_what_the_sdk_describes(event: c.ClientEvent) -> None:
    check_against_sdk(event)


@pytest.mark.parametrize("event", HAND_MADE, ids=[type(event).__name__ for event in HAND_MADE])
def test_what_we_send_passes_our_own_strict_reading(event: c.ClientEvent) -> None:
    assert decode_client_event(encode(event)) == event


def test_an_answer_may_be_made_from_references() -> None:
    """The SDK's response types forget item references, which the service takes; the checker knows them."""
    event = c.ResponseCreate(
        response=ResponseParams(conversation="none", input=[{"type": "item_reference", "id": "item_1"}])
    )
    assert decode_client_event(encode(event)) == event
    if CONFORMANCE.exists():
        assert conformance([record("client", event)], "--no-order", "--no-client-rules") == ""


def test_the_sdk_check_can_fail() -> None:
    misspelt = TypeAdapter(RealtimeClientEvent).validate_python({"type": "response.cancel", "respons_id": "r"})
    assert extras(misspelt) == ["$.respons_id"]
    with pytest.raises(ValidationError):
        check_against_sdk(c.SessionUpdate(session=SessionConfig(type="realtime", output_modalities=["smell"])))


@need_recordings
def test_all_sixteen_recordings_are_there() -> None:
    assert len(RECORDINGS) == 16


@each_recording
def test_recorded_server_events_are_all_understood(path: Path) -> None:
    events = [decode_server_event(line.raw) for line in lines(path) if line.dir == "server"]
    assert [event for event in events if isinstance(event, UnknownEvent)] == []
    first = events[0]
    assert isinstance(first, SessionCreated)
    assert isinstance(first.session.audio, SessionAudio)
    assert not any(isinstance(event, Error) for event in events)


@each_recording
def test_recorded_server_events_stay_the_same_when_written_and_read_again(path: Path) -> None:
    for line in lines(path):
        if line.dir == "server":
            event = decode_server_event(line.raw)
            assert not isinstance(event, UnknownEvent)
            assert decode_server_event(encode(event)) == event


def lost(before: Any, after: Any, path: str) -> set[str]:
    """Where two JSON values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        gone = {f"{path}.{name}" for name in before.keys() - after.keys()}
        return gone.union(*(lost(before[name], after[name], f"{path}.{name}") for name in before.keys() & after.keys()))
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return set().union(*(lost(b, a, f"{path}[]") for b, a in zip(before, after, strict=True)))
    return set() if before == after else {path}


@each_recording
def test_recorded_ga_server_events_lose_nothing_but_a_known_repetition(path: Path) -> None:
    gone: set[str] = set()
    for line in lines(path):
        if (line.dir, line.dialect) == ("server", "ga"):
            event = decode_server_event(line.raw)
            assert not isinstance(event, UnknownEvent)
            gone |= lost(line.event, msgspec.json.decode(encode(event)), line.event["type"])
    # Azure repeats ``part`` under a second name.
    assert gone <= {"response.content_part.added.content", "response.content_part.done.content"}


TOOL_ROUNDS = [path for path in RECORDINGS if "tool" in path.stem]


@pytest.mark.parametrize("path", TOOL_ROUNDS, ids=[path.stem for path in TOOL_ROUNDS])
def test_recorded_function_calls_are_read_whole(path: Path) -> None:
    """Every service, either dialect: the pieces make the arguments, and the client answers the call by its id."""
    read = [decode_server_event(line.raw) for line in lines(path) if line.dir == "server"]
    pieces = [event for event in read if isinstance(event, FunctionCallArgumentsDelta)]
    (done,) = (event for event in read if isinstance(event, FunctionCallArgumentsDone))
    assert "".join(event.delta for event in pieces) == done.arguments
    assert {event.call_id for event in pieces} == {done.call_id}
    (added,) = (e for e in read if isinstance(e, OutputItemAdded) and e.item.type == "function_call")
    (finished,) = (e for e in read if isinstance(e, OutputItemDone) and e.item.type == "function_call")
    assert (added.item.id, added.item.arguments, added.item.status) == (done.item_id, "", "in_progress")
    assert (finished.item.arguments, finished.item.name) == (done.arguments, added.item.name)
    response = next(e.response for e in read if isinstance(e, ResponseDone) and e.response.output)
    assert response.output == [finished.item]
    assert isinstance(response.usage, Usage)
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens
    assert isinstance(response.usage.input_token_details, InputTokens)
    answers = [x.event["item"] for x in lines(path) if x.event["type"] == "conversation.item.create"]
    assert done.call_id in [item.get("call_id") for item in answers]


@each_recording
def test_cut_recorded_events_never_raise(path: Path) -> None:
    for line in lines(path):
        raw = line.raw
        for cut in (1, len(raw) // 3, len(raw) // 2, len(raw) - 2, len(raw) - 1):
            assert isinstance(decode_server_event(raw[:cut]), UnknownEvent)


@need_recordings
def test_recorded_ga_client_events_keep_every_field() -> None:
    for path in RECORDINGS:
        for line in lines(path):
            if (line.dir, line.dialect) == ("client", "ga"):
                assert msgspec.json.decode(encode(decode_client_event(line.raw))) == line.event


@need_recordings
def test_recorded_ga_client_events_are_what_the_sdk_describes() -> None:
    events = ga_client_events()
    assert events
    for _, event in events:
        check_against_sdk(event)


@need_checker
def test_hand_made_events_conform() -> None:
    records = [record("client", event) for event in HAND_MADE]
    assert conformance(records, "--no-order", "--no-client-rules", "--sdk-strict") == ""


@need_checker
def test_the_conformance_checker_can_fail() -> None:
    bad = c.SessionUpdate(session=SessionConfig(type="realtime", output_modalities=["audio", "text"]))
    assert "output_modalities" in conformance([record("client", bad)], "--no-order")


@need_checker
@need_recordings
def test_recorded_ga_sessions_conform_when_written_again() -> None:
    records = []
    for path in RECORDINGS:
        for line in lines(path):
            if line.dialect == "ga":
                reader = decode_client_event if line.dir == "client" else decode_server_event
                records.append(record(line.dir, reader(line.raw), session=path.stem))
    assert records
    assert conformance(records, "--no-audio-check") == ""  # audio was cut short when recorded
