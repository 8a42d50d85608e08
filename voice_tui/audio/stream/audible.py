"""What can be heard, and which sounds are one stretch: the definitions under every measure, see docs/metrics.md.

Time is counted in frames of 10 ms; a stretch is told in ms since the first of them.
"""

from __future__ import annotations

from array import array
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.decibels import from_dbfs
from voice_tui.audio.stream.pcm import FRAME, FRAME_MS, FULL_SCALE, Pcm

METRICS = 1
"""The version of the windows and thresholds: whoever changes one raises it, so that old figures are not compared."""
AUDIBLE_DBFS = -45.0
"""What is louder can be heard: RMS of 10 ms, the same for every measure."""
AUDIBLE_LEVEL = from_dbfs(AUDIBLE_DBFS)
"""The same, full scale 1.0."""
AGENT_PAUSE_MS = 500
"""The assistant's speech: pauses up to this long belong to it. It has stopped when it is silent for longer."""
USER_PAUSE_MS = 600
"""The user's speech: pauses up to this long belong to it."""


class Stretch(NamedTuple):
    """Sound without a pause that counts: ms from its first to behind its last audible 10 ms."""

    start_ms: int
    end_ms: int

    @property
    def ms(self) -> int:
        """How long it is."""
        return self.end_ms - self.start_ms


def frame_levels(pcm: Pcm) -> NDArray[np.float32]:
    """The RMS of each whole 10 ms, full scale 1.0; what is left over at the end is not looked at."""
    x = pcm[: len(pcm) // FRAME * FRAME].astype(np.float32).reshape(-1, FRAME)
    levels: NDArray[np.float32] = np.sqrt(np.einsum("ij,ij->i", x, x) / FRAME) / np.float32(FULL_SCALE)
    return levels


def audible_frames(pcm: Pcm) -> NDArray[np.bool_]:
    """Whether each whole 10 ms can be heard."""
    audible: NDArray[np.bool_] = frame_levels(pcm) > AUDIBLE_LEVEL
    return audible


def stretches(audible: NDArray[np.bool_], pause_ms: int = 0) -> list[Stretch]:
    """The stretches of sound, in order.

    Args:
        audible: Whether each 10 ms can be heard, shape (n,).
        pause_ms: A pause up to this long joins what is on both sides of it.
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([False], audible, [False])).astype(np.int8))) * FRAME_MS
    joined: list[Stretch] = []
    for start, end in edges.reshape(-1, 2).tolist():
        if joined and start - joined[-1].end_ms <= pause_ms:
            joined[-1] = Stretch(joined[-1].start_ms, end)
        else:
            joined.append(Stretch(start, end))
    return joined


class Audibility:
    """How loud each 10 ms are of a sound that comes in pieces of any length, counted from its first sample."""

    def __init__(self) -> None:
        self.first: int | None = None
        """The sample at which the first audible 10 ms begin; None: none have come yet."""
        self._levels = array("f")
        self._forgotten = 0  # levels before them
        self._rest = np.zeros(0, np.int16)

    def feed(self, pcm: Pcm) -> None:
        """Take the next piece, int16, shape (n,)."""
        whole = np.concatenate((self._rest, pcm)) if len(self._rest) else pcm
        levels = frame_levels(whole)
        if self.first is None and (audible := levels > AUDIBLE_LEVEL).any():
            self.first = (self._forgotten + len(self._levels) + int(np.argmax(audible))) * FRAME
        self._levels.frombytes(levels.tobytes())
        self._rest = whole[len(levels) * FRAME :].copy()

    def forget(self) -> None:
        """Give up the levels of what came so far: `first` stays, and what comes later is counted on."""
        self._forgotten += len(self._levels)
        self._levels = array("f")

    def last(self, start: int, stop: int, gain: float = 1.0) -> int | None:
        """Behind the last audible 10 ms between two samples, and not behind ``stop``; None: there are none.

        Args:
            start: The one, a sample.
            stop: The other.
            gain: What they are played with, 0-1.
        """
        first = max(self._forgotten, start // FRAME)
        here = slice(first - self._forgotten, max(0, -(-stop // FRAME) - self._forgotten))
        levels = np.frombuffer(self._levels, np.float32)[here]
        audible = np.flatnonzero(levels * gain > AUDIBLE_LEVEL)
        return min(stop, (first + int(audible[-1]) + 1) * FRAME) if len(audible) else None
