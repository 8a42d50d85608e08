"""A connection in memory between a client and the embedded server: nothing is lost, everything takes its time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK
from websockets.frames import Close
from websockets.http11 import Request

from voice_tui.drivers.transport import Transport
from voice_tui.endpoints.providers import Endpoint
from voice_tui.server.sender import ClientLink

LATENCY_S = 0.02
"""Each way, as to a server that is near."""


class _End:
    """One end, with the methods of a websocket's."""

    def __init__(self, request: Request | None = None) -> None:
        self.request, self.request_id = request, ""
        self.heard = self.unsent = 0
        self.other = self
        self._under_way: deque[bytes | None] = deque()
        self._inbox: deque[bytes | None] = deque()
        self._changed = asyncio.Event()
        self._over: ConnectionClosed | None = None

    async def send(self, message: bytes, *, text: bool | None = None) -> None:
        """Put a message on its way; there is always room."""
        if self._over is not None:
            raise self._over
        self._put(message)

    async def ask(self) -> Awaitable[float]:
        """The other end is there as long as the line is."""
        if self._over is not None:
            raise self._over
        self.heard += 1
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[float] = loop.create_future()
        loop.call_later(2 * LATENCY_S, _answer, answer)
        return answer

    async def receive(self) -> bytes:
        """The next message."""
        while not self._inbox:
            if self._over is not None:
                raise self._over
            self._changed.clear()
            await self._changed.wait()
        message = self._inbox.popleft()
        if message is None:  # the goodbye
            self._end()
            return await self.receive()
        return message

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        with suppress(ConnectionClosedOK):
            while True:
                yield (await self.receive()).decode()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye; what was sent before arrives before."""
        if self._over is None:
            self._put(None)
            self._end()

    def abort(self) -> None:
        """The same at once."""
        self._end()
        self.other._end()

    def _put(self, message: bytes | None) -> None:
        self.other._under_way.append(message)
        asyncio.get_running_loop().call_later(LATENCY_S, self.other._take)

    def _take(self) -> None:
        message = self._under_way.popleft()  # of two that are due at once, a loop may call the second first
        self.heard += len(message or b"")
        self._inbox.append(message)
        self._changed.set()

    def _end(self) -> None:
        if self._over is None:
            goodbye = Close(1000, "")
            self._over = ConnectionClosedOK(goodbye, goodbye, rcvd_then_sent=False)
            self._changed.set()


def _answer(asked: asyncio.Future[float]) -> None:
    if not asked.done():
        asked.set_result(2 * LATENCY_S)


class MemoryLine:
    """Connects clients with a server.

    Args:
        serve: Takes the server's end of each connection.
    """

    def __init__(self, serve: Callable[[ClientLink], Awaitable[None]]) -> None:
        self._serve = serve

    @asynccontextmanager
    async def connect(self, endpoint: Endpoint) -> AsyncIterator[Transport]:
        """As `voice_tui.drivers.transport.websocket` does it."""
        client, server = _End(), _End(Request("/v1/realtime?model=demo", Headers()))
        client.other, server.other = server, client
        serving = asyncio.create_task(self._run(server), name="server of a connection")
        try:
            yield client
        finally:
            await client.close()
            await serving

    async def _run(self, end: _End) -> None:
        await self._serve(end)
        await end.close()
