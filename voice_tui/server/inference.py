"""The models at work for all sessions, in turn: who has much to say holds up nobody who has little.

A turn that could be answered only when nobody wants the answer any more is refused at once, in so many words: the
client can say so, or try another server. What was accepted is finished.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, TypeVar

PLACES = 2
"""One may hear while another speaks."""
MOST_WAIT_S = 4.0
"""A turn that would wait longer for its first model is refused: people ask again after such a silence."""
OVERLOADED = "server_overloaded"
REFUSED = "The server has more to hear and to say than it can. Please try again in {:.0f} s."
FRESH = 0.2
"""The share of the newest job in the mean of its kind."""

T = TypeVar("T")


class Overloaded(Exception):
    """There is no room for another turn; the text is for the client."""


@dataclass(slots=True)
class _Job:
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    result: asyncio.Future[Any]


class Inference:
    """Runs models in an executor, for the sessions in turn.

    Args:
        executor: Where they run.
        places: So many run at once.
    """

    def __init__(self, executor: Executor, places: int = PLACES) -> None:
        self._executor, self._places = executor, places
        self._waiting: dict[object, deque[_Job]] = {}  # the first session is next
        self._running = 0
        self._mean_s: dict[str, float] = {}  # by kind of job
        self.late: Callable[[], bool] = lambda: False
        """The server does not keep up with its clients, whatever the models do."""

    @property
    def wait_s(self) -> float:
        """How long a job that comes now would wait, by what such jobs took lately, s."""
        waiting = [self._mean_s.get(_kind(job.function), 0.0) for jobs in self._waiting.values() for job in jobs]
        return sum(waiting) / self._places

    def admit(self) -> None:
        """Ask for room for another turn.

        Raises:
            Overloaded: There is none.
        """
        if (wait_s := self.wait_s) > MOST_WAIT_S or self.late():
            raise Overloaded(REFUSED.format(max(wait_s, 1.0)))

    async def run(self, owner: object, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function when it is the owner's turn.

        Args:
            owner: The session that it is for.
            function: A model's method.
            arguments: Its arguments.

        Raises:
            Exception: What the function raises.
        """
        job = _Job(function, arguments, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(owner, deque()).append(job)
        self._next()
        result: T = await job.result
        return result

    def _next(self) -> None:
        while self._running < self._places and self._waiting:
            owner, jobs = next(iter(self._waiting.items()))
            del self._waiting[owner]
            job = jobs.popleft()
            if jobs:
                self._waiting[owner] = jobs  # behind all others
            if not job.result.cancelled():
                self._start(job)

    def _start(self, job: _Job) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        self._running += 1
        done = loop.run_in_executor(self._executor, job.function, *job.arguments)

        def over(future: asyncio.Future[Any]) -> None:
            self._running -= 1
            kind, took_s = _kind(job.function), loop.time() - began
            self._mean_s[kind] = self._mean_s.get(kind, took_s) * (1 - FRESH) + took_s * FRESH
            if future.cancelled():
                job.result.cancel()
            elif error := future.exception():  # asked for also where nobody waits any more
                if not job.result.done():
                    job.result.set_exception(error)
            elif not job.result.done():
                job.result.set_result(future.result())
            self._next()

        done.add_done_callback(over)


def _kind(function: Callable[..., Any]) -> str:
    return getattr(function, "__qualname__", "")
