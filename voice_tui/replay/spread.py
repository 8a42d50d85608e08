"""The same work on many things: on all cores (in processes: computing holds the interpreter's lock), or a cluster."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TypeVar

from voice_tui.replay import cluster

Item = TypeVar("Item")
Result = TypeVar("Result")


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
        Exception: What the work raised; what has not begun then never does.
    """
    if scheduler:
        yield from cluster.spread(work, items, scheduler, files)
        return
    processes = min(processes or cores(), len(items))
    if processes <= 1:
        for i, item in enumerate(items):
            yield i, work(item)
        return
    # Spawned, not forked: libraries that have threads of their own do not survive a fork.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        numbers: dict[Future[Result], int] = {pool.submit(work, item): i for i, item in enumerate(items)}
        try:
            for done in as_completed(numbers):
                yield numbers[done], done.result()
        finally:
            for waiting in numbers:
                waiting.cancel()
