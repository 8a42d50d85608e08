"""How likely is it that the user talks while the assistant plays: log-odds, for the duck and for the cut."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.barge_in.features import FEATURES, Features
from voice_tui.audio.barge_in.likeness import DOUBT
from voice_tui.audio.barge_in.recurrent import Recurrent, RecurrentWeights
from voice_tui.audio.echo.front_end import FrontFrame, Rest

VOICE = FEATURES.index("voice")
WEIGHTS = Path(__file__).with_name("weights.npz")
CERTAIN = 10.0  # nats
DUCK_DOUBT = 0.6  # share of the doubt: a duck is cheap, but while it ends nothing is heard
WAITING_FRAMES = 400  # what means, floors and the network need to know of the time before an answer, 4 s
MAKE_UP_FRAMES = 25  # a frame: 0.2 s until all is made up for, about when what plays can be heard


@dataclass(frozen=True, slots=True)
class Evidence:
    """One frame's judgement.

    Attributes:
        duck: Log-odds that the user has begun to talk, for a reaction that is cheap to undo.
        cut: Log-odds that the user talks, for one that is not.
        voiced: There is plainly the user's voice in this frame; how long it lasts is counted in such frames.
        played_s: Seconds of playback so far: how much the cancellers have had to learn from.
        features: The numbers behind it, by `FEATURES`.
    """

    duck: float
    cut: float
    voiced: bool = False
    played_s: float = 1e9
    features: NDArray[np.float64] | None = None


NOTHING = Evidence(-CERTAIN, -CERTAIN)
"""Where nothing plays nobody interrupts."""

BEGUN = -2.5  # log-odds of the duck from which on a voice has begun: nearest to the truth at the moment of a cut
PLAIN = 1.0  # log-odds of the quick voice model from which on a voice lasts: the end of a short word is not drawn out
OWN = -1.0  # log-odds of the cut from which on it may be the user's: what is left of an echo is a voice as well


class BargeInEvidence:
    """Feed frames of the front end and the playback gain, take the evidence.

    While nothing plays nobody can interrupt: then frames only wait, and the older ones fall away. When something plays
    again those that wait are made up for, a few with each new frame, so that the voice thread is never held up.
    """

    def __init__(self) -> None:
        self._features = Features()
        self._network = Recurrent(_weights())
        self._waiting: deque[tuple[FrontFrame, float]] = deque()
        self._rested: deque[tuple[Rest, float]] = deque()  # behind them, and not looked at yet
        self._resting = 0  # frames in them
        self._missed = 0  # frames that fell away

    def feed(self, front: FrontFrame, gain: float = 1.0, playing: bool = True) -> Evidence:
        """Take the next 10 ms.

        Args:
            front: From the front end, whose reference was already turned down by ``gain``.
            gain: Playback gain (0-1) that this frame's reference was played with.
            playing: The assistant can be heard, so that somebody wants to know.

        Returns:
            What the frame says; `NOTHING` where nobody wants to know, and until what waited is made up for.
        """
        self._line_up()
        self._waiting.append((front, gain))
        if front.resting and not playing:
            self._forget(WAITING_FRAMES)
            return NOTHING
        evidence = NOTHING
        for _ in range(min(len(self._waiting), MAKE_UP_FRAMES)):
            evidence = self._judge(*self._waiting.popleft())
        if self._waiting:
            return NOTHING
        if self._missed:
            self._features.missed(self._missed)
            self._missed = 0
        return evidence

    def rest(self, rest: Rest, gain: float = 1.0) -> None:
        """Take the next frames, all of them while nothing plays and nobody wants to know."""
        self._rested.append((rest, gain))
        self._resting += len(rest.speech_probabilities)
        while self._resting - (oldest := len(self._rested[0][0].speech_probabilities)) >= WAITING_FRAMES:
            self._rested.popleft()  # it can't be wanted any more
            self._resting -= oldest
            self._missed += len(self._waiting) + oldest
            self._waiting.clear()

    def _line_up(self) -> None:
        """Put what came at rest into the line of what waits."""
        if self._rested:
            self._waiting.extend((frame, gain) for rest, gain in self._rested for frame in rest.frames())
            self._rested.clear()
            self._resting = 0
            self._forget(WAITING_FRAMES)

    def _forget(self, longest: int) -> None:
        while len(self._waiting) > longest:
            self._waiting.popleft()
            self._missed += 1

    def _judge(self, front: FrontFrame, gain: float) -> Evidence:
        features = self._features.feed(front, gain)
        duck, cut = self._network.feed(features)
        doubt = DOUBT if front.jumped else self._features.likeness.doubt if front.cancels else 0.0
        duck, cut = duck - DUCK_DOUBT * doubt, cut - doubt
        voiced = bool(features[VOICE] > PLAIN) and cut > OWN
        return Evidence(duck, cut, voiced, self._features.usual.played_s, features)


@cache
def _weights() -> RecurrentWeights:
    return RecurrentWeights.read(WEIGHTS)
