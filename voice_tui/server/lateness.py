"""Whether the server keeps up with what its clients say; where it does not for long, some have to go.

Sessions that are all served too late are of no use to anybody, and a turn that is heard a minute late is lost without a
word. So those that were there first are kept, and the newest are told why they have to go.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from statistics import median

LOOK_S = 0.25
LOOKS = 9
"""Two seconds: a model that is loaded holds everything up once, and that is over soon."""
MOST_S = 0.3
"""An event loop that is later than that answers nobody in time."""
MOST_BEHIND = 0.5
"""The share of clients whose words wait to be read."""
RELIEF_LOOKS = 8
"""So long it lasts before sessions have to go; then it is seen for as long whether that was enough."""
SHARE = 4
"""One of so many sessions has to go at once, the newest: fewer would not be felt in time."""


class Lateness:
    """Looks now and then how late the event loop is, and how many clients wait to be heard.

    Args:
        behind: The share of clients whose words wait to be read, 0-1.
    """

    def __init__(self, behind: Callable[[], float] = lambda: 0.0) -> None:
        self._behind = behind
        self._late: deque[float] = deque(maxlen=LOOKS)
        self._waiting: deque[float] = deque(maxlen=LOOKS)
        self._lasts = 0

    @property
    def too_late(self) -> bool:
        """There is no room for another session, nor for another turn."""
        if len(self._late) < LOOKS:
            return False
        return median(self._late) > MOST_S or median(self._waiting) > MOST_BEHIND

    def look(self, late_s: float) -> bool:
        """Look once; true: sessions have to go.

        Args:
            late_s: So late the event loop is, s.
        """
        self._late.append(late_s)
        self._waiting.append(self._behind())
        self._lasts = self._lasts + 1 if self.too_late else 0
        relief = self._lasts > RELIEF_LOOKS
        if relief:
            self._lasts = 0
        return relief

    async def watch(self, relieve: Callable[[], None]) -> None:
        """Look until cancelled.

        Args:
            relieve: Lets some sessions go.
        """
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + LOOK_S
            await asyncio.sleep(LOOK_S)
            if self.look(clock() - due):
                relieve()
