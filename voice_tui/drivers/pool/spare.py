"""A connection that is ready before it is needed: open, configured, and told what was said."""

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


class NotConfigured(Exception):
    """The endpoint has not taken the settings of a session; with its words."""


class Spare:
    """A connection that waits until it is needed.

    Args:
        make: Makes a line.
        endpoint: Where to.
        settings: How its session is to be; None: as the server has it.
    """

    def __init__(self, make: Make, endpoint: Endpoint, settings: object = None) -> None:
        self._settings = settings
        self.arrived: list[object] = []
        """What its endpoint has sent, in order."""
        self.told = Introduction(None)
        """What it has been told."""
        self.expires_at: int | None = None
        """When its session will be ended, s since 1970."""
        self._refusal = ""  # its last error
        self._there, self._confirmed = asyncio.Event(), asyncio.Event()
        self.line = make(endpoint, self._take)

    @property
    def open(self) -> bool:
        """It is open, and nobody has said goodbye."""
        return self.line.open

    @property
    def last_error(self) -> LastError:
        """What its server said last that was wrong."""
        return self.line.last_error

    async def ready(self) -> None:
        """Wait until it has been greeted, and is configured.

        Raises:
            NotConfigured: The endpoint says that its settings are none, and does not confirm them.
            Exception: What ended the connection.
        """
        await self.line.until_open()
        await self._wait(self._there, CREATED_S)
        if self._settings is not None:
            await self.introduce(Introduction(self._settings))
            if self._refusal and not self._confirmed.is_set():
                raise NotConfigured(self._refusal)

    async def ping(self, seconds: float) -> bool:
        """Whether the other end answers within so long, s."""
        return await self.line.ping(seconds)

    async def close(self) -> None:
        """Say goodbye."""
        await self.line.close()

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
        if remark.error:
            self._refusal = remark.words or remark.code
        else:
            self._there.set()
        if remark.configured:
            self._confirmed.set()
