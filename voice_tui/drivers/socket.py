"""The connection of a conversation: one at a time, and the next one when it is lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from websockets.exceptions import ConnectionClosed

from voice_tui.drivers.failures import FEW_TRIES, STEADY_S, ConnectionFailed, Failure, Then, delay, explained
from voice_tui.drivers.line import Line
from voice_tui.drivers.transport import Connect, websocket
from voice_tui.drivers.wirelog import WireTap
from voice_tui.endpoints.families import Family
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.commands import Send
from voice_tui.messages.inputs import Arrived, Input, Linked, Lost, Reported
from voice_tui.messages.link import Link
from voice_tui.messages.remarks import Remark
from voice_tui.messages.talk import Announced, Severity

__all__ = ["Connection", "ConnectionFailed"]

log = logging.getLogger(__name__)

LINE_ERRORS = (ConnectionClosed, TimeoutError, OSError)  # whatever else comes from an open line is a fault of ours
WARM_UP_S = 10.0  # so long a server may take until it says its first word, unless it is known to need longer


class Connection:
    """Keeps one connection open until told to stop.

    Args:
        resolve: Says where to connect, before each attempt.
        family: How events become bytes.
        receive: Takes what happens: `Linked`, `Arrived`, and `Lost` before the next session is tried.
        wirelog: Takes each event, both ways.
        attempts: Give up after so many failures before the first session; None: never.
        awaited: Somebody waits for a word of the endpoint.
        warm_up_s: How long the endpoint may take until it says its first word.
        connect: Opens the transport.
        chance: 0 to 1, for the pauses between tries.
    """

    def __init__(
        self,
        resolve: Callable[[], Awaitable[Endpoint]],
        family: Family,
        receive: Callable[[Input], None],
        wirelog: WireTap | None = None,
        attempts: int | None = None,
        *,
        awaited: Callable[[], bool] = lambda: False,
        warm_up_s: float = WARM_UP_S,
        connect: Connect = websocket,
        chance: Callable[[], float] = lambda: 0.5,
    ) -> None:
        self._resolve, self._family, self._receive, self._connect = resolve, family, receive, connect
        self._wirelog, self._attempts, self._awaited, self._warm_up_s = wirelog, attempts, awaited, warm_up_s
        self._chance = chance
        self._endpoint = Endpoint("", "", "")
        self._line: Line | None = None
        self._dropped = 0  # of lines that are over
        self._had_session = False

    @property
    def dropped(self) -> int:
        """Pieces of audio that never went out."""
        return self._dropped + (self._line.dropped if self._line is not None else 0)

    def send(self, send: Send) -> None:
        """Queue an event; without a connection there is nobody that it could be for."""
        if self._line is not None:
            self._line.send(send)

    async def run(self) -> None:
        """Connect, and again after each loss, until cancelled.

        Raises:
            ConnectionFailed: Trying again would not help.
        """
        failures = tries = 0
        while True:
            self._tell(self._trying)
            self._endpoint = await self._resolve()
            self._tell(self._trying)
            if problem := self._endpoint.problem:
                raise ConnectionFailed(problem)
            failure, lived_s = await self._hold()
            if lived_s is not None and lived_s >= STEADY_S:
                failures = tries = 0
            failures += 1
            tries = tries + 1 if failure.then is Then.FEW else 0
            hopeless = not self._had_session and self._attempts is not None and failures >= self._attempts
            if failure.then is Then.NEVER or tries >= FEW_TRIES or hopeless:
                raise ConnectionFailed(f"{self._endpoint.host}: {failure.words}")
            await self._pause(failure, failures)

    async def _pause(self, failure: Failure, failures: int) -> None:
        at_once = failure.then is Then.NOW and failures == 1
        pause = 0.0 if at_once else delay(failures, self._chance()) if failure.after_s is None else failure.after_s
        log.warning("connection to %s lost (%s), next try in %.1f s", self._endpoint.host, failure.words, pause)
        when = f"in {round(pause, 1):g} s" if pause else "now"
        self._tell(Link.RECONNECTING, f"{when} ({failure.words})")
        await asyncio.sleep(pause)

    async def _hold(self) -> tuple[Failure, float | None]:
        """Open a connection and hold it: why it ended, and how long it was open, s; None: it never was."""
        clock = asyncio.get_running_loop().time
        line = Line(
            self._endpoint,
            self._family,
            self._connect,
            self._take,
            self._misfit,
            self._awaited,
            self._warm_up_s,
            self._wirelog,
        )
        opened: float | None = None

        def begin() -> None:
            nonlocal opened
            self._line, opened = line, clock()
            self._tell(self._trying, opened=True)

        line.begin = begin
        try:
            await line.over()
        except Exception as error:
            if opened is not None and not isinstance(error, LINE_ERRORS):
                raise
            failure = explained(error, self._endpoint, line.last_error, line.session_id)
        finally:
            self._line = None
            self._dropped += line.dropped
            await line.close()
        self._had_session |= line.answered
        if opened is None:
            return failure, None
        self._receive(Lost())
        return failure, clock() - opened

    def _take(self, event: object, remark: Remark) -> None:
        self._receive(Arrived(event))

    def _misfit(self, line: str) -> None:
        self._receive(Reported(Announced(Severity.WARNING, line)))

    @property
    def _trying(self) -> Link:
        return Link.RECONNECTING if self._had_session else Link.CONNECTING

    def _tell(self, link: Link, detail: str = "", *, opened: bool = False) -> None:
        self._receive(Linked(link, detail, self._endpoint.host, self._endpoint.model, opened))
