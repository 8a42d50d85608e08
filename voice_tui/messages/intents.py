"""What a user can want, joined from all subjects; here stand the wishes about knobs, presets and profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from voice_tui.messages.checks import ApplyCalibration, Calibrate, CheckIntent, StopCheck, TestEcho
from voice_tui.messages.context import ContextIntent, SetContext
from voice_tui.messages.link import LinkRequest
from voice_tui.messages.memory import ExtractFacts, MemoryRequest, RetellTalk
from voice_tui.messages.noise import NoiseRequest
from voice_tui.messages.recording import RecordingRequest
from voice_tui.messages.speakers import SpeakerIntent
from voice_tui.messages.talk import Interrupt, Mute, PushToTalk, SendText, TalkIntent
from voice_tui.messages.tools import AnswerCall, ToolSpec
from voice_tui.messages.turns import SwitchFrontEnd


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
        unloaded: Files of tools that it brings and that were not loaded at the start.
    """

    name: str
    about: str
    instructions: str
    voice: str = ""
    tools: tuple[ToolSpec, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    preset: str = ""
    context: SetContext = field(default_factory=SetContext)
    unloaded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepPreset:
    """The next (+1) or previous (-1) preset of the list."""

    by: int


Intent: TypeAlias = (
    ChangeSetting
    | SelectPreset
    | SelectProfile
    | StepPreset
    | TalkIntent
    | SwitchFrontEnd
    | CheckIntent
    | ContextIntent
    | ExtractFacts
    | RetellTalk
    | SpeakerIntent
    | AnswerCall
)


@dataclass(frozen=True, slots=True)
class CallDemo:
    """The demo caller: on the line, off, or (None) the other way round. The drivers act on it, not the engine."""

    on: bool | None = None


@dataclass(frozen=True, slots=True)
class SelectEndpoint:
    """Go on talking to another endpoint; the conversation is carried over. The drivers act on it, not the engine.

    Attributes:
        name: As the configuration calls it.
        about: Where that is, a few words without secrets.
        problem: Why it can't be gone to as it is configured, "" where it can.
    """

    name: str
    about: str = ""
    problem: str = ""


Request: TypeAlias = Intent | CallDemo | SelectEndpoint | NoiseRequest | LinkRequest | MemoryRequest | RecordingRequest

__all__ = [
    "ApplyCalibration",
    "Calibrate",
    "CallDemo",
    "ChangeSetting",
    "Intent",
    "Interrupt",
    "Mute",
    "PushToTalk",
    "Request",
    "SelectEndpoint",
    "SelectPreset",
    "SelectProfile",
    "SendText",
    "StepPreset",
    "StopCheck",
    "SwitchFrontEnd",
    "TestEcho",
]
