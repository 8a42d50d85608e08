from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

pytest.importorskip("textual_serve", reason="the extra web is not installed")

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from voice_tui.cli.web import command_of
from voice_tui.web.door import Door
from voice_tui.web.house import House

Client = TestClient[web.Request, web.Application]
OURS = "http://127.0.0.1:{}"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[tuple[Client, Door]]:
    door = Door(0)
    (tmp_path / "<b>broken").mkdir()
    (tmp_path / "<b>broken" / "session.json").write_text("no JSON")
    server = TestServer(House("exit 1", tmp_path, door).application(), host="127.0.0.1")
    await server.start_server()
    assert server.port is not None
    door.port = server.port
    async with TestClient(server) as client:
        yield client, door


async def enter(client: Client, door: Door) -> None:
    answer = await client.post("/enter", data=door.code, headers={"Origin": OURS.format(door.port)})
    assert answer.status == 200
    cookie = answer.cookies[door.cookie]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"


async def test_outside_there_is_the_door_and_nothing_else(client: tuple[Client, Door]) -> None:
    page, door = client
    shown = await (await page.get("/")).text()
    assert "Type the code" in shown
    assert door.code not in shown
    for path in ("/recordings", "/recordings/x", "/static/js/textual.js", "/ws", "/download/x"):
        answer = await page.get(path, headers={"Origin": OURS.format(door.port)})
        assert answer.status == 401, path


async def test_inside_there_is_the_console_and_no_other_host(client: tuple[Client, Door]) -> None:
    page, door = client
    await enter(page, door)
    answer = await page.get("/")
    shown = await answer.text()
    assert f"ws://127.0.0.1:{door.port}/ws" in shown
    assert "no sound goes through this browser" in shown
    assert "https://" not in shown
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert (await page.get("/static/js/textual.js")).status == 200
    again = await page.post("/enter", data="x", headers={"Origin": OURS.format(door.port)})
    assert (again.status, "spent" in await again.text()) == (403, True)


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Host": "localhost"}, {"Host": ""}])
async def test_a_strange_name_gets_nothing(client: tuple[Client, Door], headers: dict[str, str]) -> None:
    page, door = client
    await enter(page, door)
    assert (await page.get("/", headers=headers)).status == 403


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:1"])
async def test_the_pages_of_others_start_no_console(client: tuple[Client, Door], origin: str | None) -> None:
    page, door = client
    headers = {"Origin": origin} if origin else {}
    assert (await page.post("/enter", data=door.code, headers=headers)).status == 403
    await enter(page, door)  # the code was not spent
    assert (await page.get("/ws", headers=headers)).status == 403


async def test_recordings_are_listed_and_what_cannot_be_read_is_said(client: tuple[Client, Door]) -> None:
    page, door = client
    await enter(page, door)
    shown = await (await page.get("/recordings")).text()
    assert "&lt;b&gt;broken cannot be read" in shown
    assert "<b>" not in shown
    for name in ("nobody", "%2e%2e%2fsecret", "..%2f..%2fetc%2fpasswd"):
        assert (await page.get(f"/recordings/{name}")).status == 404


async def test_a_request_too_long_is_refused(client: tuple[Client, Door]) -> None:
    page, door = client
    answer = await page.post("/enter", data="x" * 10_000, headers={"Origin": OURS.format(door.port)})
    assert answer.status == 413


def test_the_options_of_the_console_are_no_words_of_a_shell() -> None:
    assert command_of(["--mic", "a; rm -rf /"]).endswith("-m voice_tui --mic 'a; rm -rf /'")
