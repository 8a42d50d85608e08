"""A device drops or repeats samples: the path that was learned moves with the echo."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest

from voice_tui.audio.barge_in.evidence import BargeInEvidence
from voice_tui.audio.barge_in.likeness import DOUBT
from voice_tui.audio.echo.awaited import Awaited
from voice_tui.audio.echo.front_end import JUMP_HOLD, FrontEnd, FrontFrame
from voice_tui.audio.echo.jump import JumpFinder
from voice_tui.audio.echo.kalman import TAIL_MS, KalmanCanceller
from voice_tui.audio.stream.pcm import FRAME, RATE
from voice_tui.audio.stream.resample import MODEL_FRAME, MODEL_RATE, Samples, to_int16

AT_S, LENGTH_S = 3.0, 4.0
DELAY_MS = 100
LEARNED, SOON = slice(250, 300), slice(325, 360)  # frames before the jump, and from 250 ms after it


def syllables(seconds: float, rate: int, seed: int) -> Samples:
    """Noise in the band of a voice that swells as speech does."""
    rng, count = np.random.default_rng(seed), round(seconds * rate)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    hz = np.fft.rfftfreq(count, 1 / rate)
    spectrum *= np.where(hz < 150, 0, 1 / np.maximum(hz, 300))
    wave = np.fft.irfft(spectrum, count)
    swell = 0.15 + np.abs(np.sin(2 * np.pi * 2.3 * np.arange(count) / rate + rng.uniform(0, 6)))
    return np.asarray(0.1 * wave * swell / np.sqrt(np.mean(wave**2)), np.float32)


def melody(seconds: float, rate: int, seed: int) -> Samples:
    """Pure tones, a third of a second each: each of them fits to itself at every period."""
    rng, count = np.random.default_rng(seed), round(0.3 * rate)
    swell = np.minimum(1, np.minimum(np.arange(count), np.arange(count)[::-1]) / (0.01 * rate))
    hz = rng.choice((262, 294, 330, 349, 392, 440, 494, 523, 659, 880), math.ceil(seconds / 0.3))
    notes = [swell * np.sin(2 * np.pi * tone * np.arange(count) / rate) for tone in hz]
    return np.asarray(0.14 * np.concatenate(notes)[: round(seconds * rate)], np.float32)


def room(rate: int, seed: int, delay_ms: int = DELAY_MS) -> Samples:
    rng, start = np.random.default_rng(seed), delay_ms * rate // 1000
    taps = np.zeros(start + rate // 25)
    taps[start:] = rng.standard_normal(rate // 25) * np.exp(-np.arange(rate // 25) / (0.008 * rate))
    return np.asarray(0.3 * taps / np.sqrt(np.sum(taps**2)), np.float32)


def echoes(far: Samples, rate: int, jump_ms: float = 0, *, moves: bool = False, delay_ms: int = DELAY_MS) -> Samples:
    """What comes back; at `AT_S` the delay jumps, or the room becomes another one."""
    wet = np.convolve(far, room(rate, 1, delay_ms))[: len(far)]
    at, jump = round(AT_S * rate), round(jump_ms * rate / 1000)
    late = np.convolve(far, room(rate, 2))[: len(far)] if moves else np.roll(wet, jump)
    return np.concatenate((wet[:at], late[at:])).astype(np.float32)


def left(mic: Samples, far: Samples, *, follows: bool) -> tuple[Samples, list[int], list[bool]]:
    """Power that is left of the microphone in each frame, dB; the jumps that were found; where one was suspected."""
    kalman, jumps = KalmanCanceller(), JumpFinder(TAIL_MS * MODEL_RATE // 1000)
    powers, found, suspected = list[float](), list[int](), list[bool]()
    for heard, played in zip(mic.reshape(-1, MODEL_FRAME), far.reshape(-1, MODEL_FRAME), strict=True):
        residual = kalman.process(heard, played)
        powers.append(10 * math.log10(float(residual @ residual + 1e-9) / float(heard @ heard + 1e-9)))
        jump = jumps.feed(heard, played, residual, kalman.path, kalman.played)
        suspected.append(jumps.suspected)
        if jump is not None:
            found.append(jump)
            if follows:
                kalman.move(jumps.known, jump)
    return np.asarray(powers, np.float32), found, suspected


@pytest.mark.parametrize("ms", [-40, -20, -7.5, 11, 20, 40, 70, 150])
def test_a_path_that_moved_in_time_is_moved_and_not_learned_anew(ms: float) -> None:
    far = syllables(LENGTH_S, MODEL_RATE, 3)
    mic = echoes(far, MODEL_RATE, ms) + np.float32(1e-4) * syllables(LENGTH_S, MODEL_RATE, 4)
    followed, found, _ = left(mic, far, follows=True)
    relearned, _, _ = left(mic, far, follows=False)
    assert found == [pytest.approx(ms * MODEL_RATE / 1000, abs=1)]
    before, after, anew = (float(np.median(x)) for x in (followed[LEARNED], followed[SOON], relearned[SOON]))
    assert before < -6
    assert after < before + 3, "a quarter of a second later it cancels as well as before"
    assert anew > after + 3


def test_a_jump_of_what_was_played_before_a_pause_is_found_in_the_pause() -> None:
    far = syllables(LENGTH_S, MODEL_RATE, 3)
    far[round(AT_S * MODEL_RATE) :] = 0
    mic = echoes(far, MODEL_RATE, 170, delay_ms=10) + np.float32(1e-4) * syllables(LENGTH_S, MODEL_RATE, 4)
    _, found, suspected = left(mic, far, follows=True)
    assert found == [pytest.approx(170 * MODEL_RATE / 1000, abs=1)]
    assert suspected.index(True) <= round(100 * AT_S) + 15, "while it comes, and nothing is expected any more"


@pytest.mark.parametrize(("delay_ms", "jump_ms"), [(25, -22), (10, -9)])
def test_an_echo_that_comes_almost_at_once_after_its_jump_is_found_where_it_is(delay_ms: int, jump_ms: int) -> None:
    far = syllables(LENGTH_S, MODEL_RATE, 3)
    mic = echoes(far, MODEL_RATE, jump_ms, delay_ms=delay_ms)
    _, found, _ = left(mic + np.float32(1e-4) * syllables(LENGTH_S, MODEL_RATE, 4), far, follows=True)
    assert found == [pytest.approx(jump_ms * MODEL_RATE / 1000, abs=1)]


@pytest.mark.parametrize("seed", range(6))
def test_somebody_who_talks_is_no_jump(seed: int) -> None:
    far, user = syllables(LENGTH_S, MODEL_RATE, 3), syllables(LENGTH_S, MODEL_RATE, 10 + seed)
    user[: round(AT_S * MODEL_RATE)] = 0
    _, found, suspected = left(echoes(far, MODEL_RATE) + np.float32(0.5) * user, far, follows=True)
    assert not found
    assert not any(suspected)


@pytest.mark.parametrize("seed", range(4))
def test_a_tone_tells_of_no_jump(seed: int) -> None:
    far = melody(12.0, MODEL_RATE, seed)
    mic = echoes(far, MODEL_RATE) + np.float32(1e-4) * syllables(12.0, MODEL_RATE, 4)
    _, found, suspected = left(mic, far, follows=True)
    assert not found, "at which of its periods the echo came nothing can tell"
    assert any(suspected), "it is echo all the same"


def test_another_room_is_no_jump() -> None:
    far = syllables(LENGTH_S, MODEL_RATE, 3)
    _, found, _ = left(echoes(far, MODEL_RATE, moves=True), far, follows=True)
    assert not found


def test_a_jump_to_behind_the_longest_echo_is_only_suspected() -> None:
    far, beyond = syllables(LENGTH_S, MODEL_RATE, 3), JumpFinder(2400)  # 150 ms: the echo would come 190 ms late
    kalman, found, suspected = KalmanCanceller(), list[int | None](), list[bool]()
    mic = echoes(far, MODEL_RATE, 90)
    for heard, played in zip(mic.reshape(-1, MODEL_FRAME), far.reshape(-1, MODEL_FRAME), strict=True):
        residual = kalman.process(heard, played)
        found.append(beyond.feed(heard, played, residual, kalman.path[:15], kalman.played[:15]))
        suspected.append(beyond.suspected)
    assert any(suspected)
    assert not any(found)


def frames(front: FrontEnd, jump_ms: float) -> Iterator[FrontFrame]:
    far = syllables(LENGTH_S, RATE, 3)
    mic, ref = to_int16(echoes(far, RATE, jump_ms)), to_int16(far)
    for i in range(0, len(mic), FRAME):
        yield front.process(mic[i : i + FRAME], ref[i : i + FRAME])


def test_for_a_moment_after_a_jump_what_is_heard_is_doubted() -> None:
    front, doubting, believing = FrontEnd(), BargeInEvidence(), BargeInEvidence()
    jumped, doubted, believed = list[bool](), list[float](), list[float]()
    for frame in frames(front, 20):
        jumped.append(frame.jumped)
        doubted.append(doubting.feed(frame).cut)
        believed.append(believing.feed(replace(frame, jumped=False)).cut)
    first = jumped.index(True)
    after = slice(first, first + JUMP_HOLD)
    assert 300 <= first <= 315, "found within a syllable"
    assert all(jumped[after])
    assert not any(jumped[first + JUMP_HOLD + 10 :])
    more = np.subtract(believed[after], doubted[after])
    assert more.min() >= 0
    assert more.max() == pytest.approx(DOUBT), "also where it does not move like what was played"


def test_what_is_heard_while_nothing_plays_jumps_nowhere() -> None:
    quiet = JumpFinder(TAIL_MS * MODEL_RATE // 1000)
    quiet.rest(syllables(0.5, MODEL_RATE, 5))
    silence = np.zeros(MODEL_FRAME, np.float32)
    voice = syllables(0.01, MODEL_RATE, 6)
    kalman = KalmanCanceller()
    assert quiet.feed(voice, silence, voice, kalman.path, kalman.played) is None
    assert not quiet.suspected


def test_looks_in_a_row_take_over_what_the_one_before_them_made(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, kept = Mock(side_effect=Awaited.begin), Mock(side_effect=Awaited.add)
    monkeypatch.setattr(Awaited, "begin", lambda *arguments: begun(*arguments))
    monkeypatch.setattr(Awaited, "add", lambda *arguments: kept(*arguments))
    far, user = syllables(LENGTH_S, MODEL_RATE, 3), syllables(LENGTH_S, MODEL_RATE, 11)
    user[: round(AT_S * MODEL_RATE)] = 0
    left(echoes(far, MODEL_RATE) + np.float32(0.5) * user, far, follows=True)
    assert kept.call_count > begun.call_count > 0
