"""A network in memory: latency, bandwidth, and everything that goes wrong on the way."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, ConnectionClosedOK
from websockets.frames import Close
from websockets.http11 import Request

from voice_tui.drivers.transport import Transport
from voice_tui.endpoints.providers import Endpoint
from voice_tui.server.sender import Connection

BUFFER_BYTES = 64 * 1024  # what a sender may have under way before it has to wait
PACKET_BYTES = 400  # what is longer carries sound
KEEPALIVE_S = 40.0  # a ping that nobody answers ends a connection after so long, as websockets does


class Way:
    """One direction: messages arrive in order, never before their time.

    Args:
        loop: Its clock.
        chance: Jitter.
        latency_s: How long a message is under way.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, chance: random.Random, latency_s: float) -> None:
        self._loop, self._chance, self.latency_s = loop, chance, latency_s
        self.jitter_s = 0.0
        self.bytes_per_s = 10e6
        self.loss = 0.0
        """The share of long messages that never arrive, as packets of a track do."""
        self.silent = False
        """What is sent is swallowed: a half-closed connection."""
        self._free_at = self._last_at = 0.0
        self._stalled_until = 0.0
        self._inbox: deque[bytes] = deque()
        self._arrived = asyncio.Event()
        self._over: ConnectionClosed | None = None

    def stall(self, seconds: float) -> None:
        """Nothing gets through for so long; then everything comes at once."""
        self._stalled_until = max(self._stalled_until, self._loop.time() + seconds)

    async def send(self, message: bytes) -> None:
        if self._over is not None:
            raise self._over
        now = self._loop.time()
        start = max(now, self._free_at, self._stalled_until)
        self._free_at = start + len(message) / self.bytes_per_s
        lost = len(message) > PACKET_BYTES and self._chance.random() < self.loss
        if not (self.silent or lost):
            at = self._free_at + self.latency_s + self._chance.random() * self.jitter_s
            self._last_at = max(self._last_at, at)
            self._loop.call_at(self._last_at, self._deliver, message)
        ahead_s = self._free_at - now - BUFFER_BYTES / self.bytes_per_s
        if ahead_s > 0:
            await asyncio.sleep(ahead_s)
            if self._over is not None:
                raise self._over

    def _deliver(self, message: bytes) -> None:
        if self._over is None:
            self._inbox.append(message)
            self._arrived.set()

    async def receive(self) -> bytes:
        while not self._inbox:
            if self._over is not None:
                raise self._over
            self._arrived.clear()
            await self._arrived.wait()
        return self._inbox.popleft()

    def end(self, error: ConnectionClosed) -> None:
        """The connection is over; what had arrived can still be read."""
        if self._over is None:
            self._over = error
            self._arrived.set()


class End:
    """One end of a connection, with the methods of a websocket's."""

    def __init__(self, out: Way, into: Way, request: Request | None = None) -> None:
        self._out, self._into, self._request = out, into, request

    @property
    def request(self) -> Request | None:
        return self._request

    async def send(self, message: bytes, *, text: bool | None = None) -> None:
        await self._out.send(message)

    async def receive(self) -> bytes:
        return await self._into.receive()

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        try:
            while True:
                yield (await self._into.receive()).decode()
        except ConnectionClosedOK:
            return

    async def close(self, code: int = 1000, reason: str = "") -> None:
        frame = Close(code, reason)
        kind = ConnectionClosedOK if code == 1000 else ConnectionClosedError
        self._out.end(kind(frame, frame, True))
        self._into.end(kind(frame, frame, True))


class Network:
    """Between one client and one server.

    Args:
        loop: Its clock.
        seed: Of everything that happens by chance.
        serve: Takes the server's end of each connection.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, seed: int, serve: Callable[[Connection], Awaitable[None]]
    ) -> None:
        self._loop, self._chance, self._serve = loop, random.Random(seed), serve
        self.latency_s = 0.02
        self.down = False
        """Nobody listens."""
        self.connections = 0
        self._ways: tuple[Way, Way] | None = None
        self._servers: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def connect(self, endpoint: Endpoint) -> AsyncIterator[Transport]:
        """As `voice_tui.drivers.transport.websocket` does it."""
        await asyncio.sleep(2 * self.latency_s)
        if self.down:
            raise ConnectionRefusedError(111, "Connect call failed")
        up, down = (Way(self._loop, self._chance, self.latency_s) for _ in range(2))
        self._ways = up, down
        self.connections += 1
        path = "/v1/realtime?model=demo"
        server_end, client_end = End(down, up, Request(path, Headers())), End(up, down)
        task = self._loop.create_task(self._run(server_end))
        self._servers.add(task)
        task.add_done_callback(self._servers.discard)
        try:
            yield client_end
        finally:
            await client_end.close()
            await asyncio.sleep(0)

    async def _run(self, end: End) -> None:
        await self._serve(end)
        await end.close()

    # ---- faults; each is about the connection that is there now

    def drop(self) -> None:
        """Both ends lose the other without a word."""
        for way in self._ways or ():
            way.end(ConnectionClosedError(None, None))

    def stall(self, seconds: float) -> None:
        """Nothing gets through for a while."""
        for way in self._ways or ():
            way.stall(seconds)

    def throttle(self, bytes_per_s: float) -> None:
        """So much gets through, from now on."""
        for way in self._ways or ():
            way.bytes_per_s = bytes_per_s

    def jitter(self, seconds: float) -> None:
        """Messages are late by up to so much."""
        for way in self._ways or ():
            way.jitter_s = seconds

    def lose(self, share: float) -> None:
        """Such a share of the packets that carry sound is lost, for families that send packets."""
        for way in self._ways or ():
            way.loss = share

    def half_close(self) -> None:
        """The server is not heard any more; the client learns of it when its pings are not answered."""
        if self._ways is not None:
            up, down = self._ways
            down.silent = True
            error = ConnectionClosedError(None, Close(1011, "keepalive ping timeout"))
            self._loop.call_later(KEEPALIVE_S, up.end, error)
            self._loop.call_later(KEEPALIVE_S, down.end, error)
