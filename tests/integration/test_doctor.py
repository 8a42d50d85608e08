"""``voice-tui doctor`` as a user types it: a stand-in that lets us in or not, with a list of models and a clock."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from tests.support.environment import environment

pytestmark = pytest.mark.wall_clock

KEY = "a1b2c3d4e5f6a7b8c9d0e1f2"
MODELS = {"data": [{"id": "voice-1", "deprecation": {"inference": 1_799_000_000}}, {"id": "voice-2"}]}
THE_MACHINES = {"PortAudio"}
"""It is there or not, whatever the test does."""
LATE = "Thu, 01 Jan 2099 00:00:00 GMT"


@contextmanager
def stand_in() -> Iterator[str]:
    """Lets in who has the key; gives its address."""
    ready, addresses = threading.Event(), list[str]()
    loop = asyncio.new_event_loop()

    def answer(connection: ServerConnection, request: Request) -> Response | None:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return connection.respond(HTTPStatus.UNAUTHORIZED, "no\n")
        if request.path.startswith("/v1/models"):
            body = json.dumps(MODELS).encode()
            headers = Headers([("Date", LATE), ("Content-Length", str(len(body))), ("Connection", "close")])
            return Response(200, "OK", headers, body)
        return None

    async def session(connection: ServerConnection) -> None:
        await connection.send(json.dumps({"type": "session.created", "event_id": "e", "session": {"id": "s"}}))
        await connection.wait_closed()

    async def run() -> None:
        async with serve(session, "127.0.0.1", 0, process_request=answer) as server:
            addresses.append(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            ready.set()
            await stop.wait()

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    assert ready.wait(20)
    try:
        yield addresses[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


def doctor(folder: Path, address: str, key: str, *more: str) -> tuple[int, Any, str]:
    command = [sys.executable, "-m", "voice_tui", "doctor", "--json", "--url", address, "--model", "voice-1", *more]
    process_env = environment(folder) | {"VOICE_TUI_API_KEY": key}
    done = subprocess.run(
        command, env=process_env, capture_output=True, text=True, cwd=folder, check=False, timeout=120
    )
    return done.returncode, json.loads(done.stdout), done.stdout + done.stderr


def problems(code: int, said: Any) -> set[str]:
    """What stands in the way of a conversation; that there is something is said by code and field as well."""
    found = {finding["name"] for finding in said["findings"] if finding["grade"] == "problem"}
    assert (code, said["ok"]) == (bool(found), not found)
    return found


def test_an_endpoint_that_lets_us_in_its_model_s_end_and_its_clock_are_told(tmp_path: Path) -> None:
    with stand_in() as address:
        code, said, everything = doctor(tmp_path, address, KEY)
    found = {finding["name"]: finding for finding in said["findings"]}
    assert problems(code, said) <= THE_MACHINES
    assert "lets us in" in found["endpoint any"]["words"]
    assert "a session began" in found["endpoint any"]["words"]
    assert "2027-01-" in found["model any"]["words"]
    assert found["clock"]["grade"] == "warning"
    assert {"Python", "terminal", "disk", "PortAudio"} <= found.keys()
    assert KEY not in everything


def test_a_refused_key_ends_with_a_code_and_the_variable_to_look_at(tmp_path: Path) -> None:
    with stand_in() as address:
        code, said, everything = doctor(tmp_path, address, "another-key-0123456789")
    found = {finding["name"]: finding for finding in said["findings"]}
    assert (code, said["ok"]) == (1, False)
    assert found["endpoint any"]["grade"] == "problem"
    assert found["endpoint any"]["advice"].startswith("check VOICE_TUI_API_KEY")
    assert "another-key" not in everything


@pytest.mark.outside
def test_where_nobody_listens_it_is_said_and_quick_asks_nobody(tmp_path: Path) -> None:
    code, said, _ = doctor(tmp_path, "ws://127.0.0.1:9", KEY)
    (found,) = (each for each in said["findings"] if each["name"].startswith("endpoint"))
    assert (code, found["words"].rpartition(": ")[2]) == (1, "nobody listens there")
    code, said, _ = doctor(tmp_path, "ws://127.0.0.1:9", KEY, "--quick")
    assert problems(code, said) <= THE_MACHINES
    assert not [each for each in said["findings"] if each["name"].startswith(("endpoint", "clock"))]
