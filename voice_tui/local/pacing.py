"""Speech leaves a few times faster than it plays: fast enough never to starve, slow enough that a cancel can hit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from voice_tui.audio.pcm import RATE

TIMES_REAL_TIME = 4.0

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


class Pacer:
    """The schedule of one answer.

    Args:
        ratio: How many times faster than real time.
        clock: Monotonic seconds.
        sleep: Waits so many seconds; called before every delta, with 0 where it may leave at once, so that whatever
            else the loop has to do comes in between.
    """

    def __init__(
        self, ratio: float = TIMES_REAL_TIME, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._ratio, self._clock, self._sleep = ratio, clock, sleep
        self._began: float | None = None

    async def wait(self, samples: int) -> None:
        """Wait until the delta that begins at sample ``samples`` of the answer may leave; the first one may at once."""
        now = self._clock()
        if self._began is None:
            self._began = now
        due = self._began + samples / RATE / self._ratio
        await self._sleep(max(due - now, 0.0))
