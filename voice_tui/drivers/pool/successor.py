"""The connection that comes after the one there is: made ready to take over, or there when the next session begins."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voice_tui.drivers.failures import LastError
from voice_tui.drivers.pool.limits import Limits
from voice_tui.drivers.pool.pool import Pool
from voice_tui.drivers.pool.spare import Make, Spare
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.link import Introduction

STEADY_S = 5.0
"""Another connection waits from then on: who has just begun may be about to choose another endpoint."""


class Successor:
    """Finds it: the one that is being made ready, one that waits, or a new one.

    Args:
        make: Makes a line.
        warm: So many wait; 0: none, each is opened when it is needed.
        chance: 0 to 1, for the pauses between tries.
    """

    def __init__(self, make: Make, warm: int = 0, chance: Callable[[], float] = lambda: 0.5) -> None:
        self._make, self._warm = make, warm
        self._pool = Pool(lambda endpoint: Spare(make, endpoint), Limits(warm, warm + 1), chance)
        self._spare: Spare | None = None
        self._kept: Endpoint | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.last_error = LastError()
        """What the endpoint said before the last connection failed."""

    def keep(self, endpoint: Endpoint) -> None:
        """A session with this endpoint has begun: others of it shall wait, and none of another."""
        self._cancel()
        if self._warm:
            if self._kept is not None and self._kept.url != endpoint.url:
                self._pool.forget(self._kept)
            self._kept = endpoint
            self._timer = asyncio.get_running_loop().call_later(STEADY_S, self._pool.keep, endpoint)

    def waiting(self, endpoint: Endpoint) -> Spare | None:
        """One that waits, open and greeted, for a new session; None: none does. It is the caller's."""
        spare = self._pool.take_waiting(endpoint)
        if spare is not None:
            self._pool.part_with(spare)
        return spare

    async def ready(self, endpoint: Endpoint, wanted: Introduction) -> None:
        """Have one that has been told this; see `hand_over`.

        Raises:
            Exception: What opening a connection raises, or what ended it.
        """
        self.last_error = LastError()
        try:
            spare = self._spare
            fits = spare is not None and spare.open and spare.line.endpoint == endpoint
            if spare is None or not fits or not await spare.introduce(wanted):
                await self._drop()
                spare = self._spare = self.waiting(endpoint) or Spare(self._make, endpoint)
                await spare.introduce(wanted)
        except Exception:
            if self._spare is not None:
                self.last_error = self._spare.line.last_error
            await self._drop()
            raise

    def hand_over(self) -> Spare:
        """The connection that is ready; from now on it is the caller's."""
        spare, self._spare = self._spare, None
        assert spare is not None, "it was made ready"
        return spare

    async def close(self) -> None:
        """Say goodbye to all that wait."""
        self._cancel()
        await self._drop()
        await self._pool.close()

    async def _drop(self) -> None:
        spare, self._spare = self._spare, None
        if spare is not None:
            await spare.close()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
