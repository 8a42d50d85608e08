"""Servers of tools by the official package: a process of our own, over its standard input and on a port."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, Popen, run

import pytest

from tests.support.environment import environment
from voice_tui.drivers.tools import server as lifecycle
from voice_tui.drivers.tools.mcp import MISSING, connect
from voice_tui.drivers.tools.server import Listed, ServerError, ToolServer
from voice_tui.secret import Secret
from voice_tui.tools.servers import ServerOptions

SCRIPT = Path(__file__).with_name("mcp_server.py")
PATIENCE_S = 60.0
installed = pytest.mark.skipif(find_spec("mcp") is None, reason="the extra [mcp] is not installed")
COMMAND = (sys.executable, str(SCRIPT))
ENV = {"PYTHONPATH": os.pathsep.join(sys.path)}  # where the package is; a server gets no such variable of ours


class Bench:
    """A server that is attended, and what it told."""

    def __init__(self, options: ServerOptions) -> None:
        self.server = ToolServer(options, connect)
        self.found: list[list[Listed]] = []
        self.said: list[str] = []

    async def __call__(self, scene: Callable[[], Awaitable[None]]) -> None:
        running = asyncio.ensure_future(self.server.run(self.found.append, self.said.append))
        try:
            async with asyncio.timeout(PATIENCE_S):
                await scene()
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    async def until(self, holds: Callable[[], bool]) -> None:
        while not holds():  # noqa: ASYNC110  # what is looked at is told by callbacks
            await asyncio.sleep(0.01)

    @property
    def names(self) -> list[list[str]]:
        return [[tool.name for tool in tools] for tools in self.found]


NAMES = ["find", "time", "environment", "burn", "lend"]


def options(**how: object) -> ServerOptions:
    env = {name: Secret(value) for name, value in ENV.items()}
    return ServerOptions("library", env=env, **how)  # type: ignore[arg-type]  # as the class takes them


@installed
@pytest.mark.outside
async def test_over_standard_input_it_lists_answers_fails_dies_and_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-secret")
    monkeypatch.setattr(lifecycle, "PAUSE_S", 0.05)
    bench = Bench(options(command=COMMAND))

    async def scene() -> None:
        await bench.until(lambda: bench.names == [NAMES])
        assert bench.found[0][0].schema["properties"]["title"]["type"] == "string"  # type: ignore[index]
        said = await bench.server.call("find", {"title": "Emma"})
        assert (said.text, said.failed) == ("Emma is on shelf 12", False)
        said = await bench.server.call("lend", {"title": "Emma"})
        assert said.failed
        said = await bench.server.call("environment", {})
        assert "PATH" in said.text
        assert "OPENAI_API_KEY" not in said.text
        with pytest.raises(ServerError, match=r"ended during the call: .*; it wrote: fire"):
            await bench.server.call("burn", {})
        await bench.until(lambda: len(bench.found) == 3)
        assert bench.names == [NAMES, [], NAMES]
        assert bench.said == ["library: it has ended; it wrote: fire: it is tried again"]
        said = await bench.server.call("find", {"title": "Emma"})
        assert said.text == "Emma is on shelf 12"

    await bench(scene)


@contextmanager
def served() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = Popen([*COMMAND, str(port)], env={**os.environ, **ENV}, stdout=DEVNULL, stderr=DEVNULL)
    try:
        yield port
    finally:
        process.kill()
        process.wait()


@installed
@pytest.mark.outside
async def test_on_a_port_it_is_waited_for_answers_and_its_death_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "PAUSE_S", 0.05)
    with served() as port:
        for _ in range(int(PATIENCE_S / 0.1)):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
                break
            await asyncio.sleep(0.1)
        bench = Bench(ServerOptions("library", url=f"http://127.0.0.1:{port}/mcp"))

        async def scene() -> None:
            await bench.until(lambda: bench.names == [NAMES])
            assert (await bench.server.call("find", {"title": "Emma"})).text == "Emma is on shelf 12"
            with pytest.raises(ServerError, match="ended during the call"):
                await bench.server.call("burn", {})
            await bench.until(lambda: any("given up after 3 more tries" in said for said in bench.said))
            assert len(bench.said) == 2

        await bench(scene)
        wrong = Bench(ServerOptions("library", url=f"http://127.0.0.1:{port}/nowhere"))
        await wrong(lambda: wrong.until(lambda: bool(wrong.said)))


@installed
@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("no-such-command-at-all",), "library: no-such-command-at-all can't be started: No such file or directory"),
        ((sys.executable, "-c", "import sys; sys.exit('no token')"), "it wrote: no token: it is tried again"),
    ],
)
@pytest.mark.outside
async def test_one_that_cannot_be_started_is_said(command: tuple[str, ...], words: str) -> None:
    bench = Bench(options(command=command))

    async def scene() -> None:
        await bench.until(lambda: bool(bench.said))

    await bench(scene)
    assert words in bench.said[0]


@installed
@pytest.mark.outside
def test_a_talk_uses_the_tools_of_a_server(tmp_path: Path, local_voice: object) -> None:
    said = 'Use the tool find with title "Emma".'
    folder = tmp_path / "voice-tui"
    folder.mkdir()
    table = f"[mcp.library]\ncommand = {list(COMMAND)}\nenv = {{ PYTHONPATH = '$PLACE' }}\n"
    (folder / "config.toml").write_text(table, encoding="utf-8")
    home = environment(tmp_path) | {"PLACE": ENV["PYTHONPATH"]}
    flags = ["--no-greeting", "--mic", "none", "--speaker", "none", "--approve", "find", "--say", said]
    done = run([sys.executable, "-m", "voice_tui", "talk", *flags], env=home, text=True, capture_output=True)
    assert "Emma is on shelf 12" in done.stdout, done.stderr


async def test_without_the_package_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice_tui.drivers.tools.mcp.find_spec", lambda name: None)
    bench = Bench(ServerOptions("library", command=COMMAND))
    await bench(lambda: bench.until(lambda: bool(bench.said)))
    assert bench.said == [f"library: {MISSING}: going on without its tools"]
