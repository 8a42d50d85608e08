"""The Realtime wire of one connection: one internal model, whatever the endpoint speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.bounded import newest
from voice_tui.endpoints.realtime.wire.codec import encode
from voice_tui.endpoints.realtime.wire.deviations import NO_DEVIATIONS, Deviations
from voice_tui.endpoints.realtime.wire.dialects import Writer
from voice_tui.endpoints.realtime.wire.items import ENDS, SPELT, RateLimit
from voice_tui.endpoints.realtime.wire.misfits import Misfits
from voice_tui.endpoints.realtime.wire.preview import Dialect, detect_dialect, dialect_of_session
from voice_tui.endpoints.realtime.wire.reader import NO_EVENT, SERVER_TYPES, read_event
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.endpoints.realtime.wire.sound import OUTPUT, Sound
from voice_tui.endpoints.realtime.wire.texts import KEPT, Halves
from voice_tui.messages.remarks import NO_REMARK, Remark
from voice_tui.plain_text import one_line

LITTLE = 0.1  # of a budget: another talk may need more than that
LONGEST_REST_S = 600.0
LONGEST_NAME = 80  # characters of the name of an event that nobody knows


class RealtimeCodec:
    """Encodes what the session sends and decodes what the server says, from the first event to the last.

    Args:
        url: Where the connection goes.
        dialect: One of `Dialect`; "" for what the URL says, until ``session.created`` says it.
        deviations: What the endpoint does otherwise.
    """

    def __init__(self, url: str = "", dialect: str = "", deviations: Deviations = NO_DEVIATIONS) -> None:
        self._forced = bool(dialect)
        self._dialect = Dialect(dialect) if dialect else detect_dialect(url)
        self._old = self._dialect is not Dialect.GA
        self._misfits = Misfits()
        self._sound = Sound(deviations, self._misfits.tell)
        self._writer = Writer(deviations, lambda path, why: self._misfits.tell(f"session.update: {path}", why))
        self._halves = Halves()
        self._open: dict[str, str] = {}  # answer that is being made → its newest item
        self._after: dict[type, Callable[[Any], object]] = {
            se.OutputAudioDelta: self._sound.incoming,
            se.OutputAudioDone: self._sound.part_done,
            se.OutputItemAdded: lambda e: self._newest(e.response_id, given(e.item.id, "")),
            se.ResponseCreated: lambda e: self._newest(e.response.id, ""),
            se.ResponseDone: self._response_done,
            se.SessionCreated: lambda e: self._sound.agreed(e.session, asked=False),
            se.SessionUpdated: lambda e: self._sound.agreed(e.session, asked=True),
            se.Error: lambda e: self._sound.refused(e.error.event_id),
            se.UnknownEvent: self._unknown,
        }
        self._written: dict[type, Callable[[Any], bytes]] = {
            ce.InputAudioBufferAppend: self._append,
            ce.SessionUpdate: self._session,
            ce.ConversationItemCreate: self._item,
            ce.ResponseCreate: self._request,
        }

    @property
    def dialect(self) -> str:
        """Which wire is spoken."""
        return self._dialect.value

    def misfits(self) -> list[str]:
        """What did not fit since the last call."""
        return self._misfits.drain()

    # ---- out

    def encode(self, event: Any) -> bytes:
        """An event of the session as wire text (UTF-8 JSON)."""
        write = self._written.get(type(event))
        return encode(event) if write is None else write(event)

    def _append(self, event: ce.InputAudioBufferAppend) -> bytes:
        if self._sound.converts_input:
            event = ce.InputAudioBufferAppend(event_id=event.event_id, audio=self._sound.outgoing(event.audio))
        return encode(event)

    def _session(self, event: ce.SessionUpdate) -> bytes:
        written = self._writer.session(msgspec.to_builtins(event), self._dialect, self._sound.asked)
        audio = given(event.session.audio, None)
        halves = (given(audio.input, None), given(audio.output, None)) if audio is not None else ()
        if self._writer.sends_formats and any(half is not None and given(half.format, None) for half in halves):
            self._sound.asks(given(event.event_id, ""))
        return msgspec.json.encode(written)

    def _item(self, event: ce.ConversationItemCreate) -> bytes:
        fields = msgspec.to_builtins(event)
        self._sound.item(fields)
        return msgspec.json.encode(self._writer.item(fields, self._dialect))

    def _request(self, event: ce.ResponseCreate) -> bytes:
        fields = msgspec.to_builtins(event)
        return msgspec.json.encode(self._writer.request(fields, self._dialect, self._sound.asked[OUTPUT]))

    # ---- in

    def decode(self, raw: bytes | str) -> se.ServerEvent | se.UnknownEvent:
        """What the server said; it never fails."""
        event = read_event(raw, self._misfits.tell, self._seen, slowly=bool(self._halves.held), old=self._old)
        after = self._after.get(type(event))
        if after is not None:
            after(event)
        return event

    def _seen(self, name: str, fields: dict[str, Any]) -> None:
        """An event that is read field by field, as it came."""
        if name == "session.created" and isinstance(fields.get("session"), dict):
            self._learn(dialect_of_session(fields["session"]) or self._dialect)
        self._halves.join(name, fields)
        if self._open:
            self._name(name, fields)

    def _learn(self, spoken: Dialect) -> None:
        """What the session speaks by its looks; what was asked for stays."""
        if not self._forced:
            self._dialect, self._old = spoken, spoken is not Dialect.GA
        elif self._old and spoken is Dialect.GA:
            why = f"it looks like ga, {self._dialect} is spoken: where settings are refused, try --dialect ga"
            self._misfits.tell("session.created: session", why)

    def _name(self, name: str, fields: dict[str, Any]) -> None:
        """What an event about an answer does not name can only be the newest answer and its newest item."""
        response_id = next(reversed(self._open))
        if name == "response.done":
            response = fields["response"] = fields["response"] if isinstance(fields.get("response"), dict) else {}
            if not isinstance(response.get("id"), str | int):
                response["id"] = response_id
                self._misfits.tell("response.done: response.id", "missing: it ends the answer that is being made")
        elif name.startswith("response.") and name != "response.created":
            known = SERVER_TYPES[name].__struct_fields__
            for field, value in (("response_id", response_id), ("item_id", self._open[response_id])):
                if field in known and not isinstance(fields.get(field), str | int):
                    fields[field] = value
                    self._misfits.tell(f"{name}: {field}", "missing: it belongs to the answer that is being made")

    def _newest(self, response_id: str, item_id: str) -> None:
        self._open[response_id] = item_id
        newest(self._open, KEPT)

    def _response_done(self, event: se.ResponseDone) -> None:
        response = event.response
        if response.status not in ENDS:
            counts, response.status = response.status, SPELT.get(response.status, "failed")
            told = f"{counts!r} is none: it counts as {response.status}"
            if counts == "in_progress":  # so it stands there where none came
                response.status, told = "completed", "missing: it counts as completed"
            self._misfits.tell("response.done: response.status", told)
        self._open.pop(response.id, None)
        for part in (self._sound, self._halves):
            part.response_done(response.id)

    def _unknown(self, event: se.UnknownEvent) -> None:
        if event.reason.startswith(NO_EVENT):
            self._misfits.tell("a message", event.reason)

    def remark(self, event: object) -> Remark:
        """What is to be known of an event that was decoded."""
        match event:
            case se.Error(error=error):
                return Remark(error.message, error=True, code=error.code or error.type or "")
            case se.RateLimitsUpdated(rate_limits=budgets):
                return Remark(rest_s=rest_s(budgets))
            case se.UnknownEvent(type=name, reason=reason) if not reason.startswith(NO_EVENT):
                return Remark(f"{one_line(name, LONGEST_NAME)}: no such event is known here, the inspector has it")
            case se.SessionCreated(session=session) | se.SessionUpdated(session=session):
                return Remark(
                    session=given(session.id, ""),
                    expires_at=given(session.expires_at, None),
                    created=isinstance(event, se.SessionCreated),
                    configured=isinstance(event, se.SessionUpdated),
                )
        return NO_REMARK


def rest_s(budgets: Iterable[RateLimit]) -> float:
    """How long the endpoint is better left alone: until a budget is filled again of which little is left, s."""
    short = [each.reset_seconds for each in budgets if each.remaining < each.limit * LITTLE]
    return min(max(short, default=0.0), LONGEST_REST_S)
