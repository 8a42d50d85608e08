"""Events on their way to the client: put in without waiting, sent in order by one task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request

from voice_tui.endpoints.realtime.wire.server_events import ServerEvent

MAX_WAITING = 64  # events; an answer pauses while a slow client has more than these to take


class ClientLink(Protocol):
    """A client's connection: a websocket's server end, or anything that does the same."""

    @property
    def heard(self) -> int:
        """Bytes that have arrived, also of a message that is not complete."""
        ...

    async def ask(self) -> None:
        """Ask the client whether it is there; waits while it takes nothing.

        Raises:
            ConnectionClosed: The client is gone.
        """
        ...

    @property
    def request(self) -> Request | None:
        """The handshake."""
        ...

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        """The client's messages, until it has gone.

        Raises:
            ConnectionClosed: It went without goodbye.
        """
        ...

    async def send(self, message: bytes, *, text: bool | None = None) -> None:
        """Send a message; waits while the client takes nothing.

        Raises:
            ConnectionClosed: The client is gone.
        """
        ...

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye."""
        ...


class Sender:
    """The queue in front of one connection.

    Args:
        connection: Where the events go.
        write: Renders an event; None where this client is not told of it.
    """

    def __init__(self, connection: ClientLink, write: Callable[[ServerEvent], bytes | None]) -> None:
        self._connection, self._write = connection, write
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue()
        self._room = asyncio.Event()
        self._room.set()

    def put(self, event: ServerEvent) -> None:
        """Send an event after those before it. It is rendered now: what changes later does not change it."""
        text = self._write(event)
        if text is None:
            return
        self._waiting.put_nowait(text)
        if self._waiting.qsize() > MAX_WAITING:
            self._room.clear()

    async def drained(self) -> None:
        """Wait until at most `MAX_WAITING` events wait."""
        await self._room.wait()

    async def flushed(self) -> None:
        """Wait until every event is handed to the socket."""
        await self._waiting.join()

    async def run(self) -> None:
        """Send until cancelled, or until the client is gone (then events fall on the floor)."""
        while True:
            text = await self._waiting.get()
            try:
                await self._connection.send(text, text=True)
            except ConnectionClosed:
                self._room.set()
            self._waiting.task_done()
            if self._waiting.qsize() <= MAX_WAITING:
                self._room.set()
