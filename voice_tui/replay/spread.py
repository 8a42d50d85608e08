"""The same work on many things: on all cores (in processes: computing holds the interpreter's lock), or a cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeVar

from voice_tui.replay import cluster

Item = TypeVar("Item")
Result = TypeVar("Result")

UNWINDS_S = 1.0  # a process that has not ended by then is killed


def cores() -> int:
    """How many there are for us."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def spread(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    processes: int = 0,
    scheduler: str = "",
    files: Sequence[Path] = (),
) -> Iterator[tuple[int, Result]]:
    """Do it, and give each result as it is there, with the number of its item.

    Args:
        work: A function of a module, which another process can find.
        items: What it is done with; they and the results have to be picklable.
        processes: How many at once; 0: one a core. One does it here, where no process has to start.
        scheduler: Address of a cluster that does it instead; "" for none.
        files: What its workers have to be able to read.

    Raises:
        ClusterError: The cluster can't do it.
        Exception: What the work raised; what has not begun then never does, and what is under way ends at once.
    """
    if scheduler:
        yield from cluster.spread(work, items, scheduler, files)
        return
    processes = min(processes or cores(), len(items))
    if processes <= 1:
        for i, item in enumerate(items):
            yield i, work(item)
        return
    others = multiprocessing.active_children()
    # Spawned, not forked: libraries that have threads of their own do not survive a fork.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), initializer=_begin) as pool:
        with _uninterrupted():
            numbers: dict[Future[Result], int] = {pool.submit(_done, work, item): i for i, item in enumerate(items)}
        try:
            for done in as_completed(numbers):
                yield numbers[done], done.result()
        except BaseException:  # Ctrl+C among them: nobody waits for the rest
            pool.shutdown(wait=False, cancel_futures=True)
            _end([child for child in multiprocessing.active_children() if child not in others])
            raise


def _begin() -> None:
    """In a process that works: whoever began it hears Ctrl+C and ends it, and it leaves nothing behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _unwind)


def _unwind(*_: object) -> None:
    """End what is under way, which deletes its files; the pool may tell us to end once more meanwhile."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(1)


def _done(work: Callable[[Item], Result], item: Item) -> Result:
    try:
        return work(item)
    except SystemExit:
        os._exit(1)  # else the pool would take it for a result, and begin with the next item


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Processes that begin in here do not hear Ctrl+C, not even while they load; we hear it when it is over."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(workers: Sequence[BaseProcess]) -> None:
    """They clean up if they can within a second, all together."""
    for worker in workers:
        worker.terminate()
    latest = time.monotonic() + UNWINDS_S
    for worker in workers:
        worker.join(max(0.0, latest - time.monotonic()))
        worker.kill()
