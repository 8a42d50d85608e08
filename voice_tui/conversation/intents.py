"""What a user can want: UI, keys and scripts → engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


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


Intent: TypeAlias = (
    ChangeSetting | SelectPreset | StepPreset | SendText | Interrupt | PushToTalk | Mute | SwitchFrontEnd
)


@dataclass(frozen=True, slots=True)
class CallDemo:
    """The demo caller: on the line, off, or (None) the other way round. The drivers act on it, not the engine."""

    on: bool | None = None


Request: TypeAlias = Intent | CallDemo
