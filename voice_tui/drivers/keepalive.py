"""Whether the other end is still there: every byte that arrives says so, and where none does it is asked.

A slow line that delivers is alive, so bytes are counted as they come from the network, also those of a message that is
not complete. The pings of the websocket library know only of answers to pings, which wait behind the message that
is under way; they stay off.
"""

from __future__ import annotations

import asyncio
import sys
from array import array
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

if sys.platform != "win32":
    from fcntl import ioctl
    from termios import FIONREAD

LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class SilenceLimits:
    """How long silence is borne, s.

    Attributes:
        ask_s: Without a byte, before the other end is asked.
        answer_s: ... after that, before the line counts as dead.
    """

    ask_s: float
    answer_s: float


QUIET = SilenceLimits(10.0, 20.0)  # nothing is under way
AWAITED = SilenceLimits(8.0, 4.0)  # somebody waits for a word of the other end


class Peer(Protocol):
    """One end of a connection."""

    @property
    def heard(self) -> int:
        """Bytes that have arrived, also of what is not complete."""
        ...

    async def ask(self) -> Awaitable[float]:
        """Send a ping; it may wait while the other side takes nothing. What it gives waits for the round trip, s."""
        ...


class SilentError(TimeoutError):
    """The other end is gone, and nobody said goodbye."""


async def keep_alive(peer: Peer, awaited: Callable[[], bool] = lambda: False) -> None:
    """Watch a connection for as long as it lasts.

    Args:
        peer: The connection.
        awaited: Somebody waits for a word of the other end.

    Raises:
        SilentError: It says nothing, also when asked.
    """
    clock = asyncio.get_running_loop().time
    heard, since = peer.heard, clock()
    asked: float | None = None
    awaited_since: float | None = None
    questions: set[asyncio.Task[None]] = set()
    try:
        while True:
            await asyncio.sleep(LOOK_S)
            now = clock()
            if peer.heard != heard:
                heard, since, asked, awaited_since = peer.heard, now, None, None
            if awaited_since is None and awaited():  # who gives up waiting before a byte has come proves nothing
                awaited_since = now
            patience, begun = (QUIET, since) if awaited_since is None else (AWAITED, max(since, awaited_since))
            if asked is None and now - begun >= patience.ask_s:
                asked = now
                question = asyncio.create_task(_ask(peer), name="ping")  # a full line must not hold the deadline up
                questions.add(question)
                question.add_done_callback(questions.discard)
            elif asked is not None and now - max(asked, begun) >= patience.answer_s:
                raise SilentError(f"nothing came for {now - since:.0f} s, no answer to a ping either")
    finally:
        for question in questions:
            question.cancel()


async def _ask(peer: Peer) -> None:
    with suppress(ConnectionClosed):
        await peer.ask()


class _Counting(Connection):
    """Counts what arrives."""

    heard = 0

    def data_received(self, data: bytes) -> None:
        """Bytes came from the network."""
        self.heard += len(data)
        super().data_received(data)

    async def ask(self) -> Awaitable[float]:
        """Send a ping, and do not wait for its answer."""
        return await self.ping()


class CountingClient(_Counting, ClientConnection):
    """A client's connection, see `Peer`."""


class CountingServer(_Counting, ServerConnection):
    """A server's connection, see `Peer`."""

    @property
    def unsent(self) -> int:
        """Bytes that were sent and that the network has not taken yet."""
        return self.transport.get_write_buffer_size()

    @property
    def unread(self) -> int:
        """Bytes that the client sent and that wait in the system to be read; 0 where it does not tell."""
        socket = self.transport.get_extra_info("socket")
        if sys.platform == "win32" or socket is None or socket.fileno() < 0:
            return 0
        answer = array("i", [0])
        with suppress(OSError):
            ioctl(socket.fileno(), FIONREAD, answer)
        return answer[0]

    def abort(self) -> None:
        """Drop the connection, at once and with what was not taken."""
        self.transport.abort()
