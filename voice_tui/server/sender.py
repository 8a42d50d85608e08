"""Events on their way to the client: put in without waiting, sent in order by one task."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request

from voice_tui.endpoints.realtime.wire.server_events import ServerEvent

MAX_WAITING = 64  # events; an answer pauses while a slow client has more than these to take
MAX_WAITING_BYTES = 4 * 1024 * 1024  # ... and nothing more is read from a client with more than that to take
PATIENCE_S = 20.0  # a line that takes no byte for so long is dropped
LOOKS = 4  # at what is left to take, within that time

logger = logging.getLogger(__name__)


class ClientLink(Protocol):
    """A client's connection: a websocket's server end, or anything that does the same."""

    @property
    def heard(self) -> int:
        """Bytes that have arrived, also of a message that is not complete."""
        ...

    async def ask(self) -> Awaitable[float]:
        """Ask the client whether it is there; waits while it takes nothing. What it gives waits for the answer.

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
        """Say goodbye; waits while the client takes nothing."""
        ...

    @property
    def unsent(self) -> int:
        """Bytes that were sent and that the network has not taken yet."""
        ...

    def abort(self) -> None:
        """Drop the connection, at once and with what was not taken; whoever waits to send is told."""
        ...


class Sender:
    """The queue in front of one connection.

    It is bounded by those who fill it: an answer waits until it is `drained`, whoever reads the client's wishes until
    there is `room`. A client that takes nothing at all is dropped, which ends both waits.

    Args:
        connection: Where the events go.
        write: Renders an event; None where this client is not told of it.
        patience_s: After so long without a byte taken the connection is dropped.
    """

    def __init__(
        self, connection: ClientLink, write: Callable[[ServerEvent], bytes | None], patience_s: float = PATIENCE_S
    ) -> None:
        self._connection, self._write, self._patience_s = connection, write, patience_s
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue()
        self._gone = False
        self._bytes = 0  # waiting, or being sent
        self._few, self._room = asyncio.Event(), asyncio.Event()
        self._measure()

    def put(self, event: ServerEvent) -> None:
        """Send an event after those before it. It is rendered now: what changes later does not change it."""
        text = self._write(event)
        if text is None:
            return
        self._waiting.put_nowait(text)
        self._bytes += len(text)
        self._measure()

    def _measure(self) -> None:
        for event, free in (
            (self._few, self._waiting.qsize() <= MAX_WAITING),
            (self._room, self._bytes <= MAX_WAITING_BYTES),
        ):
            if free:
                event.set()
            else:
                event.clear()

    @property
    def waiting_bytes(self) -> int:
        """What the client has not taken yet."""
        return self._bytes

    async def drained(self) -> None:
        """Wait until at most `MAX_WAITING` events and `MAX_WAITING_BYTES` wait."""
        await self._few.wait()
        await self._room.wait()

    async def room(self) -> bool:
        """Wait until at most `MAX_WAITING_BYTES` wait, and let others have their turn; false: the client is gone."""
        await asyncio.sleep(0)
        await self._room.wait()
        return not self._gone

    async def flushed(self) -> None:
        """Wait until every event is handed to the socket."""
        await self._waiting.join()

    async def run(self) -> None:
        """Send until cancelled, or until the client is gone (then events fall on the floor)."""
        while True:
            text = await self._waiting.get()
            try:
                await self._send(text)
            except ConnectionClosed:
                self._gone = True
            self._bytes -= len(text)
            self._waiting.task_done()
            self._measure()

    async def _send(self, text: bytes) -> None:
        """Send; a slow line that takes some of it may take its time, one that takes nothing is dropped."""
        loop = asyncio.get_running_loop()
        self._taken_at, self._left = loop.time(), math.inf
        self._timer = loop.call_later(self._patience_s / LOOKS, self._look)
        try:
            await self._connection.send(text, text=True)
        finally:
            self._timer.cancel()

    def _look(self) -> None:
        """Whether the network has taken some of what is being sent."""
        loop, unsent = asyncio.get_running_loop(), self._connection.unsent
        if unsent < self._left:
            self._taken_at = loop.time() if self._left < math.inf else self._taken_at
            self._left = unsent
        elif loop.time() - self._taken_at >= self._patience_s:
            logger.info("the client takes nothing: %d bytes wait for it", self._bytes)
            self._connection.abort()
            return
        self._timer = loop.call_later(self._patience_s / LOOKS, self._look)
