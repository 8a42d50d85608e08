"""The embedded server as a process that may be stopped, killed, or never get ready."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator

import pytest

from voice_tui.drivers import embedded
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.embedded import HANGS, EmbeddedServer
from voice_tui.settings.values import ECHO

pytestmark = [
    pytest.mark.wall_clock,
    pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no process can be stopped here"),
]


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EmbeddedServer]:
    one = EmbeddedServer(brain_url=ECHO)
    await one.resolve()
    yield one
    one.stop()


def stopped(server: EmbeddedServer) -> int:
    assert server._process is not None
    os.kill(server._process.pid, signal.SIGSTOP)
    return server._process.pid


async def test_one_that_works_stays_and_one_that_hangs_is_started_anew(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await server.resolve()
    assert (await server.resolve()).url == first.url
    monkeypatch.setattr(embedded, "ANSWER_S", 0.2)
    pid = stopped(server)
    second = await server.resolve()
    assert second.url != first.url
    with pytest.raises(ProcessLookupError):  # and is gone
        os.kill(pid, 0)


async def test_one_that_always_hangs_is_given_up_with_a_line(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "ANSWER_S", 0.1)
    starts: list[None] = []
    monkeypatch.setattr(EmbeddedServer, "_start", lambda self: starts.append(None))
    server._hangs = HANGS - 1
    stopped(server)
    with pytest.raises(ConnectionFailed, match=f"does not answer, though it was started anew {HANGS - 1} times"):
        await server.resolve()
    assert starts == []


async def test_one_that_never_says_where_it_is_ends_when_patience_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "START_S", 0.05)
    one = EmbeddedServer(brain_url=ECHO)
    with pytest.raises(ConnectionFailed, match="the embedded server did not start"):
        await one.resolve()
    one.stop()
