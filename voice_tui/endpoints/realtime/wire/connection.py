"""The Realtime wire of one connection: one internal model, whatever the endpoint speaks."""

from __future__ import annotations

from typing import cast

from voice_tui.endpoints.realtime.wire.client_events import ClientEvent
from voice_tui.endpoints.realtime.wire.codec import decode_server_event, encode, event_type
from voice_tui.endpoints.realtime.wire.deviations import NO_DEVIATIONS, Deviations
from voice_tui.endpoints.realtime.wire.preview import Dialect, detect_dialect
from voice_tui.endpoints.realtime.wire.server_events import (
    Error,
    ServerEvent,
    SessionCreated,
    SessionUpdated,
    UnknownEvent,
)
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.messages.remarks import NO_REMARK, Remark


class RealtimeCodec:
    """Encodes what the session sends and decodes what the server says, from the first event to the last.

    Args:
        url: Where the connection goes.
        dialect: One of `Dialect`, or "" for what the URL says.
        deviations: What the endpoint does otherwise.
    """

    def __init__(self, url: str = "", dialect: str = "", deviations: Deviations = NO_DEVIATIONS) -> None:
        self._dialect = Dialect(dialect) if dialect else detect_dialect(url)
        self._deviations = deviations
        self._misfits: list[str] = []

    @property
    def dialect(self) -> str:
        """Which wire is spoken."""
        return self._dialect.value

    def encode(self, event: object) -> bytes:
        """An event of the session as wire text (UTF-8 JSON)."""
        return encode(cast(ClientEvent, event))  # the session of this family makes nothing else

    def decode(self, raw: bytes | str) -> ServerEvent | UnknownEvent:
        """What the server said; it never fails."""
        return decode_server_event(raw)

    def remark(self, event: object) -> Remark:
        """What is to be known of an event that was decoded."""
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
        return NO_REMARK

    def misfits(self) -> list[str]:
        """What did not fit since the last call."""
        out, self._misfits = self._misfits, []
        return out
