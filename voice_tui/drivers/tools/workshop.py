"""Where tools run: never on the voice's thread, and none of them in the way of another.

What is awaited runs on a loop of its own, on one thread; whatever blocks has a thread for itself. A call that is given
up is cancelled where it is awaited. A thread can't be ended: it goes on, and nobody looks at what it gives; it does not
keep the program from ending.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any, Protocol

BLOCKING, LOOP = "tool ", "tools"
"""How the thread of a call that blocks is named, before the tool's name, and that of those that are awaited."""
MOST_THREADS = 16
"""Calls that block at the same time: more are refused, for they hang."""


class Workshop(Protocol):
    """Where tools run."""

    def block(self, work: Callable[[], Any], name: str) -> Future[Any]:
        """Run what blocks, beside everything else.

        Raises:
            RuntimeError: Too much is running.
        """
        ...

    def run(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Future[Any]:
        """Run what is awaited; cancelling the future cancels it."""
        ...

    def close(self) -> None:
        """Cancel what is awaited, and wait a moment for that."""
        ...


class ToolThreads:
    """The workshop of a run; its threads begin when they are needed."""

    CLOSE_S = 5.0

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._blocked: set[threading.Thread] = set()

    def block(self, work: Callable[[], Any], name: str) -> Future[Any]:
        """See `Workshop`."""
        self._blocked = {thread for thread in self._blocked if thread.is_alive()}
        if len(self._blocked) >= MOST_THREADS:
            raise RuntimeError(f"{MOST_THREADS} calls are running and don't end")
        done: Future[Any] = Future()

        def carry_out() -> None:
            try:
                result = work()
            except BaseException as error:  # SystemExit too: a tool that wants to leave has failed
                with suppress(InvalidStateError):  # it was given up meanwhile
                    done.set_exception(error)
            else:
                with suppress(InvalidStateError):
                    done.set_result(result)

        thread = threading.Thread(target=carry_out, name=f"{BLOCKING}{name}", daemon=True)
        self._blocked.add(thread)
        thread.start()
        return done

    def run(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Future[Any]:
        """See `Workshop`."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name=LOOP, daemon=True)
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(_staying(work), self._loop)

    def close(self) -> None:
        """See `Workshop`."""
        loop, self._loop = self._loop, None
        if loop is None or self._thread is None:
            return
        with suppress(TimeoutError):  # one that will not be cancelled is left behind
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(self.CLOSE_S)
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join(self.CLOSE_S)
        if not self._thread.is_alive():
            loop.close()


async def _staying(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Do it; what wants to leave the program has failed, and would take the loop with all other calls along."""
    try:
        return await work()
    except (SystemExit, KeyboardInterrupt) as error:
        raise ValueError(f"it wanted to leave the program ({type(error).__name__})") from error


async def _cancel_all() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
