"""Voice detectors with one face: 10 ms in, the probability of speech out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from voice_tui.audio.stream.pcm import FRAME, Pcm, mean_level
from voice_tui.audio.stream.resample import Down
from voice_tui.audio.thresholds import SPEECH_LEVEL
from voice_tui.audio.vad.adaptive import AdaptiveEngine
from voice_tui.audio.vad.fused import FusedEngine
from voice_tui.audio.vad.models import EarshotStream, SileroStream


class VadEngine(Protocol):
    """Anything that judges a stream of 10 ms frames."""

    def feed(self, pcm: Pcm) -> float:
        """Take int16 of shape (240,) at 24 kHz, give the probability that somebody speaks, 0-1."""
        ...

    def judge(self, pcm: Pcm) -> list[float]:
        """Take frames that came together, int16 of shape (n · 240,); give what `feed` would give of each."""
        return [self.feed(frame) for frame in pcm.reshape(-1, FRAME)]

    def reset(self) -> None:
        """Forget the stream."""
        ...


class EnergyEngine(VadEngine):
    """The workshop's detector: the mean of ``|x|`` against a threshold.

    Above one half means above the threshold, exactly; what is between says how far.
    """

    def __init__(self, threshold: float = SPEECH_LEVEL) -> None:
        self.threshold = threshold
        """Level that is speech; may be changed at any time."""

    def feed(self, pcm: Pcm) -> float:
        """See `VadEngine.feed`."""
        level = mean_level(pcm)
        p = level / (level + self.threshold) if level else 0.0
        # Rounding must not turn "not above" into "above", nor the reverse.
        return max(p, math.nextafter(0.5, 1)) if level > self.threshold else min(p, math.nextafter(0.5, 0))

    def reset(self) -> None:
        """It has no past."""


class EarshotEngine(VadEngine):
    """earshot: a tiny network, every 16 ms. Weakness: pulsed tones."""

    def __init__(self) -> None:
        self.reset()

    def feed(self, pcm: Pcm) -> float:
        """See `VadEngine.feed`."""
        return self._stream.feed(self._down.process(pcm))

    def judge(self, pcm: Pcm) -> list[float]:
        """See `VadEngine.judge`."""
        return self._stream.judge(self._down.process(pcm))

    def reset(self) -> None:
        """See `VadEngine.reset`."""
        self._down, self._stream = Down(), EarshotStream()


class SileroEngine(VadEngine):
    """Silero VAD: the reference network, every 32 ms, 0.6 % of a core."""

    def __init__(self) -> None:
        self.reset()

    def feed(self, pcm: Pcm) -> float:
        """See `VadEngine.feed`."""
        return self._stream.feed(self._down.process(pcm))

    def reset(self) -> None:
        """See `VadEngine.reset`."""
        self._down, self._stream = Down(), SileroStream()


ENGINES: dict[str, Callable[[], VadEngine]] = {
    "energy": EnergyEngine,
    "adaptive": AdaptiveEngine,
    "earshot": EarshotEngine,
    "silero": SileroEngine,
    "fused": FusedEngine,
}
"""Name to factory: what ``--engine`` takes."""

DROPPED: dict[str, str] = {"light": "fused"}
"""Engines that there were, by the one that took their place: it hears more where nobody tuned them, and costs less."""


def unknown(name: str) -> str:
    """What to say of a name that is no engine's: its successor, if there was one, else those that there are."""
    if name in DROPPED:
        return f"there is no {name!r} any more: take {DROPPED[name]!r}"
    return f"{name!r} is not known, there are {', '.join(ENGINES)}"
