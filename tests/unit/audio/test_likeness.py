"""What the canceller leaves is told from a user by whether it moves like what was played."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from voice_tui.audio.barge_in.evidence import DUCK_DOUBT, BargeInEvidence
from voice_tui.audio.barge_in.features import Features
from voice_tui.audio.barge_in.likeness import DOUBT, DOUBTED, EchoLikeness
from voice_tui.audio.echo.front_end import FrontEnd, FrontFrame
from voice_tui.audio.echo.jump import JumpFinder
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.replay.frames import split

PLAYED_S, JUMP_S, SYLLABLE_S = 4.0, 2.5, 0.1


def movements(seed: int, frames: int = 400) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Levels that wander as those of speech do, dB."""
    steps = np.random.default_rng(seed).standard_normal((frames, 12)) * 4
    return np.asarray(np.stack([np.convolve(band, np.ones(8), "same") for band in steps.T], 1) - 40, np.float32)


@pytest.mark.parametrize("delay", [0, 7, 20])
def test_an_echo_is_like_what_was_played_whatever_its_delay_and_loudness(delay: int) -> None:
    played, likeness = movements(1), EchoLikeness(12)
    left = np.roll(played, delay, 0) - 15
    values = [likeness.feed(np.stack(three)) for three in zip(left, left, played, strict=True)]
    assert np.mean(values[200:]) > 0.95


def test_somebody_else_is_not() -> None:
    likeness = EchoLikeness(12)
    values = [
        likeness.feed(np.stack((user + echo, user, echo)))
        for user, echo in zip(movements(2), movements(1), strict=True)
    ]
    assert np.mean(values[30:]) < DOUBTED - 0.2
    assert likeness.doubt == 0


def test_silence_is_like_nothing() -> None:
    likeness, silence = EchoLikeness(12), np.full((3, 12), -100, np.float32)
    assert max(abs(likeness.feed(silence)) for _ in range(50)) == 0


def test_doubt_grows_up_to_its_limit() -> None:
    likeness = EchoLikeness(12)
    doubts = []
    for likeness.value in (0.0, DOUBTED, 0.8, 0.85, 1.0):
        doubts.append(likeness.doubt)
    assert doubts == sorted(doubts)
    assert doubts[1] == 0
    assert doubts[-1] == DOUBT


def syllables(seed: int) -> Pcm:
    """Noise that comes and goes as speech does."""
    rng = np.random.default_rng(seed)
    loudness = np.repeat(10 ** (rng.uniform(-40, -12, round(PLAYED_S / SYLLABLE_S)) / 20), round(SYLLABLE_S * RATE))
    return np.asarray(rng.standard_normal(len(loudness)) * loudness * 32767, np.int16)


def jumping(played: Pcm) -> Pcm:
    """Its echo, 60 ms late; from `JUMP_S` on 100 ms."""
    jump, early, late = round(JUMP_S * RATE), RATE * 60 // 1000, RATE * 100 // 1000
    echo = np.zeros(len(played))
    echo[early:jump] = 0.3 * played[: jump - early]
    echo[jump:] = 0.3 * played[jump - late : -late]
    return np.asarray(echo + np.random.default_rng(0).standard_normal(len(echo)) * 8, np.int16)


def through(mic: Pcm, ref: Pcm) -> list[FrontFrame]:
    """What the front end makes of both."""
    front = FrontEnd()
    return [front.process(heard, played) for heard, played in zip(split(mic), split(ref), strict=True)]


def doubts(frames: Iterable[FrontFrame]) -> list[float]:
    """What the evidence of a cut is lowered by, frame by frame."""
    features, lowered = Features(), []
    for frame in frames:
        features.feed(frame)
        lowered.append(features.likeness.doubt * frame.cancels)
    return lowered


@pytest.fixture(scope="module")
def lost() -> list[FrontFrame]:
    """An echo that the canceller loses at `JUMP_S`, and nobody says where it went."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JumpFinder, "feed", lambda *_: None)
        return through(jumping(syllables(1)), syllables(1))


def test_an_echo_that_the_canceller_lost_is_doubted(lost: list[FrontFrame]) -> None:
    lowered, jump = doubts(lost), round(JUMP_S * 100)
    assert max(lowered[210:jump]) == 0  # it is cancelled: what is left is the room
    assert max(lowered[jump : jump + 30]) > DOUBT / 2


def test_where_no_echo_was_ever_cancelled_nothing_is_doubted() -> None:
    assert max(doubts(through(syllables(2), syllables(1)))) == 0


def test_the_evidence_is_lowered_that_of_a_duck_less_than_that_of_a_cut(
    lost: list[FrontFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    after = lost[round(JUMP_S * 100) - 50 :]
    doubting, doubted = BargeInEvidence(), []
    for frame in after:
        evidence = doubting.feed(frame)
        doubted.append((evidence, doubting._features.likeness.doubt * frame.cancels))
    monkeypatch.setattr(EchoLikeness, "doubt", 0.0)
    trusting = BargeInEvidence()
    for frame, (evidence, doubt) in zip(after, doubted, strict=True):
        trusted = trusting.feed(frame)
        assert trusted.cut - evidence.cut == pytest.approx(doubt)
        assert trusted.duck - evidence.duck == pytest.approx(DUCK_DOUBT * doubt)
    assert max(doubt for _, doubt in doubted) > DOUBT / 2
    assert DUCK_DOUBT < 1
