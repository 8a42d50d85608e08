"""Levels that are told whoever was held up: every slice has those of its own audio."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.decibels import SILENCE_DBFS
from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.drivers.devices.levels import DEAF_S, INTERVAL_S, LONGEST_S, SLICE_S, LevelTracker
from voice_tui.messages.inputs import LevelsMeasured
from voice_tui.ui.console.scope_lanes import ZOOMS_MS
from voice_tui.ui.console.scope_model import UNKNOWN, Trace


def frames(count: int, level: int = 16_000) -> Pcm:
    return np.full(count * FRAME, level, np.int16)


def test_levels_come_thirty_times_a_second_at_most() -> None:
    tracker, told = LevelTracker(), []
    for i in range(1, 1_001):
        tracker.captured(frames(1), i / 100)
        told += tracker.take(i / 100)
    assert 10 / INTERVAL_S * 0.7 <= len(told) <= 10 / INTERVAL_S


def test_what_waited_is_told_in_slices_with_the_levels_of_their_time() -> None:
    tracker = LevelTracker()
    tracker.take(1.0)
    for i in range(100):
        tracker.captured(frames(1, 16_000 if i >= 50 else 0), 1.0 + (i + 1) / 100)
    tracker.handed(np.concatenate((frames(30), frames(70, 0))), 2.0)
    told = tracker.take(2.0)
    assert len(told) == round(1.0 / SLICE_S)
    assert [x.mic_dbfs > -10 for x in told] == [False] * 5 + [True] * 5
    assert [x.assistant_dbfs > -10 for x in told] == [True] * 3 + [False] * 7
    assert all(x.heard for x in told)


def test_a_microphone_that_delivers_nothing_says_so_and_the_assistant_is_heard() -> None:
    tracker = LevelTracker()
    told: list[LevelsMeasured] = []
    for i in range(1, 101):
        if i <= 50:
            tracker.captured(frames(1), i / 100)
        tracker.handed(frames(1), i / 100)
        told += tracker.take(i / 100)
    assert all(x.heard == (x.t <= 0.5 + DEAF_S + INTERVAL_S) for x in told if not 0.7 < x.t < 0.8)
    assert all(x.assistant_dbfs > -10 for x in told)
    assert all(x.mic_dbfs == SILENCE_DBFS for x in told if x.t > 0.55)


def test_of_a_long_sleep_the_end_is_told() -> None:
    tracker = LevelTracker()
    tracker.take(1.0)
    told = tracker.take(4_000.0)
    assert told[0].t > 4_000.0 - LONGEST_S
    assert len(told) <= round(LONGEST_S / SLICE_S)


@given(st.lists(st.integers(1, 120), min_size=1, max_size=30))
def test_however_long_it_is_held_up_no_column_of_the_scope_stays_empty(held_up: list[int]) -> None:
    tracker, trace, now = LevelTracker(), Trace(), 0
    for count in held_up:
        for i in range(count):
            tracker.captured(frames(1), (now + i + 1) / 100)
        now += count
        tracker.handed(frames(count), now / 100)
        for x in tracker.take(now / 100):
            trace.level(x.t, x.mic_dbfs, x.assistant_dbfs, heard=x.heard)
    for ms in ZOOMS_MS:
        first = trace.first_ms // ms
        shown = trace.columns(first * ms, trace.last_ms // ms - first + 1, ms)
        assert UNKNOWN not in shown.you
        assert UNKNOWN not in shown.ai
