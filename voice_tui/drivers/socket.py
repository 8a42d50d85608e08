"""One persistent connection to an endpoint: connecting, sending in the right order, reconnecting."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from voice_tui.drivers.transport import Connect, Transport, websocket
from voice_tui.drivers.wirelog import WireTap
from voice_tui.endpoints.families import Family
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.commands import Send
from voice_tui.messages.inputs import Arrived, Input, Linked, Lost
from voice_tui.messages.link import Link

log = logging.getLogger(__name__)

SESSION_CREATED_TIMEOUT_S = 10.0
BACKOFF_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
AUDIO_QUEUE = 500  # appends: 10 s of 20 ms pieces that a stalled network may hold back before the oldest is dropped
FATAL_CLOSE_CODES = {1008, 3000, 4000, 4004}

FATAL_STATUS: dict[int, str] = {
    400: "the endpoint refused the request: is the model a realtime model?",
    401: "the key was refused",
    403: "access is forbidden: check the key's rights and the network rules",
    404: "nothing is there: check the endpoint and the deployment or model",
}


class ConnectionFailed(Exception):
    """The endpoint can't be used; the text is one line for the user."""


class SendQueue:
    """What waits to be sent. Urgent events pass waiting audio, keep their own order, and are never dropped."""

    def __init__(self) -> None:
        self._urgent: deque[Send] = deque()
        self._ordered: deque[Send] = deque()
        self._appends = 0
        self._filled = asyncio.Event()
        self.dropped = 0
        """Audio appends that were dropped."""

    def put(self, send: Send) -> None:
        """Add an event; too much waiting audio loses its oldest piece."""
        if send.urgent:
            self._urgent.append(send)
        else:
            if send.audio:
                self._appends += 1
                if self._appends > AUDIO_QUEUE:
                    self._drop_oldest_append()
            self._ordered.append(send)
        self._filled.set()

    async def get(self) -> object:
        """The next event, as soon as there is one."""
        while not (self._urgent or self._ordered):
            self._filled.clear()
            await self._filled.wait()
        if self._urgent:
            return self._urgent.popleft().event
        send = self._ordered.popleft()
        self._appends -= send.audio
        return send.event

    def clear(self) -> None:
        """Forget everything: it was meant for a session that is gone."""
        self._urgent.clear()
        self._ordered.clear()
        self._appends = 0

    def _drop_oldest_append(self) -> None:
        oldest = next(i for i, send in enumerate(self._ordered) if send.audio)
        del self._ordered[oldest]
        self._appends -= 1
        self.dropped += 1


class Connection:
    """Keeps one connection open until told to stop.

    Args:
        resolve: Says where to connect, before each attempt.
        family: How events become bytes.
        receive: Takes what happens: `Linked`, `Arrived`, and `Lost` before the next session is tried.
        speaks_first: The server says something when the connection is open.
        connect: Opens the transport.
        wirelog: Takes each event, both ways.
        attempts: Give up after so many failures before the first session; None: never.
    """

    def __init__(
        self,
        resolve: Callable[[], Awaitable[Endpoint]],
        family: Family,
        receive: Callable[[Input], None],
        wirelog: WireTap | None = None,
        attempts: int | None = None,
        *,
        speaks_first: bool = True,
        connect: Connect = websocket,
    ) -> None:
        self._resolve = resolve
        self._endpoint = Endpoint("", "", "")
        self._family, self._receive, self._speaks_first, self._connect = family, receive, speaks_first, connect
        self._wirelog = wirelog
        self._attempts = attempts
        self._queue = SendQueue()
        self._established = False  # this attempt got a session
        self._had_session = False  # any attempt did
        self._last_error = ""

    @property
    def dropped(self) -> int:
        """Audio appends that never went out."""
        return self._queue.dropped

    def send(self, send: Send) -> None:
        """Queue an event."""
        self._queue.put(send)

    async def run(self) -> None:
        """Connect, and again after each loss, until cancelled.

        Raises:
            ConnectionFailed: Trying again would not help.
        """
        failures = 0
        while True:
            self._tell(self._trying)
            self._established, self._last_error = False, ""
            self._endpoint = await self._resolve()
            self._tell(self._trying)
            if problem := self._endpoint.problem:
                raise ConnectionFailed(problem)
            try:
                await self._session()
                reason = "closed by the server"
            except ConnectionClosed as error:
                reason = self._closed(error)
            except InvalidStatus as error:
                reason = self._refused(error)
            except InvalidURI as error:
                raise ConnectionFailed(f"url: {self._endpoint.url!r} is not a websocket address") from error
            except (TimeoutError, InvalidHandshake, ssl.SSLError) as error:
                reason = f"handshake failed: {_one_line(error)}"
            except OSError as error:
                reason = _one_line(error)
            if self._established:
                self._queue.clear()
                self._receive(Lost())
            failures = 1 if self._established else failures + 1
            if self._attempts is not None and not self._had_session and failures >= self._attempts:
                raise ConnectionFailed(f"{self._endpoint.host}: {reason}")
            delay = BACKOFF_S[min(failures, len(BACKOFF_S)) - 1]
            log.warning("connection to %s lost (%s), next try in %.1f s", self._endpoint.host, reason, delay)
            self._tell(Link.RECONNECTING, f"in {delay:g} s ({reason})")
            await asyncio.sleep(delay)

    async def _session(self) -> None:
        async with self._connect(self._endpoint) as transport:
            self._queue.clear()
            self._tell(self._trying, opened=True)
            if self._speaks_first:
                async with asyncio.timeout(SESSION_CREATED_TIMEOUT_S):
                    self._take(await transport.receive())
            self._established = self._had_session = True
            sender = asyncio.create_task(self._send_all(transport), name="realtime-send")
            try:
                while True:
                    self._take(await transport.receive())
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)

    async def _send_all(self, transport: Transport) -> None:
        try:
            while True:
                raw = self._family.encode(await self._queue.get())
                if self._wirelog:
                    self._wirelog.write("client", raw)
                await transport.send(raw)
        except ConnectionClosed:
            return  # the receiving side reports it

    def _take(self, raw: bytes) -> None:
        if self._wirelog:
            self._wirelog.write("server", raw)
        event = self._family.decode(raw)
        is_error, words = self._family.remark(event)
        if is_error:
            self._last_error = words
        elif words:
            log.debug("%s", words)
        self._receive(Arrived(event))

    def _closed(self, error: ConnectionClosed) -> str:
        code = error.rcvd.code if error.rcvd else 1006
        words = (error.rcvd.reason if error.rcvd else "") or self._last_error
        if code in FATAL_CLOSE_CODES:
            hint = f" (check {self._endpoint.key_name})" if code == 3000 and self._endpoint.key_name else ""
            raise ConnectionFailed(f"{self._endpoint.host}: {words or f'closed with {code}'}{hint}") from error
        return f"close {code}{': ' + words if words else ''}"

    def _refused(self, error: InvalidStatus) -> str:
        status = error.response.status_code
        if status in FATAL_STATUS:
            hint = f" (check {self._endpoint.key_name})" if status == 401 and self._endpoint.key_name else ""
            message = f"{self._endpoint.host}: HTTP {status}, {FATAL_STATUS[status]}{hint}"
            raise ConnectionFailed(message) from error
        phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
        return f"HTTP {status} {phrase}".rstrip()

    @property
    def _trying(self) -> Link:
        return Link.RECONNECTING if self._had_session else Link.CONNECTING

    def _tell(self, link: Link, detail: str = "", *, opened: bool = False) -> None:
        self._receive(Linked(link, detail, self._endpoint.host, self._endpoint.model, opened))


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
