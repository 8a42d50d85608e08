"""The families of endpoints: how each opens a session, and how its events become bytes on a connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from voice_tui.endpoints.models import ModelTable
from voice_tui.endpoints.realtime.wire.deviations import Deviations
from voice_tui.endpoints.realtime.wire.glance import glance, sound
from voice_tui.endpoints.realtime.wire.pairs import Pairs
from voice_tui.messages.inspection import BLIND, Inspection
from voice_tui.messages.packing import UNPACKABLE, Packed, Packing
from voice_tui.messages.profile import Capabilities, Profile
from voice_tui.messages.remarks import Remark

if TYPE_CHECKING:
    from voice_tui.conversation.session import Session
    from voice_tui.conversation.shared import Shared


class Codec(Protocol):
    """The wire of one connection. It holds what must be known from one event to the next."""

    @property
    def dialect(self) -> str:
        """Which wire is spoken, for logs."""
        ...

    def encode(self, event: object) -> bytes:
        """An event of the session, as it goes out."""
        ...

    def decode(self, raw: bytes | str) -> object:
        """What came in, as the session takes it; it never fails."""
        ...

    def remark(self, event: object) -> Remark:
        """What is to be known of an event that was decoded."""
        ...

    def misfits(self) -> list[str]:
        """What did not fit since the last call, a line each; the same is said once for a connection."""
        ...


@dataclass(frozen=True, slots=True)
class Family:
    """Endpoints that speak one wire; its events are opaque to everybody else.

    Attributes:
        name: For logs.
        open: Makes the session of a conversation; the table is what is known of models.
        codec: Makes the wire of a connection, out of URL, dialect ("": as the URL says) and what deviates.
        inspection: How its events are looked at.
        packing: How its events are put on a tape.
        tuning: The JSON of what sets a session up, less instructions and tools; "" where it has no such thing.
    """

    name: str
    open: Callable[[Shared, Profile, Capabilities, ModelTable], Session]
    codec: Callable[[str, str, Deviations], Codec]
    inspection: Inspection = BLIND
    packing: Packing = UNPACKABLE
    tuning: Callable[[Session], str] = lambda _: ""


# A wire is loaded when the first session is opened, or the first event is kept: a screen is there before.


def _realtime_session(shared: Shared, profile: Profile, able: Capabilities, models: ModelTable) -> Session:
    from voice_tui.endpoints.realtime.session import RealtimeSession

    return RealtimeSession(shared, profile, able, models)


def _realtime_codec(url: str, dialect: str, deviations: Deviations) -> Codec:
    from voice_tui.endpoints.realtime.wire.connection import RealtimeCodec

    return RealtimeCodec(url, dialect, deviations)


def _realtime_packed(event: object) -> Packed:
    from voice_tui.endpoints.realtime.wire.packing import pack

    return pack(event)


def _realtime_unpacked(packed: Packed) -> object:
    from voice_tui.endpoints.realtime.wire.packing import unpack

    return unpack(packed)


def _realtime_tuning(session: Session) -> str:
    from voice_tui.endpoints.realtime.agreement import update_text
    from voice_tui.endpoints.realtime.session import RealtimeSession

    assert isinstance(session, RealtimeSession)
    return update_text(msgspec.to_builtins(session.settings.whole()))


REALTIME = Family(
    "realtime",
    _realtime_session,
    _realtime_codec,
    Inspection(glance, Pairs, sound),
    Packing(_realtime_packed, _realtime_unpacked),
    _realtime_tuning,
)
"""The Realtime wire: structs for every event, one codec a connection, three dialects. Pure."""
FAMILIES: dict[str, Family] = {family.name: family for family in (REALTIME,)}
"""By name, for what was kept of a conversation."""
