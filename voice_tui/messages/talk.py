"""The conversation itself: who speaks, what was said, what was cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.measures import Origin
from voice_tui.messages.observed import Observed


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


TalkIntent: TypeAlias = SendText | Interrupt | PushToTalk | Mute


class Phase(StrEnum):
    """State of the conversation."""

    LISTENING = "listening"
    USER_SPEAKING = "user speaking"
    THINKING = "thinking"
    ASSISTANT_SPEAKING = "assistant speaking"
    INTERRUPTED = "interrupted"


class Ack(StrEnum):
    """What the server made of something it was sent."""

    NONE = "none"
    PENDING = "pending"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"


class Severity(StrEnum):
    """How loudly to say it (the names that Textual uses)."""

    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The conversation is in another phase; ``why`` explains it."""

    phase: Phase
    why: str = ""


@dataclass(frozen=True, slots=True)
class SidesChanged:
    """Who can be heard, each side by itself: both may speak at once.

    Attributes:
        here: Our own ears hear the user's voice, or the talk key is down.
        server: The server hears it.
        sounding: Some of an answer is on its way to the ear, ducked and paused ones too.
    """

    here: bool = False
    server: bool = False
    sounding: bool = False


@dataclass(frozen=True, slots=True)
class LevelMeasured:
    """Levels since the last one, coalesced to 30 a second.

    Attributes:
        mic_dbfs, assistant_dbfs: RMS of the loudest 10 ms, dBFS (-70 and below is silence).
        mic_mean: Mean of ``|x|`` of that frame, full scale 1.0: what the local thresholds are compared with.
        t: Seconds on the talk's clock.
        speech: Speech probability of the local engine, 0-1.
        gain: Playback gain asked for: 1 plain, below 1 ducked, 0 paused.
        heard: The microphone has delivered something lately; else its level says nothing.
        sure: Evidence that a voice over the assistant is the user's, as it has added up, nats.
    """

    mic_dbfs: float
    assistant_dbfs: float
    mic_mean: float
    t: float
    speech: float = 0.0
    gain: float = 1.0
    heard: bool = True
    sure: float = 0.0


@dataclass(frozen=True, slots=True)
class Cut:
    """Where an answer was cut.

    Attributes:
        heard_ms: What the listener had heard: handed over before the fade, rounded down.
        received_ms: What had arrived of the answer.
        ack: Whether the server has forgotten the rest.
        reason: Why it was rejected.
    """

    heard_ms: int
    received_ms: int
    ack: Ack = Ack.PENDING
    reason: str = ""


WRITTEN_HERE = "(written here)"
"""Stands behind words that our own recogniser wrote."""

RULE = "rule"  # the role of a thin line between two rows, which nobody said


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation item as it stands: a line of the transcript.

    Attributes:
        item_id: The item.
        role: ``user``, ``assistant``, ``system`` or `RULE`.
        speaker: Label to show ("You", "AI").
        text: What was said; for a cut answer the heard part.
        unheard: The part of a cut answer that nobody heard.
        pending: Text is still to come (placeholder at speech start, streaming answer).
        spoken: Came as audio (else typed or written).
        interrupting: This turn interrupted the assistant.
        cut: Set once the answer was cut.
        note: A failure or remark to show under the line.
        voice: Number of the user's voice; 0 while it is not known.
        unsure: It may well have been another speaker.
        written_here: The words are our own recogniser's, not the endpoint's.
        greeting: The words that let the assistant begin: they are sent as the user's, and nobody said them.
    """

    item_id: str
    role: str
    speaker: str
    text: str = ""
    unheard: str = ""
    pending: bool = False
    spoken: bool = True
    interrupting: bool = False
    cut: Cut | None = None
    note: str = ""
    voice: int = 0
    unsure: bool = False
    written_here: bool = False
    greeting: bool = False

    @property
    def said_by(self) -> str:
        """Whose words they are, where they are told without the screen: nobody's are not called the user's."""
        return "Greeting" if self.greeting else self.speaker


@dataclass(frozen=True, slots=True)
class RowChanged:
    """An item appeared, moved or grew; it stands after ``after`` (None: first)."""

    row: Row
    after: str | None


@dataclass(frozen=True, slots=True)
class RowRemoved:
    """An item is gone."""

    item_id: str


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """A detector heard the user begin.

    Attributes:
        source: ``local`` or ``server``.
        at_ms: Where the speech begins, on the talk's clock; the server's lies by its padding before it.
    """

    source: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """A detector heard the user end.

    Attributes:
        source: ``local`` or ``server``.
        at_ms: Where the speech ends, on the talk's clock; the server's lies behind the silence that it waited for.
    """

    source: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class VoiceNoticed:
    """A voice over the assistant, begun at ``at_ms`` of the talk's clock, was noticed and let be (policy `detect`)."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The assistant was stopped.

    Attributes:
        item_id: The answer it was speaking.
        source: ``local``, ``server``, ``key`` or ``text``.
        cancelled: Whether the endpoint was told to stop (else the answer was finished, or it stops by itself).
        at_ms: The decision, on the talk's clock.
        number: That of its `InterruptionTimed`.
        origin, origin_ms: What began it, and when.
    """

    item_id: str
    source: str
    cancelled: bool
    at_ms: int
    number: int = 0
    origin: Origin = Origin.VOICE
    origin_ms: int = 0


@dataclass(frozen=True, slots=True)
class Truncated:
    """The server was told where the listener stopped hearing, or has answered.

    Attributes:
        item_id: The answer.
        audio_end_ms: What was heard, ms from the item's first sample.
        received_ms: What had arrived.
        ack: Pending when sent, then acknowledged or rejected.
        deleted: Nothing was heard, so the item was deleted instead.
    """

    item_id: str
    audio_end_ms: int
    received_ms: int
    ack: Ack
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class InstructionsChanged:
    """The system prompt was changed during the conversation, and what the server made of it.

    Attributes:
        text: As it was sent, placeholders filled.
        ack: What became of it.
        reason: Why it was rejected.
        holds: Of a rejected one: the prompt that is in force instead, or is still asked for.
    """

    text: str
    ack: Ack
    reason: str = ""
    holds: str = ""


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Where the knobs stand, and what the server made of its own.

    Attributes:
        preset: Name of the preset.
        settings: All knobs.
        active: Names of the knobs that act in this preset.
        server: What the endpoint made of its own knobs.
        reason: Why it was rejected.
        lacking: Knob → why it does not act with this endpoint.
        observed: Knob → whether it was seen to take effect, of those that are known.
    """

    preset: str
    settings: TurnSettings
    active: frozenset[str] = field(default_factory=frozenset)
    server: Ack = Ack.NONE
    reason: str = ""
    lacking: Mapping[str, str] = field(default_factory=dict)
    observed: Mapping[str, Observed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SwitchesChanged:
    """Muted, talk key on, demo caller on the line."""

    muted: bool = False
    talking: bool = False
    demo: bool = False


@dataclass(frozen=True, slots=True)
class DemoSaid:
    """The demo caller begins to say the ``turn``-th of its ``turns`` sentences, from 1."""

    turn: int
    turns: int


UNCONNECTED = "not connected yet: "
"""So begins what is true only until there is a connection."""


@dataclass(frozen=True, slots=True)
class Announced:
    """Something the user should know now: said in the status bar; errors stay there until `ErrorCleared`.

    Attributes:
        severity: How loudly to say it.
        text: What.
        count: So often it was said in a row, with other ids or figures maybe; beyond 1 it was told before.
    """

    severity: Severity
    text: str
    count: int = 1

    @property
    def words(self) -> str:
        """The text, and how often it was said."""
        return self.text + self.times

    @property
    def times(self) -> str:
        """How often it was said, to stand behind the text; "" for once."""
        return "" if self.count == 1 else f" ({self.count:,} times)"


@dataclass(frozen=True, slots=True)
class ErrorCleared:
    """The last error is over."""


TalkNotice: TypeAlias = (
    PhaseChanged
    | SidesChanged
    | LevelMeasured
    | RowChanged
    | RowRemoved
    | SpeechStarted
    | SpeechStopped
    | VoiceNoticed
    | Interrupted
    | Truncated
    | InstructionsChanged
    | SettingsChanged
    | SwitchesChanged
    | DemoSaid
    | Announced
    | ErrorCleared
)
