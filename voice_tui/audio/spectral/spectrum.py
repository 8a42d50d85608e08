"""What can be seen in 32 ms of sound: band levels, harmonicity, and the floors they stand on."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import energy
from voice_tui.audio.stream.resample import MODEL_RATE, Samples

WINDOW = 512  # samples at 16 kHz: 32 ms, two periods of the lowest voice
BANDS = 16
LOWEST_HZ, HIGHEST_HZ = 120, 7200
PITCH_WINDOW = 400  # samples: 25 ms
PITCH_LAGS = slice(40, 260)  # 400 Hz down to 62 Hz
Levels = NDArray[np.float32]


def mel_bank() -> NDArray[np.float32]:
    """Triangular bands equally wide on the mel scale, shape (WINDOW // 2 + 1, BANDS), each summing to 1."""
    lowest, highest = (1127 * math.log1p(hz / 700) for hz in (LOWEST_HZ, HIGHEST_HZ))
    edges_mel = np.linspace(lowest, highest, BANDS + 2)
    edges = 700 * np.expm1(edges_mel / 1127)
    hz = np.fft.rfftfreq(WINDOW, 1 / MODEL_RATE)
    low, mid, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    bank = np.clip(np.minimum((hz - low) / (mid - low), (high - hz) / (high - mid)), 0, None)
    return np.ascontiguousarray((bank / bank.sum(1, keepdims=True)).T, np.float32)


def hann() -> NDArray[np.float32]:
    """A Hann window of unit energy, so that band powers are mean squares."""
    window = np.hanning(WINDOW)
    return np.asarray(window / np.sqrt((window**2).sum()), np.float32)


_UNBIAS = (1 / (1 - np.arange(PITCH_LAGS.start, PITCH_LAGS.stop) / PITCH_WINDOW)).astype(np.float32)


def harmonicity(samples: Samples) -> float:
    """Height of the highest autocorrelation peak at lags of a voice, about 0 (noise) to 1 (periodic).

    Products of the samples themselves: for so few lags two transforms take three times as long.

    Args:
        samples: The last `PITCH_WINDOW` samples.
    """
    count = len(samples)
    line = np.zeros(count + PITCH_LAGS.stop - 1, np.float32)
    centred = np.subtract(samples, np.add.reduce(samples) / np.float32(count), out=line[:count])
    correlation = np.correlate(line[PITCH_LAGS.start :], centred)
    correlation *= _UNBIAS
    return float(np.maximum.reduce(correlation)) / (energy(centred) + 1e-7)


class Smooth:
    """One-pole mean that starts at its first input.

    Args:
        frames: Time constant, in frames.
    """

    def __init__(self, frames: float) -> None:
        self._gain = 1 - float(np.exp(-1 / frames))
        self.value: float | None = None

    def feed(self, x: float) -> float:
        """Take a value, give the mean."""
        self.value = x if self.value is None else self.value + self._gain * (x - self.value)
        return self.value


SETTLE = 30  # frames: a stream begins with digital silence out of the cancellers, which is no floor
SKIP = 10
_LOWEST = np.array(-85, np.float32)  # dB


class BandFloor:
    """Noise floor of every band in dB: follows down fast, rises slowly; starts as the mean of its first frames.

    Args:
        rise_db: Most it rises a frame.
        fall: Share of the way down it goes a frame.
    """

    def __init__(self, rise_db: float, fall: float) -> None:
        # Numbers that numpy has not to make an array of first: that takes as long as what is computed with them.
        self._rise, self._fall = np.array(rise_db, np.float32), np.array(fall, np.float32)
        self._seen = 0
        self.value: Levels = np.full(BANDS, _LOWEST, np.float32)

    def feed(self, levels_db: Levels) -> Levels:
        """Take band levels, give the floor."""
        x = np.maximum(levels_db, _LOWEST)
        self._seen += 1
        if self._seen <= SETTLE:
            if self._seen > SKIP:
                self.value = (self.value + (x - self.value) / (self._seen - SKIP)).astype(np.float32)
            return self.value
        step = np.subtract(x, self.value, out=x)
        np.maximum(step, step * self._fall, out=step)  # the way down is the shorter one
        np.minimum(step, self._rise, out=step)
        step += self.value
        self.value = step
        return step

    def missed(self, frames: int, levels_db: Levels) -> None:
        """Rise as far as in so many frames that were not fed, but not above the levels now."""
        step = np.maximum(levels_db, _LOWEST) - self.value
        self.value = (self.value + np.clip(step, 0, frames * self._rise)).astype(np.float32)


class LevelFloor:
    """Floor of the 0.7 s mean of a level: even babble, which dips between words, stays near it.

    Args:
        rise_db: Most it rises a frame; it falls at once.
    """

    def __init__(self, rise_db: float) -> None:
        self._rise = rise_db
        self._mean = Smooth(70)
        self._seen = 0
        self.value: float | None = None

    def feed(self, level_db: float) -> float:
        """Take a level, give how far it is above the floor, dB."""
        x = max(level_db, -80.0)
        self._seen += 1
        if self._seen <= SETTLE:
            return level_db - x
        mean = self._mean.feed(x)
        self.value = mean if self.value is None or mean < self.value else min(self.value + self._rise, mean)
        return level_db - self.value

    def missed(self, frames: int) -> None:
        """Rise as far as in so many frames that were not fed, but not above the mean now."""
        if self.value is not None and self._mean.value is not None:
            self.value = min(self.value + frames * self._rise, max(self.value, self._mean.value))
