"""The front end at rest: silence costs no more than speech, nothing clicks, and what was learned is still there."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.unit.audio.test_front_end import echo_of, noise, run
from voice_tui.audio.barge_in.evidence import NOTHING, RECALLED_FRAMES, BargeInEvidence
from voice_tui.audio.echo import front_end
from voice_tui.audio.echo.front_end import REST_FRAMES, FrontEnd, FrontFrame
from voice_tui.audio.stream.pcm import FRAME, RATE, SILENCE, Pcm

QUIET = np.zeros(RATE, np.int16)


def sent(frames: list[FrontFrame]) -> Pcm:
    return np.concatenate([frame.send for frame in frames])


def decided(frames: list[FrontFrame]) -> Pcm:
    return np.concatenate([frame.decision for frame in frames])


def test_behind_the_echos_tail_it_rests_and_wakes_with_the_first_sample() -> None:
    ref = np.concatenate([noise(1.0), np.tile(QUIET, 3), noise(0.5)])
    frames = run(FrontEnd(), noise(4.5), ref)
    resting = [frame.resting for frame in frames]
    asleep = 100 + REST_FRAMES
    assert not any(resting[:asleep])
    assert all(resting[asleep:400])
    assert not any(resting[400:])


def test_resting_gives_what_running_gives_sample_by_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    mic, ref = noise(5.0), np.concatenate([noise(1.0), np.tile(QUIET, 3), noise(1.0)])
    rested = run(FrontEnd(), mic, ref)
    monkeypatch.setattr(front_end, "REST_FRAMES", 10**9)
    running = run(FrontEnd(), mic, ref)
    quiet = slice(100 * FRAME, 400 * FRAME)
    assert np.array_equal(sent(rested)[quiet], sent(running)[quiet])
    difference = decided(rested)[quiet].astype(int) - decided(running)[quiet]
    assert np.abs(difference).max() <= 2, "nothing clicks, nothing moves in time"


def test_what_was_learned_of_the_echo_is_there_after_a_pause() -> None:
    played = noise(5.0)
    ref = np.concatenate([played, np.tile(QUIET, 3), noise(2.0)])
    frames = run(FrontEnd(), echo_of(ref), ref)
    before, after = frames[499].erle_db, frames[850].erle_db
    assert before > 10
    assert after > before - 3


def cost(front: FrontEnd, mic: Pcm, ref: Pcm) -> float:
    """CPU seconds for 50 frames."""
    start = time.process_time()
    for _ in range(50):
        front.process(mic, ref)
    return time.process_time() - start


def test_silence_costs_no_more_than_speech() -> None:
    voice, played = noise(0.01), noise(0.01)
    silent, speaking = FrontEnd(), FrontEnd()
    for front, ref in ((silent, played), (speaking, played)):
        for _ in range(200):
            front.process(voice, ref)
    for _ in range(REST_FRAMES + 50):
        silent.process(SILENCE, SILENCE)
    pairs = [(cost(silent, SILENCE, SILENCE), cost(speaking, voice, played)) for _ in range(7)]
    assert min(still for still, _ in pairs) < min(busy for _, busy in pairs)


def test_evidence_passes_over_what_nobody_asks_about_and_makes_up_for_the_newest() -> None:
    front = FrontEnd()
    frames = run(front, noise(3.0), np.tile(QUIET, 3))
    assert frames[-1].resting
    lazy, busy = BargeInEvidence(), BargeInEvidence()
    for frame in frames[:-1]:
        assert lazy.feed(frame, 1.0, playing=False) is NOTHING
    for frame in frames[-1 - RECALLED_FRAMES : -1]:
        busy.feed(frame, 1.0, playing=True)
    assert lazy.feed(frames[-1], 1.0, playing=True).cut == busy.feed(frames[-1], 1.0, playing=True).cut
