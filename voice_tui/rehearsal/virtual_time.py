"""An event loop on which time passes only when nothing else is to be done."""

from __future__ import annotations

import asyncio
import selectors
from collections import deque
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
            waiting = sorted(task.get_name() for task in asyncio.all_tasks(asyncio.get_running_loop()))
            raise StandstillError(f"every task waits for something that will not come: {', '.join(waiting)}")
        self.now += max(0.0, timeout)
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._files

    def close(self) -> None:
        self._files.clear()


def _no_socket(*args: Any, **kwargs: Any) -> NoReturn:
    raise AssertionError("a simulation opens no socket")


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop of a simulation: no sockets, no signals, no threads; what its own executor does costs virtual time.

    Args:
        cost_s: What each call of `asyncio.to_thread` costs.
    """

    def __init__(self, cost_s: float = 0.02) -> None:
        self._virtual = _VirtualSelector()
        super().__init__(self._virtual)
        self._clock_resolution = 1e-9
        self._own = InlineExecutor(self, cost_s)

    def time(self) -> float:
        """Virtual seconds."""
        return self._virtual.now

    def call_soon_threadsafe(  # type: ignore[override]  # there is one thread
        self, callback: Callable[..., object], *args: Any, context: Any = None
    ) -> asyncio.Handle:
        """The same as `call_soon`."""
        return self.call_soon(callback, *args, context=context)

    def run_in_executor(  # type: ignore[override]  # narrower than the base: threads would bring their own time
        self, executor: InlineExecutor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run it at once; its result comes when its virtual time is over."""
        executor = executor or self._own
        assert isinstance(executor, InlineExecutor), f"a simulation has no threads, this is {executor!r}"
        return super().run_in_executor(executor, func, *args)

    def add_signal_handler(self, *args: Any) -> NoReturn:  # type: ignore[override]  # it never returns
        """There are none."""
        raise NotImplementedError("no signals in a simulation")

    create_connection = create_server = getaddrinfo = _no_socket


class InlineExecutor(Executor):
    """Workers that run on the loop: each does one thing at a time, at once, and is busy with it for so long.

    Where the loop does not run nothing can wait, and everything is done when `submit` returns.

    Args:
        loop: Its clock.
        cost_s: What each call costs; a function of the call, where they differ.
        workers: How many calls may be under way.
    """

    def __init__(self, loop: VirtualLoop, cost_s: float | Callable[..., float], workers: int = 1) -> None:
        self._loop, self._free = loop, workers
        self._cost = cost_s
        self._waiting: deque[tuple[Future[Any], Callable[[], Any], float]] = deque()
        self._running: dict[Future[Any], Callable[[], None]] = {}
        self._closed = False

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Take a call."""
        if self._closed:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future[T] = Future()
        cost_s = self._cost(fn, *args) if callable(self._cost) else self._cost
        self._waiting.append((future, lambda: fn(*args, **kwargs), cost_s))
        if self._loop.is_running():
            self._loop.call_soon(self._work)
        else:
            self._finish()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Everything is done when this returns."""
        self._closed = True
        self._finish()

    def _finish(self) -> None:
        while self._running or (self._waiting and self._free):
            self._work()
            for tell in [*self._running.values()]:
                tell()

    def _work(self) -> None:
        while self._free and self._waiting:
            future, call, cost_s = self._waiting.popleft()
            if not future.set_running_or_notify_cancel():
                continue
            self._free -= 1
            self._running[future] = self._tell(future, call)
            if self._loop.is_running():
                self._loop.call_later(cost_s, self._running[future])

    def _tell(self, future: Future[Any], call: Callable[[], Any]) -> Callable[[], None]:
        """Run it now; the function that is given tells what came of it."""
        try:
            result, error = call(), None
        except Exception as problem:
            result, error = None, problem

        def tell() -> None:
            if self._running.pop(future, None) is None:
                return  # told at the shutdown
            self._free += 1
            future.set_result(result) if error is None else future.set_exception(error)
            self._work()

        return tell


def run(main: Callable[[VirtualLoop], Coroutine[Any, Any, T]], loop: VirtualLoop | None = None) -> T:
    """Run to the end, and leave nothing behind.

    Args:
        main: What is to be run; called before the loop runs.
        loop: A loop of its own unless given.

    Raises:
        StandstillError: Everything waits.
    """
    loop = loop or VirtualLoop()
    try:
        return loop.run_until_complete(main(loop))
    finally:
        tasks = sorted(asyncio.all_tasks(loop), key=asyncio.Task.get_name)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
