"""The websocket server: who may connect, and one `ServerSession` for each connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary, WeakSet

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request
from websockets.typing import Subprotocol

from voice_tui.drivers.keepalive import CountingServer, SilentError, keep_alive
from voice_tui.endpoints.realtime.wire.items import ErrorDetails
from voice_tui.endpoints.realtime.wire.preview import Dialect, detect_dialect
from voice_tui.endpoints.realtime.wire.server_events import Error
from voice_tui.server.entrance import Entrance, address, offered_subprotocols
from voice_tui.server.inference import OVERLOADED
from voice_tui.server.lines import Lines
from voice_tui.server.models import ServerModels
from voice_tui.server.sender import ClientLink, Sender
from voice_tui.server.session import ServerSession
from voice_tui.server.session_config import default_session
from voice_tui.server.wire.connection import ClientWire

PREVIEW_SUBPROTOCOL = "openai-beta.realtime-v1"
SUBPROTOCOLS = (
    Subprotocol("realtime"),
    Subprotocol(PREVIEW_SUBPROTOCOL),
)  # the first that is offered is selected
MAX_MESSAGE_BYTES = 24 * 1024 * 1024  # an append may hold 15 MiB, which base64 makes 20, and JSON some more
MAX_QUEUE = 4  # frames that wait to be read; each may be as long as a message
HANDSHAKE_S = 5.0
LAST_WORDS_S = 5.0  # for a slow line to take what was said before the goodbye
GOODBYE_S = 1.0
BETA_HEADER, BETA = "OpenAI-Beta", "realtime=v1"

CLOSE_EXPIRED, CLOSE_FAILED = 1001, 1011
CLOSE_OVERLOADED = 1013
NO_TIME = ErrorDetails(
    "The server does not keep up with its sessions, and this one is the newest. Please try again later.",
    "server_error",
    OVERLOADED,
)
FAILED = ErrorDetails("The server failed; the log says why. Please connect again.", "server_error", "server_error")

logger = logging.getLogger(__name__)


def expired(limit_s: float) -> ErrorDetails:
    """What a client is told when its time is up."""
    message = f"Your session hit the maximum duration of {limit_s / 60:g} minutes."
    return ErrorDetails(message, "invalid_request_error", "session_expired")


def select_subprotocol(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """One of ours where a client offers any (a browser hangs up if none is selected), none otherwise."""
    return next((name for name in SUBPROTOCOLS if name in offered), None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a handshake asks for.

    Attributes:
        dialect: GA or preview. Three things say preview: the address, the header that the first SDKs sent, and the
            subprotocol of those that can send none (browsers).
        model: The name of a model or a deployment, "" for any.
        kind: ``realtime``, or ``transcription`` for a session that only listens.
    """

    dialect: Dialect = Dialect.GA
    model: str = ""
    kind: str = "realtime"


def wanted(request: Request | None) -> Wanted:
    """Read a handshake."""
    if request is None:
        return Wanted()
    query = parse_qs(address(request).query)
    preview = (
        detect_dialect(request.path) is Dialect.PREVIEW
        or any(BETA in value for value in request.headers.get_all(BETA_HEADER))
        or PREVIEW_SUBPROTOCOL in offered_subprotocols(request)
    )
    return Wanted(
        Dialect.PREVIEW if preview else Dialect.GA,
        (query.get("model") or query.get("deployment") or [""])[0],
        "transcription" if "transcription" in query.get("intent", ()) else "realtime",
    )


async def part(connection: ClientLink, code: int, reason: str) -> None:
    """Say goodbye; a client that does not take it is left without."""
    try:
        async with asyncio.timeout(GOODBYE_S):
            await connection.close(code, reason)
    except TimeoutError:
        connection.abort()


class Service:
    """Serves connections with the same senses."""

    def __init__(self, senses: ServerModels) -> None:
        self._senses = senses
        self._ends: WeakKeyDictionary[ClientLink, asyncio.Timeout] = WeakKeyDictionary()
        self._expelled: WeakSet[ClientLink] = WeakSet()

    def expel(self, connection: ClientLink) -> None:
        """End a session for which there is no time; its client is told why."""
        if connection in self._ends and connection not in self._expelled:
            self._expelled.add(connection)
            self._ends[connection].reschedule(asyncio.get_running_loop().time())

    async def __call__(self, connection: ClientLink) -> None:
        """One connection from its handshake to its end."""
        asked = wanted(connection.request)
        client_wire = ClientWire(asked.dialect)
        outbox = Sender(connection, client_wire.write)
        async with asyncio.TaskGroup() as background:
            sender = background.create_task(outbox.run(), name="outbox")
            life = background.create_task(self._watch(connection), name="life")
            try:
                parting, close_code = await self._converse(connection, asked, client_wire, outbox)
                if parting is not None:
                    outbox.put(Error(event_id="event_last", error=parting))
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LAST_WORDS_S):
                            await outbox.flushed()
                    await part(connection, close_code, parting.message)
            finally:
                sender.cancel()
                life.cancel()

    async def _watch(self, connection: ClientLink) -> None:
        """End a connection whose client is gone without a word."""
        try:
            await keep_alive(connection)
        except SilentError as error:
            logger.info("the client is silent: %s", error)
            await part(connection, CLOSE_FAILED, "the client is silent")

    async def _converse(
        self, connection: ClientLink, asked: Wanted, client_wire: ClientWire, outbox: Sender
    ) -> tuple[ErrorDetails | None, int]:
        """Serve until the client leaves (no error), or until there is something to say before we do."""
        limit_s = self._senses.session_limit_s
        try:
            async with asyncio.timeout(limit_s) as end:
                self._ends[connection] = end
                await self._session(connection, asked, client_wire, outbox)
        except TimeoutError:
            if connection in self._expelled:
                return NO_TIME, CLOSE_OVERLOADED
            return expired(limit_s), CLOSE_EXPIRED
        except Exception:
            logger.exception("a session failed")
            return FAILED, CLOSE_FAILED
        return None, 0

    async def _session(self, connection: ClientLink, asked: Wanted, client_wire: ClientWire, outbox: Sender) -> None:
        senses = self._senses
        expires_at = int(senses.now() + senses.session_limit_s)
        config = default_session(asked.model, expires_at, asked.dialect, asked.kind)
        async with asyncio.TaskGroup() as tasks:
            session = ServerSession(config, tasks, senses, client_wire, outbox.put, outbox.drained)
            try:
                async for message in connection:
                    await session.receive(message)
                    if not await outbox.room():  # who does not take our answers is not listened to
                        break
            except ConnectionClosed:
                logger.info("the client left without goodbye")
            finally:
                session.close()


@asynccontextmanager
async def listening(
    host: str, port: int, senses: ServerModels, entrance: Entrance | None = None
) -> AsyncIterator[Server]:
    """A server that listens; on leaving, every connection is closed and its tasks are over.

    Args:
        host: Where to listen; 127.0.0.1 unless others shall hear the user too.
        port: 0 for any free one.
        senses: What it hears, thinks and speaks with.
        entrance: Who may come in; None: any program of this machine.

    Raises:
        OSError: The port is taken.
    """
    service = Service(senses)
    lines = Lines(entrance or Entrance())
    senses.studio.inference.late = lambda: lines.too_late

    def relieve() -> None:
        if not lines.too_late:
            return
        newest = lines.newest
        logger.warning("the server does not keep up: the newest sessions have to go, %d of them", len(newest))
        for line in newest:
            service.expel(line)

    # At its debug level the library writes handshakes into the log, and a handshake holds the key.
    library = logging.getLogger(f"{__name__}.websocket")
    library.setLevel(logging.INFO)

    async def answer(connection: ServerConnection) -> None:
        assert isinstance(connection, CountingServer)
        await service(connection)

    async with serve(
        answer,
        host,
        port,
        process_request=lines.admit,
        select_subprotocol=select_subprotocol,
        compression=None,
        max_size=MAX_MESSAGE_BYTES,
        max_queue=MAX_QUEUE,
        open_timeout=HANDSHAKE_S,
        ping_interval=None,  # see `keep_alive`
        close_timeout=GOODBYE_S,
        create_connection=lines.open,  # type: ignore[arg-type]  # a class is asked for, and called
        server_header=None,
        logger=library,
    ) as server:
        watch = asyncio.create_task(lines.lateness.watch(relieve), name="lateness")
        try:
            yield server
        finally:
            watch.cancel()
            # A goodbye waits behind what a client does not read, and a handshake for its other half.
            asyncio.get_running_loop().call_later(GOODBYE_S, lines.cut)


def url_of(server: Server) -> str:
    """The URL at which clients find a server."""
    host, port = next(iter(server.sockets)).getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"ws://{shown}:{port}/v1/realtime"
