"""One persistent websocket to a Realtime endpoint: connecting, sending in the right order, reconnecting."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from voice_tui.drivers.wirelog import WireLog
from voice_tui.endpoints.providers import Endpoint
from voice_tui.endpoints.realtime.wire.client_events import ClientEvent, InputAudioBufferAppend
from voice_tui.endpoints.realtime.wire.codec import decode_server_event, encode, event_type
from voice_tui.endpoints.realtime.wire.preview import Dialect
from voice_tui.endpoints.realtime.wire.server_events import Error, ServerEvent, UnknownEvent
from voice_tui.messages.link import Link, LinkChanged

log = logging.getLogger(__name__)

SESSION_CREATED_TIMEOUT_S = 10.0
HANDSHAKE_TIMEOUT_S = 10.0
BACKOFF_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
AUDIO_QUEUE = 500  # appends: 10 s of 20 ms pieces that a stalled network may hold back before the oldest is dropped
FATAL_CLOSE_CODES = {1008, 3000, 4000, 4004}
MAX_MESSAGE_BYTES = 32 * 1024 * 1024  # an append of 15 MiB comes back bigger in base64 when an item is retrieved

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
        self._urgent: deque[ClientEvent] = deque()
        self._ordered: deque[ClientEvent] = deque()
        self._appends = 0
        self._filled = asyncio.Event()
        self.dropped = 0
        """Audio appends that were dropped."""

    def put(self, event: ClientEvent, *, urgent: bool = False) -> None:
        """Add an event; too much waiting audio loses its oldest piece."""
        if urgent:
            self._urgent.append(event)
        else:
            if isinstance(event, InputAudioBufferAppend):
                self._appends += 1
                if self._appends > AUDIO_QUEUE:
                    self._drop_oldest_append()
            self._ordered.append(event)
        self._filled.set()

    async def get(self) -> ClientEvent:
        """The next event, as soon as there is one."""
        while not (self._urgent or self._ordered):
            self._filled.clear()
            await self._filled.wait()
        if self._urgent:
            return self._urgent.popleft()
        event = self._ordered.popleft()
        self._appends -= isinstance(event, InputAudioBufferAppend)
        return event

    def clear(self) -> None:
        """Forget everything: it was meant for a session that is gone."""
        self._urgent.clear()
        self._ordered.clear()
        self._appends = 0

    def _drop_oldest_append(self) -> None:
        oldest = next(i for i, e in enumerate(self._ordered) if isinstance(e, InputAudioBufferAppend))
        del self._ordered[oldest]
        self._appends -= 1
        self.dropped += 1


class Connection:
    """Keeps one websocket open until told to stop.

    Args:
        resolve: Says where to connect, before each attempt.
        on_event: Takes each event of the server.
        on_link: Takes each change of the connection.
        on_lost: Called when an established session is gone, before the next one is tried.
        wirelog: Takes each event, both ways.
        attempts: Give up after so many failures before the first session; None: never.
    """

    def __init__(
        self,
        resolve: Callable[[], Awaitable[Endpoint]],
        on_event: Callable[[ServerEvent | UnknownEvent], None],
        on_link: Callable[[LinkChanged], None],
        on_lost: Callable[[], None],
        wirelog: WireLog | None = None,
        attempts: int | None = None,
    ) -> None:
        self._resolve = resolve
        self._endpoint = Endpoint("", "", "")
        self._on_event, self._on_link, self._on_lost = on_event, on_link, on_lost
        self._wirelog = wirelog
        self._attempts = attempts
        self._outbox = SendQueue()
        self._established = False  # this attempt got a session
        self._had_session = False  # any attempt did
        self._last_error = ""

    @property
    def dropped(self) -> int:
        """Audio appends that never went out."""
        return self._outbox.dropped

    def send(self, event: ClientEvent, *, urgent: bool = False) -> None:
        """Queue an event."""
        self._outbox.put(event, urgent=urgent)

    async def run(self) -> None:
        """Connect, and again after each loss, until cancelled.

        Raises:
            ConnectionFailed: Trying again would not help.
        """
        failures = 0
        while True:
            self._tell(Link.CONNECTING if not self._had_session else Link.RECONNECTING)
            self._established, self._last_error = False, ""
            self._endpoint = await self._resolve()
            self._tell(Link.CONNECTING if not self._had_session else Link.RECONNECTING)
            self._check_dialect()
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
                self._outbox.clear()
                self._on_lost()
            failures = 1 if self._established else failures + 1
            if self._attempts is not None and not self._had_session and failures >= self._attempts:
                raise ConnectionFailed(f"{self._endpoint.host}: {reason}")
            delay = BACKOFF_S[min(failures, len(BACKOFF_S)) - 1]
            log.warning("connection to %s lost (%s), next try in %.1f s", self._endpoint.host, reason, delay)
            self._tell(Link.RECONNECTING, f"in {delay:g} s ({reason})")
            await asyncio.sleep(delay)

    def _check_dialect(self) -> None:
        if self._endpoint.dialect is not Dialect.GA:
            raise ConnectionFailed(
                f"{self._endpoint.host}: this URL asks for the {self._endpoint.dialect} dialect, "
                "only the GA dialect (/openai/v1/realtime or /v1/realtime) can be spoken yet"
            )

    async def _session(self) -> None:
        headers = {name: secret.reveal() for name, secret in self._endpoint.headers.items()}
        async with connect(
            self._endpoint.url,
            additional_headers=headers,
            open_timeout=HANDSHAKE_TIMEOUT_S,
            compression=None,  # audio in base64 gains little and costs half the CPU
            max_size=MAX_MESSAGE_BYTES,
            close_timeout=1.0,
        ) as socket:
            self._outbox.clear()
            async with asyncio.timeout(SESSION_CREATED_TIMEOUT_S):
                self._take(await socket.recv(decode=False))
            self._established = self._had_session = True
            sender = asyncio.create_task(self._send_all(socket), name="realtime-send")
            try:
                while True:
                    self._take(await socket.recv(decode=False))
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)

    async def _send_all(self, socket: ClientConnection) -> None:
        try:
            while True:
                raw = encode(await self._outbox.get())
                if self._wirelog:
                    self._wirelog.write("client", raw)
                await socket.send(raw, text=True)
        except ConnectionClosed:
            return  # the receiving side reports it

    def _take(self, raw: bytes) -> None:
        if self._wirelog:
            self._wirelog.write("server", raw)
        event = decode_server_event(raw)
        if isinstance(event, UnknownEvent):
            log.debug("event %r ignored: %s", event_type(event), event.reason)
        elif isinstance(event, Error):
            self._last_error = event.error.message
        self._on_event(event)

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

    def _tell(self, link: Link, detail: str = "") -> None:
        self._on_link(LinkChanged(link, detail, self._endpoint.host, self._endpoint.model))


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
