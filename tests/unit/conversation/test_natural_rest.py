"""Frames that come together between turns: what is heard, told and sent of them is what would be of each alone."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.harness import Harness
from tests.support.synthetic_voices import HIGH
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.messages import notices as n
from voice_tui.messages.intents import Mute


def connected() -> Harness:
    return Harness("natural").connect()


def heard(harness: Harness, pcm: Pcm, together: int) -> tuple[bytes, list[tuple[str, int]]]:
    """What is sent of it, and when the local detector finds a voice to begin and to end, ms."""
    harness.audio = b""
    harness.hear(pcm, together)
    found = [m for m in harness.notices if isinstance(m, n.SpeechStarted | n.SpeechStopped) and m.source == "local"]
    return harness.audio, [(type(m).__name__, m.at_ms) for m in found]


def a_sentence_in_a_room(seed: int) -> Pcm:
    silence = np.zeros(RATE // 2 + 37 * seed, np.int16)
    pcm = np.concatenate([silence, HIGH.say(0.7, seed), silence, silence])[: 196 * FRAME].astype(np.float64)
    room = np.random.default_rng(seed).standard_normal(len(pcm)) * 8
    return np.rint(np.clip(pcm + room, -32768, 32767)).astype(np.int16)


@pytest.mark.parametrize("together", [4, 7])
def test_a_voice_begins_and_ends_in_the_very_same_frame(together: int) -> None:
    pcm = a_sentence_in_a_room(together)
    sent, found = heard(connected(), pcm, 1)
    assert [kind for kind, _ in found] == ["SpeechStarted", "SpeechStopped"]
    jointly = connected()
    sent_jointly, found_jointly = heard(jointly, pcm, together)
    assert found_jointly == found
    shorter = min(len(sent), len(sent_jointly))
    assert sent_jointly[:shorter] == sent[:shorter]
    assert len(sent) - shorter < 10 * 2 * FRAME, "what is not sent yet waits for a piece to be full"


def test_a_muted_microphone_sends_silence_of_frames_together_too() -> None:
    harness = connected()
    harness.hear(np.zeros(FRAME, np.int16))
    harness.want(Mute(True))
    harness.audio = b""
    harness.hear(a_sentence_in_a_room(1), together=4)
    assert len(harness.audio) > RATE
    assert not any(harness.audio[2 * FRAME * 10 :])


def test_what_was_played_is_minded_however_many_frames_come_together() -> None:
    """While an answer sounds every frame is judged alone: the gate is closed, and stays so for its echo."""
    harness = connected()
    harness.hear(np.zeros(20 * FRAME, np.int16), together=4)
    assert harness.detector.resting
    harness.server.answers("A1", "one two three", 1000, done=False)
    assert not harness.detector.resting
    harness.audio = b""
    harness.hear(a_sentence_in_a_room(2)[: 20 * FRAME], together=4)
    assert not harness.detector.resting
    assert not any(harness.audio)
