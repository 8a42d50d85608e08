"""The worker of tools: never on the voice's thread, never in its way, and every end of a call is told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

import pytest

from voice_tui.drivers.tools.options import ToolOptions
from voice_tui.drivers.tools.worker import ToolWorker
from voice_tui.drivers.tools.workshop import MOST_THREADS, ToolThreads
from voice_tui.messages.inputs import Input
from voice_tui.messages.profile import Profile
from voice_tui.messages.tools import CallTool, CancelCall, ToolFinished, ToolSpec
from voice_tui.tools.builtin import builtin
from voice_tui.tools.signature import tool_of

PATIENCE_S = 20.0

free, begun, cancelled = threading.Event(), threading.Event(), threading.Event()
threads: list[str] = []


def where() -> str:
    """Say which thread it runs on."""
    threads.append(threading.current_thread().name)
    return threads[-1]


async def where_else() -> str:
    """Say which thread it runs on."""
    return where()


def blocks() -> str:
    """Block until it is let go."""
    begun.set()
    free.wait(PATIENCE_S)
    return "free"


async def waits() -> None:
    """Wait until it is cancelled."""
    begun.set()
    try:
        await asyncio.sleep(PATIENCE_S)
    finally:
        cancelled.set()


def leaves() -> None:
    """Leave."""
    raise SystemExit(3)


async def leaves_later() -> None:
    """Leave, too."""
    raise SystemExit(3)


class Wordless(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


def wordless() -> None:
    """Fail without words."""
    raise Wordless


def huge() -> list[int]:
    """Give too much."""
    return list(range(100_000))


TOOLS = (where, where_else, blocks, waits, leaves, leaves_later, wordless, huge)


class Bench:
    """A worker, and what it tells."""

    def __init__(self) -> None:
        tools = {t.spec.name: t for t in map(tool_of, TOOLS)}
        self.told: list[ToolFinished] = []
        self.beside: list[CallTool] = []
        options = ToolOptions({**builtin(lambda: 0.0), **tools})
        self.worker = ToolWorker(options, self._take, {"recall": self.beside.append})

    def _take(self, happened: Input) -> None:
        assert isinstance(happened, ToolFinished)
        self.told.append(happened)

    def call(self, name: str, arguments: str = "{}") -> str:
        call_id = f"c{len(self.told)}-{name}"
        self.worker.call(CallTool(call_id, name, arguments))
        return call_id

    def finish(self) -> ToolFinished:
        """Poll, as the voice does, until something is told."""
        before = len(self.told)
        deadline = threading.Event()
        for _ in range(int(PATIENCE_S / 0.002)):
            self.worker.poll()
            if len(self.told) > before:
                return self.told[-1]
            deadline.wait(0.002)
        raise AssertionError("nothing was told")


@pytest.fixture
def bench() -> Iterator[Bench]:
    for event in (free, begun, cancelled):
        event.clear()
    threads.clear()
    bench = Bench()
    yield bench
    free.set()
    bench.worker.end()


def test_what_blocks_and_what_is_awaited_run_on_other_threads(bench: Bench) -> None:
    bench.call("where")
    bench.finish()
    bench.call("where_else")
    bench.finish()
    assert threads == ["tool where", "tools"]
    assert threading.current_thread().name not in threads
    assert [told.output for told in bench.told] == threads


def test_one_that_blocks_holds_up_no_other(bench: Bench) -> None:
    slow = bench.call("blocks")
    assert begun.wait(PATIENCE_S)
    bench.call("calculate", '{"expression": "6*7"}')
    assert bench.finish().output == "42"
    free.set()
    assert bench.finish() == ToolFinished(slow, "free")


def test_a_call_that_is_given_up_is_cancelled_and_tells_nothing(bench: Bench) -> None:
    bench.worker.cancel(CancelCall(bench.call("waits")))
    blocked = bench.call("blocks")
    assert begun.wait(PATIENCE_S)
    bench.worker.cancel(CancelCall(blocked))
    free.set()
    bench.call("where")
    assert bench.finish().output == "tool where"
    assert len(bench.told) == 1


def test_the_end_cancels_what_waits(bench: Bench) -> None:
    bench.call("waits")
    assert begun.wait(PATIENCE_S)
    bench.worker.end()
    assert cancelled.is_set()


@pytest.mark.parametrize(
    ("name", "arguments", "output"),
    [
        ("leaves", "{}", '{"error": "SystemExit: 3"}'),
        ("leaves_later", "{}", '{"error": "it wanted to leave the program (SystemExit)"}'),
        ("wordless", "{}", '{"error": "Wordless: Wordless without words"}'),
        ("calculate", '{"expression": "1/0"}', '{"error": "it divides by zero"}'),
        (
            "calculate",
            '{"expression": 1}',
            '{"error": "wrong arguments: Expected `str`, got `int` - at `$.expression`"}',
        ),
        ("nothing", "{}", '{"error": "the tool \'nothing\' is not there any more"}'),
    ],
)
def test_what_goes_wrong_is_told(bench: Bench, name: str, arguments: str, output: str) -> None:
    call_id = bench.call(name, arguments)
    told = bench.told[-1] if bench.told else bench.finish()
    assert told == ToolFinished(call_id, output, failed=True)


def test_one_that_leaves_takes_no_other_along(bench: Bench) -> None:
    bench.call("leaves_later")
    bench.finish()
    bench.call("where_else")
    assert bench.finish().output == "tools"


def test_too_much_is_cut(bench: Bench) -> None:
    bench.call("huge")
    assert "[cut: the first 8,000 of 588,891 characters]" in bench.finish().output


def test_hanging_up_is_marked(bench: Bench) -> None:
    bench.call("hang_up")
    assert bench.finish().hangs_up


def test_what_is_beside_goes_there(bench: Bench) -> None:
    bench.call("recall", '{"query": "x"}')
    assert [call.name for call in bench.beside] == ["recall"]


def test_calls_that_hang_are_refused_beyond_a_number() -> None:
    workshop = ToolThreads()
    let_go = threading.Event()
    running: list[Future[Any]] = []
    hangs: Callable[[], bool] = lambda: let_go.wait(PATIENCE_S)  # noqa: E731  # a thread's work
    with suppress(RuntimeError):
        running += [workshop.block(hangs, "hangs") for _ in range(MOST_THREADS)]
    assert len(running) == MOST_THREADS
    with pytest.raises(RuntimeError, match="16 calls are running"):
        workshop.block(hangs, "hangs")
    let_go.set()
    for done in running:
        assert done.result(PATIENCE_S)
    workshop.close()


def test_what_ran_on_a_loop_leaves_none_open() -> None:
    async def own_loop() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    workshop = ToolThreads()
    loop = workshop.run(own_loop).result(PATIENCE_S)
    workshop.close()
    assert loop.is_closed()


def test_what_the_user_brings_takes_the_place_of_what_is_ours() -> None:
    def recall() -> str:
        """Mine."""
        return "mine"

    def hang_up() -> str:
        """Mine, too."""
        return "mine"

    options = ToolOptions({t.spec.name: t for t in (tool_of(f, "my_tools.py") for f in (recall, hang_up))})
    theirs = ToolSpec("recall", "Ours.", {})
    assert [spec.description for spec in options.introduce(Profile("", tools=(theirs,))).tools] == [
        "Mine.",
        "Mine, too.",
    ]
    told: list[Input] = []
    worker = ToolWorker(options, told.append, {"recall": lambda command: pytest.fail("ours was called")})
    for name in ("recall", "hang_up"):
        worker.call(CallTool(name, name, "{}"))
    waited = threading.Event()
    for _ in range(int(PATIENCE_S / 0.002)):
        worker.poll()
        if len(told) == 2:
            break
        waited.wait(0.002)
    worker.end()
    assert {(t.call_id, t.output, t.hangs_up) for t in told if isinstance(t, ToolFinished)} == {
        ("recall", "mine", False),
        ("hang_up", "mine", False),
    }
