"""Levels for the meters, coalesced: the loudest 10 ms of each thirtieth of a second."""

from __future__ import annotations

from voice_tui.audio.stream.pcm import FRAME, SILENCE_DBFS, Pcm, mean_level, rms_dbfs
from voice_tui.messages.inputs import LevelsMeasured

INTERVAL_S = 1 / 30  # faster than that nobody can read


class LevelTracker:
    """Collects what was captured and what was handed over."""

    def __init__(self) -> None:
        self._mic = self._assistant = SILENCE_DBFS
        self._mean = 0.0
        self._due = 0.0

    def captured(self, pcm: Pcm) -> None:
        """10 ms of microphone."""
        self._mic = max(self._mic, rms_dbfs(pcm))
        self._mean = max(self._mean, mean_level(pcm))

    def handed(self, pcm: Pcm) -> None:
        """What went to the loudspeaker, shape (n,)."""
        for i in range(0, len(pcm), FRAME):
            self._assistant = max(self._assistant, rms_dbfs(pcm[i : i + FRAME]))

    def take(self, now: float, t: float) -> LevelsMeasured | None:
        """The levels, when they are due; ``t`` is the microphone's clock in s."""
        if now < self._due:
            return None
        self._due = now + INTERVAL_S
        notice = LevelsMeasured(round(self._mic, 1), round(self._assistant, 1), self._mean, t)
        self._mic = self._assistant = SILENCE_DBFS
        self._mean = 0.0
        return notice
