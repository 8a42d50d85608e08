"""What is computed in few large steps is what it is defined to be, step by step and in double precision."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from voice_tui.audio.barge_in.features import CORE, FEATURES, MID, NUMBERS, Features
from voice_tui.audio.echo.front_end import FrontFrame
from voice_tui.audio.spectral.spectrum import (
    BANDS,
    PITCH_LAGS,
    PITCH_WINDOW,
    WINDOW,
    Smooth,
    hann,
    harmonicity,
    mel_bank,
)
from voice_tui.audio.stream.resample import MODEL_FRAME, Samples

FRAMES = 40
LOUDNESS = {"mic": 0.3, "linear": 0.1, "ref": 0.05, "suppressed": 0.01, "cancelled": 0.03}
RNG = np.random.default_rng(7)
SIGNALS = {
    name: (loudness * RNG.standard_normal(FRAMES * MODEL_FRAME)).astype(np.float32)
    for name, loudness in LOUDNESS.items()
}


def frame(number: int) -> FrontFrame:
    """The signals of one frame; what is not looked at is empty."""
    part = slice(number * MODEL_FRAME, (number + 1) * MODEL_FRAME)
    nothing = np.zeros(0, np.int16)
    return FrontFrame(
        decision=nothing,
        send=nothing,
        erle_db=0,
        delay_ms=None,
        mic_dbfs=0,
        resting=False,
        mic=SIGNALS["mic"][part],
        ref=SIGNALS["ref"][part],
        linear=SIGNALS["linear"][part],
        cancelled=SIGNALS["cancelled"][part],
        suppressed=SIGNALS["suppressed"][part],
        speech_probability=0.5,
    )


def powers(signal: Samples, frames: int) -> NDArray[np.float64]:
    """Of the last window after so many frames, in bands."""
    end = frames * MODEL_FRAME
    window = signal[end - WINDOW : end].astype(float) * hann()
    return np.asarray(np.abs(np.fft.rfft(window)) ** 2 @ mel_bank() + 1e-10)


def test_levels_and_spectra_are_those_of_the_signals_that_they_are_named_after() -> None:
    features = Features()
    numbers = [features.feed(frame(number)) for number in range(FRAMES)][-1]
    told = dict(zip(FEATURES, numbers.tolist(), strict=True))
    bands = {name: powers(signal, FRAMES) for name, signal in SIGNALS.items()}
    core = {name: 10 * np.log10(power[CORE].mean()) for name, power in bands.items()}
    assert told["suppressed"] == pytest.approx((core["mic"] - core["cancelled"]) / 6, abs=1e-4)
    assert told["linear_erle"] == pytest.approx((core["mic"] - core["linear"]) / 6, abs=1e-4)
    assert told["aec_beyond_linear"] == pytest.approx((core["linear"] - core["cancelled"]) / 6, abs=1e-4)
    assert told["level"] == pytest.approx((core["cancelled"] + 60) / 6, abs=1e-4)
    reference = Smooth(5)
    for number in range(4, FRAMES + 1):  # from where on windows are full the mean has forgotten what was before
        mean = reference.feed(10 * np.log10(powers(SIGNALS["ref"], number)[CORE].mean()))
    assert told["reference"] == pytest.approx((mean + 60) / 10, abs=1e-2)
    heard, played = numbers[NUMBERS : NUMBERS + BANDS], numbers[NUMBERS + BANDS :]
    assert heard == pytest.approx((10 * np.log10(bands["suppressed"]) + 60) / 20, abs=1e-4)
    assert played == pytest.approx((10 * np.log10(bands["ref"]) + 60) / 20, abs=1e-4)


def test_the_usual_level_is_learned_from_what_is_left_behind_the_canceller() -> None:
    features = Features()
    for number in range(5):
        features.feed(frame(number))
    level = Smooth(5)
    levels = []
    for number in range(1, 6):
        window = np.zeros(WINDOW)
        known = SIGNALS["cancelled"][max(0, number * MODEL_FRAME - WINDOW) : number * MODEL_FRAME]
        window[-len(known) :] = known
        power = np.abs(np.fft.rfft(window * hann())) ** 2 @ mel_bank() + 1e-10
        levels.append(10 * np.log10(level.feed(float(power[MID].mean()))))
    assert features.usual.value == pytest.approx(np.mean(levels) + 2, abs=1e-3)


@pytest.mark.parametrize("period", [0, 50, 131])
def test_harmonicity_is_the_highest_peak_of_the_autocorrelation(period: int) -> None:
    samples = RNG.standard_normal(PITCH_WINDOW).astype(np.float32) + np.float32(0.2)
    if period:
        samples = np.asarray(samples[np.arange(PITCH_WINDOW) % period] + 0.3 * samples, np.float32)
    x = samples.astype(float) - samples.mean()
    lags = range(PITCH_LAGS.start, PITCH_LAGS.stop)
    peak = max(float(x[lag:] @ x[: PITCH_WINDOW - lag]) / (1 - lag / PITCH_WINDOW) for lag in lags)
    assert harmonicity(samples) == pytest.approx(peak / float(x @ x), abs=1e-4)
    assert not period or harmonicity(samples) > 0.7
