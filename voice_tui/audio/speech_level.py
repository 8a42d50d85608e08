"""How loud somebody speaks, measured while they do: the active speech level, without the pauses.

Method B of ITU-T P.56 over frames of 10 ms: of all thresholds the one is sought that lies a margin below the level of
what exceeds it. It needs nobody who says where the words are, and agrees with those who do within a dB or two.
"""

from __future__ import annotations

import numpy as np

from voice_tui.audio.stream.audible import AUDIBLE_DBFS, AUDIBLE_LEVEL, frame_levels
from voice_tui.audio.stream.pcm import Pcm

NOMINAL_DBFS = -26.0
"""What speech is taken for before enough was heard: the level at which it is recorded for tests."""
MARGIN_DB = 15.9  # of P.56: quieter parts of a word are still speech
ENOUGH_FRAMES = 100  # 1 s of it


class SpeechLevel:
    """Takes the microphone while nothing else is played."""

    def __init__(self) -> None:
        bins = round(-AUDIBLE_DBFS) + 1  # of 1 dB
        self._counts = np.zeros(bins)
        self._energy = 0.0

    def feed(self, pcm: Pcm) -> None:
        """Take more of it, int16, shape (n · 240,); what can't be heard is not speech."""
        levels = frame_levels(pcm)
        levels = levels[levels > AUDIBLE_LEVEL]
        if len(levels):
            np.add.at(self._counts, (20 * np.log10(levels) - AUDIBLE_DBFS).astype(int).clip(0), 1)
            self._energy += float(np.square(levels.astype(np.float64)).sum())

    @property
    def dbfs(self) -> float:
        """The active speech level, RMS in dBFS; `NOMINAL_DBFS` before a second of it was heard."""
        if self._counts.sum() < ENOUGH_FRAMES:
            return NOMINAL_DBFS
        above = self._counts[::-1].cumsum()[::-1]  # frames that exceed each threshold
        thresholds = np.arange(len(above)) + AUDIBLE_DBFS
        active = 10 * np.log10(self._energy / np.maximum(above, 1))
        within = np.flatnonzero((above > 0) & (active - thresholds <= MARGIN_DB))
        return float(active[within[0]])
