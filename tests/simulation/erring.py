"""A server that errs: between the embedded server and its line, and in its brain.

Every error is one that servers make: what was asked for is refused, with or without its name, an answer fails or comes
late, words are not written down, events come twice, unknown, or not at all, and the connection is closed.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.simulation.overheard import OverheardLink
from voice_tui.server.brains.brain import Brain, BrainError
from voice_tui.server.brains.dialogue import Call, Dialogue, Sound
from voice_tui.server.sender import ClientLink

Event: TypeAlias = dict[str, Any]
Alter: TypeAlias = Callable[[Event], list[Event]]
SOUND = b'"response.output_audio.delta"'
REFUSED = "the server could not do that"


@dataclass
class Served:
    """What the server knows of one session.

    Attributes:
        audio: All that was appended, int16 at 24 kHz.
        appended: (s, bytes of audio until then).
        took: (s, event) of the client's other events, with those that were refused.
        gave: (s, event) of the server's, without sound.
        ended: When it was over, s; None while it goes on.
    """

    audio: bytearray = field(default_factory=bytearray)
    appended: list[tuple[float, int]] = field(default_factory=list)
    took: list[tuple[float, Event]] = field(default_factory=list)
    gave: list[tuple[float, Event]] = field(default_factory=list)
    ended: float | None = None

    def had(self, end: int) -> float:
        """When so many bytes of audio were there, s."""
        return next(at for at, size in self.appended if size >= end)

    def first(self, item_id: str) -> float:
        """When it first said something of an answer's item, s."""
        return next(at for at, event in self.gave if event.get("item_id") == item_id)

    def given(self, kind: str) -> list[tuple[float, Event]]:
        """The server's events of a type."""
        return [(at, event) for at, event in self.gave if event["type"] == kind]


class ErringServer:
    """Serves connections, and errs when it is told to; it keeps what really came and went.

    Args:
        now: Seconds since the simulation began.
        serve: The server without errors.
    """

    def __init__(self, now: Callable[[], float], serve: Callable[[ClientLink], Awaitable[None]]) -> None:
        self._now, self._serve = now, serve
        self.sessions: list[Served] = []
        self.refusals: dict[str, bool] = {}
        """Type of the client's next event to refuse → whether the error names it."""
        self.altered: dict[str, Alter] = {}
        """Type of the server's next event to alter → what is sent in its place."""
        self.over = False
        """Whatever ends from now on ends because everything does."""
        self._link: _ErringLink | None = None

    async def __call__(self, link: ClientLink) -> None:
        """Serve one connection."""
        served = Served()
        self.sessions.append(served)
        self._link = _ErringLink(link, self, served, self._now)
        try:
            await self._serve(self._link)
        finally:
            if not self.over:
                served.ended = self._now()

    def behave(self) -> None:
        """Err no more."""
        self.refusals.clear()
        self.altered.clear()

    async def say(self, event: Event) -> None:
        """Send an event that nobody asked for, where somebody listens."""
        if self._link is not None and self.sessions[-1].ended is None:
            await self._link.give(event)

    async def close(self, code: int, reason: str) -> None:
        """Hang up."""
        if self._link is not None:
            await self._link.close(code, reason)


class _ErringLink(OverheardLink):
    """A client's connection as the server sees it."""

    def __init__(self, link: ClientLink, server: ErringServer, served: Served, now: Callable[[], float]) -> None:
        super().__init__(link)
        self._server, self._served, self._now = server, served, now

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        async for message in self._link:
            event = json.loads(message)
            kind = event["type"]
            if kind == "input_audio_buffer.append":
                self._served.audio += base64.b64decode(event["audio"])
                self._served.appended.append((self._now(), len(self._served.audio)))
            else:
                self._served.took.append((self._now(), event))
                named = self._server.refusals.pop(kind, None)
                if named is not None:
                    await self.give(error(REFUSED, event["event_id"] if named else None))
                    continue
            yield message

    async def send(self, message: bytes, *, text: bool | None = None) -> None:
        if SOUND in message:
            await self._link.send(message, text=True)
            return
        event = json.loads(message)
        alter = self._server.altered.pop(event["type"], None)
        for each in [event] if alter is None else alter(event):
            await self.give(each)

    async def give(self, event: Event) -> None:
        """Send an event as it is."""
        self._served.gave.append((self._now(), event))
        await self._link.send(json.dumps(event).encode(), text=True)


def error(message: str, event_id: str | None = None) -> Event:
    """An error event; it names the client's event that it answers, or none."""
    details = {"type": "server_error", "code": None, "message": message, "param": None, "event_id": event_id}
    return {"type": "error", "event_id": "event_erring", "error": details}


def unwritten(event: Event) -> list[Event]:
    """The words of a turn are not understood."""
    failed = {"type": "transcription_error", "code": None, "message": "no words", "param": None}
    kind = "conversation.item.input_audio_transcription.failed"
    kept = {name: event[name] for name in ("event_id", "item_id", "content_index")}
    return [{"type": kind, **kept, "error": failed}]


def twice(event: Event) -> list[Event]:
    """The same event comes twice."""
    return [event, event]


def unsaid(event: Event) -> list[Event]:
    """The event never comes."""
    return []


class ErringBrain:
    """A brain that can be late, or fail in the middle of an answer.

    Args:
        brain: What it thinks with.
    """

    def __init__(self, brain: Brain) -> None:
        self._brain = brain
        self.late_s = 0.0
        """How much later the next answer begins."""
        self.fails_after: int | None = None
        """Of the next answer: the sentences before it fails."""

    async def answer(self, conversation: Dialogue) -> AsyncGenerator[str | Call | Sound, None]:
        """As the brain answers, but for the errors."""
        late_s, self.late_s = self.late_s, 0.0
        fails_after, self.fails_after = self.fails_after, None
        await asyncio.sleep(late_s)
        count = 0
        async for piece in self._brain.answer(conversation):
            if count == fails_after:
                break
            yield piece
            count += 1
        if fails_after is not None:
            raise BrainError("brain_failed", "The brain failed in the middle of the answer.")

    async def aclose(self) -> None:
        """Let go of the brain."""
        await self._brain.aclose()
