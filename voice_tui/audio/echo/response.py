"""What a microphone answers to what was played: an impulse response, and how sure its peak is.

The spectra are divided, but for what the loudspeaker hardly played; so a long sound lifts the echo out of noise that is
louder, and a voice in the microphone adds up to little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import RATE

Signal = NDArray[np.float64]

LOW_HZ, HIGH_HZ = 200.0, 7_000.0  # what small loudspeakers play and a voice band hears
APART = RATE // 1000  # samples: delays closer together are one and the same peak
REPEATED = 0.75  # of its own peak: a sound that is so like itself a moment later fits at several delays


@dataclass(frozen=True, slots=True)
class Peak:
    """Where a response is highest.

    Attributes:
        lag: Samples after what was played; negative: before it.
        height: Of the response there.
        certainty: The same over the median of the response.
    """

    lag: int
    height: float
    certainty: float


def deconvolved(mic: Signal, ref: Signal, before: int, after: int) -> Signal:
    """The response at delays from ``-before`` on and below ``after``, samples, shape (before + after,)."""
    size = 1 << (max(len(mic), len(ref)) + max(before, after) - 1).bit_length()
    heard, source = np.fft.rfft(mic, size), np.fft.rfft(ref, size)
    inside = in_band(size)
    power = np.abs(source) ** 2
    mean = float(power[inside].mean())
    if not mean:
        return np.zeros(before + after)
    response = np.fft.irfft(inside * heard * source.conj() / (power + mean), size)
    return np.concatenate((response[size - before :], response[:after]))


def highest(response: Signal, first: int = 0) -> Peak:
    """The peak of a response whose first value has the lag ``first``."""
    size = np.abs(response)
    at, median = int(np.argmax(size)), float(np.median(size))
    height = float(size[at])
    return Peak(at + first, height, height / median if median > 0 else 0.0)


def repeats(sound: Signal, reach: int) -> bool:
    """Whether a sound is so like itself up to ``reach`` samples later that it can't tell a delay: a tone is."""
    own = np.abs(deconvolved(sound, sound, 0, reach))
    return float(own[APART:].max(initial=0.0)) > REPEATED * float(own[0])


def band(x: Signal) -> Signal:
    """Without what is not played: rumble and hiss."""
    size = 1 << (len(x) - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(x, size) * in_band(size), size)[: len(x)]


def in_band(size: int) -> NDArray[np.bool_]:
    """Which frequencies of a transform of that length are looked at."""
    frequencies = np.fft.rfftfreq(size, 1 / RATE)
    return (frequencies >= LOW_HZ) & (frequencies <= HIGH_HZ)
