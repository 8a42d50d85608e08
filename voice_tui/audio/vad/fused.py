"""The engine that asks two models, and looks at what their judgements stand in.

Silero is seldom taken in by a noise, earshot misses few voices; both let go late, and take a crowd for the user.
"""

from __future__ import annotations

import math

import numpy as np

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.audio.stream.resample import MODEL_FRAME, Down
from voice_tui.audio.vad.context import Context
from voice_tui.audio.vad.context_weights import DOUBT
from voice_tui.audio.vad.models import EarshotStream, SileroStream, logit

# Two numbers, chosen on generated voices and noises, judged on others and on recordings (docs/figures.md).
SHARE = 0.5  # of Silero in the mean of the two log-odds
BENEFIT_OF_DOUBT = 0.6  # nats: in loud noise both miss more speech than they take noise for speech


class FusedEngine:
    """The mean of what Silero and earshot say, in log-odds, and what a small network adds who sees their context."""

    def __init__(self) -> None:
        self.reset()

    def feed(self, pcm: Pcm) -> float:
        """Take int16 of shape (240,) at 24 kHz, give the probability that somebody speaks, 0-1."""
        return self.judge(pcm)[-1]

    def judge(self, pcm: Pcm) -> list[float]:
        """Take frames that came together, int16 of shape (n · 240,); give what `feed` would give of each."""
        samples = self._down.process(pcm)
        judged = []
        for block, quick, levels in zip(
            samples.reshape(-1, MODEL_FRAME), self._earshot.judge(samples), self._context.levels(samples), strict=True
        ):
            sure, hasty = logit(self._silero.feed(block)), logit(quick)
            numbers = self._context.feed(levels, sure, self._silero.age, hasty)
            judged.append(_probability(mean(sure, hasty) + DOUBT.log_odds(np.array(numbers))))
        return judged

    def reset(self) -> None:
        """Forget the stream."""
        self._down, self._silero, self._earshot, self._context = Down(), SileroStream(), EarshotStream(), Context()


def mean(sure: float, quick: float) -> float:
    """What Silero and earshot say together, log-odds of theirs."""
    return SHARE * sure + (1 - SHARE) * quick + BENEFIT_OF_DOUBT


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-min(max(odds, -30.0), 30.0)))
