"""What the engine is told: everything that happens comes in by `Engine.receive`, one input at a time.

A recording of a conversation is a list of these, and the same inputs give the same commands and notices again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from voice_tui.messages.intents import Intent
from voice_tui.messages.link import Introduction, Link
from voice_tui.messages.notices import Notice
from voice_tui.messages.profile import Place
from voice_tui.messages.recognition import RecogniserInput
from voice_tui.messages.speakers import SpeakerInput
from voice_tui.messages.tools import ToolInput


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time is ``now``, s on the driver's monotonic clock."""

    now: float


@dataclass(frozen=True, slots=True)
class FramesCaptured:
    """10 ms of microphone, or some more that came together.

    Attributes:
        pcm: int16, shape (n · 240,), mono at 24 kHz.
        sample_index: Position of its first sample on the microphone's clock.
        reference: What was handed to the loudspeaker at about that time, the same shape; None: nothing.
    """

    pcm: NDArray[np.int16]
    sample_index: int
    reference: NDArray[np.int16] | None = None


@dataclass(frozen=True, slots=True)
class MicrophoneOpened:
    """The frames come from another microphone from now on.

    Attributes:
        name: What the user calls it.
        real: It is a device, which can fail; else what it delivers is meant so.
    """

    name: str
    real: bool


@dataclass(frozen=True, slots=True)
class Arrived:
    """The endpoint sent an event, as its family decodes it; only the session looks inside."""

    event: object


@dataclass(frozen=True, slots=True)
class Linked:
    """The connection is being made, or is open, or is to be tried again.

    Attributes:
        link: The state.
        detail: Why and when, in words for the status bar, or "".
        reason: Why alone.
        endpoint: Host or "embedded", without secrets.
        model: Model or deployment.
        opened: The transport is open: where the client speaks first, it is its turn.
        place: ... and this is where the session will be held; None: where the last one was.
        name: What the user calls the endpoint, "" for none.
        again_s: The next try is made after so long, s; None: none is waited for.
    """

    link: Link
    detail: str = ""
    endpoint: str = ""
    model: str = ""
    opened: bool = False
    reason: str = ""
    place: Place | None = None
    name: str = ""
    again_s: float | None = None


@dataclass(frozen=True, slots=True)
class Pinged:
    """A ping of the connection was answered: nobody but the wire had a part in it.

    Attributes:
        round_trip_s: There and back, s.
    """

    round_trip_s: float


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is gone, and the session with it.

    Attributes:
        hung_up: Why, where it was we who hung up; "" else.
    """

    hung_up: str = ""


@dataclass(frozen=True, slots=True)
class CalledAgain:
    """After it was hung up the user calls again: a connection will be made."""


@dataclass(frozen=True, slots=True)
class Moved:
    """In a pause, another connection took over.

    Attributes:
        told: What it had been told before.
        arrived: What its endpoint had sent by then, in order, as `Arrived` has it.
        why: In words.
        place: Where the session is held from now on; None: where the last one was.
    """

    told: Introduction
    arrived: Sequence[object]
    why: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far the playback stream is, in samples of content since it was opened.

    Attributes:
        handed: Handed over to the device.
        sounding: At the converter now (never more than ``handed``).
    """

    handed: int
    sounding: int


@dataclass(frozen=True, slots=True)
class CutDone:
    """The output callback began the fade of cut number ``cut``.

    Attributes:
        cut: Number given in `Flush`.
        handed: Samples of content handed over before the fade: what will have been heard.
        queued: Samples that had been queued at the decision: where the next content begins.
    """

    cut: int
    handed: int
    queued: int


@dataclass(frozen=True, slots=True)
class UserWanted:
    """The user wants something.

    Attributes:
        intent: What.
        at: When, s on the driver's monotonic clock; None: at the last tick.
    """

    intent: Intent
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Embedded:
    """The answer to `Embed`: the vector of the text with this key; None: there is none."""

    key: str
    vector: Sequence[float] | NDArray[np.float64] | None


@dataclass(frozen=True, slots=True)
class LevelsMeasured:
    """Levels at the devices since the last time.

    Attributes:
        mic_dbfs, assistant_dbfs: RMS of the loudest 10 ms, dBFS.
        mic_mean: Mean of ``|x|`` of that frame, full scale 1.0.
        t: Seconds on the talk's clock.
        heard: The microphone has delivered something lately.
    """

    mic_dbfs: float
    assistant_dbfs: float
    mic_mean: float
    t: float
    heard: bool = True


@dataclass(frozen=True, slots=True)
class CallerSwitched:
    """The demo caller is on the line, or off."""

    on: bool


@dataclass(frozen=True, slots=True)
class DropsCounted:
    """Microphone frames, playback underflows and wire audio that were lost so far, all together."""

    total: int


@dataclass(frozen=True, slots=True)
class Reported:
    """A driver has something to tell; the engine passes it on, so that there is one way out."""

    notice: Notice


Input: TypeAlias = (
    Ticked
    | FramesCaptured
    | MicrophoneOpened
    | Arrived
    | Linked
    | Pinged
    | Lost
    | CalledAgain
    | Moved
    | Progressed
    | CutDone
    | UserWanted
    | Embedded
    | LevelsMeasured
    | CallerSwitched
    | DropsCounted
    | Reported
    | SpeakerInput
    | RecogniserInput
    | ToolInput
)
