"""The memory on a thread of its own: the voice never waits for the disk or for an embedding."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from voice_tui.memory.embedding import Embedder, best_embedder
from voice_tui.memory.recall import Recall
from voice_tui.memory.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")

AT_ONCE = 16  # facts embedded between two requests: 20-50 ms, so that a request does not wait long


@dataclass(frozen=True, slots=True)
class Memory:
    """What a request may use, on the memory's thread only."""

    store: Store
    recall: Recall
    embedder: Embedder


class MemoryThread:
    """Runs requests one after the other in the order in which they came; new facts are embedded in between.

    Args:
        path: See `Store`; it is opened with the first request.
        now: The clock, in seconds since 1970; called on the thread.
        embedder: Called on the thread; the best one that is installed by default.
        executor: Runs them one after the other; a thread unless given.
        embeds: Load the model and embed new facts in between; without it, no request ever waits for that.
    """

    def __init__(
        self,
        path: Path | None,
        now: Callable[[], float],
        embedder: Callable[[], Embedder] = best_embedder,
        *,
        embeds: bool = True,
        executor: Executor | None = None,
    ) -> None:
        self._path, self._now, self._embedder, self._embeds = path, now, embedder, embeds
        self._executor = executor or ThreadPoolExecutor(max_workers=1, thread_name_prefix="memory")
        self._memory: Memory | None = None
        self._closing = False

    def submit(self, request: Callable[[Memory], T]) -> Future[T]:
        """Run a request on the thread; returns at once. A coroutine awaits it with `asyncio.wrap_future`.

        The future fails with what the request raises, or with `MemoryFileError` while the file can't be opened.

        Raises:
            RuntimeError: The memory was closed.
        """
        done = self._executor.submit(lambda: request(self._open()))
        if self._embeds:
            self._later(self._embed_new)
        return done

    def close(self) -> None:
        """Finish what was submitted, close the file, end the thread, and wait for that."""
        if not self._closing:
            self._closing = True
            self._executor.submit(self._close)
        self._executor.shutdown()

    def _open(self) -> Memory:
        if self._memory is None:
            store = Store(self._path, self._now)
            embedder = self._embedder()
            self._memory = Memory(store, Recall(store.facts, embedder), embedder)
            if self._embeds:
                self._later(self._warm_up)
        return self._memory

    def _warm_up(self) -> None:
        """A model takes more than a second to load: better now than at the first question, if there are facts."""
        if self._memory and not self._closing and self._memory.store.facts.page(limit=1):
            self._memory.recall.warm_up()

    def _embed_new(self) -> None:
        """One batch at a time, each behind the requests that came meanwhile."""
        if self._memory and not self._closing and self._memory.recall.catch_up(AT_ONCE) == AT_ONCE:
            self._later(self._embed_new)

    def _later(self, task: Callable[[], None]) -> None:
        """Behind what waits; once the end has come, not at all."""
        with suppress(RuntimeError):
            self._executor.submit(task).add_done_callback(_log_failure)

    def _close(self) -> None:
        if self._memory:
            self._memory.store.close()


def _log_failure(done: Future[None]) -> None:
    """Nobody waits for what the thread does on its own."""
    if error := done.exception():
        log.error("memory: %s: %s", type(error).__name__, error)
