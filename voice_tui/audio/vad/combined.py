"""Engines that weigh several witnesses: levels alone, with earshot, with earshot and Silero."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from pywebrtc_audio import NoiseSuppressor

from voice_tui.audio.spectral.spectrum import Smooth
from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.audio.stream.resample import MODEL_RATE, Down, Samples, to_int16
from voice_tui.audio.vad.level_cues import LEVEL_CUES, LevelCues
from voice_tui.audio.vad.models import EarshotStream, SileroStream, logit
from voice_tui.audio.vad.weights import ADAPTIVE, FUSED, LIGHT

LIGHT_CUES = LEVEL_CUES + 4
FUSED_CUES = LIGHT_CUES + 2


class Cues:
    """Everything that the engines weigh: level cues, then earshot and the noise suppressor, then Silero.

    Args:
        networks: 0 levels only, 1 with earshot and the suppressor's probability, 2 with Silero too.
    """

    def __init__(self, networks: int) -> None:
        self._levels = LevelCues()
        self._networks = networks
        self._earshot, self._earshot_mean = EarshotStream(), Smooth(6)
        self._suppressor, self._suppressor_mean = NoiseSuppressor(MODEL_RATE, level=2), Smooth(10)
        self._silero, self._silero_mean = SileroStream() if networks > 1 else None, Smooth(8)

    def feed(self, samples: Samples) -> NDArray[np.float64]:
        """Take 10 ms at 16 kHz, give shape (LEVEL_CUES | LIGHT_CUES | FUSED_CUES,)."""
        cues = self._levels.feed(samples)
        if not self._networks:
            return cues
        voice = logit(self._earshot.feed(samples))
        self._suppressor.process(to_int16(samples))
        guess = float(self._suppressor.speech_probability) * 4 - 2
        more = [voice, self._earshot_mean.feed(voice), guess, self._suppressor_mean.feed(guess)]
        if self._silero is not None:
            voice = logit(self._silero.feed(samples))
            more += [voice, self._silero_mean.feed(voice)]
        return np.concatenate((cues, more))


class _Weighed:
    """A `Cues` and a network over it."""

    _networks = 0
    _network = ADAPTIVE

    def __init__(self) -> None:
        self.reset()

    def feed(self, pcm: Pcm) -> float:
        """Take int16 of shape (240,) at 24 kHz, give the probability that somebody speaks, 0-1."""
        odds = self._network.log_odds(self._cues.feed(self._down.process(pcm)))
        return 1 / (1 + math.exp(-min(max(odds, -30.0), 30.0)))

    def judge(self, pcm: Pcm) -> list[float]:
        """Take frames that came together, int16 of shape (n · 240,); give what `feed` would give of each."""
        return [self.feed(frame) for frame in pcm.reshape(-1, FRAME)]

    def reset(self) -> None:
        """Forget the stream."""
        self._down, self._cues = Down(), Cues(self._networks)


class AdaptiveEngine(_Weighed):
    """Levels against a tracked floor and peak, and periodicity; no speech model behind it."""


class LightEngine(_Weighed):
    """Levels, earshot and the noise suppressor: 1 % of a core."""

    _networks = 1
    _network = LIGHT


class FusedEngine(_Weighed):
    """Levels, earshot and Silero: the most accurate, 5 % of a core."""

    _networks = 2
    _network = FUSED
