"""What the local voice's sound is made into."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from voice_tui.audio.stream.pcm import RATE
from voice_tui.speech.synthesiser import AUDIBLE, LEAD, PITCH, without_lead


def test_speech_begins_with_its_first_sound() -> None:
    breath = np.tile(np.array([AUDIBLE // 4, -AUDIBLE // 4], np.int16), RATE // 6)
    word = np.full(RATE // 2, 8_000, np.int16)
    pause = np.zeros(RATE // 3, np.int16)
    trimmed = without_lead(np.concatenate((breath, word, pause)))
    assert len(trimmed) == LEAD + len(word) + len(pause)
    assert abs(int(trimmed[LEAD])) == 8_000


def test_the_loudest_negative_sample_is_a_sound() -> None:
    assert len(without_lead(np.array([0] * RATE + [-32_768], np.int16))) == LEAD + 1


def test_three_voices_are_three_people() -> None:
    pitches = sorted(PITCH[voice] for voice in ("alloy", "echo", "shimmer"))
    assert all(12 * math.log2(high / low) >= 3 for low, high in pairwise(pitches))
    assert len(set(PITCH.values())) == len(PITCH)


def test_what_begins_at_once_and_what_is_silent_stay_as_they_are() -> None:
    for pcm in (np.full(10, 8_000, np.int16), np.zeros(10, np.int16), np.zeros(0, np.int16)):
        assert np.array_equal(without_lead(pcm), pcm)
