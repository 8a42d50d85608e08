"""The engine that asks two models: Silero, seldom taken in by a noise, and earshot, which misses few voices."""

from __future__ import annotations

import math

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.audio.stream.resample import MODEL_FRAME, Down
from voice_tui.audio.vad.models import EarshotStream, SileroStream, logit

# Two numbers, chosen on generated voices and noises, judged on others and on recordings (docs/figures.md).
SHARE = 0.5  # of Silero in the mean of the two log-odds
BENEFIT_OF_DOUBT = 0.6  # nats: in loud noise both miss more speech than they take noise for speech


class FusedEngine:
    """The mean of what Silero and earshot say, in log-odds."""

    def __init__(self) -> None:
        self.reset()

    def feed(self, pcm: Pcm) -> float:
        """Take int16 of shape (240,) at 24 kHz, give the probability that somebody speaks, 0-1."""
        return self.judge(pcm)[-1]

    def judge(self, pcm: Pcm) -> list[float]:
        """Take frames that came together, int16 of shape (n · 240,); give what `feed` would give of each."""
        samples = self._down.process(pcm)
        quick = self._earshot.judge(samples)
        sure = [self._silero.feed(block) for block in samples.reshape(-1, MODEL_FRAME)]
        return [_mean(*both) for both in zip(sure, quick, strict=True)]

    def reset(self) -> None:
        """Forget the stream."""
        self._down, self._silero, self._earshot = Down(), SileroStream(), EarshotStream()


def _mean(sure: float, quick: float) -> float:
    odds = SHARE * logit(sure) + (1 - SHARE) * logit(quick) + BENEFIT_OF_DOUBT
    return 1 / (1 + math.exp(-odds))
