"""Where the microphone's samples lie on the talk's clock.

What is captured comes in pieces and late, by a buffer and by whoever is slow; never early. So the piece that came
soonest lately says where the microphone's clock stands. A microphone that lost samples is behind from then on, and so
this looks back no further than a few seconds.
"""

from __future__ import annotations

WINDOW_MS = 2_000  # twice as long a capture may be late, and nobody believes that it is the clock


class MicrophoneClock:
    """Follows the soonest of what was captured."""

    def __init__(self) -> None:
        self._soonest: float | None = None  # talk's clock less the microphone's, ms, of this window
        self._before: float | None = None  # ... and of the one before
        self._until = 0.0

    def captured(self, end_ms: float, now_ms: float) -> None:
        """What came now ends at ``end_ms`` of the microphone's clock."""
        late = now_ms - end_ms
        if now_ms >= self._until:
            self._before, self._soonest, self._until = self._soonest, None, now_ms + WINDOW_MS
        self._soonest = late if self._soonest is None else min(self._soonest, late)

    def at(self, ms: float) -> int:
        """A moment of the microphone's clock on the talk's, ms."""
        return round(ms + self._offset)

    def back(self, ms: float) -> float:
        """A moment of the talk's clock on the microphone's, ms."""
        return ms - self._offset

    @property
    def _offset(self) -> float:
        known = [late for late in (self._before, self._soonest) if late is not None]
        return min(known, default=0.0)
