"""Speech instead of buzzes, with noise and the loudspeaker in the microphone: soft edges, and times that hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from tests.benchmarks.acoustics import convolve
from voice_tui.audio.stream.audible import Stretch, audible_frames, stretches
from voice_tui.audio.stream.pcm import RATE, Pcm, ms_to_samples
from voice_tui.replay.judge.speech import Microphone, agent_speech, user_speech, without_echo
from voice_tui.speech.synthesiser import LocalSynthesiser

pytest.importorskip("hibari", reason="the local extra is not installed")
pytestmark = pytest.mark.xdist_group("spoken files")  # in one process: what is said is synthesised once in each

SPOKEN_MS = 30
"""How far an edge of the user's or the agent's speech may be off, from a wav alone."""
LOUD_ECHO_MS = (100, 250)
"""The same of its first and its last sound over the agent, where the echo is as loud as the user."""
WORDS = ("What time is it in Tokyo right now?", "No, wait, that is wrong.", "Stop, please.", "How far is it?")
ANSWERS = ("It is four in the afternoon, and the sun is still shining.", "Of course, let me look at that again.")


@cache
def synthesiser() -> LocalSynthesiser:
    return LocalSynthesiser()


@cache
def spoken(words: str, voice: str) -> Pcm:
    """From its first audible 10 ms to its last."""
    said = synthesiser().synthesise(words, voice)
    (whole,) = stretches(audible_frames(said), 10_000)
    return said[ms_to_samples(whole.start_ms) : ms_to_samples(whole.end_ms)]


@dataclass(frozen=True)
class Talk:
    """Two clean channels, and when the user speaks in the first of them."""

    left: np.ndarray
    right: np.ndarray
    user: list[Stretch]

    def tracks(self, noise: float, echo: float) -> tuple[Pcm, Pcm]:
        rng = np.random.default_rng(3)
        room = np.zeros(4_800)
        room[240:] = rng.standard_normal(4_560) * np.exp(-np.arange(4_560) / 800) * 0.15
        room[240] = 1
        left = self.left + echo * convolve(self.right, room) if echo else self.left
        left = left + rng.standard_normal(len(left)) * noise
        return tuple(np.clip(x, -32768, 32767).astype(np.int16) for x in (left, self.right))  # type: ignore[return-value]  # two


@cache
def a_talk(voice: str) -> Talk:
    """Turns and interruptions in turn, the answers late enough that the user's speech stays apart."""
    left, right, user, at = np.zeros(RATE * 40), np.zeros(RATE * 40), [], RATE
    for i, words in enumerate(WORDS * 2):
        said = spoken(words, voice)
        left[at : at + len(said)] += said
        user.append(Stretch(at * 1000 // RATE, (at + len(said)) * 1000 // RATE))
        at += len(said) + round(0.8 * RATE)
        answer = spoken(ANSWERS[i % 2], "coral")
        right[at : at + len(answer)] += answer
        at += len(answer) + RATE if i % 2 else round(1.2 * RATE)
    return Talk(left, right, user)


@pytest.mark.parametrize("voice", ["alloy", "shimmer"])
@pytest.mark.parametrize(("noise", "echo"), [(10.0, 0.0), (60.0, 0.0), (10.0, 0.1)])
def test_edges_of_speech(voice: str, noise: float, echo: float) -> None:
    talk = a_talk(voice)
    left, right = talk.tracks(noise, echo)
    mic = without_echo(left, right)
    assert mic.cleaned is (echo > 0)
    found = user_speech(mic, agent_speech(right))
    assert len(found) == len(talk.user)
    off = [abs(got - known) for pair in zip(found, talk.user, strict=True) for got, known in zip(*pair, strict=True)]
    assert max(off) <= SPOKEN_MS, off


@pytest.mark.outside
@pytest.mark.parametrize("voice", ["alloy", "shimmer"])
@pytest.mark.parametrize("echo", [0.5, 1.0])
def test_what_is_said_over_an_echo_as_loud_as_the_user_is_found_nearly_whole(voice: str, echo: float) -> None:
    talk = a_talk(voice)
    left, right = talk.tracks(10.0, echo)
    found = user_speech(without_echo(left, right), agent_speech(right))
    assert len(found) == len(talk.user)
    late = [got.start_ms - known.start_ms for got, known in zip(found, talk.user, strict=True)]
    early = [known.end_ms - got.end_ms for got, known in zip(found, talk.user, strict=True)]
    assert max(map(abs, late)) <= LOUD_ECHO_MS[0], late
    assert max(map(abs, early)) <= LOUD_ECHO_MS[1], early


def test_an_echo_that_is_kept_is_taken_for_the_user() -> None:
    talk = a_talk("alloy")
    left, right = talk.tracks(10.0, 0.1)
    kept = user_speech(Microphone(left, left, cleaned=False), agent_speech(right))
    assert sum(s.ms for s in kept) > 1.5 * sum(s.ms for s in talk.user)


def test_an_echo_before_its_source_is_taken_away_too() -> None:
    """Channels of other programs are not always aligned."""
    talk = a_talk("alloy")
    left, right = talk.tracks(10.0, 0.1)
    early = np.concatenate((np.zeros(RATE // 5, np.int16), right))[: len(right)]
    found = user_speech(without_echo(left, early), agent_speech(early))
    assert len(found) == len(talk.user)
