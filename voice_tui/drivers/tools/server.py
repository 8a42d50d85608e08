"""A server of tools beside the talk: it may be slow, die and come back, and never holds up what is said.

It is started in the background; its tools are there once it has listed them. One that dies is started again a few
times, then it is struck, with the reason. Each of these is said once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from voice_tui.plain_text import one_line
from voice_tui.tools.servers import ServerOptions

log = logging.getLogger(__name__)

SLOW_S = 10.0  # one that is not ready by then is said to be slow,
START_S = 60.0  # and is struck if it is not by then
RESTARTS = 3
PAUSE_S = 1.0  # before the first of them, doubled for each other
STEADY_S = 60.0  # one that was there for so long may begin to count anew


class ServerError(Exception):
    """A server can't be used; one line says why."""


class Unusable(ServerError):
    """... and no other try would help."""


class Gone(ServerError):
    """The connection has ended."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A tool as a server lists it: nothing of it is known to be as it should."""

    name: str
    description: str
    schema: object


@dataclass(frozen=True, slots=True)
class Said:
    """What a call of a server's tool gave."""

    text: str
    failed: bool = False


class Connection(Protocol):
    """A server that is connected."""

    async def tools(self) -> list[Listed]:
        """All its tools."""
        ...

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Said:
        """Call one of them.

        Raises:
            Gone: It has ended.
            ServerError: The server refused.
        """
        ...

    async def ended(self) -> None:
        """Return when the connection has ended, or the tools are others."""
        ...


Connect: TypeAlias = Callable[[ServerOptions], AbstractAsyncContextManager[Connection]]


class ToolServer:
    """One server over the whole talk.

    Args:
        options: How it is reached.
        connect: Connects with it.
    """

    def __init__(self, options: ServerOptions, connect: Connect) -> None:
        self.options = options
        self._connect = connect
        self._connection: Connection | None = None
        self._why = "it is not ready yet"

    async def run(self, found: Callable[[list[Listed]], None], said: Callable[[str], None]) -> None:
        """Keep it running until it is struck, or this is cancelled.

        Args:
            found: Takes its tools whenever they are others; none: it is gone.
            said: Takes what the user should know, one line each.
        """
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            begun = loop.time()
            try:
                await self._attend(found, said)
                error: ServerError = Gone("it has ended")
            except Exception as failure:
                first = first_of(failure)
                error = first if isinstance(first, ServerError) else ServerError(reason_of(first))
            if isinstance(error, Unusable):
                self._strike(str(error), found, said)
                return
            self._connection, self._why = None, one_line(error)
            found([])
            failures = 1 if loop.time() - begun >= STEADY_S else failures + 1
            if failures > RESTARTS:
                self._strike(f"{self._why}: given up after {RESTARTS} more tries", found, said)
                return
            if failures == 1:
                said(f"{self.options.name}: {self._why}: it is tried again")
            await asyncio.sleep(PAUSE_S * 2 ** (failures - 1))

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Said:
        """Call one of its tools.

        Raises:
            ServerError: It is not there, or refused.
        """
        if self._connection is None:
            raise ServerError(f"the server {self.options.name} is not there: {self._why}")
        try:
            return await self._connection.call(name, arguments)
        except Gone as gone:
            raise ServerError(f"the server {self.options.name} ended during the call: {gone}") from gone

    async def _attend(self, found: Callable[[list[Listed]], None], said: Callable[[str], None]) -> None:
        slow = asyncio.get_running_loop().call_later(
            SLOW_S, said, f"{self.options.name}: not ready after {SLOW_S:g} s, going on without it until it is"
        )
        try:
            async with asyncio.timeout(START_S) as start, self._connect(self.options) as connection:
                while True:
                    tools = await connection.tools()
                    start.reschedule(None)
                    slow.cancel()
                    self._connection = connection
                    found(tools)
                    await connection.ended()
                    start.reschedule(asyncio.get_running_loop().time() + START_S)
        except TimeoutError:
            raise ServerError(f"no answer within {START_S:g} s") from None
        finally:
            slow.cancel()

    def _strike(self, why: str, found: Callable[[list[Listed]], None], said: Callable[[str], None]) -> None:
        self._connection, self._why = None, why
        found([])
        said(f"{self.options.name}: {why}: going on without its tools")


def first_of(error: BaseException) -> BaseException:
    """The error, or the first of a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def reason_of(error: BaseException) -> str:
    """Why, in one line: of a group of errors the first."""
    error = first_of(error)
    kind, words = type(error).__name__, one_line(error)
    return one_line(f"{kind}: {words}" if words else kind)
