"""How likely is it that the user talks while the assistant plays: log-odds, for the duck and for the cut."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.barge_in.features import Features
from voice_tui.audio.barge_in.weights import CUT, DUCK
from voice_tui.audio.echo.front_end import FrontFrame

# Every number enters as it is and as two running means: time constants in frames. The duck has to be quick and may be
# wrong, the cut has time to look for the length of a syllable.
DUCK_MEANS = (1.0, 4.0)
CUT_MEANS = (3.0, 15.0)
CERTAIN = 10.0  # nats
RECALLED_FRAMES = 60  # before playback: the floors of the room and the means are what they would be (20 ms of work)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One frame's judgement.

    Attributes:
        duck: Log-odds that the user has begun to talk, for a reaction that is cheap to undo.
        cut: Log-odds that the user talks, for one that is not.
        voiced: Whether there is a voice in this frame; what durations of speech are counted in.
        played_s: Seconds of playback so far: how much the cancellers have had to learn from.
        features: The numbers behind it, by `FEATURES`.
    """

    duck: float
    cut: float
    voiced: bool = False
    played_s: float = 1e9
    features: NDArray[np.float64] | None = None


class Means:
    """Running means of a vector that start at its first value."""

    def __init__(self, frames: tuple[float, ...]) -> None:
        self._gains = [1 - float(np.exp(-1 / n)) for n in frames]
        self._values: list[NDArray[np.float64]] = []

    def feed(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take shape (n,), give shape (n * means,)."""
        if not self._values:
            self._values = [x.copy() for _ in self._gains]
        for value, gain in zip(self._values, self._gains, strict=True):
            value += gain * (x - value)
        return np.concatenate(self._values)


NOTHING = Evidence(-CERTAIN, -CERTAIN)
"""Where nothing plays nobody interrupts."""

VOICED_LOG_ODDS = -1.5  # where the length of a voice is nearest to the truth at the moment of a cut


class BargeInEvidence:
    """Feed frames of the front end and the playback gain, take the evidence."""

    def __init__(self) -> None:
        self._features = Features()
        self._duck_means, self._cut_means = Means(DUCK_MEANS), Means(CUT_MEANS)
        self._passed: deque[FrontFrame] = deque(maxlen=RECALLED_FRAMES)  # the newest that nobody asked about

    def feed(self, front: FrontFrame, gain: float = 1.0, playing: bool = True) -> Evidence:
        """Take the next 10 ms.

        Args:
            front: From the front end, whose reference was already turned down by ``gain``.
            gain: Playback gain (0-1) that this frame's reference was played with.
            playing: Whether anybody asks: while nothing plays and the front end rests, frames are passed over; when
                something plays again the newest of them are made up for.
        """
        if front.resting and not playing:
            self._passed.append(front)
            return NOTHING
        for passed in self._passed:
            self._judge(passed, 1.0)
        self._passed.clear()
        return self._judge(front, gain)

    def _judge(self, front: FrontFrame, gain: float) -> Evidence:
        x = self._features.feed(front, gain)
        duck = DUCK.log_odds(self._duck_means.feed(x))
        cut = CUT.log_odds(self._cut_means.feed(x))
        return Evidence(duck, cut, duck > VOICED_LOG_ODDS, self._features.usual.played_s, x)
