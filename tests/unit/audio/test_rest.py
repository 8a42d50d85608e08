"""The front end at rest: silence costs no more than speech, nothing clicks, and what was learned is still there."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from tests.support.denormals import CAN_TELL, Watch
from tests.unit.audio.test_front_end import echo_of, noise, power, run
from voice_tui.audio.barge_in.evidence import MAKE_UP_FRAMES, NOTHING, WAITING_FRAMES, BargeInEvidence
from voice_tui.audio.barge_in.features import FEATURES
from voice_tui.audio.echo import front_end
from voice_tui.audio.echo.front_end import REST_FRAMES, FrontEnd, FrontFrame, FrontSettings, SentSignal
from voice_tui.audio.echo.kalman import KalmanCanceller
from voice_tui.audio.stream.pcm import FRAME, RATE, SILENCE, Pcm
from voice_tui.audio.stream.resample import MODEL_FRAME, Samples
from voice_tui.replay.frames import split

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


def test_however_long_the_silence_an_echo_can_still_be_learned() -> None:
    far = (np.random.default_rng(5).standard_normal((100, 160)) * 0.1).astype(np.float32)
    kalman = KalmanCanceller()
    for _ in range(60_000):  # ten minutes
        kalman.rest(far[0])
    left = [kalman.process(0.4 * block, block) for block in far][50:]
    assert np.mean(np.square(left)) < 0.3 * np.mean(np.square(0.4 * far[50:]))


SETTINGS = (
    FrontSettings(),
    FrontSettings(high_pass=False, suppress=3, send=SentSignal.LINEAR),
    FrontSettings(cancel=False, suppress=1, send=SentSignal.CANCELLED),
    FrontSettings(suppress=2, send=SentSignal.RAW),
)


@one_in(6)
@given(st.sampled_from(SETTINGS), st.lists(st.integers(1, 9), min_size=1, max_size=12), st.sampled_from((0, 8, 1000)))
def test_frames_together_are_what_one_after_the_other_is(
    settings: FrontSettings, sizes: list[int], amplitude: float
) -> None:
    together, one_by_one = FrontEnd(settings), FrontEnd(settings)
    room = noise(0.01 * (sum(sizes) + 20), amplitude)
    singly = run(one_by_one, room[: sum(sizes) * FRAME], np.zeros(sum(sizes) * FRAME, np.int16))
    jointly, at = list[FrontFrame](), 0
    for size in sizes:
        assert together.resting
        jointly += together.rest(room[at * FRAME : (at + size) * FRAME]).frames()
        at += size
    played = noise(0.2)
    singly += run(one_by_one, room[at * FRAME :], played)  # and what follows when they wake
    jointly += run(together, room[at * FRAME :], played)
    at_rest = sum(sizes)
    assert np.abs(decided(jointly[:at_rest]).astype(int) - decided(singly[:at_rest])).max() <= 1
    assert np.abs(sent(jointly[:at_rest]).astype(int) - sent(singly[:at_rest])).max() <= 1
    for joint, single in zip(jointly, singly, strict=True):
        assert (joint.resting, joint.mic_dbfs, joint.delay_ms) == (single.resting, single.mic_dbfs, single.delay_ms)
        # The suppressor makes a thousandth of a last bit, now and then, and not always the same.
        same = 1e-2 if joint.resting else 0.1
        assert joint.speech_probability == pytest.approx(single.speech_probability, abs=same)
        for name in ("mic", "ref", "linear"):
            np.testing.assert_allclose(getattr(joint, name), getattr(single, name), atol=1e-5)
    # Where the last bits of what AEC3 hears differ, it decides otherwise of a new path in one wake of fifty: samples
    # of these frames are a tenth off then, what is left of the sound is within 0.2 dB.
    for name in ("cancelled", "suppressed"):
        joint_signal, single_signal = (np.concatenate([getattr(f, name) for f in fs]) for fs in (jointly, singly))
        woken = at_rest * MODEL_FRAME
        np.testing.assert_allclose(joint_signal[:woken], single_signal[:woken], atol=1e-5)
        assert level_of(joint_signal[woken:]) == pytest.approx(level_of(single_signal[woken:]), abs=1.0)


def level_of(signal: Samples) -> float:
    """dBFS, with a floor at -80."""
    return 10 * float(np.log10(np.mean(np.square(signal)) + 1e-8))


@pytest.mark.parametrize("level", [1, 2, 3])
def test_noise_suppression_that_is_switched_on_knows_the_noise_already(level: int) -> None:
    room, late, early = noise(4.5, 200), FrontEnd(), FrontEnd(FrontSettings(suppress=level))
    ref = np.zeros_like(room)
    run(late, room[: 400 * FRAME], ref[: 400 * FRAME]), run(early, room[: 400 * FRAME], ref[: 400 * FRAME])
    late.settings = early.settings
    later, quiet = room[400 * FRAME :], ref[400 * FRAME :]
    left_late, left_early = (
        power([frame.decision for frame in run(front, later, quiet)[5:]]) for front in (late, early)
    )
    assert left_late == pytest.approx(left_early, rel=0.1)
    assert left_late < 0.2 * power([room])


class Listener:
    """Front end and evidence, as the natural preset has them."""

    def __init__(self) -> None:
        self._front, self._evidence = FrontEnd(), BargeInEvidence()

    def hear(self, mic: Pcm, ref: Pcm) -> FrontFrame:
        front = self._front.process(mic, ref)
        self._evidence.feed(front, 1.0, playing=not front.resting)
        return front

    def cost(self, mic: Pcm, ref: Pcm) -> float:
        """CPU seconds for 50 frames."""
        start = time.thread_time()
        for _ in range(50):
            self.hear(mic, ref)
        return time.thread_time() - start


def heard_an_answer() -> Listener:
    listener = Listener()
    ref = noise(2.0)
    for mic, far in zip(split(echo_of(ref)), split(ref), strict=True):
        listener.hear(mic, far)
    return listener


def test_silence_costs_less_than_half_of_an_answer() -> None:
    silent, speaking, room, played = heard_an_answer(), heard_an_answer(), noise(0.01, 8), noise(0.01)
    silent.cost(room, SILENCE), silent.cost(room, SILENCE), silent.cost(room, SILENCE)  # the echo's tail
    pairs = [(silent.cost(room, SILENCE), speaking.cost(played, played)) for _ in range(7)]
    assert min(still for still, _ in pairs) < 0.5 * min(busy for _, busy in pairs)


@pytest.mark.skipif(not CAN_TELL, reason="this processor does not say whether it met denormal numbers")
@pytest.mark.parametrize("amplitude", [0, 8], ids=["muted", "room"])
def test_silence_drives_no_filter_into_denormal_numbers(amplitude: float) -> None:
    listener, watch, mic = heard_an_answer(), Watch(), list(split(noise(8.0, amplitude)))
    for frame in mic[:400]:
        listener.hear(frame, SILENCE)
    met = 0
    for frame in mic[400:]:
        watch.begin()
        listener.hear(frame, SILENCE)
        met += watch.met()
    assert met == 0


def test_evidence_passes_over_what_nobody_asks_about_and_makes_up_for_the_newest() -> None:
    frames = run(FrontEnd(), noise(5.0), np.tile(QUIET, 5))
    assert frames[-1].resting
    lazy, busy = BargeInEvidence(), BargeInEvidence()
    asked = 450
    for frame in frames[:asked]:
        assert lazy.feed(frame, playing=False) is NOTHING
    for frame in frames[asked - WAITING_FRAMES : asked]:
        busy.feed(frame)
    pairs = [(lazy.feed(frame), busy.feed(frame)) for frame in frames[asked:]]
    assert pairs[0][0] is NOTHING, "a few a frame: the voice thread is not held up"
    late = next(i for i, (evidence, _) in enumerate(pairs) if evidence is not NOTHING)
    assert late == -(-WAITING_FRAMES // (MAKE_UP_FRAMES - 1)) - 1
    assert all(made_up.duck == judged.duck for made_up, judged in pairs[late : late + 1])


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20))
@one_in(10)
def test_evidence_of_frames_together_is_that_of_one_after_the_other(sizes: list[int]) -> None:
    """0 is a frame that came alone."""
    together, one_by_one, front = BargeInEvidence(), BargeInEvidence(), FrontEnd()
    for size in [*sizes, 30, *sizes, 4]:
        rest = front.rest(noise(0.01 * max(1, size)))
        for frame in rest.frames():
            one_by_one.feed(frame, playing=False)
        if size:
            together.rest(rest)
        else:
            together.feed(rest.frames()[0], playing=False)
    after = front.rest(noise(0.3)).frames()
    assert [together.feed(frame).cut for frame in after] == [one_by_one.feed(frame).cut for frame in after]


def test_no_more_is_kept_than_is_made_up_for_however_much_comes_at_once() -> None:
    evidence, front, together = BargeInEvidence(), FrontEnd(), 30
    for _ in range(3 * WAITING_FRAMES // together):
        evidence.rest(front.rest(noise(0.01 * together)))
    kept = sum(len(rest.speech_probabilities) for rest, _ in evidence._rested)
    assert WAITING_FRAMES <= kept < WAITING_FRAMES + together


def test_the_floors_rise_in_one_go_where_the_room_became_louder_unheard() -> None:
    """A minute of a fan that is 16 dB louder, while nobody asks: most of it is floor when somebody asks again."""
    quiet, loud = (run(FrontEnd(), noise(2.0, amplitude), np.tile(QUIET, 2)) for amplitude in (10, 60))
    evidence = BargeInEvidence()
    for frame in quiet:
        evidence.feed(frame)
    for frame in 30 * loud:
        evidence.feed(frame, playing=False)
    judged = [evidence.feed(frame) for frame in loud][-1]
    assert judged.features is not None
    assert 5 * judged.features[FEATURES.index("over_floor")] < 6, "dB"


def test_a_room_that_became_louder_while_nobody_asked_is_no_voice() -> None:
    room = np.concatenate([noise(1.0, 8), noise(12.0, 300)])
    frames = run(FrontEnd(), room, np.zeros(len(room), np.int16))
    lazy, busy = BargeInEvidence(), BargeInEvidence()
    for frame in frames[:-20]:
        lazy.feed(frame, playing=False)
        busy.feed(frame)
    for frame in frames[-20:]:
        late, prompt = lazy.feed(frame), busy.feed(frame)
    assert max(late.cut, late.duck) < -4  # nats: as good as certain
    assert max(prompt.cut, prompt.duck) < -4
