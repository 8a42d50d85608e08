"""Whether the server keeps up: how late its event loop is, and so everything that it says."""

from __future__ import annotations

import asyncio
from collections import deque
from statistics import median

LOOK_S = 0.25
LOOKS = 9
"""Two seconds: a model that is loaded holds everything up once, and that is over soon."""
MOST_S = 0.3
"""Who connects to a loop that is later than that would be no pleasure to anybody."""


class Lateness:
    """Looks at the clock now and then, and sees how much later it is than it should be."""

    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=LOOKS)

    @property
    def seconds(self) -> float:
        """The median of the last looks, s; 0 until there are enough."""
        return median(self._late) if len(self._late) == LOOKS else 0.0

    @property
    def too_late(self) -> bool:
        """There is no room for another session."""
        return self.seconds > MOST_S

    async def watch(self) -> None:
        """Look until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + LOOK_S
            await asyncio.sleep(LOOK_S)
            self._late.append(clock() - due)
