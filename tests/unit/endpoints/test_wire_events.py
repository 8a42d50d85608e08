"""Every event has a struct, under the names of both dialects, and survives the wire."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from tests.support.budget import one_in
from voice_tui.endpoints.realtime.wire import client_events as c
from voice_tui.endpoints.realtime.wire import server_events as s
from voice_tui.endpoints.realtime.wire.codec import (
    CLIENT_TYPES,
    SERVER_TYPES,
    SWITCHES,
    decode_client_event,
    decode_server_event,
    encode,
    event_type,
)
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.endpoints.realtime.wire.numbers import MOST, Count, Seconds
from voice_tui.endpoints.realtime.wire.preview import PREVIEW_TO_GA
from voice_tui.endpoints.realtime.wire.reader import _WORDLESS
from voice_tui.endpoints.realtime.wire.session import AudioInput, SessionAudio, SessionConfig, TurnDetection
from voice_tui.endpoints.realtime.wire.tolerance import without_nulls
from voice_tui.plain_text import clean_text

FEW = one_in(6)  # for each of some fifty structs

CLIENT_TABLE: list[tuple[str, Any]] = [
    ("session.update", c.SessionUpdate),
    ("input_audio_buffer.append", c.InputAudioBufferAppend),
    ("input_audio_buffer.commit", c.InputAudioBufferCommit),
    ("input_audio_buffer.clear", c.InputAudioBufferClear),
    ("conversation.item.create", c.ConversationItemCreate),
    ("conversation.item.retrieve", c.ConversationItemRetrieve),
    ("conversation.item.truncate", c.ConversationItemTruncate),
    ("conversation.item.delete", c.ConversationItemDelete),
    ("response.create", c.ResponseCreate),
    ("response.cancel", c.ResponseCancel),
    ("output_audio_buffer.clear", c.OutputAudioBufferClear),
    ("transcription_session.update", c.TranscriptionSessionUpdate),
]

TRANSCRIPTION = "conversation.item.input_audio_transcription"
# preview (and Voice Live) name, GA name, struct; None where a dialect has no such event.
SERVER_TABLE: list[tuple[str | None, str | None, Any]] = [
    ("session.created", "session.created", s.SessionCreated),
    ("session.updated", "session.updated", s.SessionUpdated),
    ("conversation.created", None, s.ConversationCreated),
    ("conversation.item.created", "conversation.item.added", s.ConversationItemAdded),
    ("conversation.item.done", "conversation.item.done", s.ConversationItemDone),
    ("conversation.item.retrieved", "conversation.item.retrieved", s.ConversationItemRetrieved),
    ("conversation.item.truncated", "conversation.item.truncated", s.ConversationItemTruncated),
    ("conversation.item.deleted", "conversation.item.deleted", s.ConversationItemDeleted),
    (f"{TRANSCRIPTION}.delta", f"{TRANSCRIPTION}.delta", s.InputTranscriptionDelta),
    (None, f"{TRANSCRIPTION}.updated", s.InputTranscriptionUpdated),
    (f"{TRANSCRIPTION}.completed", f"{TRANSCRIPTION}.completed", s.InputTranscriptionCompleted),
    (f"{TRANSCRIPTION}.failed", f"{TRANSCRIPTION}.failed", s.InputTranscriptionFailed),
    (None, f"{TRANSCRIPTION}.segment", s.InputTranscriptionSegment),
    ("input_audio_buffer.speech_started", "input_audio_buffer.speech_started", s.InputSpeechStarted),
    ("input_audio_buffer.speech_stopped", "input_audio_buffer.speech_stopped", s.InputSpeechStopped),
    ("input_audio_buffer.committed", "input_audio_buffer.committed", s.BufferCommitted),
    ("input_audio_buffer.cleared", "input_audio_buffer.cleared", s.BufferCleared),
    (None, "input_audio_buffer.timeout_triggered", s.TimeoutTriggered),
    (None, "input_audio_buffer.dtmf_event_received", s.DtmfReceived),
    ("response.created", "response.created", s.ResponseCreated),
    ("response.output_item.added", "response.output_item.added", s.OutputItemAdded),
    ("response.content_part.added", "response.content_part.added", s.ContentPartAdded),
    ("response.text.delta", "response.output_text.delta", s.OutputTextDelta),
    ("response.text.done", "response.output_text.done", s.OutputTextDone),
    ("response.audio_transcript.delta", "response.output_audio_transcript.delta", s.OutputAudioTranscriptDelta),
    ("response.audio_transcript.done", "response.output_audio_transcript.done", s.OutputAudioTranscriptDone),
    ("response.audio.delta", "response.output_audio.delta", s.OutputAudioDelta),
    ("response.audio.done", "response.output_audio.done", s.OutputAudioDone),
    ("response.content_part.done", "response.content_part.done", s.ContentPartDone),
    ("response.function_call_arguments.delta", "response.function_call_arguments.delta", s.FunctionCallArgumentsDelta),
    ("response.function_call_arguments.done", "response.function_call_arguments.done", s.FunctionCallArgumentsDone),
    ("response.output_item.done", "response.output_item.done", s.OutputItemDone),
    ("response.done", "response.done", s.ResponseDone),
    ("rate_limits.updated", "rate_limits.updated", s.RateLimitsUpdated),
    ("error", "error", s.Error),
    ("output_audio_buffer.started", "output_audio_buffer.started", s.OutputAudioBufferStarted),
    ("output_audio_buffer.stopped", "output_audio_buffer.stopped", s.OutputAudioBufferStopped),
    ("output_audio_buffer.cleared", "output_audio_buffer.cleared", s.OutputAudioBufferCleared),
    ("transcription_session.updated", None, s.TranscriptionSessionUpdated),
    ("warning", None, s.Warning),
]

# Known to some service, of no use here: they must come through as unknown, by name.
IGNORED = [
    "response.mcp_call.in_progress",
    "response.mcp_call_arguments.delta",
    "mcp_list_tools.completed",
    "response.audio_timestamp.delta",
    "response.animation_viseme.delta",
    "session.avatar.connecting",
    "response.video.delta",
]

WIRE_NAMES = [(name, struct) for preview, ga, struct in SERVER_TABLE for name in dict.fromkeys((preview, ga)) if name]

SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8).map(clean_text),  # as nothing else comes out of a decoder
    int: st.integers(-MOST, MOST),
    Count: st.integers(-MOST, MOST),
    float: st.floats(-MOST, MOST),
    Seconds: st.floats(-MOST, MOST),
    bool: st.booleans(),
    bytes: st.binary(max_size=12),
    NoneType: st.none(),
    UnsetType: st.just(UNSET),
}
JSON = st.recursive(
    st.none() | SCALARS[bool] | SCALARS[int] | SCALARS[float] | SCALARS[str],
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(SCALARS[str], inner, max_size=2),
    max_leaves=4,
)
SCALARS[Any] = SCALARS[object] = JSON


def of(annotation: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type; structs with all their fields."""
    if annotation in SCALARS:
        return SCALARS[annotation]
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return st.one_of([of(part) for part in args])
    if origin is list:
        return st.lists(of(args[0]), max_size=2)
    if origin is dict:
        return st.dictionaries(of(args[0]), of(args[1]), max_size=2)
    fields = {field.name: of(field.type) for field in msgspec.structs.fields(annotation)}
    return st.builds(annotation, **fields)


def test_every_client_event_has_its_struct() -> None:
    assert dict(CLIENT_TABLE) == CLIENT_TYPES


def test_every_server_event_has_its_struct() -> None:
    assert {ga or preview: struct for preview, ga, struct in SERVER_TABLE} == SERVER_TYPES


def test_the_renamed_events_are_exactly_those_of_the_table() -> None:
    assert {p: ga for p, ga, _ in SERVER_TABLE if p and ga and p != ga} == PREVIEW_TO_GA


@pytest.mark.parametrize(("name", "struct"), WIRE_NAMES, ids=[name for name, _ in WIRE_NAMES])
@pytest.mark.hypothesis  # its plugin does not look into the function
def test_server_events_survive_the_wire_under_either_name(name: str, struct: Any) -> None:
    @FEW
    @given(of(struct))
    def check(event: Any) -> None:
        wire = msgspec.json.decode(encode(event))
        assert wire["type"] == event_type(event) == PREVIEW_TO_GA.get(name, name)
        read = decode_server_event(msgspec.json.encode(wire | {"type": name}))
        if type(event) in _WORDLESS and _WORDLESS[type(event)](event):
            assert type(read) is type(event)  # it gets words
        else:
            assert read == event

    check()


@pytest.mark.parametrize(("name", "struct"), CLIENT_TABLE, ids=[name for name, _ in CLIENT_TABLE])
@pytest.mark.hypothesis  # its plugin does not look into the function
def test_client_events_survive_the_wire(name: str, struct: Any) -> None:
    @FEW
    @given(of(struct))
    def check(event: Any) -> None:
        if isinstance(event, c.SessionUpdate) and event.session.type is UNSET:
            event.session.type = "realtime"  # a server insists on it
        assert event_type(event) == name
        read = decode_client_event(encode(event))
        said = without_nulls(msgspec.to_builtins(event), struct, SWITCHES)
        assert msgspec.to_builtins(read) == said

    check()


@pytest.mark.parametrize("struct", SERVER_TYPES.values(), ids=list(SERVER_TYPES))
@pytest.mark.hypothesis  # its plugin does not look into the function
def test_a_cut_event_is_unknown_not_an_exception(struct: Any) -> None:
    @FEW
    @given(of(struct), st.data())
    def check(event: Any, data: st.DataObject) -> None:
        wire = encode(event)
        cut = wire[: data.draw(st.integers(0, len(wire) - 1))]
        assert isinstance(decode_server_event(cut), s.UnknownEvent)

    check()


@pytest.mark.parametrize("name", IGNORED)
def test_events_without_a_struct_keep_their_name_and_text(name: str) -> None:
    raw = msgspec.json.encode({"type": name, "event_id": "event_1", "anything": [1]})
    assert decode_server_event(raw) == s.UnknownEvent(name, raw, "no such event is known")
    assert event_type(s.UnknownEvent(name, raw, "")) == name


def test_unset_is_left_out_and_none_is_sent_as_null() -> None:
    event = c.SessionUpdate(
        session=SessionConfig(audio=SessionAudio(input=AudioInput(turn_detection=None, transcription=UNSET)))
    )
    assert encode(event) == b'{"type":"session.update","session":{"audio":{"input":{"turn_detection":null}}}}'


def structs_under(annotation: Any) -> set[Any]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        inner = [structs_under(field.type) for field in msgspec.structs.fields(annotation)]
        return {annotation}.union(*inner)
    return set().union(*(structs_under(part) for part in get_args(annotation)))


def test_a_client_sends_no_field_that_was_not_given() -> None:
    """A default on the wire would change a setting behind the user's back."""
    structs = set().union(*(structs_under(struct) for struct in CLIENT_TYPES.values()))
    assert {SessionConfig, Item, TurnDetection} <= structs
    optional = {
        f"{struct.__name__}.{field.name}": field.default
        for struct in structs
        for field in msgspec.structs.fields(struct)
        if not field.required
    }
    assert {name for name, default in optional.items() if default is not UNSET} == {"AudioFormat.type"}


def test_null_and_absent_are_told_apart_when_read() -> None:
    raw = '{"type":"session.updated","session":{"audio":{"input":{"turn_detection":null}}}}'
    event = decode_server_event(raw)
    assert event == s.SessionUpdated(session=SessionConfig(audio=SessionAudio(input=AudioInput(turn_detection=None))))


def test_audio_travels_as_standard_padded_base64() -> None:
    assert encode(c.InputAudioBufferAppend(audio=b"\xfb\xff\xfe\x00")) == (
        b'{"type":"input_audio_buffer.append","audio":"+//+AA=="}'
    )


def test_turn_detection_is_sent_with_the_given_fields_only() -> None:
    detection = TurnDetection(type="server_vad", threshold=0.5, silence_duration_ms=500)
    assert msgspec.json.decode(msgspec.json.encode(detection)) == {
        "type": "server_vad",
        "threshold": 0.5,
        "silence_duration_ms": 500,
    }


def test_an_items_text_is_what_was_written_or_said() -> None:
    parts = [
        ContentPart(type="input_text", text="one"),
        ContentPart(type="input_audio", transcript=None),
        ContentPart(type="output_audio", transcript="two"),
    ]
    assert Item(type="message", content=parts).text == "one two"
    assert Item(type="function_call").text == ""
