"""How long a voice has lasted."""

from __future__ import annotations

from voice_tui.audio.stream.pcm import FRAME_MS


class Stretch:
    """How long something has lasted, ms: gaps between syllables do not end it.

    Args:
        lag_ms: It is told so much later than it begins.
        gap_ms: A longer gap ends it.

    Attributes:
        ms: Since it began.
        lasted_ms: From then to where it was told last: what may be its end does not make it longer.
        voiced_ms: The frames of it that were told.
    """

    def __init__(self, lag_ms: int, gap_ms: int) -> None:
        self._lag_ms, self._longest_gap_ms = lag_ms, gap_ms
        self.forget()

    def forget(self) -> None:
        self.ms = self.lasted_ms = self.voiced_ms = 0

    def feed(self, told: bool) -> None:
        if told:
            self.ms += FRAME_MS if self.ms else self._lag_ms
            self.lasted_ms = self.ms
            self.voiced_ms += FRAME_MS
        elif self.ms:
            self.ms += FRAME_MS
            if self.ms - self.lasted_ms > self._longest_gap_ms:
                self.forget()
