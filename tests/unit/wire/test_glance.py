"""One look at an event never fails, tells what it is about, and finds which answers which."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.terminal_orders import orders
from voice_tui.endpoints.realtime.wire.glance import NOTE, glance, sound
from voice_tui.endpoints.realtime.wire.pairs import OPEN, Pairs

RECORDED = sorted((Path(__file__).parents[2] / "data" / "sessions").glob("*.jsonl"))
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["type", "event_id", "item", "response", "error", "delta", "audio", "session", "content", "metadata", "id",
         "status_details", "usage", "format", "rate"]
    ), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(st.binary(max_size=80) | JSON.map(lambda value: json.dumps(value).encode()))
def test_a_look_never_fails_and_gives_one_clean_line(raw: bytes) -> None:
    seen = glance(raw)
    assert len(seen.note) <= NOTE
    assert "\n" not in seen.note
    assert orders(seen.note) == []
    sound(raw, seen.formats[0])


@pytest.mark.parametrize(
    ("event", "note"),
    [
        ({"type": "response.output_audio_transcript.delta", "delta": "Good mor"}, "Good mor"),
        ({"type": "error", "error": {"code": "nope", "message": "It is not there."}}, "nope: It is not there."),
        (
            {"type": "response.done", "response": {"status": "cancelled", "status_details": {"reason": "turn_detected"},
                                                   "usage": {"input_tokens": 7, "output_tokens": 3}}},
            "cancelled turn_detected 7 in 3 out",
        ),
        ({"type": "conversation.item.truncate", "item_id": "i", "audio_end_ms": 1200}, "to 1.200 s"),
        ({"type": "input_audio_buffer.speech_started", "audio_start_ms": 500}, "from 0.500 s"),
        (
            {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": [
                {"type": "input_text", "text": "Hello."}]}},
            "user Hello.",
        ),
        ({"type": "response.function_call_arguments.done", "arguments": '{"city":"Kyoto"}'}, '{"city":"Kyoto"}'),
        ({"type": "response.output_audio.delta", "delta": "AAAA"}, ""),
    ],
)  # fmt: skip
def test_a_few_words_say_what_is_in_it(event: dict[str, Any], note: str) -> None:
    assert glance(json.dumps(event).encode()).note == note


@given(st.binary(max_size=100))
def test_the_length_of_sound_is_known_without_decoding_it(pcm: bytes) -> None:
    text = base64.b64encode(pcm).decode()
    for event in (
        {"type": "input_audio_buffer.append", "audio": text},
        {"type": "response.audio.delta", "delta": text},
    ):
        raw = json.dumps(event).encode()
        assert glance(raw).audio == len(pcm)
        heard = sound(raw)
        assert heard is not None
        assert heard.tobytes() == pcm[: len(pcm) // 2 * 2]


def test_sound_is_decoded_as_the_session_says() -> None:
    output = {"format": {"type": "audio/pcm", "rate": 16_000}}
    session = {"audio": {"input": {"format": {"type": "audio/pcmu"}}, "output": output}}
    formats = glance(json.dumps({"type": "session.updated", "session": session}).encode()).formats
    assert formats == ("audio/pcmu 8000", "audio/pcm 16000")
    flat = {"input_audio_format": "g711_alaw", "output_audio_format": "pcm16_8000hz"}
    assert glance(json.dumps({"type": "session.updated", "session": flat}).encode()).formats == (
        "audio/pcma 8000",
        "audio/pcm 8000",
    )
    raw = json.dumps({"type": "x", "audio": base64.b64encode(bytes(800)).decode()}).encode()
    heard = [sound(raw, each) for each in ("", *formats, "opus 0")]
    assert [None if each is None else len(each) // 100 for each in heard] == [4, 23, 5, None]
    assert isinstance(heard[0], np.ndarray)


class Wire:
    """Events in order, by short names."""

    def __init__(self) -> None:
        self.pairs, self.names = Pairs(), list[str]()

    def put(self, name: str, sent: bool, kind: str, connection: int = 1, **fields: Any) -> None:
        self.names.append(name)
        raw = json.dumps({"type": kind, **fields}).encode()
        self.pairs.take(len(self.names), sent, connection, glance(raw))

    def linked(self, name: str) -> list[str]:
        return [self.names[number - 1] for number in self.pairs.of(self.names.index(name) + 1)]


def test_answers_are_found_by_name_by_item_and_by_order() -> None:
    wire = Wire()
    wire.put("update 1", True, "session.update", event_id="e1")
    wire.put("update 2", True, "session.update", event_id="e2")
    wire.put("refused", False, "error", error={"event_id": "e1", "message": "no"})
    wire.put("updated", False, "session.updated")
    wire.put("truncate a", True, "conversation.item.truncate", item_id="a")
    wire.put("truncate b", True, "conversation.item.truncate", item_id="b")
    wire.put("truncated b", False, "conversation.item.truncated", item_id="b")
    wire.put("commit", True, "input_audio_buffer.commit")
    wire.put("committed elsewhere", False, "input_audio_buffer.committed", 2)
    wire.put("committed", False, "input_audio_buffer.committed")
    assert wire.linked("update 1") == ["refused"]
    assert wire.linked("update 2") == ["updated"]
    assert wire.linked("updated") == ["update 2"]
    assert wire.linked("truncate a") == []
    assert wire.linked("truncate b") == ["truncated b"]
    assert wire.linked("commit") == ["committed"]
    assert wire.linked("committed elsewhere") == []


def test_a_response_is_linked_from_its_request_to_its_end() -> None:
    wire = Wire()
    wire.put("ask", True, "response.create", response={"metadata": {"n": "1"}})
    wire.put("aside", True, "response.create", response={"metadata": {"n": "2"}})
    wire.put("aside begins", False, "response.created", response={"id": "r2", "metadata": {"n": "2"}})
    wire.put("begins", False, "response.created", response={"id": "r1", "metadata": {"n": "1"}})
    wire.put("cancel", True, "response.cancel", response_id="r1")
    wire.put("aside ends", False, "response.done", response={"id": "r2"})
    wire.put("ends", False, "response.done", response={"id": "r1", "status": "cancelled"})
    assert wire.linked("ask") == ["begins"]
    assert wire.linked("aside") == ["aside begins"]
    assert wire.linked("begins") == ["ask", "ends"]
    assert wire.linked("ends") == ["begins", "cancel"]
    assert wire.linked("aside ends") == ["aside begins"]


def test_a_cancel_that_names_nothing_is_of_the_last_one_that_is_made() -> None:
    wire = Wire()
    wire.put("begins", False, "response.created", response={"id": "r1"})
    wire.put("cancel", True, "response.cancel")
    wire.put("ends", False, "response.done", response={"id": "r1"})
    assert wire.linked("cancel") == ["ends"]


def test_what_is_gone_is_forgotten_and_what_is_never_answered_costs_no_memory() -> None:
    wire = Wire()
    for number in range(3 * OPEN):
        wire.put(f"ask {number}", True, "response.create", event_id=f"e{number}")
    [connection] = wire.pairs._connections.values()
    assert len(connection.asked["response.create"]) == len(connection.names) == OPEN
    wire.put("begins", False, "response.created", response={"id": "r"})
    wire.put("ends", False, "response.done", response={"id": "r"})
    wire.pairs.forget(3 * OPEN + 1)
    assert wire.linked("begins") == ["ends"]
    wire.pairs.forget(3 * OPEN + 2)
    assert wire.pairs._links == {}


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_in_recorded_sessions_every_request_has_its_answer(path: Path) -> None:
    pairs, glances = Pairs(), []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        record = json.loads(line)
        glances.append((record["dir"] == "client", glance(json.dumps(record["event"]).encode())))
        pairs.take(number, *glances[-1][:1], 1, glances[-1][1])
    for number, (sent, seen) in enumerate(glances, 1):
        assert not seen.note.startswith(("no JSON", "some of its"))
        if sent and seen.type in ("session.update", "response.create", "input_audio_buffer.commit"):
            assert pairs.of(number), (number, seen)
        if seen.type == "response.done":
            assert glances[pairs.of(number)[0] - 1][1].type == "response.created"
