"""Reading a client: what does not fit is refused with the service's code, message and parameter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.endpoints.realtime.wire.client_events import (
    InputAudioBufferAppend,
    ResponseCreate,
    SessionUpdate,
)
from voice_tui.endpoints.realtime.wire.codec import CLIENT_TYPES, SWITCHES, ProtocolError, decode_client_event
from voice_tui.endpoints.realtime.wire.tolerance import structs_in

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["event_id", "session", "item", "response", "item_id", "audio", "response_id", "content_index"]
)
CODES = {"invalid_json", "invalid_type", "invalid_value", "missing_required_parameter", "unknown_parameter"}


def refusal(raw: bytes | str | dict[str, Any]) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        decode_client_event(json.dumps(raw) if isinstance(raw, dict) else raw)
    return caught.value


def update(**session: Any) -> dict[str, Any]:
    return {"type": "session.update", "session": {"type": "realtime", **session}}


def create(*content: Any, **item: Any) -> dict[str, Any]:
    return {
        "type": "conversation.item.create",
        "item": {"type": "message", "role": "user", "content": content, **item},
    }


VAD = {"type": "server_vad"}
TEXT = {"type": "input_text", "text": "hello"}


@pytest.mark.parametrize(
    ("event", "param"),
    [
        ({"type": "response.cancel", "bogus": 1}, "bogus"),
        (update(bogus_field=1), "session.bogus_field"),
        (update(modalities=["text"]), "session.modalities"),
        (update(audio={"input": {"turn_detection": {**VAD, "bogus": 1}}}), "session.audio.input.turn_detection.bogus"),
        (update(audio={"output": {"format": {"type": "audio/pcm", "hz": 1}}}), "session.audio.output.format.hz"),
        (create(TEXT, {**TEXT, "zap": None}), "item.content[1].zap"),
        (create(TEXT, colour="red"), "item.colour"),
        ({"type": "response.create", "response": {"voice": "alloy"}}, "response.voice"),
        ({"type": "session.update", "session": {"nonsense": 1}}, "session.nonsense"),  # before the missing type
    ],
)
def test_unknown_parameter(event: dict[str, Any], param: str) -> None:
    error = refusal(event)
    assert (error.code, error.param) == ("unknown_parameter", param)
    assert error.message == str(error) == f"Unknown parameter: '{param}'."


@pytest.mark.parametrize(
    ("event", "param"),
    [
        ({}, "type"),
        ({"type": None}, "type"),
        ({"type": "input_audio_buffer.append"}, "audio"),
        ({"type": "session.update"}, "session"),
        ({"type": "session.update", "session": {"instructions": "x"}}, "session.type"),
        ({"type": "conversation.item.truncate", "item_id": "i", "content_index": 0}, "audio_end_ms"),
        ({"type": "conversation.item.create", "item": {}}, "item.type"),
        (create(TEXT, {"text": "no type"}), "item.content[1].type"),
        (update(audio={"input": {"turn_detection": {}}}), "session.audio.input.turn_detection.type"),
    ],
)
def test_missing_required_parameter(event: dict[str, Any], param: str) -> None:
    error = refusal(event)
    assert (error.code, error.param) == ("missing_required_parameter", param)
    assert error.message == f"Missing required parameter: '{param}'."


@pytest.mark.parametrize(
    ("event", "param"),
    [
        ({"type": 5}, "type"),
        ({"type": ["session.update"]}, "type"),
        ({"type": {}}, "type"),
        ({"type": "session.update", "session": 5}, "session"),
        ({"type": "session.update", "session": {"type": "realtime"}, "event_id": 5}, "event_id"),
        (update(instructions=5), "session.instructions"),
        (update(output_modalities=["audio", 3]), "session.output_modalities[1]"),
        (update(audio={"output": {"voice": 5}}), "session.audio.output.voice"),
        (update(audio={"input": {"turn_detection": {**VAD, "threshold": "0.5"}}}), "session.audio.input."),
        (create({**TEXT, "text": 5}), "item.content[0].text"),
        ({"type": "conversation.item.truncate", "item_id": "i", "content_index": 0, "audio_end_ms": 1.5}, "audio_end"),
        ({"type": "input_audio_buffer.append", "audio": 5}, "audio"),
        ({"type": "input_audio_buffer.append", "audio": None}, "audio"),
    ],
)
def test_invalid_type(event: dict[str, Any], param: str) -> None:
    error = refusal(event)
    assert error.code == "invalid_type"
    assert error.param is not None
    assert error.param.startswith(param)
    assert error.message.startswith(f"Invalid type for '{error.param}': expected ")


@pytest.mark.parametrize("raw", [b"3", b"null", b'"session.update"', b"[]"])
def test_an_event_must_be_an_object(raw: bytes) -> None:
    error = refusal(raw)
    assert (error.code, error.message) == ("invalid_type", "Invalid type: an event must be an object.")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"type":"response.cancel"',
        b"\xff\xfe",
        b'{"type":"\xff"}',
        "\ud800",
        b"[" * 100_000,
        b'{"type":"conversation.item.create","item":{"type":"message","content":' + b"[" * 900 + b"]" * 900 + b"}}",
        b'{"type":"response.cancel","response_id":NaN}',
    ],
    ids=range(9),
)
def test_invalid_json(raw: bytes | str) -> None:
    error = refusal(raw)
    assert error.code == "invalid_json"
    assert error.message.startswith("Could not parse the event as JSON: ")


def test_an_unknown_event_type_is_answered_with_those_there_are() -> None:
    error = refusal({"type": "nope"})
    assert (error.code, error.param) == ("invalid_value", "type")
    assert error.message.startswith("Invalid value: 'nope'. Supported values are: 'session.update', ")
    assert all(f"'{name}'" in error.message for name in CLIENT_TYPES)


def test_a_server_event_is_no_client_event() -> None:
    assert refusal({"type": "session.created", "session": {}}).code == "invalid_value"


@pytest.mark.parametrize("audio", ["AAA", "A-_A", "AA=A", "AA\nAA", "!", "AAAA="])
def test_audio_must_be_standard_padded_base64(audio: str) -> None:
    error = refusal({"type": "input_audio_buffer.append", "audio": audio, "event_id": "event_7"})
    assert (error.code, error.param, error.event_id) == ("invalid_value", "audio", "event_7")
    assert error.message == "Invalid 'audio': expected standard base64 with padding."


@pytest.mark.parametrize(
    "event",
    [
        {"event_id": "mine"},
        {"event_id": "mine", "type": "nope"},
        {"event_id": "mine", "type": []},
        {"event_id": "mine", "type": "response.cancel", "x": 1},
        {"event_id": "mine", "type": "conversation.item.delete"},
        {"event_id": "mine", "type": "conversation.item.delete", "item_id": 3},
        {"event_id": "mine", "type": "session.update", "session": {}},
        {"event_id": "mine", "type": "input_audio_buffer.append", "audio": "?"},
    ],
)
def test_the_event_id_comes_back_with_every_refusal(event: dict[str, Any]) -> None:
    assert refusal(event).event_id == "mine"


@pytest.mark.parametrize("event_id", [5, None, ["x"]])
def test_an_event_id_that_is_no_text_is_not_echoed(event_id: Any) -> None:
    assert refusal({"event_id": event_id, "type": "nope"}).event_id is None


def test_free_form_objects_may_hold_anything() -> None:
    tool = {"type": "function", "name": "f", "parameters": {"properties": {"anything": {"x-own": [1]}}}}
    event = decode_client_event(json.dumps(update(tools=[tool], prompt={"id": "p", "variables": {"q": 1}})))
    assert isinstance(event, SessionUpdate)
    assert event.session.tools == [tool]


def test_response_input_may_hold_references() -> None:
    reference = {"type": "item_reference", "id": "item_1"}
    event = decode_client_event(json.dumps({"type": "response.create", "response": {"input": [reference]}}))
    assert isinstance(event, ResponseCreate)


def test_good_events_pass_as_text_and_as_bytes() -> None:
    raw = '{"type":"input_audio_buffer.append","event_id":"e","audio":"AQI="}'
    expected = InputAudioBufferAppend(event_id="e", audio=b"\x01\x02")
    assert decode_client_event(raw) == decode_client_event(raw.encode()) == expected


def optional_paths(annotation: Any, inside: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every field, however deep, that a client may leave out."""
    for struct in structs_in(annotation):
        for field in msgspec.structs.fields(struct):
            if not field.required:
                yield (*inside, field.encode_name)
            yield from optional_paths(field.type, (*inside, field.encode_name))


OPTIONAL = [(name, path) for name, struct in CLIENT_TYPES.items() for path in optional_paths(struct)]
WHOLE: dict[str, dict[str, Any]] = {
    "session.update": {"session": {"type": "realtime"}},
    "input_audio_buffer.append": {"audio": ""},
    "conversation.item.create": {"item": {"type": "message"}},
    "conversation.item.retrieve": {"item_id": "i"},
    "conversation.item.truncate": {"item_id": "i", "content_index": 0, "audio_end_ms": 0},
    "conversation.item.delete": {"item_id": "i"},
    "transcription_session.update": {"session": {}},
}
TYPED = {"turn_detection": "server_vad", "noise_reduction": "near_field", "content": "input_text"}


def with_null(event: Any, path: tuple[str, ...]) -> tuple[Any, Any]:
    """An event without a field, and the same with null in its place."""
    name, *rest = path
    if not rest:
        return {k: v for k, v in event.items() if k != name}, event | {name: None}
    inner = event.get(name, {"type": TYPED[name]} if name in TYPED else {})
    absent, null = with_null(inner, tuple(rest))
    listed = name == "content"
    return event | {name: [absent] if listed else absent}, event | {name: [null] if listed else null}


@pytest.mark.parametrize(("name", "path"), OPTIONAL, ids=[f"{name} {'.'.join(path)}" for name, path in OPTIONAL])
def test_null_is_absence_except_where_it_switches_off(name: str, path: tuple[str, ...]) -> None:
    absent, null = with_null({"type": name, **WHOLE.get(name, {})}, path)
    if path == ("session", "type"):
        assert refusal(null).code == refusal(absent).code == "missing_required_parameter"
        return
    read = decode_client_event(json.dumps(null))
    switches = ".".join(path[-2:]) in SWITCHES
    assert (read == decode_client_event(json.dumps(absent))) is not switches
    if switches:
        assert msgspec.to_builtins(read) == null


def test_what_is_needed_is_not_absent_where_it_is_null() -> None:
    assert refusal(create({"type": None})).code == "invalid_type"
    assert refusal({"type": "session.update", "session": None}).code == "invalid_type"


def test_a_null_within_a_schema_stays() -> None:
    tool = {"type": "function", "name": "f", "description": None, "parameters": {"default": None}}
    event = decode_client_event(json.dumps({"type": "response.create", "response": {"tools": [tool]}}))
    assert event.response.tools == [{"type": "function", "name": "f", "parameters": {"default": None}}]


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60), JSON.map(json.dumps)))
def test_random_input_is_refused_in_the_words_of_the_wire(raw: bytes | str) -> None:
    assert refusal(raw).code in CODES


@given(st.sampled_from(list(CLIENT_TYPES)), st.dictionaries(FIELDS, JSON))
def test_random_fields_are_taken_or_refused_but_raise_nothing_else(name: str, fields: dict[str, Any]) -> None:
    raw = json.dumps(fields | {"type": name})
    try:
        outcome: object = decode_client_event(raw)
    except ProtocolError as error:
        outcome = error.code
    assert outcome in CODES if isinstance(outcome, str) else isinstance(outcome, CLIENT_TYPES[name])
