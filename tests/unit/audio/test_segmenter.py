"""Turns and interruptions from a level per frame: durations are counted in audio."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.stream.pcm import FRAME_MS
from voice_tui.audio.vad.segmenter import DIP_MS, Debouncer, Edge, TurnSegmenter


def edges(pattern: str, min_speech: float = 300, max_silence: float = 800) -> list[tuple[int, Edge]]:
    """``#`` is 100 ms of speech, ``.`` of silence; gives (ms at the end of the frame, edge)."""
    segmenter, found, ms = TurnSegmenter(), [], 0
    for mark in pattern:
        for _ in range(10):
            ms += FRAME_MS
            edge = segmenter.feed(mark == "#", min_speech, max_silence)
            if edge is not None:
                found.append((ms, edge))
    return found


def test_a_turn_begins_is_sure_after_enough_speech_and_ends_after_enough_silence() -> None:
    assert edges("..#####.........") == [(210, Edge.ONSET), (500, Edge.CONFIRMED), (1_500, Edge.ENDED)]


def test_too_little_speech_is_no_turn() -> None:
    assert edges("##.........") == [(10, Edge.ONSET), (1_000, Edge.DISCARDED)]


def test_speech_adds_up_over_pauses_that_are_short_enough() -> None:
    assert edges("##.....##........") == [(10, Edge.ONSET), (800, Edge.CONFIRMED), (1_700, Edge.ENDED)]


def test_a_pause_one_frame_short_of_the_limit_stays_inside_the_turn() -> None:
    segmenter = TurnSegmenter()
    fed = [segmenter.feed(loud, 10, 100) for loud in [True] + [False] * 9 + [True] + [False] * 10]
    assert fed[:20] == [Edge.ONSET] + [None] * 19
    assert fed[20] is Edge.ENDED


@pytest.mark.parametrize("min_speech", [0, 10])
def test_one_frame_is_a_turn_where_no_more_is_asked_for(min_speech: float) -> None:
    assert edges("#..........", min_speech) == [(10, Edge.ONSET), (900, Edge.ENDED)]


def test_a_knob_turned_in_the_middle_acts_at_once_and_forgets_nothing() -> None:
    segmenter = TurnSegmenter()
    for _ in range(20):
        segmenter.feed(True, 300, 800)
    assert segmenter.feed(False, 200, 800) is Edge.CONFIRMED
    assert segmenter.feed(False, 200, 20) is Edge.ENDED


def test_a_turn_that_something_else_decided_on_needs_no_more_speech() -> None:
    segmenter = TurnSegmenter()
    segmenter.begin(confirmed=True)
    assert [segmenter.feed(False, 300, 30) for _ in range(3)] == [None, None, Edge.ENDED]


@given(st.lists(st.booleans(), max_size=200), st.integers(0, 20), st.integers(1, 20))
def test_edges_alternate_and_the_state_agrees(frames: list[bool], min_frames: int, silence_frames: int) -> None:
    segmenter, opened, confirmed = TurnSegmenter(), False, False
    for loud in frames:
        edge = segmenter.feed(loud, min_frames * FRAME_MS, silence_frames * FRAME_MS)
        match edge:
            case Edge.ONSET:
                assert loud
                assert not opened
                opened, confirmed = True, min_frames <= 1
            case Edge.CONFIRMED:
                assert opened
                assert not confirmed
                confirmed = True
            case Edge.ENDED | Edge.DISCARDED:
                assert not loud
                assert opened
                assert confirmed == (edge is Edge.ENDED)
                opened = confirmed = False
        assert (segmenter.open, segmenter.confirmed) == (opened, confirmed)


# ---- debouncing


def fires(pattern: str, debounce_ms: float) -> list[int]:
    """``#`` is one loud frame, ``.`` a quiet one; gives the frames that fired, counted from 1."""
    debouncer = Debouncer()
    return [k for k, mark in enumerate(pattern, 1) if debouncer.feed(mark == "#", debounce_ms)]


def test_without_debounce_the_first_loud_frame_fires() -> None:
    assert fires("..#", 0) == [3]


def test_a_level_must_hold_as_long_as_asked() -> None:
    assert fires("#" * 20, 100) == [10]
    assert fires("#" * 9 + "." * 10, 100) == []


def test_it_fires_once_a_run() -> None:
    assert fires("#" * 30, 30) == [3]
    assert fires("###" + "." * 7 + "###", 30) == [3, 13]


def test_a_dip_between_syllables_does_not_end_the_run() -> None:
    dip = "." * (DIP_MS // FRAME_MS)
    assert fires("##" + dip + "##", 100) == [10]
    assert fires("##" + dip + "." + "##", 100) == []


def test_silence_does_not_complete_a_run() -> None:
    assert fires("#####.....", 60) == []
