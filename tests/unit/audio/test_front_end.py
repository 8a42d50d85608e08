from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from voice_tui.audio.echo.front_end import FrontEnd, FrontFrame, FrontSettings, SentSignal
from voice_tui.audio.echo.kalman import KalmanCanceller
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.audio.stream.resample import Down, Samples, Up, to_int16

RNG = np.random.default_rng(3)
DELAY = 24 * 60  # 60 ms


def noise(seconds: float, amplitude: float = 2000) -> Pcm:
    return (RNG.standard_normal(int(seconds * 24_000)) * amplitude).astype(np.int16)


def echo_of(ref: Pcm, gain: float = 0.4) -> Pcm:
    return np.concatenate((np.zeros(DELAY, np.int16), (ref * gain).astype(np.int16)))[: len(ref)]


def run(front: FrontEnd, mic: Pcm, ref: Pcm) -> list[FrontFrame]:
    return [front.process(mic[i : i + FRAME], ref[i : i + FRAME]) for i in range(0, len(mic) - FRAME + 1, FRAME)]


def power(frames: list[Pcm]) -> float:
    return float(np.mean(np.concatenate(frames).astype(float) ** 2))


def lag(late: NDArray[np.int16], early: NDArray[np.int16]) -> int:
    n = 2 * len(late)
    product = np.fft.rfft(late.astype(float), n) * np.conj(np.fft.rfft(early.astype(float), n))
    return int(np.argmax(np.abs(np.fft.irfft(product)[: n // 2])))


def test_echo_is_removed_and_its_delay_found() -> None:
    ref = noise(4)
    frames = run(FrontEnd(), echo_of(ref), ref)
    assert frames[-1].erle_db > 15
    assert frames[-1].delay_ms == pytest.approx(60, abs=3)
    assert power([f.send for f in frames[300:]]) < 0.05 * power([echo_of(ref)[300 * FRAME :]])


def test_the_users_voice_survives_where_nothing_plays() -> None:
    t = np.arange(24_000 * 2)
    voice = (4000 * np.sin(2 * np.pi * 180 * t / 24_000)).astype(np.int16)
    frames = run(FrontEnd(), voice, np.zeros_like(voice))
    assert power([f.decision for f in frames[100:]]) > 0.7 * power([voice])
    assert power([f.send for f in frames[100:]]) > 0.7 * power([voice])


def test_raw_sends_the_microphone_bit_by_bit() -> None:
    mic, ref = noise(0.3), noise(0.3)
    front = FrontEnd(FrontSettings(send=SentSignal.RAW))
    assert np.array_equal(np.concatenate([f.send for f in run(front, mic, ref)]), mic)


def test_auto_sends_the_microphone_until_an_echo_is_known() -> None:
    ref, user = noise(4), noise(4)
    auto = np.concatenate([f.send for f in run(FrontEnd(), user, ref)])
    assert np.array_equal(auto[48:], user[:-48])  # plays, but nothing of it can be heard: 2 ms late, else untouched


@pytest.mark.parametrize("suppress", [0, 1, 2, 3])
@pytest.mark.parametrize("cancel", [True, False])
def test_no_switch_moves_the_decision_signal_in_time(cancel: bool, suppress: int) -> None:
    mic = noise(1)
    front = FrontEnd(FrontSettings(cancel=cancel, suppress=suppress))
    out = np.concatenate([f.decision for f in run(front, mic, np.zeros_like(mic))])
    # 14 ms of the library, 2 ms of resampling
    assert lag(out, mic) == pytest.approx(24 * 16, abs=24)


def test_switching_off_and_on_again_keeps_what_was_learned() -> None:
    ref = noise(6)
    mic, front = echo_of(ref), FrontEnd()
    run(front, mic[:72_000], ref[:72_000])
    front.settings = replace(front.settings, cancel=False)
    off = run(front, mic[72_000:96_000], ref[72_000:96_000])
    front.settings = replace(front.settings, cancel=True)
    on = run(front, mic[96_000:120_000], ref[96_000:120_000])
    assert power([f.decision for f in off[10:]]) > 20 * power([f.decision for f in on[10:30]])


def test_the_kalman_filter_leaves_the_user_alone_while_nothing_plays() -> None:
    kalman, mic = KalmanCanceller(), (RNG.standard_normal(16_000) * 0.05).astype(np.float32)
    far = np.zeros(160, np.float32)
    out = np.concatenate([kalman.process(mic[i : i + 160], far) for i in range(0, len(mic), 160)])
    assert np.abs(out - mic).max() < 1e-6
    assert kalman.delay_ms is None


def test_down_and_up_again_is_the_same_tone_two_milliseconds_later() -> None:
    tone = (8000 * np.sin(2 * np.pi * 1000 * np.arange(4800) / 24_000)).astype(np.int16)
    down, up = Down(), Up()
    out = np.concatenate([up.process(down.process(tone[i : i + FRAME])) for i in range(0, len(tone), FRAME)])
    late = 8000 * np.sin(2 * np.pi * 1000 * (np.arange(len(tone)) - 47.5) / 24_000)
    assert np.abs(out[480:] - late[480:]).max() < 100


def test_conversion_clips_instead_of_wrapping() -> None:
    assert to_int16(np.array([2.0, -2.0], np.float32)).tolist() == [32767, -32768]


def speech(seconds: float, seed: int) -> Pcm:
    """Noise that comes and goes five times a second, as speech does."""
    rng, t = np.random.default_rng(seed), np.arange(round(seconds * RATE)) / RATE
    return np.asarray(rng.standard_normal(len(t)) * 3000 * np.abs(np.sin(np.pi * 5 * t)), np.int16)


ROOM = (np.random.default_rng(5).standard_normal(4 * RATE) * 30).astype(np.int16)
ANSWER = np.concatenate((np.zeros(RATE, np.int16), speech(3, 1)))
"""What a session plays first, behind a second of nothing."""


def level_dbfs(frames: list[Samples]) -> float:
    return float(10 * np.log10(np.mean(np.concatenate(frames) ** 2)))


@pytest.mark.parametrize("gain", [0.0, 0.03, 0.3])
def test_the_linear_residual_of_a_first_answer_is_never_much_louder_than_the_microphone(gain: float) -> None:
    frames = run(FrontEnd(), ROOM + echo_of(ANSWER, gain), ANSWER)[100:]
    for at in range(0, len(frames), 25):
        part = frames[at : at + 25]
        assert level_dbfs([f.linear for f in part]) < level_dbfs([f.mic for f in part]) + 10


def test_the_echo_of_a_first_answer_is_taken_away_from_the_beginning() -> None:
    frames = run(FrontEnd(), ROOM + echo_of(ANSWER, 0.3), ANSWER)[107:]
    assert level_dbfs([f.cancelled for f in frames[:50]]) < level_dbfs([f.mic for f in frames[:50]]) - 15
