"""Every event that a server may send comes back from a tape, whatever is in it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.support.sessions import BY_HAND
from tests.unit.endpoints.test_wire_fuzz import ALL, CODECS, JSON
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.endpoints.families import REALTIME
from voice_tui.endpoints.realtime.wire.connection import RealtimeCodec
from voice_tui.messages.inputs import Arrived
from voice_tui.tape.lines import TapeReader, TapeWriter, Track, samples


class Answers:
    """The track that a writer fills."""

    def __init__(self) -> None:
        self.pcm = np.zeros(0, np.int16)

    def read(self, track: Track, start: int, count: int) -> Pcm:
        assert track is Track.ANSWERS
        return self.pcm[start : start + count]


def comes_back(events: list[Any]) -> None:
    answers, writer = Answers(), TapeWriter(REALTIME.packing)
    reader = TapeReader(REALTIME.packing, answers)
    for event in events:
        line, _, audio = writer.line(Arrived(event), 0)
        answers.pcm = np.concatenate([answers.pcm, samples(audio)])
        read = reader.step(line)
        assert isinstance(read, Arrived)
        assert read.event == event
        assert type(read.event) is type(event)


def test_what_services_said_comes_back() -> None:
    assert len(BY_HAND) > 3
    codec = RealtimeCodec()
    comes_back([codec.decode(json.dumps(event)) for event in ALL])


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """An event of a service in which some fields are anything."""
    event: dict[str, Any] = draw(st.sampled_from(ALL))
    return event | {name: draw(JSON) for name in draw(st.sets(st.sampled_from([*event])))}


@given(CODECS, st.lists(broken(), max_size=4))
def test_so_does_what_does_not_fit(codec: RealtimeCodec, events: list[dict[str, Any]]) -> None:
    comes_back([codec.decode(json.dumps(event)) for event in events])
