"""Texts from a server: nothing of what was said is lost on the wire, and nothing of it gives orders to a terminal."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.terminal_orders import HOSTILE, orders
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.connection import RealtimeCodec
from voice_tui.endpoints.realtime.wire.texts import DELTAS, KEPT
from voice_tui.plain_text import clean_text

TRANSCRIPT = "response.output_audio_transcript"


def event(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": name, "response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, **fields}


def decoded(codec: RealtimeCodec, *events: dict[str, Any]) -> list[Any]:
    return [codec.decode(json.dumps(one)) for one in events]


def deltas(codec: RealtimeCodec, name: str, *texts: str) -> str:
    return "".join(one.delta for one in decoded(codec, *(event(name, delta=text) for text in texts)))


@pytest.mark.parametrize("name", sorted(DELTAS))
@pytest.mark.hypothesis  # its plugin does not look into the function
def test_characters_that_are_cut_between_pieces_are_joined(name: str) -> None:
    @given(st.lists(st.text("aé日🙂👩🎉", max_size=4), max_size=6), st.data())
    def check(words: list[str], data: st.DataObject) -> None:
        whole = "".join(words)
        units = whole.encode("utf-16-le")  # as JavaScript counts, and cuts
        cuts = sorted(data.draw(st.lists(st.integers(0, len(units) // 2), max_size=4)))
        at = [0, *(2 * cut for cut in cuts), len(units)]
        texts = [units[a:b].decode("utf-16-le", "surrogatepass") for a, b in pairwise(at)]
        assert deltas(RealtimeCodec(), name, *texts) == whole

    check()


def test_a_half_whose_other_half_never_comes_is_marked() -> None:
    codec = RealtimeCodec()
    assert deltas(codec, f"{TRANSCRIPT}.delta", "a\ud83d", "b") == "a\ufffdb"
    assert deltas(codec, f"{TRANSCRIPT}.delta", "\ude42 c") == "\ufffd c"


def test_a_half_belongs_to_its_own_part() -> None:
    codec = RealtimeCodec()
    name = f"{TRANSCRIPT}.delta"
    first, other, second = decoded(
        codec,
        event(name, delta="\ud83d"),
        event(name, delta="x", item_id="other"),
        event(name, delta="\ude42"),
    )
    assert (first.delta, other.delta, second.delta) == ("", "x", "🙂")


@pytest.mark.parametrize(
    "end",
    [
        event(f"{TRANSCRIPT}.done", transcript="a🙂"),
        {"type": "response.done", "response": {"id": "r", "status": "completed"}},
    ],
    ids=["done", "response.done"],
)
def test_a_half_is_forgotten_when_the_text_is_done(end: dict[str, Any]) -> None:
    codec = RealtimeCodec()
    decoded(codec, event(f"{TRANSCRIPT}.delta", delta="a\ud83d"), end)
    assert deltas(codec, f"{TRANSCRIPT}.delta", "b") == "b"


def test_what_never_ends_is_not_remembered_for_ever() -> None:
    codec = RealtimeCodec()
    for number in range(500):
        place = {"response_id": f"r{number}", "item_id": f"i{number}"}
        decoded(
            codec,
            {"type": "response.created", "response": {"id": f"r{number}"}},
            event(f"{TRANSCRIPT}.delta", delta="\ud83d") | place,
            event(f"{TRANSCRIPT}.done", transcript="Hi.") | place,
            event("response.output_audio.delta", delta="AA==") | place,
        )
    kept: list[Any] = [codec._open, codec._halves.held, codec._sound._streams]
    assert all(len(each) <= KEPT for each in kept)


# ---- what a terminal would obey


def texts_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts_in(inner)]
    if isinstance(value, (list, tuple)):
        return [text for inner in value for text in texts_in(inner)]
    fields = getattr(value, "__struct_fields__", ())
    return [text for field in fields for text in texts_in(getattr(value, field))]


@given(HOSTILE, st.booleans())
def test_no_text_of_any_event_gives_orders(text: str, escaped: bool) -> None:
    events = [
        event(f"{TRANSCRIPT}.delta", delta=text, event_id=text),
        event(f"{TRANSCRIPT}.done", transcript=text),
        event("conversation.item.input_audio_transcription.completed", transcript=text),
        {"type": "error", "error": {"message": text, "code": text}},
        {"type": "error", "message": text},
        {"type": "warning", "warning": {"message": text, text: [text]}},
        {"type": text},
        {
            "type": "response.done",
            "response": {"id": "r", "status": text, "output": [{"type": "message", "name": text}]},
        },
        {"type": "session.created", "session": {"id": text, "model": text, "tools": [{"name": text}]}},
    ]
    codec = RealtimeCodec()
    for one in events:
        raw = json.dumps(one) if escaped else json.dumps(one, ensure_ascii=False).encode(errors="surrogatepass")
        read = codec.decode(raw)
        for found in texts_in(read):
            assert set(orders(found)) <= {"\n"}
        assert not isinstance(read, se.UnknownEvent) or one["type"] == text
    assert all(orders(line) == [] for line in codec.misfits())


@given(HOSTILE)
def test_what_remains_of_a_text_is_what_the_one_function_leaves(text: str) -> None:
    whole = json.loads(json.dumps(text))  # halves that stand side by side are one character
    (read,) = decoded(RealtimeCodec(), event(f"{TRANSCRIPT}.done", transcript=text))
    assert read.transcript == clean_text(whole)


@pytest.mark.parametrize("text", ['"quoted" \\ /', "naïve – 日本語 🙂", "one\ntwo", "\\u001b[2J"])
def test_usual_texts_come_through_whole(text: str) -> None:
    codec = RealtimeCodec()
    for escaped in (True, False):
        read = codec.decode(json.dumps(event(f"{TRANSCRIPT}.done", transcript=text), ensure_ascii=escaped))
        assert isinstance(read, se.OutputAudioTranscriptDone)
        assert read.transcript == text
    assert codec.misfits() == []


def test_the_users_words_so_far_replace_what_came_before() -> None:
    (read,) = decoded(
        RealtimeCodec(), event("conversation.item.input_audio_transcription.updated", transcript="I scream ice cream")
    )
    assert read == se.InputTranscriptionUpdated(item_id="i", transcript="I scream ice cream")
