"""What the user of a scenario is heard saying: levels, edges, noises, and the microphone that plays it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from voice_tui.audio.stream.audible import audible_frames
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm, rms_dbfs
from voice_tui.drivers.devices.caller import CallerMicrophone
from voice_tui.scenario.model import Play, Say
from voice_tui.scenario.noises import NOISES
from voice_tui.scenario.sounds import NO_VOICE, Sound, SoundError, Sounds


def tone(ms: int, level: int) -> Pcm:
    return (level * np.sin(2 * np.pi * 200 * np.arange(ms * RATE // 1000) / RATE)).astype(np.int16)


def silence(ms: int) -> Pcm:
    return np.zeros(ms * RATE // 1000, np.int16)


def made(step: Say | Play, spoken: Pcm | None = None) -> Sound:
    return asyncio.run(Sounds(None if spoken is None else lambda text: spoken, Path()).of(step))


@pytest.mark.parametrize("level", [100, 3_000, 30_000])
def test_a_voice_is_as_loud_as_it_is_to_be_and_its_edges_are_those_of_the_sound(level: int) -> None:
    sound = made(Say(say="Hello.", level=-26.0), np.concatenate([silence(120), tone(300, level), silence(400)]))
    assert rms_dbfs(sound.pcm[RATE * 120 // 1000 : RATE * 420 // 1000]) == pytest.approx(-26.0, abs=0.5)
    assert (sound.begins_s, sound.ends_s) == (0.12, 0.42)


@pytest.mark.parametrize("name", NOISES)
def test_a_built_in_noise_can_be_heard_is_the_same_every_time_and_no_turn(name: str) -> None:
    first, second = made(Play(play=name)), made(Play(play=name))
    assert np.array_equal(first.pcm, second.pcm)
    assert audible_frames(first.pcm).sum() >= 10
    assert first.kind == "tic"


def test_what_cannot_be_said_is_said_so() -> None:
    with pytest.raises(SoundError, match=r"say: it needs the local voice: pip install") as error:
        made(Say(say="Hello."))
    assert str(error.value) == NO_VOICE
    with pytest.raises(SoundError, match=r"say: '\.\.\.' has no words that can be spoken"):
        made(Say(say="..."), silence(0))


def test_the_microphone_says_it_sample_by_sample_on_its_own_clock() -> None:
    microphone, pcm = CallerMicrophone(), tone(25, 8_000)
    microphone.start(5.0)
    assert len(microphone.read(5.1)) == 10
    assert microphone.say(pcm) == pytest.approx(5.1)
    assert not microphone.finished
    heard = np.concatenate(microphone.read(5.2))
    assert microphone.finished
    assert np.array_equal(heard[: len(pcm)], pcm)
    assert not heard[len(pcm) :].any()
    assert microphone.read(5.15) == []


def test_a_background_goes_on_beneath_and_joins_at_its_ends() -> None:
    background = np.arange(1, FRAME * 3 // 2 + 1).astype(np.int16)
    microphone = CallerMicrophone(background)
    microphone.start(0.0)
    microphone.say(np.full(FRAME, 32_700, np.int16))
    loud, *rest = microphone.read(0.06)
    assert np.array_equal(loud, np.minimum(32_767, 32_700 + background[:FRAME].astype(np.int32)))
    assert np.array_equal(np.concatenate(rest), np.tile(background, 4)[FRAME:])
