"""What is written of a message can be read again, and is the same then."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar, get_args

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from typing_extensions import TypeAliasType

from voice_tui.endpoints.families import FAMILIES, REALTIME
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import ErrorDetails
from voice_tui.messages.inputs import Arrived, Embedded, Input, Moved, Ticked, UserWanted
from voice_tui.messages.intents import ChangeSetting, SelectProfile
from voice_tui.messages.link import Introduction
from voice_tui.messages.notices import Notice
from voice_tui.messages.packing import UNPACKABLE
from voice_tui.messages.talk import LevelMeasured
from voice_tui.messages.tools import ToolSpec
from voice_tui.tape.codec import Codec, Unreadable

EVENTS = st.sampled_from(
    [
        se.OutputAudioDelta(response_id="r", item_id="i", delta=b"\1\2\3\4", event_id="e"),
        se.OutputAudioDelta(response_id="r", item_id="i", delta=b"\1\2\3"),
        se.Error(error=ErrorDetails("no", code="c")),
        se.UnknownEvent("new.event", b'{"type":"new.event","\xff":1}', "no such name"),
        ce.InputAudioBufferAppend(audio=b"\5\6"),
        ce.ResponseCreate(),
        ce.ConversationItemTruncate(item_id="i", content_index=0, audio_end_ms=10),
    ]
)
KINDS: dict[Any, st.SearchStrategy[Any]] = {
    np.int16: st.integers(-32768, 32767),
    np.float32: st.floats(width=32, allow_nan=False),
    np.float64: st.floats(allow_nan=False),
}


def arrays(annotation: Any) -> st.SearchStrategy[Any]:
    """One-dimensional arrays of what an annotation names."""
    (kind,) = get_args(get_args(annotation)[1])
    return st.lists(KINDS[kind], max_size=5).map(lambda values: np.array(values, kind))


st.register_type_strategy(np.ndarray, arrays)
st.register_type_strategy(Decimal, st.decimals(allow_nan=False, allow_infinity=False))  # a price is a number
JSON = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
INTRODUCTIONS = st.builds(Introduction, EVENTS | st.none(), st.lists(EVENTS, max_size=2).map(tuple))
MADE: dict[type, st.SearchStrategy[Any]] = {
    Arrived: st.builds(Arrived, EVENTS),
    Introduction: INTRODUCTIONS,
    Moved: st.builds(Moved, INTRODUCTIONS, st.lists(EVENTS, max_size=2).map(tuple), st.text()),
    ToolSpec: st.builds(ToolSpec, st.text(), st.text(), st.dictionaries(st.text(), JSON, max_size=2)),
}
"""What holds anything, which no type tells."""
for each, strategy in MADE.items():
    st.register_type_strategy(each, strategy)


def again(codec: Codec, annotation: Any, value: Any) -> Any:
    """Through JSON and back, as packed."""
    form = codec.form(annotation)
    text = msgspec.json.encode(form.pack(value))
    return form.pack(form.unpack(msgspec.json.decode(text))), json.loads(text)


@pytest.mark.parametrize("kind", [k for union in (Input, Notice) for k in get_args(union)], ids=lambda k: k.__name__)
def test_every_input_and_every_notice_comes_back(kind: type) -> None:
    codec, annotation = Codec(REALTIME.packing), Input if kind in get_args(Input) else Notice

    @given(st.from_type(kind))
    def comes_back(value: Any) -> None:
        packed, written = again(codec, annotation, value)
        assert packed == codec.form(annotation).pack(value)
        assert list(written) == [kind.__name__]

    comes_back()


def test_what_comes_back_is_equal_and_of_the_same_types() -> None:
    codec = Codec(REALTIME.packing)
    form = codec.form(Input)
    for value in (
        Ticked(3.0),
        UserWanted(ChangeSetting("threshold", 1)),
        UserWanted(SelectProfile("pirate", "", "Arr.", details={"b": "1", "a": "2"})),
        Moved(Introduction(ce.ResponseCreate(), (ce.InputAudioBufferAppend(audio=b"\1\2"),)), (), "why"),
    ):
        read = form.unpack(json.loads(json.dumps(form.pack(value))))
        assert read == value
        assert repr(read) == repr(value), "a whole number stays one, and an order is kept"
    vector = np.array([0.1, math.pi], np.float64)
    read = form.unpack(form.pack(Embedded("k", vector)))
    assert read.vector.dtype == vector.dtype
    assert np.array_equal(read.vector, vector)
    assert form.unpack(form.pack(Embedded("k", None))) == Embedded("k", None)


Of = TypeVar("Of", bound=np.generic)
Named = TypeAliasType("Named", np.ndarray[Any, np.dtype[Of]], type_params=(Of,))
"""What numpy's own name of an array is from 2.5 on."""


@pytest.mark.parametrize("annotation", [Named[np.int16], Named[np.int16] | None, tuple[Named[np.int16], ...]], ids=str)
def test_an_array_is_one_also_by_an_alias_with_a_name(annotation: Any) -> None:
    codec, sound = Codec(UNPACKABLE), np.array([1, -2], np.int16)
    value = (sound,) if "tuple" in str(annotation) else sound
    plain = tuple[NDArray[np.int16], ...] if value is not sound else NDArray[np.int16]
    assert codec.form(annotation).pack(value) == codec.form(plain).pack(value)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_a_number_that_json_does_not_know_comes_back(value: float) -> None:
    form = Codec(UNPACKABLE).form(Notice)
    read = form.unpack(msgspec.json.decode(msgspec.json.encode(form.pack(LevelMeasured(value, 0.0, 0.0, 0.0)))))
    assert repr(read.mic_dbfs) == repr(value)


@pytest.mark.parametrize(
    "line", ['{"Nonsense":{}}', "{}", '{"Ticked":3}', '{"Ticked":{}}', '{"Ticked":{"now":1},"Lost":{}}']
)
def test_what_is_no_message_is_refused(line: str) -> None:
    with pytest.raises(Unreadable):
        Codec(REALTIME.packing).form(Input).unpack(json.loads(line))


@pytest.mark.parametrize(
    ("annotation", "value", "words"),
    [
        (bool, 1, "bool is wanted, not int (1)"),
        (int, True, "int is wanted, not bool (true)"),
        (int, 1.5, "int is wanted, not float (1.5)"),
        (str, None, "str is wanted, not null"),
        (float, "fast", "float is wanted, not str ('fast')"),
        (float | None, [1.0], "float is wanted, not list ([1.0])"),
        (Decimal, "much", "a number is wanted, not str ('much')"),
        (Decimal, "NaN", "a number is wanted, not str ('NaN')"),
        (Decimal, 5, "str is wanted, not int (5)"),
        (tuple[str, ...], "abc", "a list is wanted, not str ('abc')"),
        (tuple[int, int], {}, "a list is wanted, not dict ({})"),
        (Mapping[str, int], ["a"], "an object is wanted, not list (['a'])"),
        (frozenset[str], "abc", "a list is wanted, not str ('abc')"),
        (str | float | Ticked, None, "null is none of str, float, Ticked"),
        (str | Ticked, 5, "int (5) is none of str, Ticked"),
        (Ticked, {"now": "\x1b[2J"}, "Ticked: float is wanted, not str ('\\x1b[2J')"),
        (object, "event", "an object is wanted, not str ('event')"),
    ],
    ids=str,
)
def test_a_value_of_another_kind_is_refused_with_what_is_wanted(annotation: Any, value: Any, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        Codec(REALTIME.packing).form(annotation).unpack(value)
    assert str(refused.value) == words


def test_the_events_of_a_wire_that_nobody_can_keep_are_refused() -> None:
    with pytest.raises(TypeError, match="can't be put on a tape"):
        Codec(UNPACKABLE).form(object).pack(ce.ResponseCreate())
    assert all(family.packing is not UNPACKABLE for family in FAMILIES.values())
