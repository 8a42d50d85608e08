"""Families of hearing keep what their labels say: how long a sound is and when it comes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.families import NOISES, QUALITIES, ROOMS, WAYS, Spoken, in_room, spoken_as
from tests.benchmarks.sounds import RATE, Wave
from tests.benchmarks.utterances import spans
from tests.support.synthetic_voices import HIGH


def voice(seconds: float = 0.5) -> Wave:
    return HIGH.say(seconds, 1) / 32768


def utterance() -> Spoken:
    """A word, a pause and a word."""
    pause = np.zeros(RATE // 2)
    wave = np.concatenate((pause, voice(), pause, voice(), pause))
    return Spoken("high", wave, spans(wave))


def test_a_clean_voice_speaks_where_it_is_loud() -> None:
    assert np.array(utterance().speech) == pytest.approx(np.array([[0.5, 1.0], [1.5, 2.0]]), abs=0.03)


@pytest.mark.parametrize("name", list(WAYS))
def test_a_way_of_transmission_moves_nothing(name: str) -> None:
    said = utterance()
    there = WAYS[name](np.random.default_rng(0), said.wave[:-7])  # no whole number of frames
    assert len(there) == len(said.wave) - 7
    assert np.abs(there).max() <= 1.0
    starts = [[start for start, _ in speech] for speech in (spans(there), said.speech)]
    assert starts[0] == pytest.approx(starts[1], abs=0.03)  # a codec blurs what comes behind, not when it begins


@pytest.mark.parametrize("name", list(ROOMS))
def test_in_a_room_the_voice_begins_when_it_began(name: str) -> None:
    said = utterance()
    heard = in_room(name, np.random.default_rng(0), said.wave)
    assert len(heard) == len(said.wave)
    assert spans(heard)[0][0] == pytest.approx(said.speech[0][0], abs=0.02)


@pytest.mark.parametrize("name", list(NOISES))
def test_a_noise_lasts_as_long_as_was_asked_and_is_the_same_for_the_same_seed(name: str) -> None:
    first, second = (NOISES[name](np.random.default_rng(3), 0.5, [utterance()]) for _ in range(2))
    assert len(first) == RATE // 2
    assert first.any()
    assert np.array_equal(first, second)


@pytest.mark.parametrize("name", list(QUALITIES))
def test_another_quality_of_voice_says_the_same_at_the_same_time(name: str) -> None:
    if name != "plain":
        pytest.importorskip("pyworld", reason="the extra bench is not installed")
    said = spoken_as(name, np.random.default_rng(0), utterance())
    assert np.array(spans(said.wave)) == pytest.approx(np.array(said.speech), abs=0.06)
