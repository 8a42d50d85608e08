"""The engine without a speech model: levels against a tracked floor and peak, and periodicity, weighed together."""

from __future__ import annotations

import math

from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.audio.stream.resample import Down
from voice_tui.audio.vad.level_cues import LevelCues
from voice_tui.audio.vad.weights import ADAPTIVE


class AdaptiveEngine:
    """`LevelCues`, and a small network over them."""

    def __init__(self) -> None:
        self.reset()

    def feed(self, pcm: Pcm) -> float:
        """Take int16 of shape (240,) at 24 kHz, give the probability that somebody speaks, 0-1."""
        odds = ADAPTIVE.log_odds(self._cues.feed(self._down.process(pcm)))
        return 1 / (1 + math.exp(-min(max(odds, -30.0), 30.0)))

    def judge(self, pcm: Pcm) -> list[float]:
        """Take frames that came together, int16 of shape (n · 240,); give what `feed` would give of each."""
        return [self.feed(frame) for frame in pcm.reshape(-1, FRAME)]

    def reset(self) -> None:
        """Forget the stream."""
        self._down, self._cues = Down(), LevelCues()
