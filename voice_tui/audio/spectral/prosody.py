"""How a stretch of speech ends: the movement of its pitch and of its level over the last syllables.

A statement falls to its end, a question rises; a speaker who is looking for the next word holds the pitch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import FULL_SCALE, RATE, Pcm

DECIMATION = 3  # 8 kHz hold every pitch there is
_RATE = RATE // DECIMATION
_WINDOW, _HOP = _RATE * 40 // 1000, _RATE // 100
_LAGS = slice(_RATE // 400, _RATE // 70)  # pitch of 70 to 400 Hz
VOICED = 0.6  # autocorrelation that is a voice
AUDIBLE_DB = 30.0  # below the loudest frame: no part of the syllable any more
LAST_MS = 350  # the last syllables: what the movement is measured over
MIN_VOICED_MS = 120  # less voice than this has no movement that could be measured


@dataclass(frozen=True, slots=True)
class Contour:
    """The movement over the last `LAST_MS` of voice: the end of it against its beginning.

    Attributes:
        pitch_st: Semitones; negative: it falls.
        level_db: dB; negative: it dies away.
        steady_ms: How long the pitch stayed within a semitone up to the end, ms.
    """

    pitch_st: float
    level_db: float
    steady_ms: int


def contour(pcm: Pcm) -> Contour | None:
    """How this speech ends; None where there is too little voice in it.

    Args:
        pcm: int16 at 24 kHz, shape (n,): the last half second or more, up to the end of speech.
    """
    usable = len(pcm) // DECIMATION * DECIMATION
    x = pcm[:usable].astype(np.float32).reshape(-1, DECIMATION).mean(axis=1) / FULL_SCALE
    if len(x) < _WINDOW:
        return None
    frames = sliding_window_view(x, _WINDOW)[::_HOP]
    level = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-10)
    pitch = _pitch(frames)
    voiced = np.flatnonzero((pitch > 0) & (level > level.max() - AUDIBLE_DB))
    voiced = voiced[voiced > voiced[-1] - LAST_MS // 10] if len(voiced) else voiced
    if len(voiced) * 10 < MIN_VOICED_MS:
        return None
    semitones = 12 * np.log2(pitch[voiced])
    third = max(3, len(voiced) // 3)
    off = np.flatnonzero(np.abs(semitones - np.median(semitones[-third:])) > 1.0)
    steady = len(semitones) - 1 - int(off[-1]) if len(off) else len(semitones)
    return Contour(
        pitch_st=float(np.median(semitones[-third:]) - np.median(semitones[:third])),
        level_db=float(np.mean(level[voiced[-third:]]) - np.mean(level[voiced[:third]])),
        steady_ms=10 * steady,
    )


def _pitch(frames: NDArray[np.float32]) -> NDArray[np.float64]:
    """Pitch of each frame, Hz; 0 where there is no voice."""
    centred = frames - frames.mean(axis=1, keepdims=True)
    size = 2 ** math.ceil(math.log2(2 * _WINDOW))
    spectrum = np.fft.rfft(centred, size)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[:, : _LAGS.stop]
    unbiased = correlation[:, _LAGS] / (1 - np.arange(_LAGS.start, _LAGS.stop) / _WINDOW)
    height = unbiased.max(axis=1) / (correlation[:, 0] + 1e-9)
    lag = unbiased.argmax(axis=1) + _LAGS.start
    return np.where(height >= VOICED, _RATE / lag, 0.0)
