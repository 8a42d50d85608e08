"""The call that a conversation is: it is hung up by a limit or by the user, and it may be called again."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from voice_tui.messages.intents import CallDemo, Request
from voice_tui.messages.link import CallAgain, CallEnded
from voice_tui.messages.talk import SendText

log = logging.getLogger(__name__)


class HungUp(Exception):
    """A limit of the user's is reached; the text is one line that says which."""


class Call:
    """Whether there is a call, and what began it again.

    Attributes:
        ended: Why it was hung up; None: it goes on.
        waits: It was hung up, everything that had come was heard, and it waits to be called again.
    """

    def __init__(self) -> None:
        self.ended: CallEnded | None = None
        self.waits = False
        self._again = asyncio.Event()
        self._connection: asyncio.Task[Any] | None = None

    def holds(self, connection: asyncio.Task[Any]) -> None:
        """A call goes over this connection, which is cancelled when it is hung up."""
        self._connection = connection

    def hang_up(self, ended: CallEnded) -> None:
        """End it, unless it has ended."""
        if self.ended:
            return
        log.info("hung up: %s", ended.why)
        self.ended = ended
        if self._connection is not None:
            self._connection.cancel()

    def heed(self, request: Request) -> None:
        """What the user wants may need a call where there is none."""
        if self.waits and (isinstance(request, CallAgain | SendText) or request in (CallDemo(), CallDemo(True))):
            self._again.set()

    async def called_again(self, others: list[asyncio.Task[Any]]) -> bool:
        """Wait until it is called again.

        Args:
            others: What ends the conversation when it is done.

        Returns:
            False: the conversation is over.
        """
        self._again.clear()
        self.waits = True
        again = asyncio.create_task(self._again.wait(), name="again")
        try:
            await asyncio.wait([again, *others], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.waits = False
            again.cancel()
        if any(task.done() for task in others):
            return False
        self.ended = None
        return True
