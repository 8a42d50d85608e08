"""Levels for meters and scope: the loudest 10 ms of each thirtieth of a second.

Who was held up tells the time that has passed in slices, each with the levels of its own audio: nothing that was heard
is missing, and a slice in which the microphone delivered nothing says so.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from voice_tui.audio.decibels import SILENCE_DBFS, to_dbfs
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm, levels, rms_dbfs
from voice_tui.messages.inputs import LevelsMeasured

INTERVAL_S = 1 / 30  # faster than that nobody can read
SLICE_S = 0.1  # what has waited is told in pieces no longer than that
LONGEST_S = 20.0  # what was before is not told any more
DEAF_S = 0.25  # a microphone may deliver its audio in pieces that long
FRAME_S = FRAME / RATE
EPSILON = 1e-6  # what adds up to a boundary is not behind it


class _Piece(NamedTuple):
    """Some audio, and when it ended, s."""

    end: float
    pcm: Pcm


class LevelTracker:
    """Collects what was captured and what was handed over. All times are seconds on the talk's clock."""

    def __init__(self) -> None:
        self._captured: list[_Piece] = []
        self._handed: list[_Piece] = []
        self._told: float | None = None  # up to when
        self._heard_at = -math.inf

    def captured(self, pcm: Pcm, end: float) -> None:
        """Some microphone, shape (n · 240,), that ended at ``end``."""
        self._captured.append(_Piece(end, pcm))

    def handed(self, pcm: Pcm, end: float) -> None:
        """What went to the loudspeaker up to ``end``, shape (n,)."""
        if len(pcm):
            self._handed.append(_Piece(end, pcm))

    def take(self, now: float) -> list[LevelsMeasured]:
        """The levels since the last time, when they are due, oldest first."""
        start = now - INTERVAL_S if self._told is None else self._told
        if self._told is not None and now - start < INTERVAL_S:
            return []
        start = max(start, now - LONGEST_S)
        count = math.ceil((now - start) / SLICE_S - EPSILON)
        slices = [self._slice(now)] if count == 1 else self._slices(start, now, count)
        self._captured.clear()
        self._handed.clear()
        self._told = now
        return slices

    def _slices(self, start: float, now: float, count: int) -> list[LevelsMeasured]:
        captured, handed = _apart(self._captured), _apart(self._handed)
        told = []
        for i in range(1, count + 1):
            end = now if i == count else start + (now - start) * i / count + EPSILON
            self._captured = [piece for piece in captured if piece.end <= end or i == count]
            self._handed = [piece for piece in handed if piece.end <= end or i == count]
            captured, handed = captured[len(self._captured) :], handed[len(self._handed) :]
            told.append(self._slice(end))
        return told

    def _slice(self, end: float) -> LevelsMeasured:
        if self._captured:
            self._heard_at = end
        rms, mean = levels(np.concatenate([pcm for _, pcm in self._captured])) if self._captured else (0.0, 0.0)
        assistant = max((rms_dbfs(frame) for _, frame in _apart(self._handed)), default=SILENCE_DBFS)
        heard = end - self._heard_at <= DEAF_S
        return LevelsMeasured(round(to_dbfs(rms), 1), round(assistant, 1), mean, end, heard)


def _apart(pieces: list[_Piece]) -> list[_Piece]:
    """The same, 10 ms by 10 ms; the last of each may be shorter."""
    apart = []
    for end, pcm in pieces:
        count = math.ceil(len(pcm) / FRAME)
        apart += [_Piece(end - (count - 1 - i) * FRAME_S, pcm[i * FRAME : (i + 1) * FRAME]) for i in range(count)]
    return apart
