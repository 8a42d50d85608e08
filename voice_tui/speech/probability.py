"""Is this speech? earshot's answer for every 16 ms, on the clock of the 24 kHz stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import FULL_SCALE, RATE, Pcm
from voice_tui.speech import packages

MODEL_RATE = 16_000  # Hz
MODEL_FRAME = 256  # samples at 16 kHz: 16 ms
WINDOW = MODEL_FRAME * RATE // MODEL_RATE  # the same 16 ms in samples at 24 kHz: 384


@dataclass(frozen=True, slots=True)
class Judged:
    """One window of the stream and how likely it is speech.

    Attributes:
        start: First sample, counted at 24 kHz from the first sample ever heard.
        probability: 0.0-1.0.
    """

    start: int
    probability: float

    @property
    def end(self) -> int:
        """The sample after the window."""
        return self.start + WINDOW


class SpeechProbability(Protocol):
    """Anything that judges a stream of PCM window by window."""

    def hear(self, pcm: Pcm) -> list[Judged]:
        """Judge the windows that this piece (24 kHz mono) completes."""
        ...


def to_model_rate(pcm: Pcm) -> NDArray[np.float32]:
    """A whole recording at 16 kHz, full scale 1.0 (24 kHz in)."""
    resampled = packages.load("samplerate", "samplerate").resample(_scaled(pcm), MODEL_RATE / RATE, "sinc_fastest")
    return np.ascontiguousarray(resampled, np.float32)


def _scaled(pcm: Pcm) -> NDArray[np.float32]:
    return pcm.astype(np.float32) / np.float32(FULL_SCALE)


class Earshot:
    """earshot on a live stream. It keeps state: one instance a stream."""

    def __init__(self) -> None:
        self._detector = packages.load("earshot", "earshot").Detector()
        self._resampler = packages.load("samplerate", "samplerate").Resampler("sinc_fastest", 1)
        self._waiting = np.zeros(0, np.float32)
        self._windows = 0

    def hear(self, pcm: Pcm) -> list[Judged]:
        """Judge the windows that this piece (24 kHz mono) completes."""
        resampled = self._resampler.process(_scaled(pcm), MODEL_RATE / RATE)
        stream = np.concatenate((self._waiting, resampled))
        whole = len(stream) // MODEL_FRAME
        judged = []
        for window in stream[: whole * MODEL_FRAME].reshape(whole, MODEL_FRAME):
            judged.append(Judged(self._windows * WINDOW, float(self._detector.predict_f32(window))))
            self._windows += 1
        self._waiting = stream[whole * MODEL_FRAME :]
        return judged


def judge(audio: NDArray[np.float32]) -> list[float]:
    """Speech probabilities of a whole recording at 16 kHz, one for every 16 ms."""
    detector = packages.load("earshot", "earshot").Detector()
    whole = len(audio) // MODEL_FRAME
    windows = audio[: whole * MODEL_FRAME].reshape(whole, MODEL_FRAME)
    return [float(detector.predict_f32(np.ascontiguousarray(window))) for window in windows]
