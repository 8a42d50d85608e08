"""Servers for loads to be held against: one that echoes, one that is slow, one that is crowded."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import AbstractContextManager, contextmanager
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.support.environment import environment
from voice_tui.server.brains.dialogue import Call, Dialogue, Sound
from voice_tui.server.brains.echo import EchoBrain, LengthEars, Loudness, ToneVoice
from voice_tui.server.serve import running_server

ENDS_S = 120
SLOW_S = 2.0
PATIENCE_S = 1.5
"""So long a budget that is used up is to be waited for."""


class SlowBrain(EchoBrain):
    """Thinks for long."""

    async def answer(self, conversation: Dialogue) -> AsyncGenerator[str | Call | Sound, None]:
        await asyncio.sleep(SLOW_S)
        async for piece in super().answer(conversation):
            yield piece


def serving(folder: Path, *options: str) -> AbstractContextManager[str]:
    return started(folder, "voice_tui", "serve", "--brain", "echo", *options)


@contextmanager
def started(folder: Path, *module: str) -> Iterator[str]:
    """A server of its own, which says its address in its first line."""
    command = [sys.executable, "-m", *module]
    with subprocess.Popen(command, env=environment(folder), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@contextmanager
def slow() -> Iterator[str]:
    """A server in this process that takes its time."""
    loop, url, stop = asyncio.new_event_loop(), list[str](), asyncio.Event()
    ready = threading.Event()

    async def main() -> None:
        models: dict[str, Any] = {"ears": LengthEars(), "voice": ToneVoice(), "probability": Loudness}
        async with running_server(brain=SlowBrain(), **models) as address:
            url.append(address)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),))
    thread.start()
    try:
        assert ready.wait(ENDS_S)
        yield url[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@contextmanager
def crowded() -> Iterator[str]:
    """A server that turns two away by a 429, refuses every third turn, and has a budget that is used up at once."""
    tries, asked = count(), count()
    session = {"id": "s", "object": "realtime.session", "type": "realtime"}

    def gate(connection: ServerConnection, _: Request) -> Response | None:
        if next(tries) >= 2:
            return None
        refusal = connection.respond(HTTPStatus.TOO_MANY_REQUESTS, '{"error": {"code": "rate_limit_exceeded"}}')
        refusal.headers["Retry-After"] = "1"
        return refusal

    def talk(connection: ServerConnection) -> None:
        def say(kind: str, **fields: object) -> None:
            connection.send(msgspec.json.encode({"type": kind, "event_id": "e", **fields}), text=True)

        say("session.created", session=session)
        for message in connection:
            kind = msgspec.json.decode(message)["type"]
            if kind == "session.update":
                say("session.updated", session=session)
            elif kind == "response.create" and (number := next(asked)) % 3 == 0:
                say("error", error={"type": "too_much", "code": "rate_limit_exceeded", "message": "slower"})
            elif kind == "response.create":
                say("response.created", response={"id": str(number), "status": "in_progress", "output": []})
                say("response.done", response={"id": str(number), "status": "completed", "output": []})
                budget = {"name": "requests", "limit": 10, "remaining": 0, "reset_seconds": PATIENCE_S}
                say("rate_limits.updated", rate_limits=[budget])

    with serve(talk, "127.0.0.1", 0, process_request=gate) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{listening.socket.getsockname()[1]}/v1/realtime"
        finally:
            listening.shutdown()
            thread.join(ENDS_S)


@contextmanager
def nobody() -> Iterator[str]:
    """An address where nobody listens, and that no other server is given meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"ws://127.0.0.1:{held.getsockname()[1]}/v1/realtime"


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])
