"""The microphone of a user who is played: silence, and what it is given to say, sample by sample on its own clock."""

from __future__ import annotations

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, RATE, SILENCE, Pcm


class CallerMicrophone:
    """Says what it is given in real time; between that it is silent, and it never ends by itself.

    Args:
        background: What is heard in it all the time, over and over, int16 at 24 kHz; None: nothing.
    """

    dropped = 0
    real, waits = False, False
    name = "caller"

    def __init__(self, background: Pcm | None = None) -> None:
        self._background = background if background is not None and len(background) else None
        self._start: float | None = None
        self._speech = np.zeros(0, np.int16)
        self._frames = 0  # delivered

    @property
    def finished(self) -> bool:
        """Everything has been said."""
        return not len(self._speech)

    def say(self, pcm: Pcm) -> float:
        """Say this, int16 at 24 kHz, behind what is still being said; gives when its first sample is due, s."""
        begins = (self._start or 0.0) + (self._frames * FRAME + len(self._speech)) / RATE
        self._speech = np.concatenate([self._speech, pcm])
        return begins

    def start(self, now: float) -> None:
        """Its clock begins."""
        self._start = now

    def read(self, now: float) -> list[Pcm]:
        """The frames that are due."""
        if self._start is None:
            return []
        due = round((now - self._start) * RATE) // FRAME
        frames = [self._with_background(self._next(), number) for number in range(self._frames, due)]
        self._frames = max(self._frames, due)
        return frames

    def _next(self) -> Pcm:
        if not len(self._speech):
            return SILENCE
        piece, self._speech = self._speech[:FRAME], self._speech[FRAME:]
        return piece if len(piece) == FRAME else np.concatenate([piece, SILENCE[len(piece) :]])

    def _with_background(self, frame: Pcm, number: int) -> Pcm:
        if self._background is None:
            return frame
        at = np.arange(number * FRAME, (number + 1) * FRAME) % len(self._background)
        mixed: Pcm = np.clip(frame.astype(np.int32) + self._background[at], -32_768, 32_767).astype(np.int16)
        return mixed

    def stop(self) -> None:
        """Nothing to close."""
