"""One connection that is probed: what was said on it, when, and how much audio had been sent by then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias, cast

import msgspec
from msgspec import UNSET
from websockets.exceptions import ConnectionClosed

from voice_tui.audio.stream.pcm import RATE, Pcm, ms_to_samples
from voice_tui.drivers.failures import LastError
from voice_tui.drivers.transport import Transport
from voice_tui.endpoints.families import Codec
from voice_tui.endpoints.realtime.wire.client_events import (
    ClientEvent,
    InputAudioBufferAppend,
    ResponseCancel,
    ResponseCreate,
    SessionUpdate,
)
from voice_tui.endpoints.realtime.wire.items import NO_REASON, ErrorDetails, ResponseParams
from voice_tui.endpoints.realtime.wire.server_events import (
    Error,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SessionUpdated,
    UnknownEvent,
)
from voice_tui.endpoints.realtime.wire.session import SessionConfig

PIECE = ms_to_samples(40)
ANSWER_S = 3.0  # what a server says to a request comes within this, or does not come
APPLIED_S = 0.5  # some servers complain of a setting and take it all the same
PINGS = 3

Event: TypeAlias = ServerEvent | UnknownEvent


class LineLost(Exception):
    """The connection is over; the text says how, as far as the connection knows."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An event of the server's.

    Attributes:
        event: As the family reads it.
        name: As it was called on the wire.
        at: When, s on the loop's clock.
        sent_ms: How much audio had been sent by then.
    """

    event: Event
    name: str
    at: float
    sent_ms: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What a request was answered with.

    Attributes:
        event: The event that was waited for; None: it did not come.
        error: What the server complained of, "" for nothing.
        seconds: How long it took.
    """

    event: Event | None
    error: str
    seconds: float

    @property
    def words(self) -> str:
        """Why there is no event."""
        return f"refused: {self.error}" if self.error else "not answered"


class _Named(msgspec.Struct):
    type: str = ""


class Line:
    """What is sent, and everything that is heard, from the first event to the last.

    Args:
        transport: An open connection.
        codec: Its wire.
    """

    def __init__(self, transport: Transport, codec: Codec) -> None:
        self._transport, self.codec = transport, codec
        self.clock = asyncio.get_running_loop().time
        self.heard: list[Heard] = []
        self.sent_ms = 0.0
        self.making: set[str] = set()
        """Ids of the answers that are being made."""
        self.closed: ConnectionClosed | None = None
        """How the connection ended."""
        self._over = ""
        self._errors: list[ErrorDetails] = []
        self._changed = asyncio.Event()
        self._count = 0

    @property
    def last_error(self) -> LastError:
        """What the server complained of last, and what no other try would mend before anything else."""
        errors = [LastError(e.code or e.type or "", e.message) for e in self._errors]
        return next((error for error in errors if error.final), errors[-1] if errors else LastError())

    @property
    def refused(self) -> bool:
        """The server has said that it can't be used, and nothing else."""
        return bool(self.heard) and len(self._errors) == len(self.heard) and self.last_error.final

    @property
    def mark(self) -> int:
        """Where the next event will stand."""
        return len(self.heard)

    async def listen(self) -> None:
        """Hear until the connection is over."""
        try:
            while True:
                self._take(await self._transport.receive())
        except ConnectionClosed as error:
            code = error.rcvd.code if error.rcvd else 1006
            reason = f" ({error.rcvd.reason})" if error.rcvd and error.rcvd.reason else ""
            self.closed = error
            self._over = f"the connection was closed with {code}{reason}"
        self._changed.set()

    def _take(self, raw: bytes) -> None:
        event = cast(Event, self.codec.decode(raw))
        match event:
            case Error(error=error):
                self._errors.append(error)
            case ResponseCreated(response=response):
                self.making.add(response.id)
            case ResponseDone(response=response):
                self.making.discard(response.id)
        try:
            name = msgspec.json.decode(raw, type=_Named).type
        except (msgspec.DecodeError, UnicodeDecodeError):
            name = ""
        self.heard.append(Heard(event, name, self.clock(), self.sent_ms))
        self._changed.set()

    async def send(self, event: ClientEvent) -> str:
        """Send an event under an id of its own, which is given back.

        Raises:
            LineLost: The connection is over.
        """
        self._count += 1
        event.event_id = f"probe_{self._count}"
        try:
            await self._transport.send(self.codec.encode(event))
        except ConnectionClosed:
            await self._gone()
        return event.event_id

    async def _gone(self) -> None:
        while not self._over:
            self._changed.clear()
            await self._changed.wait()
        raise LineLost(self._over)

    def find(self, wanted: Callable[[Event], bool], since: int) -> Heard | None:
        """The first event from ``since`` on that is wanted."""
        return next((h for h in self.heard[since:] if wanted(h.event)), None)

    async def until(self, wanted: Callable[[Event], bool], seconds: float, since: int) -> Heard | None:
        """The first event from ``since`` on that is wanted; None when so many seconds have passed.

        Raises:
            LineLost: The connection is over, and it has not come.
        """
        deadline = self.clock() + seconds
        while True:
            if found := self.find(wanted, since):
                return found
            since = self.mark
            if self._over:
                raise LineLost(self._over)
            left = deadline - self.clock()
            if left <= 0:
                return None
            self._changed.clear()
            try:
                async with asyncio.timeout(left):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def ask(self, event: ClientEvent, wanted: Callable[[Event], bool], seconds: float = ANSWER_S) -> Reply:
        """Send a request and wait for its answer, or for the error that names it.

        Raises:
            LineLost: The connection is over.
        """
        since, begun = self.mark, self.clock()
        event_id = await self.send(event)
        first = await self.until(lambda e: wanted(e) or _complains(e, event_id), seconds, since)
        if first is None:
            return Reply(None, "", seconds)
        if not isinstance(first.event, Error):
            return Reply(first.event, "", first.at - begun)
        words = first.event.error.message or NO_REASON
        applied = await self.until(wanted, APPLIED_S, since)
        return Reply(applied.event if applied else None, words, first.at - begun)

    async def update(self, session: SessionConfig) -> Reply:
        """Change settings. See `ask`."""
        session.type = "realtime"
        return await self.ask(SessionUpdate(session=session), lambda e: isinstance(e, SessionUpdated))

    async def respond(self, params: ResponseParams | None = None) -> str:
        """Ask for an answer; gives the event's id."""
        return await self.send(ResponseCreate(response=UNSET if params is None else params))

    async def speak(self, pcm: Pcm, enough: Callable[[Event], bool], since: int) -> Heard | None:
        """Send audio in real time until something has been heard.

        Returns:
            What was waited for; None when all has been sent and it has not come.

        Raises:
            LineLost: The connection is over.
        """
        begun = self.clock()
        for at in range(0, len(pcm), PIECE):
            piece = pcm[at : at + PIECE]
            await self.send(InputAudioBufferAppend(audio=piece.tobytes()))
            self.sent_ms += len(piece) * 1000 / RATE
            await asyncio.sleep(max(0.0, begun + (at + len(piece)) / RATE - self.clock()))
            if found := self.find(enough, since):
                return found
            if self._over:
                raise LineLost(self._over)
        return None

    async def calm(self) -> None:
        """Stop the answers that are being made, as far as the server lets them be stopped."""
        if self.making:
            since = self.mark
            await self.send(ResponseCancel())
            await self.until(lambda e: not self.making, 2.0, since)
            self.making.clear()

    async def ping(self) -> float | None:
        """The shortest of a few round trips of the connection itself, s; None: it is not answered."""
        times = []
        for _ in range(PINGS):
            try:
                async with asyncio.timeout(ANSWER_S):
                    times.append(await (await self._transport.ask()))
            except TimeoutError:
                return None
            except ConnectionClosed:
                await self._gone()
        return min(times)


def _complains(event: Event, event_id: str) -> bool:
    return isinstance(event, Error) and event.error.event_id in (event_id, None)


@asynccontextmanager
async def listening(transport: Transport, codec: Codec) -> AsyncIterator[Line]:
    """A line that is listened to as long as the block lasts."""
    line = Line(transport, codec)
    task = asyncio.create_task(line.listen(), name="probe: listening")
    try:
        yield line
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
