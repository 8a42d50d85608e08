"""The server of ``voice-tui web``: textual-serve runs a console for each page, the rest is ours."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import textual_serve
from aiohttp import web
from textual_serve.server import Server

from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.drivers.recording.summary import summary
from voice_tui.plain_text import clean_text, one_line
from voice_tui.replay.report import report
from voice_tui.tape.codec import Unreadable
from voice_tui.web import pages
from voice_tui.web.door import Door

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STATIC = Path(textual_serve.__file__).parent / "static"
LONGEST_CODE = 256  # bytes of a request
CONSOLES = 4  # at once; each is a program with a conversation of its own
OPEN = {"/", "/door.js", "/enter"}
"""What is there for those who have not come in."""
_POLICY = (
    "default-src 'none'; connect-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'none'; "
    "style-src 'self' 'unsafe-inline'; script-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
}


class House:
    """Everything behind the door.

    Args:
        command: Starts a console, as a shell reads it.
        recordings: Their folder.
        door: Who may come in.
    """

    def __init__(self, command: str, recordings: Path, door: Door) -> None:
        self._recordings, self._door = recordings, door
        self._consoles = 0
        self._server = Server(command)

    def application(self) -> web.Application:
        """What aiohttp serves."""
        application = web.Application(middlewares=[self._guarded], client_max_size=LONGEST_CODE)
        application.add_routes(
            [
                web.get("/", self._front),
                web.get("/door.js", self._script),
                web.post("/enter", self._enter),
                web.get("/ws", self._console),
                web.get("/download/{key}", self._server.handle_download),
                web.get("/recordings", self._list),
                web.get("/recordings/{name}", self._report),
                web.static("/static", STATIC),
            ]
        )
        return application

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Nothing is answered to strangers; what is answered tells browsers to keep it to themselves."""
        host, origin = request.headers.get("Host"), request.headers.get("Origin")
        asks = request.method != "GET" or request.path == "/ws"
        if not self._door.ours(host) or (asks and not self._door.asked_by_us(host, origin)):
            return web.Response(status=403, text="This door is for pages of its own.")
        if request.path not in OPEN and not self._inside(request):
            return web.Response(status=401, text="Come in by the front door.")
        if request.path == "/ws":  # its headers are sent by then
            return await handler(request)
        answer = await handler(request)
        answer.headers.update(_HEADERS)
        if not request.path.startswith("/recordings/"):  # a report brings a policy of its own
            answer.headers["Content-Security-Policy"] = _POLICY
        return answer

    def _inside(self, request: web.Request) -> bool:
        return self._door.knows(request.cookies.get(self._door.cookie))

    async def _front(self, request: web.Request) -> web.Response:
        return _html(pages.console(request.headers["Host"]) if self._inside(request) else pages.door())

    async def _script(self, request: web.Request) -> web.Response:
        return web.Response(text=pages.DOOR_SCRIPT, content_type="text/javascript")

    async def _enter(self, request: web.Request) -> web.Response:
        if not self._door.enter(await request.text()):
            words = "That is not the code." if self._door.code else "The code is spent: start voice-tui web again."
            return web.Response(status=403, text=words)
        answer = web.Response(text="")
        answer.set_cookie(self._door.cookie, self._door.pass_, httponly=True, samesite="Strict", path="/")
        return answer

    async def _console(self, request: web.Request) -> web.StreamResponse:
        if self._consoles >= CONSOLES:
            return web.Response(status=503, text=f"{CONSOLES} consoles run already.")
        self._consoles += 1
        try:
            return await self._server.handle_websocket(request)
        finally:
            self._consoles -= 1

    async def _list(self, request: web.Request) -> web.Response:
        return _html(pages.recordings(await asyncio.to_thread(listed, self._recordings)))

    async def _report(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        found = next((kept for kept in shelf.kept(self._recordings) if kept.path.name == name), None)
        if found is None:
            return _html(pages.message("There is no recording of that name."), 404)
        try:
            page = await asyncio.to_thread(lambda: report(RecordedTalk(found.path)))
        except Unreadable as error:
            return _html(pages.message(one_line(error)), 500)
        return _html(page)


def listed(folder: Path) -> list[pages.Listed]:
    """The recordings in a folder, the newest first."""
    rows: list[pages.Listed] = []
    for kept in reversed(shelf.kept(folder)):
        try:
            rows.append(pages.Listed(kept.path.name, clean_text(summary(RecordedTalk(kept.path)).line)))
        except Unreadable as error:
            rows.append(pages.Listed("", one_line(f"{kept.path.name} cannot be read: {error}")))
    return rows


def _html(page: str, status: int = 200) -> web.Response:
    return web.Response(status=status, text=page, content_type="text/html")
