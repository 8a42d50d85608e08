"""Numbers about PCM: one sample format everywhere, levels with their unit."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.decibels import SILENCE_DBFS, from_dbfs, to_dbfs

RATE = 24_000  # Hz; what every Realtime endpoint speaks
CONVERTED = (RATE // 256 + 1, RATE * 256)  # Hz of files: `samplerate` comes no farther from one rate to another
FRAME = 240  # samples: 10 ms, the unit of every decision
FRAME_MS = 10
BYTES_PER_SAMPLE = 2
FULL_SCALE = 32_768.0

Pcm = NDArray[np.int16]

LOUD = 0.03  # of its peak: what is quieter has no part in how loud a voice is
_MEAN = np.full(FRAME, 1 / (FRAME * FULL_SCALE), np.float32)
SILENCE: Pcm = np.zeros(FRAME, np.int16)
"""10 ms of nothing; it cannot be written to."""
SILENCE.flags.writeable = False


def ms_to_samples(ms: float) -> int:
    """Samples in so many milliseconds, rounded to the nearest."""
    return round(ms * RATE / 1000)


def samples_to_ms(samples: int) -> int:
    """Whole milliseconds in so many samples, rounded down: never claims more than was there."""
    return samples * 1000 // RATE


def mean_level(pcm: Pcm) -> float:
    """Mean of ``|x|``, full scale 1.0. Computed in float: ``abs(int16(-32768))`` would overflow."""
    return float(np.abs(pcm.astype(np.float32)).sum()) / (len(pcm) * FULL_SCALE) if len(pcm) else 0.0


def levels(pcm: Pcm) -> tuple[float, float]:
    """The RMS and the mean of ``|x|`` of the loudest frame, full scale 1.0; ``pcm`` of shape (n · 240,), n > 0."""
    x = pcm.astype(np.float32).reshape(-1, FRAME)
    energy = float(np.vecdot(x, x).max())
    return math.sqrt(energy / FRAME) / FULL_SCALE, float((np.abs(x, out=x) @ _MEAN).max())


def energy(samples: NDArray[np.float32]) -> float:
    """Sum of squares of float32 of shape (n,)."""
    return float(samples.dot(samples))  # there are many a frame, and the operator takes twice as long


def rms_dbfs(pcm: Pcm) -> float:
    """RMS level in dBFS, full scale 1.0; digital silence is `SILENCE_DBFS`."""
    if not len(pcm):
        return SILENCE_DBFS
    x = pcm.astype(np.float32)
    return to_dbfs(math.sqrt(energy(x) / len(x)) / FULL_SCALE)


def at_level(pcm: Pcm, dbfs: float) -> Pcm:
    """The same, scaled so that the RMS of its loud parts is so many dBFS; silence stays silent."""
    x = pcm.astype(np.float32) / np.float32(FULL_SCALE)
    loud = x[np.abs(x) > LOUD * np.abs(x).max(initial=0.0)]
    gain = from_dbfs(dbfs) / float(np.sqrt((loud**2).mean())) if len(loud) else 0.0
    scaled: Pcm = np.clip(x * gain * FULL_SCALE, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
    return scaled


def to_pcm(raw: bytes) -> Pcm:
    """Little-endian bytes as int16 samples (read-only view); a trailing odd byte is ignored."""
    return np.frombuffer(raw, "<i2", count=len(raw) // BYTES_PER_SAMPLE).astype(np.int16, copy=False)
