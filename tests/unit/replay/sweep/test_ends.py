"""Where turns end in a recording, by settings that listen to how the voice ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from voice_tui.audio.stream.pcm import FRAME, FULL_SCALE, RATE, Pcm
from voice_tui.replay.sweep.ends import ends_ms
from voice_tui.replay.sweep.presets import SWEPT
from voice_tui.replay.sweep.talk import SweptTalk, Truth

NONE = np.zeros(0)


def tone(seconds: float) -> Pcm:
    t = np.arange(round(seconds * RATE)) / RATE
    return (8_000 * np.sin(2 * np.pi * 150 * t)).astype(np.int16)


def a_talk() -> SweptTalk:
    """A short word, and a voice that is held to its last sample."""
    mic = np.zeros(8 * RATE, np.int16)
    for at, seconds in ((0.5, 0.4), (3.0, 1.0)):
        mic[round(at * RATE) : round((at + seconds) * RATE)] = tone(seconds)
    level = np.abs(mic.astype(np.float32)).reshape(-1, FRAME).mean(axis=1) / np.float32(FULL_SCALE)
    none, never = NONE.astype(np.int64), NONE.astype(np.bool_)
    return SweptTalk("talk", Truth.LABELS, (), (), 8_000, 0, none, never, NONE, NONE, never, NONE, level, mic)


@pytest.mark.parametrize(
    ("adapt", "ends"),
    [(0.0, [1_700, 4_800]), (0.5, [1_300, 5_200])],  # the one is over, the other may go on
)
def test_a_turn_ends_sooner_where_it_sounds_finished(adapt: float, ends: list[int]) -> None:
    settings = {**SWEPT["step2-local-vad"].defaults, "adapt": adapt}
    assert settings["max_silence_ms"] == 800
    assert ends_ms(a_talk(), settings) == pytest.approx(ends, abs=10)


def test_without_the_sound_only_the_level_counts() -> None:
    settings = {**SWEPT["step2-local-vad"].defaults, "adapt": 0.5}
    assert ends_ms(replace(a_talk(), mic=None), settings) == pytest.approx([1_700, 4_800], abs=10)
