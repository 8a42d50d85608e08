"""One connection, from its handshake to its goodbye: what goes out, what comes in, and whether it lives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TypeAlias

from websockets.exceptions import ConnectionClosed

from voice_tui.drivers.echoes import keys_of, without
from voice_tui.drivers.failures import LastError, SaidToGo
from voice_tui.drivers.keepalive import keep_alive
from voice_tui.drivers.round_trip import measure
from voice_tui.drivers.send_queue import SendQueue
from voice_tui.drivers.transport import Connect, Transport
from voice_tui.drivers.wirelog import WireTap
from voice_tui.endpoints.families import Codec, Family
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.commands import Send
from voice_tui.messages.remarks import Remark

Take: TypeAlias = Callable[[object, Remark], None]

RECENT_S = 5.0  # an error event explains a close that follows so soon
MOST_MISFITS = 400  # that are told apart in a talk; one connection has at most some tens
MOST_REMARKED = 40  # kinds of events that nobody knows, which are named
PING_LOOK_S = 0.05
GOODBYE_S = 2.0  # so long a server may take to hang up itself once it has said that it can't be used


class SaidOnce:
    """What did not fit at an endpoint: the same is said once in a talk, over however many connections.

    Args:
        say: Takes a line for the user.
        most: Lines that are said.
    """

    def __init__(self, say: Callable[[str], None], most: int = MOST_MISFITS) -> None:
        self._say, self._most = say, most
        self._said: set[tuple[str, str, str]] = set()

    def tell(self, endpoint: Endpoint, words: str) -> None:
        """A connection to this endpoint says that something did not fit."""
        kind = (endpoint.url, endpoint.dialect or "", words)
        if kind not in self._said and len(self._said) < self._most:
            self._said.add(kind)
            self._say(words)


class Line:
    """A connection to an endpoint, opened when it is made.

    Args:
        endpoint: Where to.
        family: How events become bytes.
        connect: Opens the transport.
        take: Takes each event, with what its codec remarks about it.
        misfit: Takes what did not fit, a line each.
        awaited: Somebody waits for a word of the other end.
        warm_up_s: How long the other end may take until it says its first word.
        wirelog: Takes each event, both ways.
        count: Gives the number of a connection that has just been opened.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        family: Family,
        connect: Connect,
        take: Take,
        misfit: Callable[[str], None],
        awaited: Callable[[], bool],
        warm_up_s: float,
        wirelog: WireTap | None = None,
        count: Callable[[], int] = lambda: 1,
    ) -> None:
        self.endpoint, self.take, self.misfit, self.awaited = endpoint, take, misfit, awaited
        self.begin: Callable[[], None] = lambda: None
        """Called when it is open, before the first event is taken."""
        self.timed: Callable[[float], None] = lambda round_trip_s: None
        """Told how long a ping of it took there and back, s."""
        self._connect, self._warm_up_s, self._wirelog = connect, warm_up_s, wirelog
        self._codec: Codec = family.codec(endpoint.url, endpoint.dialect or "", endpoint.deviations)
        self._keys = keys_of(endpoint)
        self._count, self.number = count, 0
        self._queue = SendQueue()
        self._transport: Transport | None = None
        self._opened = asyncio.Event()
        self._heard = asyncio.Event()
        self._error, self._error_at = LastError(), 0.0
        self.answered = False
        """The other end has said something that is no error."""
        self._opened_at = 0.0
        self.request_id = ""
        """What the server called the handshake."""
        self.session_id = ""
        """The session's id, as the server names it."""
        self.task = asyncio.create_task(self._live(), name="line")
        """Lasts as long as the connection; `over` says why it ended."""

    # ---- what is going on

    @property
    def open(self) -> bool:
        """It is open, and nobody has said goodbye."""
        return self._opened.is_set() and not self.task.done()

    @property
    def age_s(self) -> float:
        """So long it has been open, s."""
        return asyncio.get_running_loop().time() - self._opened_at if self._opened.is_set() else 0.0

    @property
    def drained(self) -> bool:
        """Everything was handed to the network."""
        return self._queue.empty

    @property
    def dropped(self) -> int:
        """Pieces of audio that were given up."""
        return self._queue.dropped

    @property
    def last_error(self) -> LastError:
        """The error event that explains an end which comes now."""
        recent = asyncio.get_running_loop().time() - self._error_at <= RECENT_S
        return self._error if recent or not self.answered else LastError()

    # ---- using it

    def send(self, send: Send) -> None:
        """Queue an event."""
        self._queue.put(send)

    async def until_open(self) -> None:
        """Wait for the end of the handshake.

        Raises:
            Exception: What `Connect` raises.
        """
        opened = asyncio.create_task(self._opened.wait())
        try:
            await asyncio.wait([opened, self.task], return_when=asyncio.FIRST_COMPLETED)
        finally:
            opened.cancel()
        if not self._opened.is_set():
            await self.over()

    async def ping(self, seconds: float) -> bool:
        """Whether the other end is there: any byte says so, within so long, s."""
        transport = self._transport
        if transport is None or not self.open:
            return False
        heard = transport.heard
        asking = asyncio.create_task(_ask(transport), name="line-ping")  # a full line must not hold the deadline up
        try:
            async with asyncio.timeout(seconds):
                while transport.heard == heard and self.open:  # noqa: ASYNC110  # bytes wake nobody
                    await asyncio.sleep(min(PING_LOOK_S, seconds))
        except TimeoutError:
            return False
        finally:
            asking.cancel()
        return self.open

    async def over(self) -> NoReturn:
        """Wait for the end.

        Raises:
            ConnectionClosed: Always, sooner or later, or
            TimeoutError: the other end is silent, or
            SaidToGo: it refuses us and hangs on, or
            Exception: what `Connect` raises.
        """
        await asyncio.shield(self.task)
        raise AssertionError("a line ends with a reason")

    async def close(self) -> None:
        """Say goodbye; what is not said within a second is not waited for."""
        self.task.cancel()
        await asyncio.wait([self.task])  # it may have ended with an error that was told already

    # ---- the task

    async def _live(self) -> None:
        async with self._connect(self.endpoint) as transport:
            self.request_id = transport.request_id
            self._transport = transport
            self._opened.set()
            self._opened_at = asyncio.get_running_loop().time()
            self.number = self._count()
            self.begin()
            beside = [
                asyncio.create_task(self._send_all(transport), name="line-send"),
                asyncio.create_task(keep_alive(transport, self.awaited), name="line-life"),
                asyncio.create_task(measure(transport, lambda s: self.timed(s)), name="line-round-trip"),
                asyncio.create_task(self._first_word(), name="line-first-word"),
                asyncio.create_task(self._receive_all(transport), name="line-receive"),
            ]
            try:
                done, _ = await asyncio.wait(beside, return_when=asyncio.FIRST_EXCEPTION)
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
            for task in reversed(beside):  # who receives knows best why it ended; who was only cancelled knows nothing
                if task in done and not task.cancelled():
                    task.result()  # raises what ended it

    async def _first_word(self) -> None:
        """Some servers speak first and some do not; one that never says a word is none of ours.

        Raises:
            TimeoutError: It has said nothing.
            SaidToGo: It has said that it can't be used, nothing else, and hangs on.
        """
        try:
            async with asyncio.timeout(self._warm_up_s):
                await self._heard.wait()
        except TimeoutError:
            raise TimeoutError(
                f"the server has said nothing for {self._warm_up_s:g} s: is this the address of a realtime model?"
            ) from None
        if self._error.final and not self.answered:
            await asyncio.sleep(GOODBYE_S)
            if not self.answered:
                raise SaidToGo

    async def _send_all(self, transport: Transport) -> None:
        with suppress(ConnectionClosed):  # the receiving side reports it
            while True:
                raw = self._codec.encode(await self._queue.get())
                self._tell_misfits()
                if self._wirelog:
                    self._wirelog.write("client", raw, self.number, self._codec.dialect)
                await transport.send(raw)

    async def _receive_all(self, transport: Transport) -> None:
        while True:
            raw = without(self._keys, await transport.receive())
            event = self._codec.decode(raw)
            if self._wirelog:
                self._wirelog.write("server", raw, self.number, self._codec.dialect)
            remark = self._codec.remark(event)
            self._tell_misfits()
            self._heard.set()
            self.answered |= not remark.error
            if remark.error:
                self._error, self._error_at = LastError(remark.code, remark.words), asyncio.get_running_loop().time()
            self.session_id = remark.session or self.session_id
            self.take(event, remark)

    def _tell_misfits(self) -> None:
        for line in self._codec.misfits():
            self.misfit(line)


async def _ask(transport: Transport) -> None:
    with suppress(ConnectionClosed):
        await transport.ask()
