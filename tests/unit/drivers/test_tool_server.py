"""A server of tools: slow, dying, odd or missing, it is said once and holds up nothing. On virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.workshop import LoopWorkshop
from voice_tui.drivers.tools.offers import DESCRIPTION, MOST, offers
from voice_tui.drivers.tools.options import ToolOptions
from voice_tui.drivers.tools.server import (
    RESTARTS,
    SLOW_S,
    START_S,
    Connection,
    Gone,
    Listed,
    Said,
    ServerError,
    ToolServer,
    Unusable,
)
from voice_tui.drivers.tools.worker import ToolWorker
from voice_tui.messages.inputs import Input, Reported
from voice_tui.messages.talk import Announced
from voice_tui.messages.tools import CallTool, ToolFinished, ToolsFound
from voice_tui.rehearsal import virtual_time
from voice_tui.tools.builtin import builtin
from voice_tui.tools.servers import ServerOptions

SCHEMA = {"type": "object", "properties": {"q": {"type": "string"}}}
FIND = Listed("find", "Find it.", SCHEMA)
OPTIONS = ServerOptions("lib", command=("x",))


@dataclass
class Server:
    """What a server does, and how often it was started."""

    ready_s: float = 0.1
    lists: list[Listed] = field(default_factory=lambda: [FIND])
    lives_s: float = 10_000.0
    fails: Exception | None = None
    starts: int = 0
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def connect(self, options: ServerOptions) -> AsyncIterator[Connection]:
        self.starts += 1
        await asyncio.sleep(self.ready_s)
        if self.fails is not None:
            raise self.fails
        self.gone.clear()
        asyncio.get_running_loop().call_later(self.lives_s, self.gone.set)
        yield self

    async def tools(self) -> list[Listed]:
        return self.lists

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Said:
        self.calls.append((name, arguments))
        if arguments.get("q") == "die":
            await self.gone.wait()
            raise Gone("closed")
        if arguments.get("q") == "refuse":
            return Said("not today", failed=True)
        return Said(f"{name} found {arguments.get('q')}")

    async def ended(self) -> None:
        await self.gone.wait()
        raise Gone("the process has ended")


class Bench:
    """A worker with one server, polled as a voice polls it."""

    def __init__(self, server: Server, options: ServerOptions = OPTIONS, sought: tuple[str, ...] = ()) -> None:
        self.told: list[Input] = []
        given = ToolOptions(
            builtin(lambda: 0.0),
            (ToolServer(options, server.connect),),
            sought=frozenset(sought),
            workshop=lambda: LoopWorkshop(asyncio.get_running_loop()),
        )
        self.worker = ToolWorker(given, self.told.append, {"recall": lambda call: None})
        self.worker.begin()

    async def wait(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            await asyncio.sleep(0.1)
            self.worker.poll()

    @property
    def announced(self) -> list[str]:
        return [i.notice.text for i in self.told if isinstance(i, Reported) and isinstance(i.notice, Announced)]

    @property
    def found(self) -> list[list[str]]:
        return [[tool.name for tool in i.tools] for i in self.told if isinstance(i, ToolsFound)]

    @property
    def outputs(self) -> list[tuple[str, bool]]:
        return [(i.output, i.failed) for i in self.told if isinstance(i, ToolFinished)]


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    virtual_time.run(lambda loop: scene())


def test_its_tools_are_found_called_and_ask() -> None:
    async def scene() -> None:
        server = Server()
        bench = Bench(server)
        await bench.wait(1)
        assert bench.found == [["find"]]
        [found] = [i for i in bench.told if isinstance(i, ToolsFound)]
        assert (found.tools[0].asks, found.tools[0].source, found.tools[0].description) == (True, "lib", "Find it.")
        bench.worker.call(CallTool("c1", "find", '{"q": "x"}'))
        bench.worker.call(CallTool("c2", "find", '{"q": "refuse"}'))
        await bench.wait(1)
        assert bench.outputs == [("find found x", False), ('{"error": "not today"}', True)]
        assert bench.announced == []
        bench.worker.end()

    play(scene)


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (Server(), 1),
        (Server(lives_s=5.0), 1),  # it lists them again each time it comes back
        (Server(fails=Unusable("no such command")), 2),  # that it is struck is said as well
        (Server(ready_s=99.0), 0),  # slow: nobody knows yet
    ],
)
def test_a_name_that_was_agreed_to_and_no_server_has_is_said_once_they_have_answered(server: Server, said: int) -> None:
    async def scene() -> None:
        bench = Bench(server, sought=("find", "fnid"))
        await bench.wait(9)
        told = [words for words in bench.announced if "--approve" in words]
        assert len(told) == min(said, 1 + bool(server.fails))
        if told:
            assert "--approve: 'fnid' is no tool here, there are " in told[-1]
            assert ("find" in told[-1]) is not bool(server.fails)
        bench.worker.end()

    play(scene)


@pytest.mark.parametrize("server", [Server(), Server(lists=[]), Server(ready_s=99.0), Server(fails=OSError("no"))])
def test_it_is_waited_for_until_it_has_said_something(server: Server) -> None:
    async def scene() -> None:
        bench = Bench(server)
        assert bench.worker.starting
        await bench.wait(SLOW_S + 1)
        assert not bench.worker.starting
        bench.worker.end()

    play(scene)


def test_one_that_is_slow_is_said_once_and_comes_later() -> None:
    async def scene() -> None:
        bench = Bench(Server(ready_s=SLOW_S + 5))
        await bench.wait(SLOW_S + 1)
        assert bench.announced == ["tools of lib: not ready after 10 s, going on without it until it is"]
        assert bench.found == []
        await bench.wait(10)
        assert bench.found == [["find"]]
        assert len(bench.announced) == 1
        bench.worker.end()

    play(scene)


def test_one_that_dies_in_the_middle_of_a_call_fails_that_call_and_comes_back() -> None:
    async def scene() -> None:
        server = Server(lives_s=5)
        bench = Bench(server)
        await bench.wait(1)
        bench.worker.call(CallTool("c1", "find", '{"q": "die"}'))
        await bench.wait(4.5)
        assert bench.outputs == [('{"error": "the server lib ended during the call: closed"}', True)]
        assert bench.announced == ["tools of lib: the process has ended: it is tried again"]
        assert bench.found == [["find"], []]
        server.lives_s = 10_000
        await bench.wait(3)
        assert bench.found == [["find"], [], ["find"]]
        assert (server.starts, len(bench.announced)) == (2, 1)
        bench.worker.end()

    play(scene)


def test_one_that_dies_again_and_again_is_struck_with_the_reason() -> None:
    async def scene() -> None:
        server = Server(lives_s=0.5)
        bench = Bench(server)
        await bench.wait(60)
        assert server.starts == 1 + RESTARTS
        assert bench.announced == [
            "tools of lib: the process has ended: it is tried again",
            "tools of lib: the process has ended: given up after 3 more tries: going on without its tools",
        ]
        bench.worker.call(CallTool("c1", "find", "{}"))
        assert bench.outputs == [('{"error": "the tool \'find\' is not there any more"}', True)]

    play(scene)


@pytest.mark.parametrize(
    ("server", "why", "starts"),
    [
        (Server(fails=Unusable("nothing to install it with")), "nothing to install it with: going on without", 1),
        (Server(fails=OSError("no such file")), "OSError: no such file: given up after 3 more tries", 4),
        (Server(fails=ExceptionGroup("x", [ServerError("refused")])), "tools of lib: refused: given up", 4),
        (Server(ready_s=1_000), f"no answer within {START_S:g} s: given up", 4),
    ],
)
def test_one_that_cannot_be_reached_is_struck(server: Server, why: str, starts: int) -> None:
    async def scene() -> None:
        bench = Bench(server)
        await bench.wait(5 * START_S)
        assert why in bench.announced[-1]
        assert server.starts == starts
        assert bench.found == []

    play(scene)


def test_odd_tools_are_said_and_the_others_are_there() -> None:
    async def scene() -> None:
        lists = [
            FIND,
            Listed("time", "Collides.", SCHEMA),
            Listed("recall", "Collides too.", SCHEMA),
            Listed("no schema", "", None),
            Listed("array", "", {"type": "array"}),
            Listed("huge", "", {"type": "object", "description": "x" * 10_000}),
            Listed("evil", "\x1b[2Jwipes \x1b]0;x\x07it", {"type": "object", "properties": {"a\x1b[0m": {"type": 3}}}),
        ]
        bench = Bench(Server(lists=lists))
        await bench.wait(1)
        assert bench.found == [["find", "lib_time", "lib_recall", "no_schema", "evil"]]
        assert bench.announced == [
            "tools of lib: no_schema: it has no schema: it is called without arguments",
            "tools of lib: array: its arguments are no object but array: it is left out",
            "tools of lib: huge: its schema has 10,037 characters: it is left out",
        ]
        [found] = [i for i in bench.told if isinstance(i, ToolsFound)]
        assert "\x1b" not in str(found)
        assert found.tools[-1].description == "wipes it"
        bench.worker.call(CallTool("c1", "lib_time", "{}"))
        await bench.wait(1)
        assert bench.outputs == [("time found None", False)]
        bench.worker.end()

    play(scene)


def test_who_is_trusted_does_not_ask_and_too_many_are_left_out() -> None:
    listed = [Listed(f"t{i}", "d" * 5_000, SCHEMA) for i in range(MOST + 9)]
    some = offers(listed, ServerOptions("lib", trusted=frozenset({"t1"})), ())
    assert [tool.asks for tool in some.specs[:3]] == [True, False, True]
    assert len(some.specs) == MOST
    assert some.odd == ("it lists more than 64 tools: the others are left out",)
    assert len(some.specs[0].description) == DESCRIPTION
    assert not any(tool.asks for tool in offers(listed, ServerOptions("lib", trusted=None), ()).specs)
