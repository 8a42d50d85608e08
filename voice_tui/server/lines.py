"""The connections of a server, from their first byte: who comes in, who is heard too late, and who has to go."""

from __future__ import annotations

import logging
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response
from websockets.protocol import State

from voice_tui.drivers.keepalive import CountingServer
from voice_tui.server.entrance import Entrance
from voice_tui.server.lateness import SHARE, Lateness

MOST_UNREAD = 24_000  # bytes: 0.4 s of a microphone
FEW = 4  # sessions: where there are fewer the machine is slow, and it would help nobody to send one away

logger = logging.getLogger(__name__)


class Lines:
    """The connections of one server, from their first byte; those that are gone are forgotten by themselves."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance
        self.lateness = Lateness(self._behind)
        """Whether they are all heard in time."""
        self._all: WeakSet[CountingServer] = WeakSet()
        self._inside: WeakKeyDictionary[CountingServer, int] = WeakKeyDictionary()  # and which it was
        self._count = count()

    def open(self, *arguments: Any, **options: Any) -> CountingServer:
        """A new connection, see `serve`."""
        line = CountingServer(*arguments, **options)
        self._all.add(line)
        return line

    def admit(self, line: ServerConnection, request: Request) -> Response | None:
        """Answer a handshake that stays outside; who comes in counts from now on."""
        assert isinstance(line, CountingServer)
        refusal = self._entrance.refusal(request, len(self._open), late=self.too_late)
        if refusal is None:
            self._inside[line] = next(self._count)
        else:
            logger.info("a client stays outside: %d", refusal.status_code)
        return refusal

    @property
    def _open(self) -> list[CountingServer]:
        return [line for line in list(self._inside) if line.state is not State.CLOSED]

    @property
    def newest(self) -> list[CountingServer]:
        """Those who came in last: one of `SHARE`, and one at least."""
        talking = sorted((line for line in self._open if line.state is State.OPEN), key=lambda line: self._inside[line])
        return talking[-max(1, len(talking) // SHARE) :]

    @property
    def too_late(self) -> bool:
        """There are more sessions than can be served."""
        return self.lateness.too_late and len(self._open) >= FEW

    def _behind(self) -> float:
        lines = self._open
        return sum(line.unread > MOST_UNREAD for line in lines) / max(1, len(lines))

    def cut(self) -> None:
        """Drop what is still connected."""
        for line in list(self._all):
            line.abort()
