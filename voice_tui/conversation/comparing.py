"""Local and server detector side by side: who was first, and how often only one of them heard something."""

from __future__ import annotations

from collections import deque
from statistics import median

from voice_tui.conversation.bus import Bus
from voice_tui.conversation.turn_notices import DetectorsCompared

PAIR_S = 1.5  # onsets further apart are not about the same voice
KEPT = 50  # pairs that the median looks at


class Comparison:
    """Pairs onsets by when they were decided, on the driver's clock."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._open: dict[str, float] = {}  # source -> its onset that has no partner yet
        self._leads: deque[int] = deque(maxlen=KEPT)
        self._pairs = self._alone = 0

    def onset(self, source: str) -> None:
        """``local`` or ``server`` heard the user begin, now."""
        other = "server" if source == "local" else "local"
        now = self._bus.now
        partner = self._open.pop(other, None)
        if partner is not None and now - partner <= PAIR_S:
            lead = now - partner if source == "server" else partner - now
            self._leads.append(round(lead * 1000))
            self._pairs += 1
            self._tell()
            return
        if partner is not None:
            self._alone += 1
        if self._open.pop(source, None) is not None:
            self._alone += 1
            self._tell()
        self._open[source] = now

    def tick(self) -> None:
        """An onset that has waited too long stays alone."""
        for source, at in list(self._open.items()):
            if self._bus.now - at > PAIR_S:
                del self._open[source]
                self._alone += 1
                self._tell()

    def _tell(self) -> None:
        lead = round(median(self._leads)) if self._leads else None
        self._bus.notify(DetectorsCompared(lead, self._pairs, self._alone))
