"""One odd detail never costs an event: every field of every event, each with what servers have sent in its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
import pytest
from msgspec import UnsetType

from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.codec import SERVER_TYPES
from voice_tui.endpoints.realtime.wire.connection import RealtimeCodec

GONE = "the field is not there"
ODDITIES: dict[str, Any] = {
    "missing": GONE,
    "null": None,
    "true": True,
    "a number": 7,
    "a fraction": 0.5,
    "no number": float("nan"),
    "infinite": float("-inf"),
    "enormous": 10**40,
    "a text": "odd",
    "half a pair": "\ud83d",
    "control characters": "\x1b[2J\u202e\x9b31m",
    "a list": [[None]],
    "an object": {"text": "odd"},
}
SAMPLES: dict[Any, Any] = {str: "word", int: 3, float: 1.5, bool: True, bytes: "AAAA", Any: 1, object: 1}


def sample(annotation: Any) -> Any:
    """JSON that fits a field, with everything in it."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return sample(args[0])
    if origin in (Union, UnionType):
        return sample(next(part for part in args if part not in (NoneType, UnsetType)))
    if origin is list:
        return [sample(args[0])]
    if origin is dict:
        return {"key": sample(args[1])}
    if annotation in SAMPLES:
        return SAMPLES[annotation]
    return {field.encode_name: sample(field.type) for field in msgspec.structs.fields(annotation)}


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in decoded JSON."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in inner:
        yield (*at, name)
        yield from paths(child, (*at, name))


def with_oddity(event: dict[str, Any], path: tuple[Any, ...], odd: Any) -> dict[str, Any]:
    copy: Any = json.loads(json.dumps(event))
    holder = copy
    for name in path[:-1]:
        holder = holder[name]
    if odd is GONE:
        del holder[path[-1]]
    else:
        holder[path[-1]] = odd
    whole: dict[str, Any] = copy
    return whole


@pytest.mark.parametrize(("name", "struct"), SERVER_TYPES.items(), ids=list(SERVER_TYPES))
def test_no_odd_detail_costs_an_event(name: str, struct: Any) -> None:
    event = {"type": name, **sample(struct)}
    usual = RealtimeCodec().decode(json.dumps(event))
    assert type(usual) is struct
    for path in paths({field: value for field, value in event.items() if field != "type"}):
        for kind, odd in ODDITIES.items():
            read = RealtimeCodec().decode(json.dumps(with_oddity(event, path, odd)))
            assert type(read) is struct, (path, kind)
            for field in struct.__struct_fields__:
                if field != path[0]:
                    assert getattr(read, field) == getattr(usual, field), (path, kind)
            msgspec.json.encode(read)  # so every text can be sent, and shown


@pytest.mark.parametrize(
    "response", [GONE, None, "resp_1", [], {}, {"status": None}, {"id": None, "status": {}}], ids=str
)
def test_the_end_of_a_turn_always_ends_it(response: Any) -> None:
    codec = RealtimeCodec()
    codec.decode('{"type":"response.created","response":{"id":"resp_1","status":"in_progress"}}')
    event = {"type": "response.done"} | ({} if response is GONE else {"response": response})
    done = codec.decode(json.dumps(event))
    assert isinstance(done, se.ResponseDone)
    assert (done.response.id, done.response.status) == ("resp_1", "completed")
    assert any("response.id" in line for line in codec.misfits())


def test_what_an_event_does_not_name_belongs_to_the_answer_being_made() -> None:
    codec = RealtimeCodec()
    codec.decode('{"type":"response.created","response":{"id":"resp_1"}}')
    codec.decode('{"type":"response.output_item.added","response_id":"resp_1","item":{"id":"item_1","type":"message"}}')
    piece = codec.decode('{"type":"response.output_audio_transcript.delta","delta":"Hi"}')
    assert piece == se.OutputAudioTranscriptDelta(response_id="resp_1", item_id="item_1", delta="Hi")


def test_status_details_may_be_a_text() -> None:
    done = RealtimeCodec().decode(
        '{"type":"response.done","response":{"id":"r","status":"incomplete","status_details":"max_output_tokens"}}'
    )
    assert isinstance(done, se.ResponseDone)
    assert done.response.status_details
    assert done.response.status_details.reason == "max_output_tokens"


FAILED = '{"type":"response.done","response":{"id":"r","status":"failed","status_details":%s}}'


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ("null", "no reason given"),
        ("{}", "no reason given"),
        ('{"type":"failed","error":{}}', "no reason given"),
        ('{"type":"failed","error":{"message":""}}', "no reason given"),
        ('{"type":"failed","error":{"code":"server_error"}}', "server_error"),
        ('{"error":{"foo":"bar","depth":[1]}}', '{"foo": "bar", "depth": [1]}'),
        ('{"error":{"message":{"text":"odd"}}}', '{"text": "odd"}'),
        ('{"error":{"message":7,"code":{"a":1}}}', "7"),
        ('{"error":{"detail":"no capacity"}}', "no capacity"),
        ('{"error":"no capacity"}', "no capacity"),
        ('{"error":["no","capacity"]}', '["no", "capacity"]'),
        ('{"error":500}', "500"),
        ('{"reason":"no capacity"}', "no capacity"),
        ('{"outcome":"no capacity"}', '{"outcome": "no capacity"}'),
        ('"no capacity"', "no capacity"),
        ('["no capacity"]', '["no capacity"]'),
    ],
)
def test_why_an_answer_failed_is_said_whatever_shape_it_has(details: str, words: str) -> None:
    done = RealtimeCodec().decode(FAILED % details)
    assert isinstance(done, se.ResponseDone)
    assert done.response.status == "failed"
    assert done.response.status_details
    assert done.response.status_details.error
    assert done.response.status_details.error.message == words


@pytest.mark.parametrize("place", ["response", "event"])
def test_why_an_answer_failed_may_stand_beside_its_details(place: str) -> None:
    error = {"error": {"code": "out_of_cheese", "message": "No cheese."}}
    response = {"id": "r", "status": "failed"} | (error if place == "response" else {})
    raw = json.dumps({"type": "response.done", "response": response} | (error if place == "event" else {}))
    done = RealtimeCodec().decode(raw)
    assert isinstance(done, se.ResponseDone)
    assert done.response.status_details
    assert done.response.status_details.error
    assert done.response.status_details.error.message == "No cheese."


@pytest.mark.parametrize(
    ("status", "counts"), [("canceled", "cancelled"), ("done", "completed"), ("error", "failed"), ("expired", "failed")]
)
def test_an_end_that_is_none_is_named_and_counts_as_one_that_there_is(status: str, counts: str) -> None:
    codec = RealtimeCodec()
    done = codec.decode(FAILED.replace("failed", status) % "null")
    assert isinstance(done, se.ResponseDone)
    assert done.response.status == counts
    assert codec.misfits() == [f"response.done: response.status: {status!r} is none: it counts as {counts}"]


@pytest.mark.parametrize("name", ["error", "conversation.item.input_audio_transcription.failed"])
@pytest.mark.parametrize(
    ("error", "words"), [("{}", "no reason given"), ('{"foo":1}', '{"foo": 1}'), ("[1]", "[1]"), ('"odd"', "odd")]
)
def test_an_error_has_words_whatever_its_shape(name: str, error: str, words: str) -> None:
    read = RealtimeCodec().decode(json.dumps({"type": name, "item_id": "i", "error": json.loads(error)}))
    assert isinstance(read, se.Error | se.InputTranscriptionFailed)
    assert read.error.message == words


@pytest.mark.parametrize("rate", ["0", "-8000", "NaN", "1e30", '"fast"', '"0"', "[]"])
@pytest.mark.parametrize("event", ["session.created", "session.updated"])
@pytest.mark.parametrize("half", ["input", "output"])
def test_a_rate_that_is_none_is_named_with_its_event_and_its_place(event: str, half: str, rate: str) -> None:
    codec = RealtimeCodec()
    audio = {half: {"format": {"type": "audio/pcm", "rate": json.loads(rate)}}}
    codec.decode(json.dumps({"type": event, "session": {"audio": audio}}))
    lines = [line for line in codec.misfits() if line.startswith(f"{event}: session.audio.{half}.format.rate: ")]
    assert lines
    shown = {"NaN": "not a finite number", "1e30": "too large", "[]": "a list"}.get(rate, rate.strip('"'))
    assert shown in lines[-1]


def test_a_number_that_is_written_as_a_text_is_read_and_named() -> None:
    codec = RealtimeCodec()
    read = codec.decode('{"type":"input_audio_buffer.speech_started","item_id":"i","audio_start_ms":"12"}')
    assert isinstance(read, se.InputSpeechStarted)
    assert read.audio_start_ms == 12
    assert codec.misfits() == [
        "input_audio_buffer.speech_started: audio_start_ms: a number written as a text ('12'): it is read all the same"
    ]


@pytest.mark.parametrize(
    ("number", "text", "why"),
    [
        ("12", "12", "a text written as a number (12): it is read all the same"),
        ("NaN", "", "a text is wanted, not a number (nan)"),
        ("-Infinity", "", "a text is wanted, not a number (-inf)"),
        ("true", "", "a text is wanted, not true or false (True)"),
    ],
)
def test_a_text_that_is_written_as_a_number_is_read_and_named(number: str, text: str, why: str) -> None:
    codec = RealtimeCodec()
    words = '{"type":"response.output_audio_transcript.done","response_id":"r","item_id":"i","transcript":%s}'
    read = codec.decode(words % number)
    assert isinstance(read, se.OutputAudioTranscriptDone)
    assert read.transcript == text
    assert codec.misfits() == [f"response.output_audio_transcript.done: transcript: {why}"]


def test_a_misfit_is_said_once_and_then_counted() -> None:
    codec = RealtimeCodec()
    odd = '{"type":"input_audio_buffer.speech_started","audio_start_ms":"soon","item_id":"i"}'
    lines = []
    for _ in range(2_000):
        codec.decode(odd)
        lines += codec.misfits()
    assert [line.partition("wanted, ")[2] for line in lines] == [
        "not a text ('soon')",
        "not a text ('soon') (1000 times by now)",
    ]
    assert all(line.startswith("input_audio_buffer.speech_started: audio_start_ms: a whole number") for line in lines)


def test_a_field_that_does_not_fit_for_another_reason_is_said_again() -> None:
    codec = RealtimeCodec()
    for number in range(10):
        for odd in (f'"soon {number}"', "[]", "1e99", "NaN"):
            codec.decode(f'{{"type":"input_audio_buffer.speech_started","audio_start_ms":{odd},"item_id":"i"}}')
    assert [line.partition("audio_start_ms: ")[2] for line in codec.misfits()] == [
        "a whole number is wanted, not a text ('soon 0')",
        "a whole number is wanted, not a list",
        "too large",
        "not a finite number",
    ]


def test_endless_kinds_of_misfits_are_one_kind_in_the_end() -> None:
    codec = RealtimeCodec()
    for number in range(1_000):
        response = {"id": "r", "status": "completed", "metadata": {f"field {number}": 1}, "output": {f"{number}": [1]}}
        codec.decode(json.dumps({"type": "error", "error": {"message": [number]}, "event_id": {}}))
        codec.decode(json.dumps({"type": f"odd.{number}", "response": response}))
        codec.decode(json.dumps({"type": "transcription_session.updated", "session": {}}) + str(number))
    assert len(codec.misfits()) < 20


@pytest.mark.parametrize("raw", ["", "{", "[]", '"text"', '{"type":1}', '{"typ":"error"}'])
def test_what_is_no_event_is_said(raw: str) -> None:
    codec = RealtimeCodec()
    assert isinstance(codec.decode(raw), se.UnknownEvent)
    (line,) = codec.misfits()
    assert line.startswith("a message: not an event")


def test_an_event_of_a_name_that_is_not_known_is_no_misfit() -> None:
    codec = RealtimeCodec()
    codec.decode('{"type":"response.video.delta","delta":1}')
    assert codec.misfits() == []
    event = codec.decode('{"type":"response.video\\u001b[2J.delta","delta":1}')
    remark = codec.remark(event)
    assert not remark.error
    assert remark.words.startswith("response.video")
    assert remark.words.isprintable()
    assert "the inspector has it" in remark.words
