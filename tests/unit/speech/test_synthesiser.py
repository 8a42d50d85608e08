"""What the local voice's sound is made into."""

from __future__ import annotations

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import RATE
from voice_tui.speech import packages
from voice_tui.speech.synthesiser import AUDIBLE, LEAD, PITCH, LocalSynthesiser, without_lead


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


class Model:
    """Tells which threads it was asked by."""

    def __init__(self) -> None:
        self.threads: set[int] = set()

    def stream(self, text: str, speed: float, seed: int) -> list[NDArray[np.float32]]:
        self.threads.add(threading.get_ident())
        return [np.full(100, 0.5, np.float32)] if text else []


def test_whoever_asks_one_thread_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model()
    monkeypatch.setattr(packages, "load", lambda *_: SimpleNamespace(Hibari=lambda threads: model))
    voice = LocalSynthesiser()
    with ThreadPoolExecutor(4) as asking:
        spoken = list(asking.map(voice.synthesise, ["one", "two", "three", ""]))
    assert [len(pcm) for pcm in spoken] == [100, 100, 100, 0]
    assert len(model.threads) == 1  # for each the allocator would keep what a sentence takes
    assert threading.get_ident() not in model.threads


def test_what_begins_at_once_and_what_is_silent_stay_as_they_are() -> None:
    for pcm in (np.full(10, 8_000, np.int16), np.zeros(10, np.int16), np.zeros(0, np.int16)):
        assert np.array_equal(without_lead(pcm), pcm)
