"""The gate between microphone and server: while it is closed the server hears silence, and its clock stays true.

Frames go through a short line before they are sent. When the gate opens because somebody interrupts, the line holds
what was said before the decision: the first syllable is not lost. Frames sent are frames captured, one for one and in
order; only their content may be silence.
"""

from __future__ import annotations

from collections import deque

from voice_tui.audio.stream.pcm import SILENCE, Pcm


class Gate:
    """One frame in, no, one or many frames out."""

    def __init__(self) -> None:
        self._line: deque[Pcm] = deque()
        self.closed = False
        """The server hears silence."""

    @property
    def held(self) -> int:
        """Frames that wait in the line."""
        return len(self._line)

    def feed(self, pcm: Pcm, line_frames: int) -> list[Pcm]:
        """Take the next frame, give what is to be sent now.

        Args:
            pcm: int16, shape (240,).
            line_frames: How many frames a closed gate holds back; may change at any time.
        """
        self._line.append(pcm)
        if not self.closed:
            return self._drain()
        return [self._pop_silent() for _ in range(max(0, len(self._line) - line_frames))]

    def close(self) -> None:
        """From the next frame on the server hears silence."""
        self.closed = True

    def open(self, keep: int | None = None) -> list[Pcm]:
        """Let through again, and give what waits: the newest ``keep`` frames as they were said, older ones silent."""
        self.closed = False
        silent = 0 if keep is None else max(0, len(self._line) - keep)
        return [self._pop_silent() for _ in range(silent)] + self._drain()

    def _pop_silent(self) -> Pcm:
        self._line.popleft()
        return SILENCE

    def _drain(self) -> list[Pcm]:
        out = list(self._line)
        self._line.clear()
        return out
