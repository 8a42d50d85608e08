"""Where the microphone's samples lie on the talk's clock.

What is captured comes in pieces and late, by a buffer and by whoever is slow; never early. So the piece that came
soonest lately says where the microphone's clock stands. A microphone that stood still, or lost samples, is behind from
then on: when nothing has come in time for a while, what comes now is believed.
"""

from __future__ import annotations

WINDOW_MS = 2_000  # two of them are looked back on: clocks of two devices drift apart
LATE_MS, LATE_FOR_MS = 250, 500  # so late, for so long, nothing is that is only read late


class MicrophoneClock:
    """Follows the soonest of what was captured."""

    def __init__(self) -> None:
        self._soonest: float | None = None  # talk's clock less the microphone's, ms, of this window
        self._before: float | None = None  # ... and of the one before
        self._until = 0.0
        self._late_since: float | None = None

    def captured(self, end_ms: float, now_ms: float) -> None:
        """What came now ends at ``end_ms`` of the microphone's clock."""
        late = now_ms - end_ms
        if self._soonest is None or late <= self._offset + LATE_MS:
            self._late_since = None
        else:
            self._late_since = now_ms if self._late_since is None else self._late_since
            if now_ms - self._late_since > LATE_FOR_MS:
                self._before = self._soonest = self._late_since = None
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
