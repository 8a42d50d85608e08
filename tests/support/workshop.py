"""A workshop for tools on an event loop that is somebody else's: no threads, and blocking takes the loop's time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any


class LoopWorkshop:
    """Runs everything on the loop.

    Args:
        loop: Whose time it is.
        takes_s: What each call that blocks takes.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, takes_s: float = 0.0) -> None:
        self._loop, self.takes_s = loop, takes_s
        self.tasks: set[asyncio.Task[Any]] = set()
        self.blocked: list[str] = []

    def block(self, work: Callable[[], Any], name: str) -> Future[Any]:
        self.blocked.append(name)

        async def carry_out() -> Any:
            result = work()
            await asyncio.sleep(self.takes_s)
            return result

        return self.run(carry_out)

    def run(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Future[Any]:
        task = self._loop.create_task(work(), name="tool")
        done: Future[Any] = Future()
        self.tasks.add(task)

        def settle(_: asyncio.Task[Any]) -> None:
            self.tasks.discard(task)
            if task.cancelled():
                done.cancel()
            elif not done.cancelled():
                error = task.exception()
                done.set_exception(error) if error else done.set_result(task.result())

        task.add_done_callback(settle)
        done.add_done_callback(lambda done: task.cancel() if done.cancelled() else None)
        return done

    def close(self) -> None:
        for task in self.tasks:
            task.cancel()
