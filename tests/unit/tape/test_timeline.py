"""Both tracks on one clock."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.stream.pcm import FRAME, RATE
from voice_tui.tape.timeline import SLIPPED, Timeline

BEGAN = 1_000.0


def test_frames_stand_where_they_were_captured_though_they_are_read_late() -> None:
    line, chance = Timeline(BEGAN), random.Random(1)
    late = [chance.random() * 0.03 for _ in range(400)]
    starts = [line.captured(BEGAN + (n + 1) * 0.01 + late[n], n * FRAME, FRAME) for n in range(400)]
    assert [b - a for a, b in pairwise(starts)] == [FRAME] * 399, "none is left out, none lies over"
    assert starts[0] == round(late[0] * RATE)


def test_frames_that_waited_together_do_not_look_like_a_pause() -> None:
    line = Timeline(BEGAN)
    for n in range(100):
        line.captured(BEGAN + (n + 1) * 0.01, n * FRAME, FRAME)
    stalled = BEGAN + 3.0  # two seconds in which nobody read
    for n in range(100, 300):
        line.captured(stalled, n * FRAME, FRAME, behind=(299 - n) * FRAME)
    assert line.captured_end == 300 * FRAME


def test_a_microphone_that_stood_still_leaves_silence() -> None:
    line = Timeline(BEGAN)
    for n in range(100):
        line.captured(BEGAN + (n + 1) * 0.01, n * FRAME, FRAME)
    later = [line.captured(BEGAN + 11.01 + k * 0.01, (100 + k) * FRAME, FRAME) for k in range(200)]
    assert later[-1] == 11 * RATE + 199 * FRAME
    assert later == sorted(later)


def test_what_was_heard_stands_beside_what_was_captured_at_the_same_time() -> None:
    line = Timeline(BEGAN)
    for n in range(200):  # the microphone is read 7 ms late, always
        line.captured(BEGAN + (n + 1) * 0.01 + 0.007, n * FRAME, FRAME)
    at, skipped = line.heard(BEGAN + 1.0 + 0.007, FRAME)
    assert skipped == 0
    assert abs(at + FRAME - (line.captured_end - RATE)) <= 1


def test_before_there_is_a_microphone_it_stands_where_the_clock_says() -> None:
    line = Timeline(BEGAN)
    assert line.heard(BEGAN + 1.0, FRAME) == (RATE - FRAME, 0)
    assert line.heard(BEGAN + 1.012, FRAME) == (RATE, 0), "2 ms are no slip"


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 4_000)), max_size=30))
def test_nothing_heard_ever_lies_over_what_was_heard_before(blocks: list[tuple[int, int]]) -> None:
    line, end, until = Timeline(BEGAN), 0, BEGAN
    for later, count in blocks:
        until += later / RATE
        at, skipped = line.heard(until, count)
        if skipped < count:
            assert at >= end
            end = at + count - skipped
        assert line.heard_end == end
    assert end <= (until - BEGAN) * RATE + SLIPPED + sum(count for _, count in blocks)
