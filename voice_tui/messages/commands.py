"""What the engine asks of the drivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from voice_tui.endpoints.realtime.wire.client_events import ClientEvent
from voice_tui.messages.context import ContextCommand
from voice_tui.messages.speakers import SpeakerCommand


@dataclass(frozen=True, slots=True)
class Send:
    """Put an event on the wire, in order; ``urgent`` ones pass audio that still waits."""

    event: ClientEvent
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Play:
    """Append a piece of an answer, or a test sound, to the playback stream.

    Attributes:
        item_id, content_index: Whose audio it is; "" is a test sound, of no item.
        pcm: int16 little-endian mono at 24 kHz.
    """

    item_id: str
    content_index: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Flush:
    """Fade out in the next output callback and drop what is queued; answered by `PlaybackCut` with the same ``cut``."""

    cut: int


@dataclass(frozen=True, slots=True)
class SetGain:
    """Play at another gain, 0-1, from the next output callback on; 0 pauses without losing a sample."""

    gain: float


Command: TypeAlias = Send | Play | Flush | SetGain | ContextCommand | SpeakerCommand
