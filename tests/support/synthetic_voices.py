"""Voices that tests make themselves: a buzz through the formants of random vowels, in syllables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import RATE, Pcm

VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))  # Hz, of a man
BANDWIDTHS = (80, 110, 160)  # Hz
SYLLABLE_S = 0.2


@dataclass(frozen=True, slots=True)
class SyntheticVoice:
    """Somebody: the pitch, Hz, and how much shorter than a man's the throat is."""

    pitch_hz: float
    formants: float

    def say(self, seconds: float, seed: int) -> Pcm:
        """Random vowels; another seed says something else."""
        rng = np.random.default_rng(seed)
        pieces = [self._syllable(rng) for _ in range(int(np.ceil(seconds / SYLLABLE_S)))]
        return to_int16(np.concatenate(pieces)[: int(seconds * RATE)])

    def _syllable(self, rng: np.random.Generator) -> NDArray[np.float64]:
        size = int(SYLLABLE_S * RATE)
        glide = np.linspace(rng.uniform(0.9, 1.1), rng.uniform(0.9, 1.1), size)
        phase = np.cumsum(self.pitch_hz * glide) / RATE
        buzz = (np.diff(np.floor(phase), prepend=0) > 0) + rng.standard_normal(size) * 0.01
        hz = np.fft.rfftfreq(size, 1 / RATE)
        throat = np.ones(len(hz), np.complex128)
        for formant, width in zip(VOWELS[rng.integers(len(VOWELS))], BANDWIDTHS, strict=True):
            centre = formant * self.formants
            throat *= centre**2 / (centre**2 - hz**2 + 1j * hz * width)
        sound = np.fft.irfft(np.fft.rfft(buzz) * throat, size) * np.hanning(size)
        return np.asarray(sound / np.abs(sound).max())


def to_int16(sound: NDArray[np.float64], peak: float = 0.3) -> Pcm:
    """Sound at a peak level, full scale 1.0."""
    return np.asarray(sound / np.abs(sound).max() * peak * 32767, np.int16)


DEEP = SyntheticVoice(105, 1.0)
HIGH = SyntheticVoice(215, 1.18)
CHILD = SyntheticVoice(290, 1.32)
