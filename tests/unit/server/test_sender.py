"""The queue in front of a client that takes slowly, or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.http11 import Request

from voice_tui.endpoints.realtime.wire.server_events import InputTranscriptionDelta
from voice_tui.rehearsal.virtual_time import run
from voice_tui.server.sender import MAX_WAITING, MAX_WAITING_BYTES, PATIENCE_S, Sender
from voice_tui.server.server import GOODBYE_S, part

EVENT = InputTranscriptionDelta(item_id="item", delta="")
MEGABYTE = 1024 * 1024


class Link:
    """A client that takes so many bytes a second."""

    def __init__(self, bytes_per_s: float) -> None:
        self._bytes_per_s = bytes_per_s
        self._begun, self._size = 0.0, 0
        self._dropped = asyncio.Event()
        self.sent: list[int] = []
        self.heard = 0
        self.dropped_at: float | None = None

    @property
    def request(self) -> Request | None:
        return None

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        return
        yield

    async def ask(self) -> Awaitable[float]:
        answer: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        answer.set_result(0.0)
        return answer

    async def send(self, message: bytes, *, text: bool | None = None) -> None:
        self._begun, self._size = asyncio.get_running_loop().time(), len(message)
        if self.dropped_at is None:
            takes_s = self._size / self._bytes_per_s if self._bytes_per_s else None
            try:
                async with asyncio.timeout(takes_s):
                    await self._dropped.wait()
            except TimeoutError:
                self.sent.append(len(message))
                return
        raise ConnectionClosedError(None, None)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._dropped.wait()

    @property
    def unsent(self) -> int:
        return self._size - int((asyncio.get_running_loop().time() - self._begun) * self._bytes_per_s)

    def abort(self) -> None:
        self.dropped_at = asyncio.get_running_loop().time()
        self._dropped.set()


def wire(size: int) -> Callable[[object], bytes]:
    return lambda event: bytes(size)


async def kept(link: Link, size: int, count: int, seconds: float) -> Sender:
    """What is left of so many messages after so long; nothing is put in while there is no room."""
    sender = Sender(link, wire(size))

    async def fill() -> None:
        for _ in range(count):
            sender.put(EVENT)
            if not await sender.room():
                break

    running, filling = asyncio.create_task(sender.run()), asyncio.create_task(fill())
    await asyncio.sleep(seconds)
    for task in (running, filling):
        task.cancel()
    return sender


def test_whoever_takes_nothing_fills_a_bounded_queue_and_is_dropped() -> None:
    async def story() -> None:
        link = Link(0)
        sender = await kept(link, 3 * MEGABYTE, 100, PATIENCE_S - 1)
        assert sender.waiting_bytes <= MAX_WAITING_BYTES + 3 * MEGABYTE
        assert link.dropped_at is None

        link, begun = Link(0), asyncio.get_running_loop().time()
        sender = await kept(link, 3 * MEGABYTE, 100, PATIENCE_S + 1)
        assert link.dropped_at == pytest.approx(begun + PATIENCE_S)
        assert sender.waiting_bytes == 0  # whoever waited for room went on, and found nobody

    run(lambda loop: story())


def test_a_slow_line_that_takes_some_is_not_dropped() -> None:
    async def story() -> None:
        link = Link(10_000)
        await kept(link, MEGABYTE, 2, 2 * MEGABYTE / 10_000 + 1)
        assert (link.dropped_at, len(link.sent)) == (None, 2)

    run(lambda loop: story())


def test_an_answer_waits_for_few_events_and_for_few_bytes() -> None:
    async def story() -> None:
        for size, count in ((1, MAX_WAITING + 1), (MAX_WAITING_BYTES + 1, 1)):
            sender = Sender(Link(0), wire(size))
            for _ in range(count):
                sender.put(EVENT)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await sender.drained()

    run(lambda loop: story())


def test_a_goodbye_that_nobody_takes_has_an_end() -> None:
    async def story() -> None:
        link, begun = Link(0), asyncio.get_running_loop().time()
        await part(link, 1000, "")
        assert link.dropped_at == pytest.approx(begun + GOODBYE_S)

    run(lambda loop: story())
