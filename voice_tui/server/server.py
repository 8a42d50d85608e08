"""The websocket server: who may connect, and one `ServerSession` for each connection."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import msgspec
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from voice_tui.drivers.keepalive import CountingServer, SilentError, keep_alive
from voice_tui.endpoints.realtime.wire.items import ErrorDetails
from voice_tui.endpoints.realtime.wire.server_events import Error
from voice_tui.server.answers.response import AnswerModels
from voice_tui.server.sender import ClientLink, Sender
from voice_tui.server.session import ServerSession
from voice_tui.server.session_config import default_session
from voice_tui.speech.probability import Earshot, SpeechProbability
from voice_tui.speech.recogniser import Recogniser

PATHS = frozenset({"/v1/realtime", "/openai/v1/realtime"})
LOCAL_ORIGIN = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
SUBPROTOCOL = Subprotocol("realtime")
MAX_MESSAGE_BYTES = 24 * 1024 * 1024  # an append may hold 15 MiB, which base64 makes 20, and JSON some more
GOODBYE_S = 1.0
SESSION_LIMIT_S = 60 * 60  # as on the wire: a session lasts an hour
BETA_HEADER = "OpenAI-Beta"

CLOSE_REFUSED, CLOSE_EXPIRED, CLOSE_FAILED = 4000, 1001, 1011
BETA_DISABLED = ErrorDetails(
    "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.",
    "invalid_request_error",
    "beta_api_shape_disabled",
)
EXPIRED = ErrorDetails(
    "Your session hit the maximum duration of 60 minutes.", "invalid_request_error", "session_expired"
)
FAILED = ErrorDetails("The server failed; the log says why. Please connect again.", "server_error", "server_error")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServerModels:
    """Everything a session hears, thinks and speaks with; shared by all but the microphone's judge.

    Attributes:
        ears: The recogniser.
        studio: Brain, voice and where they run.
        probability: Makes a judge of one microphone.
        session_limit_s: When a session expires.
        now: The time of day, s since 1970.
    """

    ears: Recogniser
    studio: AnswerModels
    probability: Callable[[], SpeechProbability] = Earshot
    session_limit_s: float = SESSION_LIMIT_S
    now: Callable[[], float] = time.time


def _answer(status: HTTPStatus, code: str, message: str) -> Response:
    body = msgspec.json.encode({"error": {"code": code, "message": message}})
    headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"})
    return Response(status.value, status.phrase, headers, body)


def admit(_: ServerConnection, request: Request) -> Response | None:
    """Refuse a handshake that is not for us, or that a web page makes in somebody's browser."""
    origin = request.headers.get("Origin")
    if origin is not None and not LOCAL_ORIGIN.fullmatch(origin):
        return _answer(HTTPStatus.FORBIDDEN, "forbidden_origin", "Web pages may not talk to this server.")
    path = urlsplit(request.path).path
    if path not in PATHS:
        return _answer(HTTPStatus.NOT_FOUND, "not_found", f"There is no {path} here, only {', '.join(sorted(PATHS))}.")
    return None


def select_subprotocol(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """``realtime`` where a client offers it (browsers do), none otherwise."""
    return SUBPROTOCOL if SUBPROTOCOL in offered else None


class Service:
    """Serves connections with the same senses."""

    def __init__(self, senses: ServerModels) -> None:
        self._senses = senses

    async def __call__(self, connection: ClientLink) -> None:
        """One connection from its handshake to its end."""
        outbox = Sender(connection)
        async with asyncio.TaskGroup() as background:
            sender = background.create_task(outbox.run(), name="outbox")
            life = background.create_task(self._watch(connection), name="life")
            try:
                parting, close_code = await self._converse(connection, outbox)
                if parting is not None:
                    outbox.put(Error(event_id="event_last", error=parting))
                    await outbox.flushed()
                    await connection.close(close_code, parting.message)
            finally:
                sender.cancel()
                life.cancel()

    async def _watch(self, connection: ClientLink) -> None:
        """End a connection whose client is gone without a word."""
        try:
            await keep_alive(connection)
        except SilentError as error:
            logger.info("the client is silent: %s", error)
            await connection.close(CLOSE_FAILED, "the client is silent")

    async def _converse(self, connection: ClientLink, outbox: Sender) -> tuple[ErrorDetails | None, int]:
        """Serve until the client leaves (no error), or until there is something to say before we do."""
        request = connection.request
        if request is not None and BETA_HEADER in request.headers:
            return BETA_DISABLED, CLOSE_REFUSED
        try:
            async with asyncio.timeout(self._senses.session_limit_s):
                await self._session(connection, outbox, request.path if request else "")
        except TimeoutError:
            return EXPIRED, CLOSE_EXPIRED
        except Exception:
            logger.exception("a session failed")
            return FAILED, CLOSE_FAILED
        return None, 0

    async def _session(self, connection: ClientLink, outbox: Sender, path: str) -> None:
        model = parse_qs(urlsplit(path).query).get("model", [""])[0]
        config = default_session(model, int(self._senses.now() + self._senses.session_limit_s))
        senses = self._senses
        async with asyncio.TaskGroup() as tasks:
            probability = senses.probability()
            session = ServerSession(config, tasks, senses.ears, senses.studio, probability, outbox.put, outbox.drained)
            try:
                async for message in connection:
                    await session.receive(message)
            except ConnectionClosed:
                logger.info("the client left without goodbye")
            finally:
                session.close()


@asynccontextmanager
async def listening(host: str, port: int, senses: ServerModels) -> AsyncIterator[Server]:
    """A server that listens; on leaving, every connection is closed and its tasks are over.

    Args:
        host: Where to listen; 127.0.0.1 unless others shall hear the user too.
        port: 0 for any free one.
        senses: What it hears, thinks and speaks with.

    Raises:
        OSError: The port is taken.
    """
    service = Service(senses)

    async def answer(connection: ServerConnection) -> None:
        assert isinstance(connection, CountingServer)
        await service(connection)

    async with serve(
        answer,
        host,
        port,
        process_request=admit,
        select_subprotocol=select_subprotocol,
        compression=None,
        max_size=MAX_MESSAGE_BYTES,
        ping_interval=None,  # see `keep_alive`
        close_timeout=GOODBYE_S,
        create_connection=CountingServer,
        server_header=None,
        logger=logging.getLogger(f"{__name__}.websocket"),
    ) as server:
        yield server


def url_of(server: Server) -> str:
    """Where clients find it."""
    host, port = next(iter(server.sockets)).getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"ws://{shown}:{port}/v1/realtime"
