"""The gate: as many frames out as in, in order, real or silent; an opening lets out what was said just before."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.conversation.turn_taking.gate import Gate


def frame(n: int) -> Pcm:
    return np.full(FRAME, n, np.int16)


def test_an_open_gate_adds_no_delay() -> None:
    gate = Gate()
    assert [int(p[0]) for n in range(1, 4) for p in gate.feed(frame(n), 30)] == [1, 2, 3]


def test_a_closed_gate_sends_silence_and_an_opening_lets_out_what_was_just_said() -> None:
    gate = Gate()
    gate.close()
    sent = [int(p[0]) for n in range(1, 101) for p in gate.feed(frame(n), 30)]
    assert sent == [0] * 70
    assert [int(p[0]) for p in gate.open()] == list(range(71, 101))
    assert [int(p[0]) for p in gate.feed(frame(101), 30)] == [101]


def test_an_opening_can_keep_what_came_before_the_voice_to_itself() -> None:
    gate = Gate()
    gate.close()
    for n in range(1, 31):
        gate.feed(frame(n), 30)
    assert [int(p[0]) for p in gate.open(keep=10)] == [0] * 20 + list(range(21, 31))


STORY = st.lists(st.sampled_from(["feed", "feed", "feed", "close", "open"]), max_size=200)


@given(STORY, st.lists(st.integers(0, 20), min_size=1))
def test_frames_sent_are_frames_captured_in_order_each_real_or_silent(story: list[str], lines: list[int]) -> None:
    gate, fed, sent = Gate(), 0, []
    for i, step in enumerate(story):
        if step == "feed":
            fed += 1
            sent += [int(p[0]) for p in gate.feed(frame(fed), lines[i % len(lines)])]
        elif step == "close":
            gate.close()
        else:
            sent += [int(p[0]) for p in gate.open(lines[0])]
        assert len(sent) + gate.held == fed
    assert all(value in (0, i) for i, value in enumerate(sent, 1))
