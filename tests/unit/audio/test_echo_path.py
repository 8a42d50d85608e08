"""The echo test against simulated loudspeakers, rooms and people."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.support.budget import one_in
from tests.unit.audio.test_engines import voice
from voice_tui.audio.echo.advice import RULES, WORDS, EchoAdvice, advise
from voice_tui.audio.echo.outcome import EchoPath, Finding
from voice_tui.audio.echo.path import PEAK, EchoPathError, EchoProbe, sweeps
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm, rms_dbfs

Signal = NDArray[np.float64]
REF: Pcm = np.concatenate((np.zeros(50 * FRAME, np.int16), sweeps(), np.zeros(60 * FRAME, np.int16)))
SWEEP_RMS = PEAK / np.sqrt(2)


def measured(
    gain: float,
    delay_ms: float = 80,
    noise: float = 1e-4,
    *,
    speaker: Callable[[Signal], Signal] = lambda x: x,
    room: Signal | None = None,
    person: Signal | None = None,
    seed: int = 1,
) -> EchoPath:
    """The result of a test through a simulated path.

    Args:
        gain: Of loudspeaker and room together.
        delay_ms: Of the devices.
        noise: RMS of the room's noise, full scale 1.0.
        speaker: What the loudspeaker makes of the sound.
        room: Its impulse response, of energy 1.
        person: Somebody's sound in the microphone.
        seed: Of the noise.
    """
    played = speaker(REF / 32_768)
    late = np.concatenate((np.zeros(round(delay_ms * RATE / 1000)), played))[: len(REF)] * gain
    echo = late if room is None else convolved(late, room)
    mic = echo + np.random.default_rng(seed).standard_normal(len(REF)) * noise
    mic += 0 if person is None else person
    heard = np.clip(np.rint(mic * 32_768), -32_768, 32_767).astype(np.int16)
    probe = EchoProbe()
    for i in range(0, len(REF), FRAME):
        probe.feed(heard[i : i + FRAME], REF[i : i + FRAME])
    return probe.result()


def convolved(sound: Signal, response: Signal) -> Signal:
    """The sound in a room, as long as the sound; by way of the spectrum, which is a thousand times faster."""
    size = len(sound) + len(response) - 1
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)[: len(sound)])


def diffuse(rt60_s: float) -> Signal:
    """A room that is all reverberation."""
    t = np.arange(int(RATE * rt60_s)) / RATE
    response = np.random.default_rng(2).standard_normal(len(t)) * 10 ** (-3 * t / rt60_s)
    return np.asarray(response / np.sqrt((response**2).sum()))


def person(level: float, start_s: float, seconds: float) -> Signal:
    said = np.zeros(len(REF))
    words = voice(seconds)[: len(REF) - int(start_s * RATE)] / 32_768
    said[int(start_s * RATE) :][: len(words)] = words / np.sqrt((words**2).mean()) * level
    return said


def test_the_sound_is_short_moderate_and_begins_and_ends_softly() -> None:
    sound = sweeps()
    assert len(sound) == 2.6 * RATE
    assert len(sound) % FRAME == 0
    assert np.abs(sound).max() <= PEAK * 32_768 + 1
    assert rms_dbfs(sound[:FRAME]) < rms_dbfs(sound) - 6
    assert abs(int(sound[0])) + abs(int(sound[-1])) < 4


@one_in(6)
@given(st.floats(-45, -3), st.integers(0, 400), st.integers(0, 9))
def test_known_gain_and_delay_come_out(gain_db: float, delay_ms: int, seed: int) -> None:
    path = measured(10 ** (gain_db / 20), delay_ms, seed=seed)
    assert path.finding is Finding.HEARD
    assert path.leakage_db == pytest.approx(gain_db, abs=0.5)
    assert path.delay_ms == pytest.approx(delay_ms, abs=0.2)
    assert path.advice not in (EchoAdvice.REPEAT, EchoAdvice.CHECK_MIC)


@pytest.mark.parametrize("snr_db", [20, 10, 3, -3, -9])
def test_noise_does_not_move_leakage_or_delay(snr_db: float) -> None:
    path = measured(0.1, noise=0.1 * SWEEP_RMS * 10 ** (-snr_db / 20))
    assert path.leakage_db == pytest.approx(-20, abs=1.5)
    assert path.delay_ms == pytest.approx(80, abs=0.2)
    assert (path.erle_db is None) == (snr_db < 6), "what the noise covers is not measured"


@pytest.mark.parametrize("noise", [1e-5, 1e-4, 1e-3, 1e-2, 0.05])
def test_no_echo_is_a_result_with_a_bound(noise: float) -> None:
    path = measured(0.0, noise=noise)
    assert (path.finding, path.advice) == (Finding.NOT_HEARD, EchoAdvice.NOTHING)
    assert path.leakage_db is path.delay_ms is path.erle_db is None
    assert path.below_db == pytest.approx(20 * np.log10(noise / SWEEP_RMS) - 3, abs=4)


def test_a_microphone_without_any_sound_is_named() -> None:
    path = measured(0.0, noise=0.0)
    assert (path.finding, path.advice, path.below_db) == (Finding.NOT_HEARD, EchoAdvice.CHECK_MIC, -90)


@pytest.mark.parametrize("rt60_s", [0.2, 0.5, 1.0])
def test_reverberation_counts_and_is_no_disturbance(rt60_s: float) -> None:
    path = measured(0.1, room=diffuse(rt60_s))
    assert path.finding is Finding.HEARD
    assert path.leakage_db == pytest.approx(-20, abs=1.5)
    assert path.delay_ms is not None
    assert 80 <= path.delay_ms < 100


def test_a_clipped_loudspeaker_is_measured_all_the_same_and_cancelled_worse() -> None:
    # Not louder: from 0.3 on the canceller settles at one of two depths, by chance.
    clean, clipped = measured(0.2), measured(1.2, speaker=lambda x: np.clip(x, -PEAK / 4, PEAK / 4))
    assert clipped.finding is Finding.HEARD
    assert clipped.delay_ms == clean.delay_ms
    assert clipped.erle_db is not None
    assert clean.erle_db is not None
    assert clipped.erle_db < clean.erle_db
    assert clean.advice is EchoAdvice.CANCELLER


def test_an_overdriven_microphone_is_said() -> None:
    path = measured(6.0)
    assert (path.clipped, path.advice) == (True, EchoAdvice.TURN_DOWN)


@pytest.mark.parametrize("gain", [0.0, 0.01, 0.1])
@pytest.mark.parametrize(("level", "start_s", "seconds"), [(0.05, 0, 3.6), (0.05, 0.5, 0.6), (0.05, 1.5, 1.0)])
def test_somebody_who_speaks_is_noticed(gain: float, level: float, start_s: float, seconds: float) -> None:
    path = measured(gain, person=person(level, start_s, seconds))
    assert (path.finding, path.advice) == (Finding.DISTURBED, EchoAdvice.REPEAT)
    assert path.leakage_db is None


@one_in(6)
@given(st.sampled_from([0.0, 0.01, 0.1, 0.5]), st.sampled_from([0.003, 0.03, 0.2]), st.floats(0, 3), st.floats(0.2, 2))
def test_somebody_who_speaks_is_noticed_or_does_no_harm(gain: float, level: float, start: float, long: float) -> None:
    path = measured(gain, person=person(level, start, long))
    if path.finding is Finding.HEARD:
        assert gain > 0
        assert path.leakage_db == pytest.approx(20 * np.log10(gain), abs=2.5)
        assert path.delay_ms == pytest.approx(80, abs=0.5)
    elif path.finding is Finding.NOT_HEARD:
        assert gain == 0


def test_without_a_sound_there_is_no_result() -> None:
    probe = EchoProbe()
    with pytest.raises(EchoPathError, match="nothing was recorded"):
        probe.result()
    probe.feed(np.zeros(FRAME, np.int16), np.zeros(FRAME, np.int16))
    with pytest.raises(EchoPathError, match="is the loudspeaker on"):
        probe.result()


@pytest.mark.parametrize(
    ("leakage", "erle", "advice"),
    [
        (None, None, EchoAdvice.NOTHING),
        (-55, None, EchoAdvice.NOTHING),
        (-20, None, EchoAdvice.QUIETER_ROOM),
        (-20, 25, EchoAdvice.CANCELLER),
        (-2, 30, EchoAdvice.CANCELLER),
        (-15, 5, EchoAdvice.HEADPHONES),
        (-5, 10, EchoAdvice.TURN_DOWN),
        (-5, 3, EchoAdvice.HALF_DUPLEX),
        (5, -3, EchoAdvice.HALF_DUPLEX),
    ],
)
def test_advice(leakage: float | None, erle: float | None, advice: EchoAdvice) -> None:
    assert advise(False, False, leakage, erle, clipped=False) is advice
    assert advise(True, False, leakage, erle, clipped=False) is EchoAdvice.REPEAT


@pytest.mark.parametrize("leakage", [-20.0, -60.0])
@pytest.mark.parametrize(
    ("known", "advice"),
    [
        ({"alike": True, "late": True, "jumped": True}, EchoAdvice.OTHER_SOUND),
        ({"late": True, "jumped": True}, EchoAdvice.STEADY_DEVICE),
        ({"late": True}, EchoAdvice.EARLIER_DEVICE),
    ],
)
def test_what_spoils_the_figures_is_said_before_them(
    leakage: float, known: dict[str, bool], advice: EchoAdvice
) -> None:
    wanted = advice if leakage > -50 else EchoAdvice.NOTHING
    assert advise(False, False, leakage, 30.0, clipped=False, **known) is wanted


def test_every_advice_has_its_words() -> None:
    assert set(WORDS) == set(EchoAdvice)
    assert {rule.advice for rule in RULES} <= set(WORDS)
