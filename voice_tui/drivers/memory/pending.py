"""What was asked of the memory's threads, and is picked up on the voice loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from voice_tui.drivers.memory.options import reason_of

T = TypeVar("T")


class Pending:
    """Requests in the order in which they were made; what comes of each is dealt with in that order, too.

    Args:
        failed: Told of the error of one that failed, before what is done instead.
    """

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self._requests: deque[tuple[Future[Any], Callable[[Any], None]]] = deque()

    def add(
        self, done: Future[T], then: Callable[[T], None], instead: Callable[[str], None] = lambda reason: None
    ) -> None:
        """One more.

        Args:
            done: The request.
            then: Takes what came of it.
            instead: Takes the reason where it failed.
        """

        def settle(future: Future[T]) -> None:
            error = future.exception()
            if error is None:
                then(future.result())
            else:
                self._failed(error)
                instead(reason_of(error))

        self._requests.append((done, settle))

    def poll(self) -> None:
        """Pick up what is done."""
        while self._requests and self._requests[0][0].done():
            done, settle = self._requests.popleft()
            settle(done)
