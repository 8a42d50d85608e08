"""What a user can want: UI, keys and scripts → engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from voice_tui.conversation.context.intents import ContextIntent, SetContext
from voice_tui.conversation.memory_requests import ExtractFacts, MemoryRequest
from voice_tui.conversation.profile import ToolSpec
from voice_tui.conversation.speakers.intents import SpeakerIntent


@dataclass(frozen=True, slots=True)
class ChangeSetting:
    """Turn a knob (see `settings.KNOBS`)."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class SelectPreset:
    """Take turns in another way, at once."""

    name: str


@dataclass(frozen=True, slots=True)
class SelectProfile:
    """Let the assistant be somebody else, at once; only another voice begins with the next connection.

    Attributes:
        name: For lists and announcements.
        about: What it is for, one line.
        instructions: System prompt with placeholders.
        voice: Name of the voice; "" leaves it as it is.
        tools: What the model may call from now on.
        details: Placeholder → value, beside those that the session has.
        preset: How turns are taken; "" leaves it as it is.
        context: Settings of context management to change.
    """

    name: str
    about: str
    instructions: str
    voice: str = ""
    tools: tuple[ToolSpec, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    preset: str = ""
    context: SetContext = field(default_factory=SetContext)


@dataclass(frozen=True, slots=True)
class StepPreset:
    """The next (+1) or previous (-1) preset of the list."""

    by: int


@dataclass(frozen=True, slots=True)
class SendText:
    """A typed turn."""

    text: str


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Stop the assistant now."""


@dataclass(frozen=True, slots=True)
class PushToTalk:
    """The talk key: on, off, or (None) the other way round."""

    down: bool | None = None


@dataclass(frozen=True, slots=True)
class Mute:
    """The microphone: muted, open, or (None) the other way round."""

    muted: bool | None = None


@dataclass(frozen=True, slots=True)
class SwitchFrontEnd:
    """Listen to the microphone in another way; None leaves a switch as it is.

    Attributes:
        engine: Name of a VAD engine, or ``"next"``.
        echo_cancellation, high_pass: On or off.
        noise_suppression: 0 (off) to 3.
    """

    engine: str | None = None
    echo_cancellation: bool | None = None
    high_pass: bool | None = None
    noise_suppression: int | None = None


@dataclass(frozen=True, slots=True)
class Calibrate:
    """Measure the room, then the user's voice, and propose thresholds."""


@dataclass(frozen=True, slots=True)
class TestEcho:
    """Play a sound and hear how much of it the microphone picks up."""

    __test__: ClassVar[bool] = False  # its name looks like a test's to pytest


@dataclass(frozen=True, slots=True)
class StopCheck:
    """End the calibration or the echo test that runs."""


@dataclass(frozen=True, slots=True)
class ApplyCalibration:
    """Set what the last calibration proposed."""


Intent: TypeAlias = (
    ChangeSetting
    | SelectPreset
    | SelectProfile
    | StepPreset
    | SendText
    | Interrupt
    | PushToTalk
    | Mute
    | SwitchFrontEnd
    | Calibrate
    | TestEcho
    | StopCheck
    | ApplyCalibration
    | ContextIntent
    | ExtractFacts
    | SpeakerIntent
)


@dataclass(frozen=True, slots=True)
class CallDemo:
    """The demo caller: on the line, off, or (None) the other way round. The drivers act on it, not the engine."""

    on: bool | None = None


Request: TypeAlias = Intent | CallDemo | MemoryRequest
