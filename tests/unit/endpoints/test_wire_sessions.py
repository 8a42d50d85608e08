"""Whole sessions, as the services hold them: all of it is read, and nothing is lost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.sessions import BY_HAND, DATA, recorded
from tests.wire import Record, check, read
from voice_tui.endpoints.realtime.wire.codec import decode_client_event, decode_server_event, encode
from voice_tui.endpoints.realtime.wire.items import InputTokens, Usage
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
from voice_tui.endpoints.realtime.wire.session import SessionAudio

RECORDED = recorded()
SESSIONS = [*BY_HAND, *RECORDED]

each_session = pytest.mark.parametrize("path", SESSIONS, ids=[path.stem for path in SESSIONS])
each_tool_round = pytest.mark.parametrize("path", [p for p in SESSIONS if "tool" in p.stem], ids=lambda p: p.stem)
each_in_ga = pytest.mark.parametrize("path", [p for p in SESSIONS if "voice_live" not in p.stem], ids=lambda p: p.stem)


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


@pytest.mark.skipif(not RECORDED, reason=f"{DATA} names no folder with recorded sessions")
def test_all_sixteen_recordings_are_there() -> None:
    assert len(RECORDED) == 16


@each_session
def test_server_events_are_all_understood(path: Path) -> None:
    events = [decode_server_event(line.raw) for line in lines(path) if line.dir == "server"]
    assert [event for event in events if isinstance(event, UnknownEvent)] == []
    first = events[0]
    assert isinstance(first, SessionCreated)
    assert isinstance(first.session.audio, SessionAudio)
    assert not any(isinstance(event, Error) for event in events)


@each_session
def test_server_events_stay_the_same_when_written_and_read_again(path: Path) -> None:
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


@each_in_ga
def test_ga_server_events_lose_nothing_but_a_known_repetition(path: Path) -> None:
    gone: set[str] = set()
    for line in lines(path):
        if line.dir == "server":
            event = decode_server_event(line.raw)
            assert not isinstance(event, UnknownEvent)
            gone |= lost(line.event, msgspec.json.decode(encode(event)), line.event["type"])
    # Azure repeats ``part`` under a second name.
    assert gone <= {"response.content_part.added.content", "response.content_part.done.content"}


@each_tool_round
def test_function_calls_are_read_whole(path: Path) -> None:
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


@each_session
def test_cut_events_never_raise(path: Path) -> None:
    for line in lines(path):
        raw = line.raw
        for cut in (1, len(raw) // 3, len(raw) // 2, len(raw) - 2, len(raw) - 1):
            assert isinstance(decode_server_event(raw[:cut]), UnknownEvent)


@each_in_ga
def test_ga_client_events_keep_every_field(path: Path) -> None:
    for line in lines(path):
        if line.dir == "client":
            assert msgspec.json.decode(encode(decode_client_event(line.raw))) == line.event


@each_session
def test_a_session_obeys_the_rules_of_the_wire(path: Path) -> None:
    check(read(path), whole_audio=False)  # it is cut short


@each_in_ga
def test_a_ga_session_obeys_them_when_read_and_written_again(path: Path) -> None:
    check([{**record, "event": rewritten(record)} for record in read(path)], whole_audio=False)


def rewritten(record: Record) -> Any:
    text = json.dumps(record["event"])
    event = decode_client_event(text) if record["dir"] == "client" else decode_server_event(text)
    assert not isinstance(event, UnknownEvent)
    return json.loads(encode(event))
