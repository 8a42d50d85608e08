"""What can be heard, and what is one stretch of it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from voice_tui.audio.decibels import from_dbfs
from voice_tui.audio.stream.audible import (
    AGENT_PAUSE_MS,
    AUDIBLE_DBFS,
    Audibility,
    Stretch,
    audible_frames,
    frame_levels,
    stretches,
)
from voice_tui.audio.stream.pcm import FRAME, FRAME_MS, FULL_SCALE, Pcm, rms_dbfs


def tone(dbfs: float, ms: int = FRAME_MS) -> Pcm:
    """A square wave: its level is its amplitude."""
    samples = ms * FRAME // FRAME_MS
    return (np.where(np.arange(samples) % 2, 1, -1) * round(from_dbfs(dbfs) * FULL_SCALE)).astype(np.int16)


def test_what_is_louder_than_the_threshold_can_be_heard() -> None:
    pcm = np.concatenate((tone(AUDIBLE_DBFS - 1), tone(AUDIBLE_DBFS + 1), tone(-90.0), tone(-3.0)[:-1]))
    assert audible_frames(pcm).tolist() == [False, True, False]


def test_the_level_of_a_frame_is_its_rms() -> None:
    pcm = np.random.default_rng(1).normal(0, 3000, 5 * FRAME).astype(np.int16)
    levels = 20 * np.log10(frame_levels(pcm))
    assert np.allclose(levels, [rms_dbfs(pcm[i : i + FRAME]) for i in range(0, len(pcm), FRAME)], atol=0.01)


def test_a_pause_joins_up_to_its_length_and_not_beyond() -> None:
    sound, pause = np.ones(10, bool), np.zeros(AGENT_PAUSE_MS // FRAME_MS, bool)
    joined = np.concatenate((pause, sound, pause, sound, pause))
    assert stretches(joined, AGENT_PAUSE_MS) == [Stretch(500, 1200)]
    apart = np.concatenate((sound, pause, [False], sound))
    assert stretches(apart, AGENT_PAUSE_MS) == [Stretch(0, 100), Stretch(610, 710)]
    assert stretches(np.zeros(5, bool), AGENT_PAUSE_MS) == []


@one_in(4)
@given(st.lists(st.booleans(), max_size=60), st.integers(0, 8))
def test_stretches_cover_every_sound_and_no_longer_pause(frames: list[bool], pause: int) -> None:
    audible = np.array(frames, bool)
    found = stretches(audible, pause * FRAME_MS)
    covered = np.zeros(len(frames), bool)
    for one in found:
        first, behind = one.start_ms // FRAME_MS, one.end_ms // FRAME_MS
        assert audible[first]
        assert audible[behind - 1]
        covered[first:behind] = True
    assert covered[audible].all()
    assert all(b.start_ms - a.end_ms > pause * FRAME_MS for a, b in pairwise(found))


@given(st.lists(st.integers(1, 700), min_size=1, max_size=12), st.integers(0, 12))
def test_the_first_sound_is_found_however_it_is_cut(cuts: list[int], silent: int) -> None:
    pcm = np.concatenate((tone(-60.0, silent * FRAME_MS), tone(-20.0, 50)))
    first, at = Audibility(), 0
    for size in [*cuts, len(pcm)]:
        first.feed(pcm[at : at + size])
        at += size
    assert first.first == silent * FRAME
