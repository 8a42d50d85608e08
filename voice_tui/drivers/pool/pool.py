"""Connections that wait, open and configured, for whoever needs one at once; so many of each endpoint, and no more."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Generic, Self, TypeAlias

from voice_tui.drivers.failures import delay, reason
from voice_tui.drivers.pool.limits import Full, Limits
from voice_tui.drivers.pool.shelf import M, Shelf, Waiting
from voice_tui.endpoints.providers import Endpoint

log = logging.getLogger(__name__)

LOOK_S = 0.5
"""The pool looks after its connections so often; one that is needed is opened at once."""

Key: TypeAlias = tuple[str, str, str]


class Pool(Generic[M]):
    """Keeps connections warm, and hands each out once: a session has a history, so none is used a second time.

        settings = SessionUpdate(session=SessionConfig(type="realtime", instructions="Answer the telephone."))
        async with Pool(configured(settings), Limits(warm=3, most=20)) as pool:
            pool.keep(endpoint)
            async with pool.lent(endpoint) as connection:  # at once, where one waits
                connection.line.send(Send(ResponseCreate()))

    Whatever goes wrong with one that waits is no business of anybody's: it is replaced, with growing pauses where that
    fails too. Only whoever takes one where none waits is told why there is none.

    Args:
        make: Begins to open a connection to an endpoint, in its event loop.
        limits: See `Limits`.
        chance: 0 to 1, for the pauses between tries.
    """

    def __init__(
        self, make: Callable[[Endpoint], M], limits: Limits | None = None, chance: Callable[[], float] = lambda: 0.5
    ) -> None:
        self._make, self._chance = make, chance
        self.limits = limits or Limits()
        self._shelves: dict[Key, Shelf[M]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._goodbyes: set[asyncio.Task[None]] = set()  # are waited for, and not cancelled
        self._keeper: asyncio.Task[None] | None = None
        self.ended: Counter[str] = Counter()
        """Why connections that waited did not any more: ``dropped``, ``mute``, ``old``, ``idle``, ``unopened``."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self.close()

    # ---- for whoever needs one

    def keep(self, endpoint: Endpoint) -> None:
        """Keep `Limits.warm` of them waiting, from now on."""
        self._shelf(endpoint)
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._look_after(), name="pool")
        self._fill()

    def forget(self, endpoint: Endpoint) -> None:
        """Keep none of them any more; those in use stay."""
        if shelf := self._shelves.get(_key(endpoint)):
            self._let_go(shelf, list(shelf.waiting), "idle")
            if not shelf.count:
                del self._shelves[_key(endpoint)]

    def waiting(self, endpoint: Endpoint) -> int:
        """How many wait, open and configured."""
        shelf = self._shelves.get(_key(endpoint))
        return sum(waiting.member.open for waiting in shelf.waiting) if shelf else 0

    def in_use(self, endpoint: Endpoint) -> int:
        """How many were taken and did not come back."""
        shelf = self._shelves.get(_key(endpoint))
        return len(shelf.lent) if shelf else 0

    def take_waiting(self, endpoint: Endpoint) -> M | None:
        """One that waits, now; None where none does. It is the caller's until it is given back."""
        if (shelf := self._shelves.get(_key(endpoint))) is None:
            return None
        shelf.wanted_at = _now()
        while shelf.waiting:
            member = shelf.waiting.pop(0).member
            if member.open:
                shelf.lent.append(member)
                self._fill()
                return member
            self._drop(member, "dropped")
        return None

    async def take(self, endpoint: Endpoint) -> M:
        """One that waits, or else a new one. It is the caller's until it is given back.

        Raises:
            Full: As many as may be are in use, and none has come back for `Limits.patience_s`.
            Exception: What opening a connection raises, or what ended it.
        """
        if (member := self.take_waiting(endpoint)) is not None:
            return member
        shelf = self._shelf(endpoint)
        await self._room(endpoint, shelf)
        if (member := self.take_waiting(endpoint)) is not None:  # one was ready in the meantime
            return member
        shelf.opening += 1
        member = self._make(endpoint)
        try:
            await member.ready()
        except BaseException:
            await member.close()
            raise
        finally:
            shelf.opening -= 1
            shelf.freed.set()
        shelf.lent.append(member)
        return member

    def part_with(self, member: M) -> None:
        """It is the caller's for good, and counts no more."""
        for shelf in self._shelves.values():
            if member in shelf.lent:
                shelf.lent.remove(member)
                shelf.freed.set()
        self._fill()

    async def give_back(self, member: M) -> None:
        """It is not needed any more: it is closed, and another one may be opened in its place."""
        self.part_with(member)
        await member.close()

    @asynccontextmanager
    async def lent(self, endpoint: Endpoint) -> AsyncIterator[M]:
        """`take` for as long as the block lasts."""
        member = await self.take(endpoint)
        try:
            yield member
        finally:
            await self.give_back(member)

    async def close(self) -> None:
        """Say goodbye to all, also to those in use."""
        keeper, self._keeper = self._keeper, None
        tasks = [*self._tasks, *([keeper] if keeper else [])]
        for task in tasks:
            task.cancel()
        shelves, self._shelves = list(self._shelves.values()), {}
        members = [member for shelf in shelves for member in (*(w.member for w in shelf.waiting), *shelf.lent)]
        await asyncio.gather(*tasks, *(member.close() for member in members), return_exceptions=True)
        await asyncio.gather(*self._goodbyes, return_exceptions=True)

    # ---- how

    def _shelf(self, endpoint: Endpoint) -> Shelf[M]:
        shelf = self._shelves.setdefault(_key(endpoint), Shelf(endpoint, _now()))
        shelf.endpoint, shelf.wanted_at = endpoint, _now()
        return shelf

    async def _room(self, endpoint: Endpoint, shelf: Shelf[M]) -> None:
        try:
            async with asyncio.timeout(self.limits.patience_s):
                while shelf.count >= self.limits.most and not self.waiting(endpoint):
                    shelf.freed.clear()
                    await shelf.freed.wait()
        except TimeoutError:
            raise Full(f"{endpoint.host}: all {self.limits.most} connections are in use") from None

    def _fill(self) -> None:
        """Open what is missing."""
        if self._keeper is None:
            return
        now, limits = _now(), self.limits
        for shelf in self._shelves.values():
            missing = min(limits.warm - len(shelf.waiting) - shelf.opening, limits.most - shelf.count)
            if now - shelf.wanted_at < limits.idle_s and now >= shelf.next_try:
                for _ in range(missing):
                    shelf.opening += 1
                    _start(self._open(shelf), self._tasks)

    async def _open(self, shelf: Shelf[M]) -> None:
        member = self._make(shelf.endpoint)
        try:
            await member.ready()
        except asyncio.CancelledError:
            await member.close()
            raise
        except Exception as error:
            shelf.failures += 1
            shelf.next_try = _now() + delay(shelf.failures, self._chance())
            problem = reason(error, shelf.endpoint, member.last_error)
            if problem != shelf.problem:  # every try would say it again
                log.warning("%s: no connection waits: %s", shelf.endpoint.host, problem)
            shelf.problem = problem
            self._drop(member, "unopened")
        else:
            shelf.failures, shelf.problem = 0, ""
            shelf.waiting.append(Waiting(member, _now(), _now()))
        finally:
            shelf.opening -= 1
            shelf.freed.set()

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            now = _now()
            for shelf in list(self._shelves.values()):
                for waiting in list(shelf.waiting):
                    if why := self._over(shelf, waiting, now):
                        self._let_go(shelf, [waiting], why)
                    elif now - waiting.asked >= self.limits.ping_s:
                        waiting.asked = now
                        _start(self._ask(shelf, waiting), self._tasks)
            self._fill()

    def _over(self, shelf: Shelf[M], waiting: Waiting[M], now: float) -> str:
        """Why one must not wait any longer, "" where it may."""
        if not waiting.member.open:
            return "dropped"
        if now - shelf.wanted_at >= self.limits.idle_s:
            return "idle"
        return "old" if now - waiting.since >= self.limits.age_s else ""

    async def _ask(self, shelf: Shelf[M], waiting: Waiting[M]) -> None:
        if not await waiting.member.ping(self.limits.answer_s):
            self._let_go(shelf, [waiting], "mute")
            self._fill()

    def _let_go(self, shelf: Shelf[M], those: list[Waiting[M]], why: str) -> None:
        for waiting in those:
            if waiting in shelf.waiting:  # else somebody has taken it
                shelf.waiting.remove(waiting)
                self._drop(waiting.member, why)

    def _drop(self, member: M, why: str) -> None:
        self.ended[why] += 1
        _start(member.close(), self._goodbyes)


def _start(work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> None:
    task = asyncio.create_task(work, name="pool member")
    among.add(task)
    task.add_done_callback(among.discard)


def _key(endpoint: Endpoint) -> Key:
    return endpoint.provider, endpoint.url, endpoint.name


def _now() -> float:
    return asyncio.get_running_loop().time()
