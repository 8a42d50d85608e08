"""A recording as mel bands every 10 ms, and which of its frames are a voice."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voice_tui.audio.stream.resample import MODEL_RATE, Samples

WINDOW, HOP, FFT = 400, 160, 512  # samples at 16 kHz: 25 ms, 10 ms, 32 ms
FRAMES_PER_S = MODEL_RATE // HOP
BANDS = 40
Frames = NDArray[np.float32]
Mask = NDArray[np.bool_]

# Slaney's mel scale (Auditory Toolbox, 1998): linear below 1 kHz, logarithmic above.
_HZ_PER_MEL, _BREAK_HZ, _LOG_STEP = 200 / 3, 1000.0, np.log(6.4) / 27


def _hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = _BREAK_HZ / _HZ_PER_MEL
    return np.where(mel < knee, mel * _HZ_PER_MEL, _BREAK_HZ * np.exp(_LOG_STEP * np.maximum(mel - knee, 0)))


def slaney_bank() -> Frames:
    """Triangular bands of equal area from 0 to 8 kHz, shape (FFT // 2 + 1, BANDS)."""
    top = _BREAK_HZ / _HZ_PER_MEL + np.log(MODEL_RATE / 2 / _BREAK_HZ) / _LOG_STEP
    edges = _hz(np.linspace(0, top, BANDS + 2))
    hz = np.fft.rfftfreq(FFT, 1 / MODEL_RATE)[:, None]
    low, mid, high = edges[:-2], edges[1:-1], edges[2:]
    bank = np.clip(np.minimum((hz - low) / (mid - low), (high - hz) / (high - mid)), 0, None)
    return np.asarray(bank * 2 / (high - low), np.float32)


_BANK = slaney_bank()
# The periodic Hamming window in the middle of the transform: what speaker models are commonly trained on.
_HAMMING = np.zeros(FFT, np.float32)
_HAMMING[(FFT - WINDOW) // 2 : (FFT + WINDOW) // 2] = np.hamming(WINDOW + 1)[:-1]


def mel_power(samples: Samples) -> Frames:
    """Power in mel bands.

    Args:
        samples: 16 kHz, shape (n,).

    Returns:
        Shape (frames, BANDS); no frame if there are less than 32 ms.
    """
    if len(samples) < FFT:
        return np.zeros((0, BANDS), np.float32)
    spectra = np.fft.rfft(sliding_window_view(samples, FFT)[::HOP] * _HAMMING, axis=1)
    power: Frames = (spectra.real**2 + spectra.imag**2).astype(np.float32) @ _BANK
    return power


SPEECH_BANDS = slice(3, 30)  # about 200 Hz to 4 kHz: what rooms and small microphones pass
LOUDEST_SHARE, LOUDEST_DB = 0.95, 30.0  # further below the loud frames than this is breath and room
OVER_FLOOR_DB = 6.0
FLOOR_SHARE = 0.05
QUIETEST_DB = -45.0  # of `speech_db`: a voice of about -75 dBFS
MAX_FLOOR_DB = 15.0  # below the loud frames: where nobody pauses, the quietest frames are still speech


def speech_db(power: Frames) -> NDArray[np.float64]:
    """Level of each frame in the bands of speech, dB, smoothed over 50 ms."""
    level = 10 * np.log10(power[:, SPEECH_BANDS].sum(axis=1, dtype=np.float64) + 1e-12)
    return np.convolve(np.pad(level, 2, "edge"), np.full(5, 0.2), "valid") if len(level) else level


def speech_frames(power: Frames) -> Mask:
    """Which frames hold speech, by level alone: it is asked only about turns, where a detector has heard a voice.

    Args:
        power: From `mel_power`.
    """
    level = speech_db(power)
    if not len(level):
        return np.zeros(0, np.bool_)
    loud = np.quantile(level, LOUDEST_SHARE)
    floor = min(np.quantile(level, FLOOR_SHARE), loud - MAX_FLOOR_DB)
    return np.asarray(level > max(loud - LOUDEST_DB, floor + OVER_FLOOR_DB, QUIETEST_DB))


BREATH = 15  # frames around speech that still belong to it: stops, breath, the ends of words


def with_breath(speech: Mask) -> Mask:
    """Speech with `BREATH` around it, so that the pauses inside words and phrases are part of it."""
    if not len(speech):
        return speech
    return np.asarray(np.convolve(speech, np.ones(2 * BREATH + 1), "full")[BREATH : BREATH + len(speech)] > 0.5)
