"""Events on their way to the client: put in without waiting, sent in order by one task."""

from __future__ import annotations

import asyncio

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from voice_tui.endpoints.realtime.wire.codec import encode
from voice_tui.endpoints.realtime.wire.server_events import ServerEvent

MAX_WAITING = 64  # events; an answer pauses while a slow client has more than these to take


class Sender:
    """The queue in front of one websocket."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue()
        self._room = asyncio.Event()
        self._room.set()

    def put(self, event: ServerEvent) -> None:
        """Send an event after those before it. It is rendered now: what changes later does not change it."""
        self._waiting.put_nowait(encode(event))
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
