"""What the engine asks of the drivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from voice_tui.messages.context import ContextCommand
from voice_tui.messages.limits import HangUp
from voice_tui.messages.recognition import WriteDown
from voice_tui.messages.speakers import SpeakerCommand
from voice_tui.messages.tools import ToolCommand


@dataclass(frozen=True, slots=True)
class Send:
    """Put an event on the wire, in order.

    Attributes:
        event: As the endpoint's family encodes it; nobody else looks inside.
        urgent: It passes audio that still waits.
        audio_s: It is so much of the microphone, s; 0: it is something else.
        silent: Nobody speaks in it: where too much waits, it may be given up.
    """

    event: object
    urgent: bool = False
    audio_s: float = 0.0
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Play:
    """Append a piece of an answer, or a test sound, to the playback stream.

    Attributes:
        answer: Whose voice it is; "" is a test sound, of no answer.
        pcm: int16 little-endian mono at 24 kHz.
    """

    answer: str
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Flush:
    """Fade out in the next output callback and drop what is queued; answered by `CutDone` with the same ``cut``."""

    cut: int


@dataclass(frozen=True, slots=True)
class SetGain:
    """Play at another gain, 0-1, from the next output callback on; 0 pauses without losing a sample."""

    gain: float


Command: TypeAlias = Send | Play | Flush | SetGain | ContextCommand | SpeakerCommand | WriteDown | HangUp | ToolCommand
