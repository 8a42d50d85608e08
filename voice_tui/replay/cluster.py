"""The same work on many things, on the workers of a Dask cluster: a lost worker costs nothing but time."""

from __future__ import annotations

import logging
import os
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from voice_tui.plain_text import one_line

Item = TypeVar("Item")
Result = TypeVar("Result")

ADDRESS = re.compile(r"(tcp|tls)://[^\s/@]+:\d{1,5}")
REACH_S = 10.0  # so long the scheduler, or a first worker, may take
NOBODY_S = 60.0  # so long work waits where no worker is left
LOOK_S = 1.0
ALIKE = ("voice_tui", "distributed", "numpy", "scipy", "onnxruntime")
"""What has to be of one version everywhere, or results would differ."""
MISSING = '--scheduler needs distributed, which is not installed: pip install "voice-tui[cluster]"'


class ClusterError(Exception):
    """The cluster can't do it; one line."""


def check_address(address: str) -> None:
    """Whether it can be a scheduler's.

    Raises:
        ClusterError: It can't.
    """
    if not ADDRESS.fullmatch(address):
        raise ClusterError(one_line(f"--scheduler: {address!r} is no address, give tcp://HOST:PORT"))


def spread(
    work: Callable[[Item], Result], items: Sequence[Item], scheduler: str, files: Sequence[Path] = ()
) -> Iterator[tuple[int, Result]]:
    """Do it, and give each result as it is there, with the number of its item.

    Args:
        work: A function of a module of ours.
        items: What it is done with; they and the results have to be picklable.
        scheduler: Address of the scheduler, ``tcp://HOST:PORT``.
        files: What every worker has to be able to read.

    Raises:
        ClusterError: The cluster can't be reached, can't do it, or nobody is left of it.
        Exception: What the work raised.
    """
    check_address(scheduler)
    try:
        import distributed
    except ImportError as error:
        raise ClusterError(MISSING) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said here, in one line
    with _client(distributed, scheduler) as client, client.as_current():
        _look(client, scheduler, files)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # advice for those who program with it
            futures = client.map(work, items, pure=False)
        numbers = {future.key: i for i, future in enumerate(futures)}
        waiting, seen = set(futures), time.monotonic()
        while waiting:
            done = _done(distributed, scheduler, waiting)
            for future in done:
                yield numbers[future.key], _result(distributed, scheduler, future)
            waiting -= done
            if done or _workers(client):
                seen = time.monotonic()
            elif time.monotonic() - seen > NOBODY_S:
                raise ClusterError(f"{scheduler}: no worker has been there for {NOBODY_S:g} s")


@contextmanager
def _client(distributed: Any, scheduler: str) -> Iterator[Any]:
    """A connection to the scheduler.

    Raises:
        ClusterError: It can't be reached.
    """
    try:
        client = distributed.Client(scheduler, timeout=REACH_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        why = one_line(str(error)) or "it does not answer"
        raise ClusterError(f"--scheduler: {scheduler} can't be reached: is it running? ({why})") from error
    except Exception as error:  # another version of Dask, or no Dask at all: whatever its handshake stumbles over
        raise ClusterError(f"--scheduler: {scheduler} does not speak as our Dask does: {_said(error)}") from error
    try:
        yield client
    finally:
        client.close(timeout=2)


def _look(client: Any, scheduler: str, files: Sequence[Path]) -> None:
    """Whether the workers are as we are, and can read what they have to.

    Raises:
        ClusterError: They are not, or can't.
    """
    try:
        client.wait_for_workers(1, timeout=REACH_S)
    except TimeoutError as error:
        raise ClusterError(f"{scheduler}: no worker is there") from error
    try:
        there = client.run(_versions)
        unread = client.run(_unreadable, [str(path) for path in files])
    except Exception as error:
        if isinstance(error, ModuleNotFoundError):
            raise ClusterError(f"{scheduler}: a worker lacks {error.name}: install this voice-tui there") from error
        raise ClusterError(f"{scheduler}: {_said(error)}") from error
    here = _versions()
    for worker, versions in there.items():
        for name, version in here.items():
            if versions.get(name) != version:
                found = versions.get(name) or "not installed"
                raise ClusterError(f"worker {worker}: {name} is {found} there and {version or 'not installed'} here")
    for worker, path in unread.items():
        if path:
            raise ClusterError(one_line(f"worker {worker} can't read {path}: it has to be there under the same name"))


def _versions() -> dict[str, str]:
    """The versions of everything that has a part in results."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"Python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for name in ALIKE:
        try:
            found[name] = version(name.replace("_", "-"))
        except PackageNotFoundError:
            found[name] = ""
    return found


def _unreadable(files: Sequence[str]) -> str:
    """The first that can't be read; "" for none."""
    return next((path for path in files if not os.access(path, os.R_OK)), "")


def _workers(client: Any) -> int:
    return len(client.scheduler_info().get("workers", {}))


def _done(distributed: Any, scheduler: str, waiting: set[Any]) -> set[Any]:
    """Those that have just become ready."""
    try:
        return set(distributed.wait(waiting, timeout=LOOK_S, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        return set()
    except (OSError, distributed.CancelledError) as error:
        raise ClusterError(f"{scheduler}: the scheduler is gone") from error


def _result(distributed: Any, scheduler: str, future: Any) -> Any:
    """What came of it.

    Raises:
        ClusterError: It was never done.
        Exception: What the work raised.
    """
    try:
        return future.result(timeout=REACH_S)
    except distributed.KilledWorker as error:
        raise ClusterError(f"{scheduler}: several workers ended over the same piece: {_said(error)}") from error
    except (distributed.CancelledError, TimeoutError) as error:
        raise ClusterError(f"{scheduler}: the scheduler is gone") from error


def _said(error: Exception) -> str:
    return one_line(str(error) or type(error).__name__, 200)
