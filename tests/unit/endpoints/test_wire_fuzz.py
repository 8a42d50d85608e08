"""Whatever is sent, by a server or a client, nothing unmeant is raised, and one bad event costs that event."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from tests.support.sessions import BY_HAND
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.codec import (
    CLIENT_TYPES,
    SERVER_TYPES,
    ProtocolError,
    decode_client_event,
    event_type,
)
from voice_tui.endpoints.realtime.wire.connection import RealtimeCodec
from voice_tui.endpoints.realtime.wire.deviations import Deviations
from voice_tui.endpoints.realtime.wire.preview import PREVIEW_TO_GA, Dialect

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.sampled_from(["audio/pcm", "pcm16", "g711_ulaw", "server_vad", "none", "AAAA", "AA", "resp_1", "item_1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
CODECS = st.builds(
    RealtimeCodec,
    dialect=st.sampled_from(["", *(dialect.value for dialect in Dialect)]),
    deviations=st.builds(
        Deviations,
        audio_format=st.sampled_from(["pcm", "g711_ulaw", "g711_alaw"]),
        input_rate=st.sampled_from([8_000, 16_000, 24_000]),
        sends_formats=st.booleans(),
        nested_tools=st.booleans(),
    ),
)


def events(path: Path) -> list[dict[str, Any]]:
    """What a server sent in a session."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [line["event"] for line in lines if line["dir"] == "server"]


SESSIONS = [events(path) for path in BY_HAND]
ALL = [event for session in SESSIONS for event in session]
CLIENT = [
    json.loads(line)["event"]
    for path in BY_HAND
    for line in path.read_text(encoding="utf-8").splitlines()
    if json.loads(line)["dir"] == "client"
]


@st.composite
def mutated(draw: st.DrawFn, whole: list[dict[str, Any]]) -> dict[str, Any]:
    """A real event with some of its places filled with anything, or emptied."""
    event: dict[str, Any] = json.loads(json.dumps(draw(st.sampled_from(whole))))
    for _ in range(draw(st.integers(1, 3))):
        holder: Any = event
        while True:
            names = [n for n in holder if n != "type" or holder is not event] if isinstance(holder, dict) else []
            places: list[Any] = names or (list(range(len(holder))) if isinstance(holder, list) else [])
            if not places:
                break
            place = draw(st.sampled_from(places))
            if isinstance(holder[place], dict | list) and holder[place] and draw(st.booleans()):
                holder = holder[place]
                continue
            holder[place] = draw(JSON)
            break
    return event


def is_that_event(read: object, name: str) -> bool:
    return type(read) is SERVER_TYPES[PREVIEW_TO_GA.get(name, name)]


@given(CODECS, st.lists(mutated(ALL), max_size=5))
def test_real_events_with_anything_in_them_are_still_those_events(
    codec: RealtimeCodec, sent: list[dict[str, Any]]
) -> None:
    for event in sent:
        read = codec.decode(json.dumps(event))
        assert is_that_event(read, event["type"])
        codec.remark(read)
    assert all("\n" not in line for line in codec.misfits())


@one_in(3)
@given(CODECS, st.sampled_from(SESSIONS), mutated(ALL) | st.binary(max_size=40) | JSON, st.data())
def test_a_bad_event_costs_no_other_one(
    codec: RealtimeCodec, session: list[dict[str, Any]], bad: Any, data: st.DataObject
) -> None:
    """What follows is read as it would have been; only the answer that the bad one is about may differ."""
    at = data.draw(st.integers(0, len(session)))
    before, after = session[:at], session[at:]
    for event in before:
        assert is_that_event(codec.decode(json.dumps(event)), event["type"])
    codec.decode(bad if isinstance(bad, bytes) else json.dumps(bad))
    for event in after:
        assert is_that_event(codec.decode(json.dumps(event)), event["type"])


@given(CODECS, st.sampled_from(ALL), st.binary(max_size=6), st.data())
def test_broken_bytes_are_no_exception(
    codec: RealtimeCodec, event: dict[str, Any], noise: bytes, data: st.DataObject
) -> None:
    raw = json.dumps(event).encode()
    at = data.draw(st.integers(0, len(raw)))
    read = codec.decode(raw[:at] + noise + raw[at + data.draw(st.integers(0, 6)) :])
    assert isinstance(event_type(read), str)
    codec.remark(read)


@given(CODECS, st.binary(max_size=80) | st.text(st.characters(codec=None), max_size=80))
def test_random_bytes_and_texts_are_no_exception(codec: RealtimeCodec, raw: bytes | str) -> None:
    assert isinstance(codec.decode(raw), se.UnknownEvent)


# ---- the other side: strict, and only ever in its own words


@given(mutated(CLIENT))
def test_a_client_is_refused_in_the_words_of_the_wire_and_in_no_other_way(event: dict[str, Any]) -> None:
    with suppress(ProtocolError):
        read = decode_client_event(json.dumps(event))
        assert type(read) is CLIENT_TYPES[event["type"]]
        msgspec.json.encode(read)


@given(st.binary(max_size=80) | st.text(st.characters(codec=None), max_size=80))
def test_random_bytes_of_a_client_are_refused(raw: bytes | str) -> None:
    with pytest.raises(ProtocolError):
        decode_client_event(raw)


@given(st.sampled_from(CLIENT), st.binary(max_size=6), st.data())
def test_broken_bytes_of_a_client_are_refused_or_read(event: dict[str, Any], noise: bytes, data: st.DataObject) -> None:
    raw = json.dumps(event).encode()
    at = data.draw(st.integers(0, len(raw)))
    with suppress(ProtocolError):
        decode_client_event(raw[:at] + noise + raw[at + data.draw(st.integers(0, 6)) :])


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 100_000,
        b'{"type":"session.update","session":' + b'{"audio":' * 5_000 + b"1" + b"}" * 5_001,
        b'{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":' + b"9" * 9_000 + b"}",
        b'{"type":"input_audio_buffer.append","audio":"\xff"}',
        b'{"type":"input_audio_buffer.append","audio":"\\ud83d"}',
        b'{"type":"response.create","event_id":"\\ud83d"}',
        b'{"type":"response.create","event_id":NaN}',
    ],
    ids=range(7),
)
def test_a_client_that_goes_too_far_is_refused(raw: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_client_event(raw)
