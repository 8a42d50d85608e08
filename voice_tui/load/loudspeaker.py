"""A loudspeaker that only counts: what a whole client plays could be heard at just that moment. Pure."""

from __future__ import annotations

from voice_tui.audio.stream.pcm import BYTES_PER_SAMPLE, RATE
from voice_tui.messages.inputs import CutDone, Progressed


class Loudspeaker:
    """Plays in real time; positions count samples of content, as an engine is told of them.

    Args:
        now: When it is switched on, s on any clock.
    """

    def __init__(self, now: float) -> None:
        self._written, self._handed, self._at = 0, 0.0, now
        self._cuts: list[CutDone] = []
        self._told = 0

    def play(self, pcm: bytes, now: float) -> None:
        """Append a piece."""
        self._move(now)
        self._written += len(pcm) // BYTES_PER_SAMPLE

    def flush(self, cut: int, now: float) -> None:
        """Drop what waits."""
        self._move(now)
        self._cuts.append(CutDone(cut, int(self._handed), self._written))
        self._handed = self._written

    def progress(self, now: float) -> list[CutDone | Progressed]:
        """What has happened since the last call."""
        self._move(now)
        out: list[CutDone | Progressed] = [*self._cuts]
        self._cuts.clear()
        if (handed := int(self._handed)) != self._told:
            self._told = handed
            out.append(Progressed(handed, handed))
        return out

    def _move(self, now: float) -> None:
        self._handed = min(self._written, self._handed + (now - self._at) * RATE)
        self._at = now
