"""Connections that are ready before they are needed: open, configured, and told what was said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

from voice_tui.drivers.failures import LastError
from voice_tui.drivers.line import Line, Take
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.commands import Send
from voice_tui.messages.link import Introduction
from voice_tui.messages.remarks import Remark

CREATED_S = 3.0  # so long the server's first word is waited for before it is spoken to
CONFIRMED_S = 5.0  # ... its word about the settings

Make: TypeAlias = Callable[[Endpoint, Take], Line]


class Spare:
    """A connection that waits until it is needed.

    Args:
        make: Makes a line.
        endpoint: Where to.
    """

    def __init__(self, make: Make, endpoint: Endpoint) -> None:
        self.arrived: list[object] = []
        """What its endpoint has sent, in order."""
        self.told = Introduction(None)
        """What it has been told."""
        self.expires_at: int | None = None
        """When its session will be ended, s since 1970."""
        self._there, self._confirmed = asyncio.Event(), asyncio.Event()
        self.line = make(endpoint, self._take)

    async def introduce(self, wanted: Introduction) -> bool:
        """Tell what it has not been told yet, and wait until it has taken that.

        Returns:
            False where that can't be done: it was told something that holds no longer.

        Raises:
            Exception: What ended the connection.
        """
        if wanted == self.told:
            return True
        known = self.told.history
        if wanted.history[: len(known)] != known:
            return False
        await self.line.until_open()
        await self._wait(self._there, CREATED_S)
        if wanted.settings != self.told.settings:
            self._confirmed.clear()
            self.line.send(Send(wanted.settings))
        for event in wanted.history[len(known) :]:
            self.line.send(Send(event))
        self.told = wanted
        await self._wait(self._there, None)  # it may have to load its model; the line ends where it stays mute
        await self._wait(self._confirmed, CONFIRMED_S)
        return True

    async def _wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Wait for a word of the server, for so long at most; None: as long as the line waits for its first one."""
        waiting = asyncio.create_task(event.wait())
        try:
            await asyncio.wait([waiting, self.line.task], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self.line.task.done():
            await self.line.over()

    def _take(self, event: object, remark: Remark) -> None:
        self.arrived.append(event)
        self.expires_at = remark.expires_at or self.expires_at
        if not remark.error:
            self._there.set()
        if remark.configured:
            self._confirmed.set()


class Pool:
    """Keeps one connection ready.

    Args:
        make: Makes a line.
    """

    def __init__(self, make: Make) -> None:
        self._make = make
        self._spare: Spare | None = None
        self.last_error = LastError()
        """What the endpoint said before the last connection failed."""

    async def ready(self, endpoint: Endpoint, wanted: Introduction) -> Spare:
        """A connection to this endpoint that has been told this; where there is none, it is made now.

        Raises:
            Exception: What opening a connection raises, or what ended it.
        """
        self.last_error = LastError()
        try:
            spare = self._spare
            fits = spare is not None and spare.line.open and spare.line.endpoint == endpoint
            if spare is None or not fits or not await spare.introduce(wanted):
                await self.close()
                spare = self._spare = Spare(self._make, endpoint)
                await spare.introduce(wanted)
        except Exception:
            if self._spare is not None:
                self.last_error = self._spare.line.last_error
            await self.close()
            raise
        return spare

    def hand_over(self) -> Spare:
        """The connection that is ready; from now on it is the caller's."""
        spare, self._spare = self._spare, None
        assert spare is not None, "it was made ready"
        return spare

    async def close(self) -> None:
        """Say goodbye where a connection waits."""
        spare, self._spare = self._spare, None
        if spare is not None:
            await spare.line.close()
