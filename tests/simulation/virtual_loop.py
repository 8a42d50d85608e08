"""An event loop on which time passes only when nothing else is to be done."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor, Future
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")

START_S = 1_000.0  # the clock does not begin at zero: nobody may rely on that


class StandstillError(Exception):
    """Everything waits, and nothing will ever happen again."""


class _VirtualSelector(selectors.BaseSelector):
    """Instead of waiting it moves the clock; no file is ever ready."""

    def __init__(self) -> None:
        self.now = START_S
        self._files: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        self._files[fileobj] = key = selectors.SelectorKey(fileobj, 0, events, data)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._files.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise StandstillError("every task waits for something that will not come")
        self.now += max(0.0, timeout)
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._files

    def close(self) -> None:
        self._files.clear()


def _no_socket(*args: Any, **kwargs: Any) -> Any:
    raise AssertionError("a simulation opens no socket")


class VirtualLoop(asyncio.SelectorEventLoop):
    """Executors run inline, and what they do costs virtual time."""

    def __init__(self, cost_s: float = 0.02) -> None:
        self._virtual = _VirtualSelector()
        self._cost_s = cost_s
        super().__init__(self._virtual)
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self._virtual.now

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:  # type: ignore[override]  # narrower than the base, which also takes what asyncio itself never passes
        future: asyncio.Future[T] = self.create_future()
        settle(future, func, args, self._cost_s, self)
        return future

    def add_signal_handler(self, *args: Any) -> NoReturn:  # type: ignore[override]  # it never returns
        raise NotImplementedError("no signals in a simulation")

    create_connection = create_server = _no_socket


def settle(
    future: asyncio.Future[T] | Future[T], func: Callable[..., T], args: Any, cost_s: float, loop: VirtualLoop
) -> None:
    """Run ``func`` now; what came of it is known ``cost_s`` later."""
    result: list[T] = []
    error: list[BaseException] = []
    try:
        result.append(func(*args))
    except Exception as problem:
        error.append(problem)

    def tell() -> None:
        if future.cancelled() or future.done():
            return
        if error:
            future.set_exception(error[0])
        else:
            future.set_result(result[0])

    if cost_s <= 0 or not loop.is_running():
        tell()
    else:
        loop.call_later(cost_s, tell)


class InlineExecutor(Executor):
    """What a worker thread would do, done at once and known later."""

    def __init__(self, loop: VirtualLoop, cost_s: float) -> None:
        self._loop, self._cost_s = loop, cost_s

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        settle(future, lambda: fn(*args, **kwargs), (), self._cost_s, self._loop)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing runs that could be waited for."""


def run(main: Callable[[VirtualLoop], Coroutine[Any, Any, T]]) -> T:
    """Run on a loop of its own, and leave nothing behind.

    Raises:
        StandstillError: Everything waits.
    """
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(main(loop))
    finally:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
