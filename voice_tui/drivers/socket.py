"""The connection of a conversation: one at a time, the next one when it is lost, or another that takes over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from itertools import count
from typing import TypeAlias

from websockets.exceptions import ConnectionClosed

from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.failures import FEW_TRIES, STEADY_S, Failure, SaidToGo, Then, delay, explained
from voice_tui.drivers.line import MOST_REMARKED, Line, SaidOnce, Take
from voice_tui.drivers.pool.successor import Successor
from voice_tui.drivers.session_end import SessionEnd
from voice_tui.drivers.transport import Connect, websocket
from voice_tui.drivers.wirelog import WireTap
from voice_tui.endpoints.families import Family
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.commands import Send
from voice_tui.messages.inputs import Arrived, Input, Linked, Lost, Moved, Pinged, Reported
from voice_tui.messages.link import Introduction, Link
from voice_tui.messages.profile import Place
from voice_tui.messages.remarks import Remark
from voice_tui.messages.talk import Announced, Severity

__all__ = ["Connection", "ConnectionFailed"]

log = logging.getLogger(__name__)

LINE_ERRORS = (ConnectionClosed, TimeoutError, OSError, SaidToGo)  # all else from an open line is a fault of ours
WARM_UP_S = 10.0  # so long a server may take until it says its first word, unless it is known to need longer
PAUSE_LOOK_S = 0.05
WOULD_END = "the session would have ended"
LOST_TRIES = 8  # about a minute of pauses: a script that waits for ever is worse than one that says why it ended

Resolve: TypeAlias = Callable[[], Awaitable[Endpoint]]


class Connection:
    """Keeps one connection open until told to stop.

    Args:
        resolve: Says where to connect, before each attempt.
        family: How events become bytes.
        receive: Takes what happens: `Linked`, `Arrived`, `Lost` before the next session is tried, `Moved` when another
            connection has taken over.
        wirelog: Takes each event, both ways.
        attempts: Give up after so many failures before the first session, and after `LOST_TRIES` once there was one;
            None: never.
        awaited: Somebody waits for a word of the endpoint.
        warm_up_s: How long the endpoint may take until it says its first word.
        introduce: What another connection has to be told at its place before it takes over; None: none can.
        portable: Nothing is under way, another connection could take over now.
        connect: Opens the transport.
        chance: 0 to 1, for the pauses between tries.
        clock: The time of day, s since 1970; None: nobody knows when a session will be ended.
        warm: So many connections wait, open and greeted, for the next session or for taking over.
    """

    def __init__(
        self,
        resolve: Resolve,
        family: Family,
        receive: Callable[[Input], None],
        wirelog: WireTap | None = None,
        attempts: int | None = None,
        *,
        awaited: Callable[[], bool] = lambda: False,
        warm_up_s: float = WARM_UP_S,
        introduce: Callable[[Place | None], Introduction | None] = lambda place: None,
        portable: Callable[[], bool] = lambda: False,
        connect: Connect = websocket,
        chance: Callable[[], float] = lambda: 0.5,
        clock: Callable[[], float] | None = None,
        warm: int = 0,
    ) -> None:
        self._resolve, self._family, self._receive, self._connect = resolve, family, receive, connect
        self._wirelog, self._attempts, self._awaited, self._warm_up_s = wirelog, attempts, awaited, warm_up_s
        self._introduce, self._portable, self._chance = introduce, portable, chance
        self._end = SessionEnd(clock, lambda told: receive(Reported(told)), lambda: self.renew(WOULD_END))
        self._successor = Successor(self._make, warm, chance)
        self._endpoint = Endpoint("", "", "")
        self._line: Line | None = None
        self._moved = asyncio.Event()  # another line took over, or is to be opened
        self._renewal: asyncio.Task[None] | None = None
        self._numbers = count(1)
        self._dropped = 0  # of lines that are over
        self._misfits = SaidOnce(self._warn)
        self._unknown = SaidOnce(partial(self._warn, severity=Severity.INFORMATION), MOST_REMARKED)
        self._had_session = False
        self._rests_until = 0.0  # on the loop's clock
        self._elsewhere = False  # the next try goes to another endpoint, at once
        self._pauses = False  # the next try is waited for

    @property
    def dropped(self) -> int:
        """Pieces of audio that never went out."""
        return self._dropped + (self._line.dropped if self._line is not None else 0)

    @property
    def rest_s(self) -> float:
        """So long from now on nothing new should be asked of the endpoint, by its own word about its budgets."""
        return max(0.0, self._rests_until - asyncio.get_running_loop().time())

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
        try:
            while True:
                self._tell(self._trying)
                self._endpoint = await self._resolve()
                self._tell(self._trying)
                failure, lived_s = await self._hold()
                if self._elsewhere:
                    self._elsewhere, failures, tries = False, 0, 0
                    continue
                if lived_s is not None and lived_s >= STEADY_S:
                    failures = tries = 0
                failures += 1
                tries = tries + 1 if failure.then is Then.FEW else 0
                most = LOST_TRIES if self._had_session and self._attempts is not None else self._attempts
                hopeless = most is not None and failures >= most
                if failure.then is Then.NEVER or tries >= FEW_TRIES or hopeless:
                    raise ConnectionFailed(f"{self._endpoint.host}: {failure.words}")
                await self._pause(failure, failures)
                if self._elsewhere:
                    self._elsewhere, failures, tries = False, 0, 0
        finally:
            self._end.forget()
            if self._renewal is not None:
                self._renewal.cancel()
                await asyncio.gather(self._renewal, return_exceptions=True)
            await self._successor.close()

    def hurry(self) -> None:
        """Where the next try is waited for, make it now."""
        if self._pauses:
            self._moved.set()

    async def _pause(self, failure: Failure, failures: int) -> None:
        at_once = failure.then is Then.NOW and failures == 1
        pause = 0.0 if at_once else delay(failures, self._chance()) if failure.after_s is None else failure.after_s
        log.warning("connection to %s lost (%s), next try in %.1f s", self._endpoint.host, failure.words, pause)
        when = f"in {round(pause, 1):g} s" if pause else "now"
        self._tell(Link.RECONNECTING, f"{when} ({failure.words})", reason=failure.words, again_s=pause)
        self._moved.clear()
        self._pauses = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._moved.wait(), pause)
        self._pauses = False

    # ---- one line after the other

    def _make(self, endpoint: Endpoint, take: Take) -> Line:
        return Line(
            endpoint,
            self._family,
            self._connect,
            take,
            lambda words: self._misfits.tell(endpoint, words),
            self._awaited,
            endpoint.place.capabilities.warm_up_s if endpoint.place else self._warm_up_s,
            self._wirelog,
            lambda: next(self._numbers),
        )

    async def _hold(self) -> tuple[Failure, float | None]:
        """Open a connection, hold it and those that take over: why it ended, how long it was open, s; None: never."""
        clock = asyncio.get_running_loop().time
        opened: float | None = None

        def begin() -> None:
            nonlocal opened
            self._line, opened = line, clock()
            line.timed = partial(self._timed, line)
            self._successor.keep(self._endpoint)
            self._tell(self._trying, opened=True)

        if (spare := self._successor.waiting(self._endpoint)) is not None:
            line = spare.line
            begin()
            for event in spare.arrived:
                self._receive(Arrived(event))
            line.take = self._take
        else:
            line = self._make(self._endpoint, self._take)
            line.begin = begin
        try:
            while (other := await self._until_moved(line)) is not line:
                old, line = line, other
                self._dropped += old.dropped
                await old.close()
            failure = Failure(Then.NOW, WOULD_END)
        except Exception as error:
            if opened is not None and not isinstance(error, LINE_ERRORS):
                raise
            failure = explained(error, self._endpoint, line.last_error, line.session_id, line.request_id)
        finally:
            self._line = None
            self._end.forget()
            self._dropped += line.dropped
            await line.close()
        self._had_session |= line.answered
        if opened is None:
            return failure, None
        self._receive(Lost())
        return failure, clock() - opened

    async def _until_moved(self, line: Line) -> Line:
        """Wait until another line has taken over; the same one: it is to be left.

        Raises:
            Exception: What ended this one.
        """
        self._moved.clear()
        moved = asyncio.create_task(self._moved.wait())
        try:
            await asyncio.wait([moved, line.task], return_when=asyncio.FIRST_COMPLETED)
        finally:
            moved.cancel()
        other = self._line or line
        if other is line and line.task.done():
            await line.over()
        return other

    # ---- another connection takes over

    def renew(self, why: str, resolve: Resolve | None = None) -> None:
        """Let another connection take over in the next pause; the one that there is stays until then.

        Args:
            why: For the notice that it has.
            resolve: Where to from now on; None: as before.
        """
        if resolve is not None and self._line is None:  # nothing is open that could be kept
            self._resolve, self._elsewhere = resolve, True
            self._moved.set()
            return
        if self._renewal is not None and not self._renewal.done():
            if resolve is None:
                return
            self._renewal.cancel()
        self._renewal = asyncio.create_task(self._renew(why, resolve or self._resolve), name="renewal")
        self._renewal.add_done_callback(self._renewal_over)

    def _renewal_over(self, renewal: asyncio.Task[None]) -> None:
        """A fault of ours in it ends the renewal, and not the connection that there is."""
        if not renewal.cancelled() and (error := renewal.exception()) is not None:
            log.error("the renewal failed", exc_info=error)
            self._warn(f"no other connection ({type(error).__name__}, see the log file): this one stays")

    async def _renew(self, why: str, resolve: Resolve) -> None:
        problem = ""
        for failures in range(1, FEW_TRIES + 1):
            try:
                endpoint = await resolve()
            except ConnectionFailed as error:
                problem = str(error)
                break
            try:
                await self._take_over(endpoint, why)
            except Exception as error:
                failure = explained(error, endpoint, self._successor.last_error)
                problem = f"{endpoint.host}: {failure.words}"
                log.warning("no other connection: %s", problem)
                if failure.then is Then.NEVER:
                    break
                await asyncio.sleep(delay(failures, self._chance()))
            else:
                self._resolve = resolve
                return
        self._warn(f"{problem}: the connection stays as it is")

    async def _take_over(self, endpoint: Endpoint, why: str) -> None:
        """Make a connection ready, wait for a pause, bring it up to date, and let it take over if it still is one."""
        while True:
            wanted = self._introduce(endpoint.place)
            if wanted is not None:
                await self._successor.ready(endpoint, wanted)
            while not self._portable():  # noqa: ASYNC110  # a pause is derived: nobody could set an event
                await asyncio.sleep(PAUSE_LOOK_S)
            wanted = self._introduce(endpoint.place)
            if wanted is None:  # it can't be told what was said: the next one begins without
                self._moved.set()
                return
            await self._successor.ready(endpoint, wanted)
            if self._portable() and self._introduce(endpoint.place) == wanted:
                break
        spare = self._successor.hand_over()
        self._line, self._endpoint = spare.line, endpoint
        self._successor.keep(endpoint)
        spare.line.take, spare.line.timed = self._take, partial(self._timed, spare.line)
        self._receive(Moved(spare.told, tuple(spare.arrived), why, endpoint.place))
        self._tell(Link.LIVE)
        self._end.forget()
        self._end.heard(Remark(expires_at=spare.expires_at, configured=True), endpoint, spare.line.age_s)
        self._moved.set()

    # ---- telling

    def _take(self, event: object, remark: Remark) -> None:
        if self._line is not None:
            self._end.heard(remark, self._endpoint, self._line.age_s)
        if remark.rest_s:
            self._rests_until = asyncio.get_running_loop().time() + remark.rest_s
        if remark.words and not remark.error:
            self._unknown.tell(self._endpoint, remark.words)
        self._receive(Arrived(event))

    def _timed(self, line: Line, round_trip_s: float) -> None:
        if line is self._line:
            self._receive(Pinged(round_trip_s))

    def _warn(self, words: str, severity: Severity = Severity.WARNING) -> None:
        self._receive(Reported(Announced(severity, words)))

    @property
    def _trying(self) -> Link:
        return Link.RECONNECTING if self._had_session else Link.CONNECTING

    def _tell(
        self, link: Link, detail: str = "", *, opened: bool = False, reason: str = "", again_s: float | None = None
    ) -> None:
        at = self._endpoint
        place = at.place if opened else None
        self._receive(Linked(link, detail, at.host, at.model, opened, reason, place, at.name, again_s))
