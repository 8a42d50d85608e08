"""The families of endpoints: how each opens a session, and how its events become bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.realtime.session import RealtimeSession
from voice_tui.endpoints.realtime.wire.codec import decode_server_event, encode, event_type
from voice_tui.endpoints.realtime.wire.server_events import Error, UnknownEvent
from voice_tui.messages.profile import Capabilities, Profile


@dataclass(frozen=True, slots=True)
class Family:
    """Endpoints that speak one wire; its events are opaque to everybody else.

    Attributes:
        name: For logs.
        open: Makes the session of a conversation.
        encode: An event of the session, as it goes out.
        decode: What came in, as the session takes it; it never fails.
        remark: What is to be said about an event besides: (it is an error, one line); "" for nothing.
    """

    name: str
    open: Callable[[Shared, Profile, Capabilities], Session]
    encode: Callable[[object], bytes]
    decode: Callable[[bytes | str], object]
    remark: Callable[[object], tuple[bool, str]]


def _encode(event: object) -> bytes:
    return encode(event)  # type: ignore[arg-type]  # the session of this family makes nothing else


def _remark(event: object) -> tuple[bool, str]:
    match event:
        case Error(error=error):
            return True, error.message
        case UnknownEvent(reason=reason):
            return False, f"event {event_type(event)!r} ignored: {reason}"
    return False, ""


REALTIME = Family("realtime", RealtimeSession, _encode, decode_server_event, _remark)
