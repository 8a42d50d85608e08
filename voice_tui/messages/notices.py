"""Everything that the engine and the drivers tell the screens, the memory and scripts. Frozen; past tense.

The notices stand in the files of their subjects; here they are joined, for whoever takes all of them.
"""

from __future__ import annotations

from typing import TypeAlias

from voice_tui.messages.agreed import AgreedNotice
from voice_tui.messages.checks import CheckNotice
from voice_tui.messages.context import ContextNotice
from voice_tui.messages.evidence import EvidenceNotice
from voice_tui.messages.link import CountersChanged, DevicesChanged, Link, LinkChanged, LinkNotice, Stopped
from voice_tui.messages.measures import TurnTimed
from voice_tui.messages.memory import MemoryNotice
from voice_tui.messages.noise import NoiseNotice
from voice_tui.messages.recording import RecordingNotice
from voice_tui.messages.speakers import SpeakerNotice
from voice_tui.messages.talk import (
    Ack,
    Announced,
    Cut,
    ErrorCleared,
    InstructionsChanged,
    Interrupted,
    LevelMeasured,
    Phase,
    PhaseChanged,
    Row,
    RowChanged,
    RowRemoved,
    SettingsChanged,
    Severity,
    SpeechStarted,
    SpeechStopped,
    SwitchesChanged,
    TalkNotice,
    Truncated,
    VoiceNoticed,
)
from voice_tui.messages.tools import ToolNotice
from voice_tui.messages.turns import TurnNotice
from voice_tui.messages.usage import BillingChanged, UsageCounted, UsageNotice

Notice: TypeAlias = (
    LinkNotice
    | TalkNotice
    | TurnNotice
    | CheckNotice
    | ContextNotice
    | EvidenceNotice
    | AgreedNotice
    | NoiseNotice
    | MemoryNotice
    | RecordingNotice
    | SpeakerNotice
    | UsageNotice
    | ToolNotice
)

__all__ = [
    "Ack",
    "Announced",
    "BillingChanged",
    "CountersChanged",
    "Cut",
    "DevicesChanged",
    "ErrorCleared",
    "InstructionsChanged",
    "Interrupted",
    "LevelMeasured",
    "Link",
    "LinkChanged",
    "Notice",
    "Phase",
    "PhaseChanged",
    "Row",
    "RowChanged",
    "RowRemoved",
    "SettingsChanged",
    "Severity",
    "SpeechStarted",
    "SpeechStopped",
    "Stopped",
    "SwitchesChanged",
    "Truncated",
    "TurnTimed",
    "UsageCounted",
    "VoiceNoticed",
]
