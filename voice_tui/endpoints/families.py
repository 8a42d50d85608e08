"""The families of endpoints: how each opens a session, and how its events become bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.realtime.session import RealtimeSession
from voice_tui.endpoints.realtime.wire.codec import decode_server_event, encode, event_type
from voice_tui.endpoints.realtime.wire.server_events import Error, SessionCreated, SessionUpdated, UnknownEvent
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.messages.profile import Capabilities, Profile


@dataclass(frozen=True, slots=True)
class Remark:
    """What those who carry an event without looking inside have to know of it.

    Attributes:
        words: One line about it, "" for nothing.
        error: It is an error.
        code: ... and this is its code.
        session: The id of the session that it names.
        expires_at: When that session will be ended, s since 1970; None: it does not say.
        created: A session begins.
        configured: The session took its settings.
    """

    words: str = ""
    error: bool = False
    code: str = ""
    session: str = ""
    expires_at: int | None = None
    created: bool = False
    configured: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """Endpoints that speak one wire; its events are opaque to everybody else.

    Attributes:
        name: For logs.
        open: Makes the session of a conversation.
        encode: An event of the session, as it goes out.
        decode: What came in, as the session takes it; it never fails.
        remark: What is to be known of an event besides.
    """

    name: str
    open: Callable[[Shared, Profile, Capabilities], Session]
    encode: Callable[[object], bytes]
    decode: Callable[[bytes | str], object]
    remark: Callable[[object], Remark]


def _encode(event: object) -> bytes:
    return encode(event)  # type: ignore[arg-type]  # the session of this family makes nothing else


_NOTHING = Remark()


def _remark(event: object) -> Remark:
    match event:
        case Error(error=error):
            return Remark(error.message, error=True, code=error.code or error.type or "")
        case UnknownEvent(reason=reason):
            return Remark(f"event {event_type(event)!r} ignored: {reason}")
        case SessionCreated(session=session) | SessionUpdated(session=session):
            return Remark(
                session=given(session.id, ""),
                expires_at=given(session.expires_at, None),
                created=isinstance(event, SessionCreated),
                configured=isinstance(event, SessionUpdated),
            )
    return _NOTHING


REALTIME = Family("realtime", RealtimeSession, _encode, decode_server_event, _remark)
