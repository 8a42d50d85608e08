"""The connection against a scripted websocket server on loopback."""

import asyncio
import http
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from tests.support.endpoints import endpoint_of
from voice_tui.drivers import socket as under_test
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.line import MOST_REMARKED
from voice_tui.drivers.socket import Connection
from voice_tui.endpoints.families import REALTIME
from voice_tui.endpoints.providers import Endpoint
from voice_tui.endpoints.realtime.wire.client_events import ResponseCreate
from voice_tui.endpoints.realtime.wire.codec import event_type
from voice_tui.messages.commands import Send
from voice_tui.messages.inputs import Arrived, Input, Linked, Lost, Reported
from voice_tui.messages.link import Link
from voice_tui.messages.talk import Announced, Severity

pytestmark = pytest.mark.wall_clock

KEY = "sk-test-key-0123456789"
CREATED = json.dumps({"type": "session.created", "event_id": "e1", "session": {"type": "realtime"}})
Script = Callable[[ServerConnection], Awaitable[None]]


class Recorder:
    """Takes what a connection reports."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.links: list[Linked] = []
        self.said: list[Announced] = []
        self.lost = 0
        self.changed = asyncio.Event()

    def receive(self, told: Input) -> None:
        match told:
            case Arrived(event):
                self.events.append(event_type(event))  # type: ignore[arg-type]  # this family decodes nothing else
            case Linked():
                self.links.append(told)
            case Lost():
                self.lost += 1
            case Reported(Announced() as announced):
                self.said.append(announced)
        self.changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def scripted(script: Script, **options: Any) -> Any:
    async with serve(script, "127.0.0.1", 0, **options) as server:
        yield f"127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


def connect(endpoint: Endpoint, recorder: Recorder, attempts: int | None = None) -> Connection:
    async def resolve() -> Endpoint:
        return endpoint

    return Connection(resolve, REALTIME, recorder.receive, attempts=attempts)


async def idle(socket: ServerConnection) -> None:
    await socket.send(CREATED)
    await socket.wait_closed()


async def test_the_key_travels_in_a_header_and_nowhere_else() -> None:
    seen: list[Request] = []

    async def remember(socket: ServerConnection, request: Request) -> None:
        seen.append(request)

    async with scripted(idle, process_request=remember) as host:
        recorder = Recorder()
        endpoint = endpoint_of("openai", f"http://{host}/v1", "m", KEY, "OPENAI_API_KEY")
        task = asyncio.create_task(connect(endpoint, recorder).run())
        await recorder.until(lambda: bool(recorder.events))
        task.cancel()
    (request,) = seen
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.path == "/v1/realtime?model=m"


async def test_a_key_that_a_server_says_back_is_known_to_nobody() -> None:
    async def echo(socket: ServerConnection) -> None:
        await socket.send(CREATED)
        await socket.send(json.dumps({"type": "error", "error": {"code": KEY, "message": f"Incorrect: {KEY}"}}))
        await socket.send(json.dumps({"type": KEY, "words": "Hello."}))
        await socket.wait_closed()

    taken: list[str] = []

    class Wire:
        def write(self, direction: str, raw: bytes, connection: int = 1, dialect: str = "ga") -> None:
            taken.append(raw.decode())

    async def resolve() -> Endpoint:
        return endpoint_of("openai", f"http://{host}/v1", "m", KEY, "OPENAI_API_KEY")

    async with scripted(echo) as host:
        recorder = Recorder()
        connection = Connection(resolve, REALTIME, recorder.receive, Wire())
        task = asyncio.create_task(connection.run())
        await recorder.until(lambda: len(recorder.events) == 3)
        task.cancel()
    assert [raw for raw in taken if KEY in raw] == []
    assert json.loads(taken[1])["error"] == {"code": "…", "message": "Incorrect: …"}
    assert KEY not in str(recorder.events)


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_refused_handshake_ends_it_with_one_line_that_names_the_cause(status: int) -> None:
    async def refuse(socket: ServerConnection, request: Request) -> Response:
        return socket.respond(http.HTTPStatus(status), json.dumps({"error": {"message": f"no {KEY}"}}))

    async with scripted(idle, process_request=refuse) as host:
        with pytest.raises(ConnectionFailed) as failure:
            await connect(endpoint_of("azure", f"http://{host}", "dep", KEY, "AZURE_OPENAI_API_KEY"), Recorder()).run()
    message = str(failure.value)
    assert f"HTTP {status}" in message
    assert ("AZURE_OPENAI_API_KEY" in message) == (status == 401)
    assert KEY not in message
    assert "\n" not in message


async def test_a_close_that_means_a_bad_key_ends_it_with_the_servers_words() -> None:
    async def refuse(socket: ServerConnection) -> None:
        error = {"type": "invalid_request_error", "code": "invalid_api_key", "message": "Incorrect API key provided."}
        await socket.send(json.dumps({"type": "error", "event_id": "e", "error": error}))
        await socket.close(3000, "invalid_request_error.invalid_api_key")

    async with scripted(refuse) as host:
        with pytest.raises(ConnectionFailed, match=r"check OPENAI_API_KEY.*invalid_api_key"):
            await connect(endpoint_of("openai", f"http://{host}/v1", "m", KEY, "OPENAI_API_KEY"), Recorder()).run()


async def test_who_does_not_want_to_wait_tries_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "delay", lambda failures, chance: 3600.0)
    sessions = 0

    async def die_first(socket: ServerConnection) -> None:
        nonlocal sessions
        sessions += 1
        if sessions == 1:
            await socket.close(1011, "internal error")
        else:
            await socket.send(CREATED)
            await socket.wait_closed()

    async with scripted(die_first) as host:
        recorder = Recorder()
        connection = connect(endpoint_of("openai", f"http://{host}/v1", "m", KEY, "OPENAI_API_KEY"), recorder)
        connection.hurry()  # nothing is waited for: nothing happens
        task = asyncio.create_task(connection.run())
        await recorder.until(lambda: any(told.again_s == 3600.0 for told in recorder.links))
        await asyncio.sleep(0)
        connection.hurry()
        await recorder.until(lambda: "session.created" in recorder.events)
        task.cancel()
    assert sessions == 2


async def test_a_lost_session_is_told_once_and_a_new_one_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "delay", lambda failures, chance: 0.01)
    sessions = 0

    async def die_first(socket: ServerConnection) -> None:
        nonlocal sessions
        sessions += 1
        await socket.send(CREATED)
        if sessions == 1:
            await socket.close(1011, "internal error")
        else:
            await socket.wait_closed()

    async with scripted(die_first) as host:
        recorder = Recorder()
        endpoint = endpoint_of("openai", f"http://{host}/v1", "m", KEY, "OPENAI_API_KEY")
        task = asyncio.create_task(connect(endpoint, recorder).run())
        await recorder.until(lambda: recorder.events.count("session.created") == 2)
        task.cancel()
    assert recorder.lost == 1
    assert [n.link for n in recorder.links][:2] == [Link.CONNECTING] * 2
    assert any(n.link is Link.RECONNECTING and "internal error" in n.detail for n in recorder.links)


async def test_what_was_queued_for_a_dead_session_is_not_sent_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "delay", lambda failures, chance: 0.05)
    received: asyncio.Queue[str] = asyncio.Queue()
    sessions = 0

    async def script(socket: ServerConnection) -> None:
        nonlocal sessions
        sessions += 1
        if sessions == 1:
            await socket.send(CREATED)
            await socket.close(1011)
            return
        await socket.send(CREATED)
        async for message in socket:
            received.put_nowait(json.loads(message)["event_id"])

    async with scripted(script) as host:
        recorder = Recorder()
        connection = connect(endpoint_of("openai", f"http://{host}/v1", "m", KEY, "OPENAI_API_KEY"), recorder)
        task = asyncio.create_task(connection.run())
        await recorder.until(lambda: recorder.lost == 1)
        connection.send(Send(ResponseCreate(event_id="stale")))
        await recorder.until(lambda: recorder.events.count("session.created") == 2)
        connection.send(Send(ResponseCreate(event_id="fresh")))
        async with asyncio.timeout(5):
            first = await received.get()
        task.cancel()
    assert first == "fresh"


async def test_scripts_give_up_at_once_when_nobody_listens() -> None:
    endpoint = Endpoint("url", "ws://127.0.0.1:9/v1/realtime", "")
    with pytest.raises(ConnectionFailed, match=r"127\.0\.0\.1:9"):
        await connect(endpoint, Recorder(), attempts=1).run()


async def test_events_that_nobody_knows_are_said_once_each_and_are_no_warning() -> None:
    async def babble(socket: ServerConnection) -> None:
        await socket.send(CREATED)
        for name in ("session.mood", "session.mood", *(f"odd.{n}" for n in range(2 * MOST_REMARKED)), "last"):
            await socket.send(json.dumps({"type": name}))
        await socket.wait_closed()

    async with scripted(babble) as host:
        recorder = Recorder()
        endpoint = endpoint_of("openai", f"http://{host}/v1", "m", KEY, "OPENAI_API_KEY")
        task = asyncio.create_task(connect(endpoint, recorder).run())
        await recorder.until(lambda: len(recorder.events) == 2 * MOST_REMARKED + 4)
        task.cancel()
    assert len(recorder.said) == MOST_REMARKED
    assert {x.severity for x in recorder.said} == {Severity.INFORMATION}
    moods = [x.text for x in recorder.said if "mood" in x.text]
    assert moods == ["session.mood: no such event is known here, the inspector has it"]
