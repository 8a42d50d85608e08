"""What levels and periodicity alone say about speech: sixteen numbers a frame, no network."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.spectral.spectrum import (
    PITCH_WINDOW,
    WINDOW,
    BandFloor,
    LevelFloor,
    Levels,
    Smooth,
    hann,
    harmonicity,
    mel_bank,
)
from voice_tui.audio.stream.resample import MODEL_FRAME, Samples

LEVEL_CUES = 16
CORE, LOW, HIGH = slice(1, 13), slice(1, 7), slice(7, 15)  # mel bands: all of a voice, its vowels, its consonants
START = 25  # frames in which the floor is what is heard
FLOOR_RISE_DB, FLOOR_FALL = 0.03, 0.3  # per frame
PEAK_FALL_DB = 0.03  # per frame: the loudest of the last seconds, 3 dB/s
MARGIN_DB = 3.0  # fluctuation of a steady noise over its own floor


def _clip(x: float, low: float, high: float) -> float:
    return low if x < low else min(x, high)


class LevelCues:
    """Feed 10 ms at 16 kHz, take the numbers."""

    def __init__(self) -> None:
        self._buffer = np.zeros(WINDOW, np.float32)
        self._hann, self._bank = hann(), mel_bank()
        self._slow: Levels | None = None
        self._fast: Levels | None = None
        self._floor_bands, self._level_floor = BandFloor(0.02, 0.1), LevelFloor(0.006)
        self._harmonic = Smooth(3)
        self._excess_mean, self._over_mean, self._voiced_mean = Smooth(15), Smooth(15), Smooth(15)
        self._mean: float | None = None
        self._floor, self._peak, self._seen = -90.0, -60.0, 0
        self._recent: deque[float] = deque(maxlen=4)

    def feed(self, samples: Samples) -> NDArray[np.float64]:
        """Take float32 of shape (160,), full scale 1.0, give shape (LEVEL_CUES,)."""
        self._buffer[:-MODEL_FRAME] = self._buffer[MODEL_FRAME:].copy()
        self._buffer[-MODEL_FRAME:] = samples
        spectrum = np.fft.rfft(self._buffer * self._hann)
        bands = 10 * np.log10((spectrum.real**2 + spectrum.imag**2) @ self._bank + np.float32(1e-10))
        self._slow = bands if self._slow is None else self._slow + np.float32(0.15) * (bands - self._slow)
        self._fast = bands if self._fast is None else self._fast + np.float32(0.45) * (bands - self._fast)
        over = np.clip(self._fast - self._floor_bands.feed(self._slow) - MARGIN_DB, 0, 30)
        excess, low, high = (min(float(over[part].mean()), 12.0) / 4 for part in (CORE, LOW, HIGH))
        core_db = 10 * math.log10(float((10 ** (self._fast[CORE] / 10)).mean()))
        over_floor = self._level_floor.feed(core_db)
        raw = harmonicity(self._buffer[-PITCH_WINDOW:])
        harmonic = self._harmonic.feed(raw)
        voiced = _clip(over_floor, 0, 15) * _clip(harmonic - 0.2, 0, 1) / 3
        level = _clip(over_floor, -3, 25) / 6
        return np.array(
            (
                excess,
                low,
                high,
                level,
                harmonic * 3,
                voiced,
                self._excess_mean.feed(excess),
                self._over_mean.feed(level),
                self._voiced_mean.feed(voiced),
                *self._against_range(samples),
                raw * 3,
            )
        )

    def _against_range(self, samples: Samples) -> tuple[float, ...]:
        """The level of this frame and of the last 40 ms, within the range between the floor and the recent peak."""
        energy = float(samples @ samples)
        level = max(10 * math.log10(energy / MODEL_FRAME + 1e-10), -90.0)
        self._seen += 1
        self._mean = level if self._mean is None else self._mean + 0.1 * (level - self._mean)
        if self._seen <= START:
            self._floor = self._mean
        elif self._mean > self._floor:
            self._floor = min(self._floor + FLOOR_RISE_DB, self._mean)
        else:
            self._floor += FLOOR_FALL * (self._mean - self._floor)
        self._peak = max(self._peak - PEAK_FALL_DB, level)
        self._recent.append(level)
        steps = samples[1:] - samples[:-1]
        tilt = float(steps @ steps) / (energy + 1e-7)
        return (
            _clip(level - self._floor, -5, 40) / 8,
            _clip(level - self._peak, -50, 0) / 10,
            _clip(self._peak - self._floor, 0, 60) / 15,
            _clip(max(self._recent) - self._floor, -5, 40) / 8,
            _clip(max(self._recent) - self._peak, -50, 0) / 10,
            math.log(tilt + 0.01),
        )
