"""Levels for the meters, coalesced: the loudest 10 ms of each thirtieth of a second."""

from __future__ import annotations

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, SILENCE_DBFS, Pcm, levels, rms_dbfs, to_dbfs
from voice_tui.messages.inputs import LevelsMeasured

INTERVAL_S = 1 / 30  # faster than that nobody can read


class LevelTracker:
    """Collects what was captured and what was handed over."""

    def __init__(self) -> None:
        self._captured: list[Pcm] = []  # measured together when they are asked for: a third of the work
        self._assistant = SILENCE_DBFS
        self._due = 0.0

    def captured(self, pcm: Pcm) -> None:
        """Some microphone, shape (n · 240,)."""
        self._captured.append(pcm)

    def handed(self, pcm: Pcm) -> None:
        """What went to the loudspeaker, shape (n,)."""
        for i in range(0, len(pcm), FRAME):
            self._assistant = max(self._assistant, rms_dbfs(pcm[i : i + FRAME]))

    def take(self, now: float, t: float) -> LevelsMeasured | None:
        """The levels, when they are due; ``t`` is the microphone's clock in s."""
        if now < self._due:
            return None
        self._due = now + INTERVAL_S
        rms, mean = self._loudest()
        notice = LevelsMeasured(round(to_dbfs(rms), 1), round(self._assistant, 1), mean, t)
        self._captured.clear()
        self._assistant = SILENCE_DBFS
        return notice

    def _loudest(self) -> tuple[float, float]:
        """The greatest RMS and the greatest mean of ``|x|`` of a frame, full scale 1.0."""
        if not self._captured:
            return 0.0, 0.0
        return levels(self._captured[0] if len(self._captured) == 1 else np.concatenate(self._captured))
