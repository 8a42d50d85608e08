"""The connection, the devices, and what was lost on the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Link(StrEnum):
    """State of the connection."""

    CONNECTING = "connecting"
    CONFIGURING = "configuring"
    LIVE = "live"
    RECONNECTING = "reconnecting"
    CLOSED = "closed"


TELEPHONE_COST = (
    "the server hears nothing of your voice above 4 kHz, and the AI's has nothing there; "
    "our own detectors hear the microphone as it is"
)
"""What a telephone line costs; see `LinkChanged.telephone`."""


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The connection changed.

    Attributes:
        link: The state.
        detail: Why, in words for the status bar ("in 2 s (close 1006)"), or "".
        endpoint: Host or "embedded", without secrets.
        model: Model or deployment.
        telephone: What carries the sound where that is a telephone's 8 kHz ("G.711 µ-law"), else "".
        name: What the user calls that endpoint, "" for none.
        reason: Why alone, without when.
        again_s: The next try is made after so long, s; None: none is waited for.
    """

    link: Link
    detail: str = ""
    endpoint: str = ""
    model: str = ""
    telephone: str = ""
    name: str = ""
    reason: str = ""
    again_s: float | None = None


@dataclass(frozen=True, slots=True)
class Reconnected:
    """Another connection carries the conversation on.

    Attributes:
        why: In words, such as "the session would have ended".
        planned: It was ready before the old one was closed, and nothing was interrupted.
    """

    why: str = ""
    planned: bool = False


@dataclass(frozen=True, slots=True)
class SessionLimited:
    """The endpoint will end this session ``left_s`` from now; a new connection takes over before. None: it will not."""

    left_s: float | None = None


@dataclass(frozen=True, slots=True)
class RehearseRollover:
    """Let a new connection take over in the next pause, as it does before a session ends. The drivers act on it."""


@dataclass(frozen=True, slots=True)
class EndCall:
    """Hang up: what has come is still heard. The drivers act on it.

    Attributes:
        why: One line.
    """

    why: str


@dataclass(frozen=True, slots=True)
class CallAgain:
    """Connect again after it was hung up, or try at once; the conversation is carried over. The drivers act on it."""


@dataclass(frozen=True, slots=True)
class SelectDevice:
    """Take another microphone or loudspeaker, at once. The drivers act on it.

    Attributes:
        name: Of the device, "" for the system's own.
        output: It is the loudspeaker.
    """

    name: str
    output: bool = False


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a new connection is told, so that it can carry a conversation on. The events are opaque, see `Send`.

    Attributes:
        settings: How the session is to be.
        history: What was said, in order.
    """

    settings: object
    history: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class DevicesChanged:
    """Which devices are in use; ``mic_problem`` says why there is no real microphone, likewise ``speaker_problem``."""

    mic: str
    speaker: str
    mic_problem: str = ""
    speaker_problem: str = ""


@dataclass(frozen=True, slots=True)
class CountersChanged:
    """Running totals, at most four a second.

    Attributes:
        interruptions, truncations: Of this conversation.
        dropped: Microphone frames, playback underflows and wire audio that were lost.
        inaudible: Answers that were complete without a sound that can be heard.
        failed: Answers that failed, and requests for one that the endpoint refused.
    """

    interruptions: int = 0
    truncations: int = 0
    dropped: int = 0
    inaudible: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class CallEnded:
    """It was hung up: nothing is heard, said or paid for until the user calls again.

    Attributes:
        why: One line.
        limit: A limit of the user's did it.
    """

    why: str
    limit: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    """The voice side ended.

    Attributes:
        error: Why, one line; "" when it was asked to.
    """

    error: str = ""


LinkRequest: TypeAlias = RehearseRollover | EndCall | CallAgain | SelectDevice
LinkNotice: TypeAlias = (
    LinkChanged | Reconnected | SessionLimited | DevicesChanged | CountersChanged | CallEnded | Stopped
)
