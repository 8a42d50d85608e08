"""A network in memory: latency, bandwidth, and everything that goes wrong on the way.

A connection behaves as a websocket does at both ends: what was sent before a goodbye arrives before it, whoever takes
nothing makes the other wait, and pings are answered.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, ConnectionClosedOK, InvalidStatus
from websockets.frames import OK_CLOSE_CODES, Close
from websockets.http11 import Request, Response

from voice_tui.drivers.transport import Transport
from voice_tui.endpoints.providers import Endpoint
from voice_tui.server.sender import ClientLink

BUFFER_BYTES = 64 * 1024  # what a sender may have under way before it has to wait
PACKET_BYTES = 400  # what is longer carries sound
GOODBYE_S = 1.0  # as long a goodbye is waited for
PART_S = 0.25  # of a message that takes longer some bytes come so often
FRAME_BYTES = 8  # of a frame that carries no message


class Control(Enum):
    """Frames that no program sees."""

    PING = "ping"
    PONG = "pong"


Frame: TypeAlias = bytes | Close | Control


@dataclass
class Way:
    """One direction: frames arrive in order, never before their time.

    Attributes:
        loop: Its clock.
        chance: Jitter.
        latency_s: How long a frame is under way.
        jitter_s: How much later it may come.
        bytes_per_s: What gets through.
        silent: What is sent is swallowed.
        loss: The share of long frames that never arrive, as packets of a track do.
    """

    loop: asyncio.AbstractEventLoop
    chance: random.Random
    latency_s: float
    jitter_s: float = 0.0
    bytes_per_s: float = 10e6
    silent: bool = False
    loss: float = 0.0

    def __post_init__(self) -> None:
        """Nothing is under way."""
        self.taken_by: Callable[[Frame], None] = lambda frame: None
        self.felt_by: Callable[[], None] = lambda: None
        self._cuts = 0
        self._under_way: deque[tuple[float, Frame]] = deque()
        self._free_at = self._last_at = self._stalled_until = 0.0

    def stall(self, seconds: float) -> None:
        """Nothing gets through for so long, also of what is under way; then everything comes at once."""
        self._stalled_until = max(self._stalled_until, self.loop.time() + seconds)

    def put(self, frame: Frame) -> float:
        """Send a frame; gives how long a sender has to wait before it may send the next."""
        now = self.loop.time()
        size = len(frame) if isinstance(frame, bytes) else FRAME_BYTES
        begins = max(now, self._free_at, self._stalled_until)
        self._free_at = begins + size / self.bytes_per_s
        lost = size > PACKET_BYTES and self.chance.random() < self.loss
        if not (self.silent or lost):
            asks = isinstance(frame, Control)  # how often somebody asks moves nothing else
            at = self._free_at + self.latency_s + (0.0 if asks else self.chance.random() * self.jitter_s)
            self._last_at = max(self._last_at, at)
            self._under_way.append((self._last_at, frame))
            if len(self._under_way) == 1:
                self.loop.call_at(self._last_at, self._arrive)
            for part in range(1, int((self._free_at - begins) / PART_S) + 1):
                self.loop.call_at(begins + part * PART_S + self.latency_s, self._arrive_in_part, self._cuts)
        return max(0.0, self._free_at - now - BUFFER_BYTES / self.bytes_per_s)

    @property
    def unsent(self) -> int:
        """Bytes that have not left yet."""
        return int(max(0.0, self._free_at - self.loop.time()) * self.bytes_per_s)

    def cut(self) -> None:
        """What is under way is lost."""
        self._under_way.clear()
        self._cuts += 1

    def _arrive_in_part(self, cuts: int) -> None:
        """Some bytes of a message that is not complete."""
        if cuts == self._cuts and self.loop.time() >= self._stalled_until:
            self.felt_by()

    def _arrive(self) -> None:
        while self._under_way:
            due = max(self._under_way[0][0], self._stalled_until)
            if due > self.loop.time() + 1e-9:
                self.loop.call_at(due, self._arrive)
                return
            self.taken_by(self._under_way.popleft()[1])


class End:
    """One end of a connection, with the methods of a websocket's.

    Args:
        out, into: What leaves, what comes.
        request: The handshake, at the server's end.
    """

    def __init__(self, out: Way, into: Way, request: Request | None = None) -> None:
        self._out, self._loop, self._request = out, out.loop, request
        self._inbox: deque[bytes] = deque()
        self._asked: deque[tuple[float, asyncio.Future[float]]] = deque()
        self._changed = asyncio.Event()  # something arrived, or it is over
        self._sent: Close | None = None
        self._over: ConnectionClosed | None = None
        self.heard, self.request_id = 0, ""
        into.taken_by, into.felt_by = self._take, self._feel

    @property
    def request(self) -> Request | None:
        return self._request

    async def send(self, message: bytes, *, text: bool | None = None) -> None:
        if self._over is not None:
            raise self._over
        ahead_s = self._out.put(message)
        if ahead_s > 0:
            await asyncio.sleep(ahead_s)
            if self._over is not None:
                raise self._over

    async def ask(self) -> Awaitable[float]:
        if self._over is not None:
            raise self._over
        self._out.put(Control.PING)
        answer: asyncio.Future[float] = self._loop.create_future()
        self._asked.append((self._loop.time(), answer))
        return answer

    async def receive(self) -> bytes:
        while not self._inbox:
            if self._over is not None:
                raise self._over
            await self._change()
        return self._inbox.popleft()

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        with suppress(ConnectionClosedOK):
            while True:
                yield (await self.receive()).decode()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye, and wait for the other's."""
        if self._over is None and self._sent is None:
            self._say(Close(code, reason))
            with suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE_S):
                    while self._over is None:
                        await self._change()
            self._end(ConnectionClosedError(None, self._sent))

    def fail(self) -> None:
        """The line is dead: what nobody said goodbye for."""
        self._end(ConnectionClosedError(None, None))

    @property
    def unsent(self) -> int:
        return self._out.unsent

    def abort(self) -> None:
        self.fail()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _take(self, frame: Frame) -> None:
        if self._over is not None:
            return
        self.heard += len(frame) if isinstance(frame, bytes) else FRAME_BYTES
        match frame:
            case Control.PING:
                self._out.put(Control.PONG)
            case Control.PONG:
                begun, answer = self._asked.popleft()
                if not answer.done():
                    answer.set_result(self._loop.time() - begun)
            case Close():
                first = self._sent is None
                if first:
                    self._say(Close(frame.code, ""))
                assert self._sent is not None
                fine = {frame.code, self._sent.code} <= OK_CLOSE_CODES
                kind = ConnectionClosedOK if fine else ConnectionClosedError
                self._end(kind(frame, self._sent, first))
            case _:
                self._inbox.append(frame)
                self._changed.set()

    def _feel(self) -> None:
        self.heard += 1

    def _say(self, goodbye: Close) -> None:
        self._sent = goodbye
        self._out.put(goodbye)

    def _end(self, error: ConnectionClosed) -> None:
        """What had arrived can still be read."""
        if self._over is None:
            self._over = error
            self._changed.set()
            for _, answer in self._asked:
                answer.cancel()


@dataclass(frozen=True, slots=True)
class Line:
    """A connection with both its ends."""

    client: End
    server: End
    up: Way
    down: Way


class Network:
    """Between one client and one server.

    Args:
        loop: Its clock.
        seed: Of everything that happens by chance.
        serve: Takes the server's end of each connection.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, seed: int, serve: Callable[[ClientLink], Awaitable[None]]
    ) -> None:
        self._loop, self._chance, self._serve = loop, random.Random(seed), serve
        self.latency_s = 0.02
        self.down = False
        """Nobody listens."""
        self.status = 101
        """What a handshake is answered with: 101 lets it pass."""
        self.wish_s: int | None = None
        """... which asks to be left alone for so long."""
        self.connections = 0
        self._line: Line | None = None
        self._servers: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def connect(self, endpoint: Endpoint) -> AsyncIterator[Transport]:
        """As `voice_tui.drivers.transport.websocket` does it."""
        await asyncio.sleep(2 * self.latency_s)
        if self.down:
            raise ConnectionRefusedError(111, "Connect call failed")
        if self.status != 101:
            wish = {} if self.wish_s is None else {"Retry-After": str(self.wish_s)}
            raise InvalidStatus(Response(self.status, "", Headers(wish)))
        up, down = (Way(self._loop, self._chance, self.latency_s) for _ in range(2))
        request = Request("/v1/realtime?model=demo", Headers())
        line = self._line = Line(End(up, down), End(down, up, request), up, down)
        self.connections += 1
        task = self._loop.create_task(self._run(line.server), name=f"server of connection {self.connections}")
        self._servers.add(task)
        task.add_done_callback(self._served)
        try:
            yield line.client
        finally:
            await line.client.close()

    async def _run(self, end: End) -> None:
        await self._serve(end)
        await end.close()

    def _served(self, task: asyncio.Task[None]) -> None:
        self._servers.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._loop.call_exception_handler({"message": "the server failed", "exception": error})

    # ---- faults; each is about the connection that is there now

    @property
    def _ways(self) -> tuple[Way, ...]:
        return (self._line.up, self._line.down) if self._line else ()

    def drop(self) -> None:
        """Both ends lose the other without a word, and what was under way is lost."""
        for way in self._ways:
            way.cut()
        if self._line is not None:
            self._line.client.fail()
            self._line.server.fail()

    def stall(self, seconds: float) -> None:
        """Nothing gets through for a while."""
        for way in self._ways:
            way.stall(seconds)

    def throttle(self, bytes_per_s: float) -> None:
        """So much gets through, from now on."""
        for way in self._ways:
            way.bytes_per_s = bytes_per_s

    def delay(self, seconds: float) -> None:
        """Messages are under way for so long, from now on."""
        for way in self._ways:
            way.latency_s = seconds

    def jitter(self, seconds: float) -> None:
        """Messages are late by up to so much."""
        for way in self._ways:
            way.jitter_s = seconds

    def lose(self, share: float) -> None:
        """Such a share of the packets that carry sound is lost, for families that send packets."""
        for way in self._ways:
            way.loss = share

    def mend(self) -> None:
        """A line as at first; one that was half closed is dropped."""
        self.throttle(10e6)
        self.delay(self.latency_s)
        self.jitter(0.0)
        self.lose(0.0)
        if self._line is not None and self._line.down.silent:
            self.drop()

    def half_close(self) -> None:
        """The server is not heard any more; the client learns of it by asking."""
        if self._line is not None:
            self._line.down.silent = True
