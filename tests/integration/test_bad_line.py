"""Real sockets with a proxy between them that breaks, slows down and swallows what goes through."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.integration.test_connection import CREATED, Recorder, connect, idle
from tests.support.server_fakes import Immediately, LetterVoice, LoudIsSpeech, ScriptedBrain, ScriptedEars
from voice_tui.drivers import keepalive
from voice_tui.drivers import socket as under_test
from voice_tui.drivers.keepalive import SilenceLimits
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.link import Link
from voice_tui.server.answers.response import AnswerModels
from voice_tui.server.models import ServerModels
from voice_tui.server.server import listening, url_of

pytestmark = pytest.mark.wall_clock

BIG = json.dumps({"type": "response.output_text.delta", "event_id": "big", "delta": "x" * 40_000})


class Proxy:
    """Carries bytes both ways, and does to those from the server what it is told to."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.passes = 0
        """Bytes from the server that still get through before the line is reset; 0: all."""
        self.silent = False
        self.bytes_per_s = 0
        self._writers: list[asyncio.StreamWriter] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers += [writer, there_writer]
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(self._up(reader, there_writer), self._down(there_reader, writer))

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = 65_536
        while data := await reader.read(size):
            if self.silent:
                continue
            if self.passes:
                writer.write(data[: self.passes])
                await asyncio.sleep(0.05)
                self.passes = 0
                self.reset()
                return
            if self.bytes_per_s:
                size = max(1, self.bytes_per_s // 20)
                for at in range(0, len(data), size):
                    writer.write(data[at : at + size])
                    await asyncio.sleep(size / self.bytes_per_s)
            else:
                writer.write(data)
        writer.close()

    def reset(self) -> None:
        """Both ends learn nothing but that it is over."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()


@asynccontextmanager
async def proxied(script: Callable[[ServerConnection], Awaitable[None]]) -> AsyncIterator[tuple[Proxy, Endpoint]]:
    async with serve(script, "127.0.0.1", 0, ping_interval=None, close_timeout=0.2) as server:
        proxy = Proxy(next(iter(server.sockets)).getsockname()[1])
        front = await asyncio.start_server(proxy, "127.0.0.1", 0)
        async with front:
            port = front.sockets[0].getsockname()[1]
            yield proxy, Endpoint("any", f"ws://127.0.0.1:{port}/v1/realtime?model=m", "m")
            proxy.reset()


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def reconnecting(recorder: Recorder) -> list[str]:
    return [told.detail for told in recorder.links if told.link is Link.RECONNECTING and told.detail]


async def test_a_reset_in_the_middle_of_a_frame_is_one_loss_and_the_next_session_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(under_test, "delay", lambda failures, chance: 0.01)
    sessions = 0

    async def script(socket: ServerConnection) -> None:
        nonlocal sessions
        sessions += 1
        await socket.send(CREATED)
        if sessions == 1:
            proxy.passes = 10_000
            await socket.send(BIG)
        await socket.wait_closed()

    async with proxied(script) as (proxy, endpoint):
        recorder = Recorder()
        task = asyncio.create_task(connect(endpoint, recorder).run())
        await recorder.until(lambda: recorder.events.count("session.created") == 2)
        await ended(task)
    assert recorder.lost == 1
    assert recorder.events == ["session.created"] * 2, "half a message is none"
    assert len(reconnecting(recorder)) == 1


async def test_a_message_that_takes_longer_than_any_patience_arrives_and_a_silent_line_does_not_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The patience is shrunk together with the message: 2 s at 20 kB/s."""
    monkeypatch.setattr(keepalive, "LOOK_S", 0.05)
    monkeypatch.setattr(keepalive, "QUIET", SilenceLimits(0.4, 0.4))
    monkeypatch.setattr(under_test, "delay", lambda failures, chance: 0.01)
    sessions = 0

    async def script(socket: ServerConnection) -> None:
        nonlocal sessions
        sessions += 1
        if sessions == 1:
            proxy.bytes_per_s = 20_000
        await socket.send(CREATED)
        await socket.send(BIG)
        await socket.wait_closed()

    async with proxied(script) as (proxy, endpoint):
        recorder = Recorder()
        task = asyncio.create_task(connect(endpoint, recorder).run())
        await recorder.until(lambda: "response.output_text.delta" in recorder.events)
        assert recorder.lost == 0
        proxy.silent = True
        await recorder.until(lambda: recorder.lost == 1)
        await ended(task)
    assert "no answer to a ping" in reconnecting(recorder)[0]


async def test_whoever_leaves_says_goodbye_with_1000_also_where_nobody_answers_it() -> None:
    codes: list[int | None] = []

    async def script(socket: ServerConnection) -> None:
        await idle(socket)
        codes.append(socket.close_code)

    async with proxied(script) as (proxy, endpoint):
        for silent in (False, True):
            recorder = Recorder()
            task = asyncio.create_task(connect(endpoint, recorder).run())
            await recorder.until(lambda heard=recorder: bool(heard.events))  # type: ignore[misc]
            proxy.silent = silent
            async with asyncio.timeout(5):
                await ended(task)
    assert codes[:1] == [1000]
    assert set(codes) == {1000}


async def test_our_server_takes_a_normal_goodbye_for_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    studio = AnswerModels(ScriptedBrain("Hello."), LetterVoice(), Immediately())
    models = ServerModels(ScriptedEars(), studio, LoudIsSpeech)
    with caplog.at_level(logging.INFO):
        async with listening("127.0.0.1", 0, models) as server:
            recorder = Recorder()
            task = asyncio.create_task(connect(Endpoint("any", url_of(server), "m"), recorder).run())
            await recorder.until(lambda: bool(recorder.events))
            await ended(task)
            await asyncio.sleep(0.1)
    words = [record.getMessage() for record in caplog.records if record.name.startswith("voice_tui.server")]
    assert not any("without goodbye" in line or "fail" in line or "error" in line for line in words), words
